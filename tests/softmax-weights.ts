import { identity, scaled } from "../src/math/matrix.js";
import { nd } from "../src/math/nd.js";
import type { Rows, Weights } from "../src/types.js";

/** Heads that score by KQ_h = A_h on the inputs and write mu_h times the label. */
export function headsOf(blocks: readonly Rows[], mu: readonly number[]): Weights {
  const features = blocks[0]!.length;
  const D = features + 1;
  const KQ = nd(["head", "key", "query"], [mu.length, D, D]);
  const OV = nd(["head", "token"], [mu.length, D]);
  blocks.forEach((A, h) => {
    for (let a = 0; a < features; a++) for (let b = 0; b < features; b++) KQ.data[(h * D + a) * D + b] = A[a]![b]!;
    OV.data[h * D + features] = mu[h]!;
  });
  return { KQ, OV };
}

/** Heads of d features with A_h = omega_h I. */
export const scalarHeads = (features: number, omega: readonly number[], mu: readonly number[]) =>
  headsOf(
    omega.map((value) => scaled(identity(features), value)),
    mu,
  );
