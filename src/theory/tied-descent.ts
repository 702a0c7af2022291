import type { LinearRegression } from "../laws/gaussian-linear.js";
import { minimum } from "../math/minimum.js";
import type { ClosedForm } from "../types.js";
import { isotropicOnly, labelShares } from "./label-shares.js";
import { finiteMoments } from "./spectral-moments.js";

/** How many steps of one size, over how many pairs. */
export interface AtTiedSteps {
  readonly context: number;
  readonly steps: number;
}

/** The best size and the risk on noisy query labels. */
export interface TiedStep {
  readonly size: number;
  readonly risk: number;
}

/** Beyond this many steps the alternating sums lose the digits of a double. */
const MOST_STEPS = 6;
/** Halvings of the size that are looked at below 4: best sizes of so few steps are not smaller. */
const HALVINGS = 16;

/**
 * k steps of gradient descent from 0 with one best size a, and their risk: what k looped layers of linear attention can do
 * that do not change the inputs. As `untiedDescent` with P(l) = (1 - a l)^k, and the risk a polynomial of a,
 *
 *   R / signal = E P(S)^2 + (s d / n) E (1 - P(S))^2 / S + s,   E of the mean eigenvalue of S = X^T X / (n v),
 *
 * with the moments of a Wishart matrix. It rises again where rare prompts diverge, so that many tied steps want small sizes.
 * Source: Ahn, Cheng, Daneshmand, Sra 2023, Lemma 1 (a layer as a step); von Oswald et al. 2023, Section 3 (looped layers).
 */
export const tiedDescent: ClosedForm<LinearRegression, AtTiedSteps, TiedStep> = {
  name: "best tied steps of gradient descent",
  source: { paper: "Ahn, Cheng, Daneshmand, Sra 2023", where: "Lemma 1" },
  kind: "exact",
  applies(population, { context, steps }) {
    const isotropic = isotropicOnly(population);
    if (isotropic !== true) return isotropic;
    if (!(Number.isSafeInteger(context) && context >= 1)) return `steps are made over 1 or more pairs, not ${context}`;
    const few = Number.isSafeInteger(steps) && steps >= 1 && steps <= MOST_STEPS;
    return few || `best tied steps are known for 1 to ${MOST_STEPS} steps, not for ${steps}`;
  },
  value(population, { context, steps: k }) {
    const { features, covariance } = population;
    const { signal, noise, ratio } = labelShares(population, context);
    const m = finiteMoments(features, context, 2 * k);
    const risk = (size: number) => {
      let [total, power] = [1 + noise, 1];
      for (let i = 1; i <= 2 * k; i++) {
        power *= -size;
        const square = binomial(2 * k, i);
        total += power * (square * m[i]! + noise * ratio * (square - 2 * binomial(k, i)) * m[i - 1]!);
      }
      return total;
    };
    const candidates = Array.from({ length: HALVINGS }, (_, halvings) => 4 / 2 ** halvings);
    const risks = candidates.map(risk);
    const near = candidates[risks.indexOf(Math.min(...risks))]!;
    const { x, f } = minimum(risk, near / 2, near * 2);
    return { size: x / covariance[0]![0]!, risk: signal * f };
  },
};

/** n over k; 0 for k > n. */
function binomial(n: number, k: number): number {
  let total = k > n ? 0 : 1;
  for (let i = 1; i <= k; i++) total *= (n - k + i) / i;
  return Math.round(total);
}
