import type { NonlinearTargets } from "../laws/nonlinear-target.js";
import { integrate } from "../math/quadrature.js";
import type { ClosedForm } from "../types.js";

/**
 * Labels y = f(x) + noise with f drawn from a law that rotations of x and a change of f's sign leave alone, x ~ N(0, I).
 * Closed forms see f by its moments. `pairs`, where there are any, tell whether inputs or query are scaled.
 */
export type InvariantTargets = Pick<NonlinearTargets, "family" | "features" | "noise" | "moments" | "pairs">;

/** E |b|^2 with b = E_x[x f(x)], how much of f is linear; E f(x)^2; E f(x)^2 |x|^2. Means over f too. */
export type TargetMoments = NonlinearTargets["moments"];

/** The step eta of y = eta sum_j y_j x_j . x_q (the sum not divided), and its risk on noisy query labels. */
export interface InvariantOptimum {
  readonly step: number;
  readonly risk: number;
}

/**
 * The best layer of linear attention for nonlinear targets is one gradient step on *linear* regression all the same:
 *
 *   eta* = E|b|^2 / ( (n - 1) E|b|^2 + E[y^2 |x|^2] ),   R* = E f^2 + s2 - n eta* E|b|^2,
 *
 * E[y^2 |x|^2] = E[f^2 |x|^2] + s2 d. For f = w . x it is 1 / (n + d + 1 + s2).
 * Source: Mahankali, Hashimoto, Ma 2024, Theorem 3; the moments put in here.
 */
export const invariantOptimum: ClosedForm<InvariantTargets, { readonly context: number }, InvariantOptimum> = {
  name: "optimum for invariant targets",
  source: { paper: "Mahankali, Hashimoto, Ma 2024", where: "Theorem 3" },
  kind: "exact",
  applies({ family, moments, pairs }) {
    if (family !== "invariant-targets")
      return `this is for targets invariant under rotation and sign, not for ${family}`;
    const standard = !pairs || (pairs.cross === moments.linear && pairs.between === moments.linear);
    return standard || "the optimum is written for inputs and a query N(0, I), and these are scaled";
  },
  value({ features, moments: { linear, square, spread }, noise }, { context: n }) {
    const s2 = noise ** 2;
    const energy = (n - 1) * linear + spread + s2 * features;
    const step = n === 0 ? 0 : linear / energy;
    return { step, risk: square + s2 - n * step * linear };
  },
};

/**
 * Moments of f(x) = +- g(w . x), w of a fixed length r or w ~ N(0, I), both signs alike, by quadrature:
 * with z standard normal, E|b|^2 = E_r (E z g(r z))^2, E f^2 = E g(r z)^2, E f^2 |x|^2 = E g(r z)^2 (z^2 + d - 1).
 * g may have corners at 0.
 *
 * @throws RangeError where a mean does not converge.
 */
export function ridgeMoments(g: (score: number) => number, features: number, length: number | "normal"): TargetMoments {
  const given = (r: number) => {
    const mean = (f: (z: number) => number) => normalMean((z) => f(z));
    const square = mean((z) => g(r * z) ** 2);
    return {
      linear: mean((z) => z * g(r * z)) ** 2,
      square,
      spread: mean((z) => g(r * z) ** 2 * z ** 2) + (features - 1) * square,
    };
  };
  if (length !== "normal") return given(length);
  const over = (name: keyof TargetMoments) => chiMean(features, (r) => given(r)[name]);
  return { linear: over("linear"), square: over("square"), spread: over("spread") };
}

/** Beyond 12 the normal density times a polynomial of degree 16 is below the roundoff of its integral. */
const FAR = 14;

function normalMean(f: (z: number) => number): number {
  const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return integrate((z) => (f(z) + f(-z)) * density(z), 0, FAR);
}

/** E f(|w|) for w ~ N(0, I) of d entries. */
function chiMean(d: number, f: (r: number) => number): number {
  const top = Math.sqrt(d) + FAR;
  // The density up to its constant, scaled at its mode to stay finite for large d.
  const mode = Math.sqrt(Math.max(d - 1, 0));
  const log = (r: number) => (d === 1 ? 0 : (d - 1) * Math.log(r / mode)) - (r * r - mode * mode) / 2;
  const total = integrate((r) => Math.exp(log(r)), 0, top);
  return integrate((r) => f(r) * Math.exp(log(r)), 0, top) / total;
}
