import type { Claim, Experiment, Row, Verdict } from "../types.js";

/** A claim with its verdict, and whether it came out as the experiment expects. */
export interface Judged {
  readonly claim: Pick<Claim, "id" | "says" | "source" | "expected">;
  readonly verdict: Verdict;
  readonly asExpected: boolean;
}

/** Judges every claim of a paper from its rows; a claim that cannot be decided did not come out as expected. */
export function judgeClaims(experiment: Experiment, rows: readonly Row[]): Judged[] {
  return experiment.claims.map((claim) => {
    const verdict = claim.judge(rows);
    return { claim, verdict, asExpected: verdict.holds === (claim.expected === "holds") };
  });
}
