import { cholesky, choleskySolve } from "../../math/cholesky.js";
import type { SeriesDensity } from "./series-density.js";
import { StudentProposal } from "./student-proposal.js";

/** Newton steps at most, and the width of central differences in coordinates whose prior has a spread of about 1. */
const [STEPS, WIDTH] = [20, 1e-3];
/** A step that raises the log density by less is the last. */
const SETTLED = 1e-3;

/**
 * A t distribution at the mode of a series' posterior with its curvature, by damped Newton steps from theta = 0 with central
 * differences: it is where samples are drawn, and need not be exact. What the prior cuts off is not looked at.
 */
export function posteriorMode(density: SeriesDensity): StudentProposal {
  const q = density.order;
  const log = (theta: Float64Array): number => {
    density.at(theta);
    const value = density.likelihood + density.prior;
    return Number.isFinite(value) ? value : Number.NEGATIVE_INFINITY;
  };
  let theta = new Float64Array(q);
  let value = log(theta);
  let { slope, curvature } = derivatives(log, theta, value);
  for (let step = 0, damping = 0; step < STEPS; step++) {
    const move = solved(curvature, slope, damping);
    const next = move && theta.map((entry, j) => entry + Math.max(-1, Math.min(1, move[j]!)));
    const raised = next ? log(next) - value : Number.NEGATIVE_INFINITY;
    if (!(raised >= 0)) {
      damping = Math.max(1, 4 * damping);
      continue;
    }
    [theta, value, damping] = [next!, value + raised, damping / 8];
    ({ slope, curvature } = derivatives(log, theta, value));
    if (raised < SETTLED) break;
  }
  for (let damping = 0; Number.isFinite(damping); damping = Math.max(1, 4 * damping)) {
    const proposal = StudentProposal.ofPrecision(theta, damped(curvature, damping));
    if (proposal) return proposal;
  }
  return uniformReflections(q);
}

/** The t twin of uniform reflections: where differences leave the finite numbers. */
function uniformReflections(q: number): StudentProposal {
  const identity = new Float64Array(q * q).map((_, i) => (i % (q + 1) === 0 ? 1 : 0));
  return StudentProposal.ofPrecision(new Float64Array(q), identity)!;
}

/** Slope and negative curvature (q x q) by central differences. */
function derivatives(log: (theta: Float64Array) => number, theta: Float64Array, value: number) {
  const q = theta.length;
  const at = (i: number, di: number, j: number, dj: number): number => {
    const moved = theta.slice();
    moved[i]! += di * WIDTH;
    moved[j]! += dj * WIDTH;
    return log(moved);
  };
  const slope = new Float64Array(q);
  const curvature = new Float64Array(q * q);
  for (let i = 0; i < q; i++) {
    const [up, down] = [at(i, 1, i, 0), at(i, -1, i, 0)];
    slope[i] = (up - down) / (2 * WIDTH);
    curvature[i * q + i] = (2 * value - up - down) / WIDTH ** 2;
    for (let j = 0; j < i; j++) {
      const mixed = at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1);
      curvature[i * q + j] = -mixed / (4 * WIDTH ** 2);
      curvature[j * q + i] = curvature[i * q + j]!;
    }
  }
  return { slope, curvature };
}

/** A with the diagonal raised by `damping`. */
function damped(curvature: Float64Array, damping: number): Float64Array {
  const q = Math.sqrt(curvature.length);
  return curvature.map((entry, i) => (i % (q + 1) === 0 ? entry + damping : entry));
}

function solved(curvature: Float64Array, slope: Float64Array, damping: number): Float64Array | undefined {
  const factor = damped(curvature, damping);
  if (Number.isNaN(cholesky(factor, slope.length))) return undefined;
  const move = slope.slice();
  choleskySolve(factor, slope.length, move);
  return move;
}
