import type { Judged } from "./material.js";
import { numberText } from "./plus-minus.js";

/**
 * How many hypotheses of a study were tested, and what that was counted for: a hundred at 5 % would find five wrongly.
 *
 * @param level probability that any of them is decided wrongly
 */
export function hypothesesTested(judged: readonly Judged[], level: number): string {
  const { all, random } = counted(judged, "hypothesis", "hypotheses");
  return `${all} tested together, ${random}: by Holm's step-down any is decided wrongly with probability ${numberText(level)} at most`;
}

/** How many claims of a paper were tested, each at its own level: no correction is made over them. */
export function claimsTested(judged: readonly Judged[], level: number): string {
  const { all, random, count } = counted(judged, "claim", "claims");
  const together = numberText(Math.min(1, level * count));
  return `${all} tested, ${random}, each at level ${numberText(level)}: any is decided wrongly with probability ${together} at most`;
}

function counted(judged: readonly Judged[], one: string, many: string) {
  const count = judged.filter(({ verdict }) => verdict.about !== "exact").length;
  return {
    all: `${judged.length} ${judged.length === 1 ? one : many}`,
    random: `${count} with chance in ${count === 1 ? "it" : "them"}`,
    count,
  };
}
