import type { Verdict } from "../types.js";
import type { Finding } from "./finding.js";
import { FAMILY_LEVEL, verdictOf } from "./verdict.js";

/**
 * Whether at least a part of all findings (seeds, cells) is inside, each decided at level / (number of findings). Holds
 * when enough of them hold, is refuted when too many are refuted for the rest to make up, else undecided.
 * `measured` is the part that holds; `margin` its distance to the part that was asked for.
 *
 * @param atLeast from 0 (excluded) to 1 @throws RangeError outside
 */
export function shareOf(findings: readonly Finding[], atLeast: number, level = FAMILY_LEVEL): Verdict {
  if (!(atLeast > 0 && atLeast <= 1)) throw new RangeError(`a share lies in (0, 1], not ${atLeast}`);
  const whole = verdictOf(findings, level);
  if (findings.length === 0) return whole;
  const decided = findings.map((finding) => verdictOf([finding], level / findings.length).holds);
  const [inside, outside] = [true, false].map(
    (holds) => decided.filter((one) => one === holds).length / findings.length,
  );
  const holds = inside! >= atLeast ? true : 1 - outside! < atLeast ? false : null;
  const why = `${count(decided, true)} hold, ${count(decided, false)} refuted, ${count(decided, null)} undecided`;
  return {
    ...whole,
    holds,
    measured: inside!,
    expected: atLeast,
    margin: inside! - atLeast,
    standardError: null,
    standardErrors: null,
    why,
  };
}

function count(decided: readonly (boolean | null)[], wanted: boolean | null): number {
  return decided.filter((one) => one === wanted).length;
}
