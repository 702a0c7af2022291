import jstat from "jstat";
import { normalCdf } from "../math/distributions.js";

/**
 * P(|T| > |t|): how probable a deviation of t standard errors or more is where nothing is the matter.
 * @param degrees degrees of freedom v of Student's t, I_{v / (v + t^2)}(v / 2, 1 / 2); null for a normal deviate.
 */
export function twoSidedTail(t: number, degrees: number | null): number {
  return degrees === null ? 2 * normalCdf(-Math.abs(t)) : jstat.ibeta(degrees / (degrees + t * t), degrees / 2, 1 / 2);
}
