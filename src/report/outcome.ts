import type { Judged } from "./material.js";

/** How a judged sentence came out, seen from what was expected of it. */
export type Outcome = "holds" | "refuted as expected" | "unexpected" | "undecided";

/** A sign beside each word, so that no outcome is told by colour alone. */
export const SIGN: Readonly<Record<Outcome, string>> = {
  holds: "✓",
  "refuted as expected": "⊘",
  unexpected: "✗",
  undecided: "?",
};

/** An undecided sentence is neither as expected nor against it: it is its own outcome. */
export function outcomeOf({ claim, verdict }: Judged): Outcome {
  if (verdict.holds === null) return "undecided";
  if (verdict.holds !== (claim.expected === "holds")) return "unexpected";
  return verdict.holds ? "holds" : "refuted as expected";
}

/** `3 hold, 1 refuted as expected, 0 unexpected, 2 undecided`. */
export function countsText(judged: readonly Judged[]): string {
  const count = (outcome: Outcome) => judged.filter((each) => outcomeOf(each) === outcome).length;
  return [
    `${count("holds")} ${count("holds") === 1 ? "holds" : "hold"}`,
    `${count("refuted as expected")} refuted as expected`,
    `${count("unexpected")} unexpected`,
    `${count("undecided")} undecided`,
  ].join(", ");
}

/** What stands beside the sign: a verdict against expectation says which way it went. */
export function outcomeText(judged: Judged): string {
  const outcome = outcomeOf(judged);
  if (outcome !== "unexpected") return outcome;
  return judged.verdict.holds ? "holds, unexpected" : "refuted, unexpected";
}
