import type { Judged } from "./material.js";
import { numberText } from "./plus-minus.js";

/** At how many looks a study that adds seeds or prompts was judged. */
export interface Looks {
  readonly unit: "seeds" | "prompts";
  /** How many there were at each look. */
  readonly made: readonly number[];
  readonly planned: number;
  /** By what the level is kept over the looks. */
  readonly bound: string;
  readonly stopped: string | null;
  readonly leastPrecise: { readonly name: string; readonly cell: string; readonly part: number } | null;
}

/**
 * How many hypotheses of a study were tested, and what that was counted for: a hundred at 5 % would find five wrongly.
 *
 * @param level probability that any of them is decided wrongly, at any look
 */
export function hypothesesTested(judged: readonly Judged[], level: number, looks: Looks | null = null): string {
  const { all, random } = counted(judged, "hypothesis", "hypotheses");
  const holm = `by Holm's step-down any is decided wrongly with probability ${numberText(level)} at most`;
  return [`${all} tested together, ${random}: ${holm}`, ...(looks === null ? [] : [looksSentence(looks)])].join("; ");
}

/** The looks, by which bound they keep the level, why they ended, and how well the risk is known that is known worst. */
export function looksSentence({ unit, made, planned, bound, stopped, leastPrecise }: Looks): string {
  const looks = `${made.length} of at most ${planned} looks were made, at ${made.join(", ")} ${unit}`;
  const kept = planned === 1 ? "" : `; the level is kept over all of them by ${bound}`;
  const worst =
    leastPrecise === null
      ? ""
      : `; every risk is known to ${numberText(100 * leastPrecise.part, 2)} %, least well ${leastPrecise.name} (${leastPrecise.cell})`;
  return `${looks}${stopped === null ? "" : `, then ${stopped}`}${kept}${worst}`;
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
