import type { Study } from "../studies/study.js";
import type { Row, Verdict } from "../types.js";
import type { Judged } from "./judged.js";

/** Judges the claims that a study brought. One that throws is undecided and says what it threw: the rows are there. */
export function judgeOwnClaims({ claims }: Pick<Study, "claims">, rows: readonly Row[]): Judged[] {
  return claims.map((claim) => {
    const verdict = judged(() => claim.judge(rows));
    return { claim, verdict, asExpected: verdict.holds === (claim.expected === "holds") };
  });
}

function judged(judge: () => Verdict): Verdict {
  try {
    return judge();
  } catch (error) {
    const why = `the claim's own code throws: ${error instanceof Error ? error.message : String(error)}`;
    return {
      ...{ holds: null, measured: null, expected: null, standardError: null, margin: null, standardErrors: null },
      ...{ about: "weights", rows: 0, why },
    };
  }
}
