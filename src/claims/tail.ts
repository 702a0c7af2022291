import jstat from "jstat";

/**
 * P(|T| > |t|): how probable a deviation of t standard errors or more is where nothing is the matter.
 * @param degrees degrees of freedom of Student's t, I_{v / (v + t^2)}(v / 2, 1 / 2); null for a normal deviate,
 *   erfc(|t| / sqrt 2).
 */
export function twoSidedTail(t: number, degrees: number | null): number {
  return degrees === null
    ? jstat.erfc(Math.abs(t) / Math.SQRT2)
    : jstat.ibeta(degrees / (degrees + t * t), degrees / 2, 1 / 2);
}
