import { normalCdf, studentCdf } from "../math/distributions.js";

/**
 * P(|T| > |t|): how probable a deviation of t standard errors or more is where nothing is the matter.
 * @param degrees degrees of freedom of Student's t; null for a normal deviate.
 */
export function twoSidedTail(t: number, degrees: number | null): number {
  return 2 * (degrees === null ? normalCdf(-Math.abs(t)) : studentCdf(-Math.abs(t), degrees));
}
