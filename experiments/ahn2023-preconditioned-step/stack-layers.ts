import { identity, product, scaled, trace } from "../../src/math/matrix.js";
import { symmetricRoot } from "../../src/math/symmetric.js";
import type { Mixer, Rows, Run, Snapshot } from "../../src/types.js";
import { distanceFromIdentity } from "./distance-from-identity.js";
import { FEATURES as d, lawOf } from "./laws.js";
import type { StackCell } from "./stack-cells.js";

/** What one trained layer does: w <- w - A grad, x <- x - B S A^T x. */
export interface TrainedLayer {
  /** a of the multiple a Sigma^-1 that is nearest to A in whitened inputs: tr(Sigma^1/2 A Sigma^1/2) / d. */
  readonly step: number;
  /** b of the nearest b I: tr(B) / d. */
  readonly curvature: number;
  /** The paper's Dist(A, I), Dist(Sigma^1/2 A Sigma^1/2, I) and Dist(B, I); null for 0. */
  readonly distance: number | null;
  readonly whitenedDistance: number | null;
  readonly curvatureDistance: number | null;
}

/** The layers of a stack in the order in which they are applied. */
export function trainedLayers(cell: StackCell, mixer: Mixer, { weights }: Snapshot): TrainedLayer[] {
  const { KQ, PV } = mixer.layers!(weights);
  const D = d + 1;
  const block = (entry: (i: number, j: number) => number): Rows =>
    identity(d).map((row, i) => row.map((_, j) => entry(i, j)));
  const root = symmetricRoot(lawOf(cell).population.covariance);
  return Array.from({ length: cell.depth }, (_, l) => {
    const A = block((i, j) => KQ.data[(l * D + j) * D + i]!);
    const B = scaled(
      block((i, j) => PV.data[(l * D + i) * D + j]!),
      -1,
    );
    const whitened = product(root, A, root);
    return {
      step: trace(whitened) / d,
      curvature: trace(B) / d,
      distance: distanceFromIdentity(A),
      whitenedDistance: distanceFromIdentity(whitened),
      curvatureDistance: distanceFromIdentity(B),
    };
  });
}

/** Places of the layers in ascending order of their last steps, as which of them takes which step is left to chance. */
export function orderOfSteps(cell: StackCell, { trial, snapshots }: Run): number[] {
  const last = trainedLayers(cell, trial.mixer, snapshots.at(-1)!);
  return last.map((_, l) => l).sort((a, b) => last[a]!.step - last[b]!.step);
}
