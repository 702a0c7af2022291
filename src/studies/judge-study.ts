import { along, type Cell, cellsAt, eachCell, type Group } from "../claims/cell.js";
import { equivalence } from "../claims/equivalence.js";
import type { Finding } from "../claims/finding.js";
import { inequality, type Judge } from "../claims/inequality.js";
import { FAMILY_LEVEL, verdictsOf } from "../claims/verdict.js";
import type { Measurement, Row, Verdict } from "../types.js";
import type { Check, Hypothesis } from "./hypothesis.js";
import type { Study } from "./study.js";
import { quantityOf } from "./term.js";

/** What came out of one hypothesis. */
export type StudyVerdict = Verdict & { readonly says: string; readonly expect: string };

/**
 * The verdict on every hypothesis of a study from its rows. All cells that a hypothesis speaks of count, also those that
 * have no rows (yet): they leave it undecided. Over its cells the level is Bonferroni's, over the hypotheses Holm's.
 *
 * @param level probability that any hypothesis is decided wrongly
 */
export function judgeStudy(study: Study, rows: readonly Measurement[], level = FAMILY_LEVEL): StudyVerdict[] {
  const cells = cellsAt(pointsOf(study), rows);
  const verdicts = verdictsOf(
    study.hypotheses.map((hypothesis) => findingsOf(hypothesis, cells)),
    level,
  );
  return study.hypotheses.map(({ says, expect }, i) => ({ says, expect, ...verdicts[i]! }));
}

/** Where a study measures: the columns of every cell and test. */
export function pointsOf({ cells }: Pick<Study, "cells">): Row[] {
  return cells.flatMap((cell) => cell.tests.map((test) => ({ ...cell.columns, ...test.columns })));
}

function findingsOf({ at, checks, slopeOver }: Hypothesis, cells: readonly Cell[]): Finding[] {
  const chosen = cells.filter(({ columns }) =>
    Object.entries(at).every(([column, values]) => values.includes(columns[column] as number)),
  );
  const groups: Group[] = slopeOver === null ? eachCell(chosen) : along(chosen, slopeOver);
  return checks.map(judgeOf).flatMap((judge) => groups.map(judge));
}

function judgeOf(check: Check): Judge {
  return check.kind === "inequality"
    ? inequality(quantityOf(check.less), quantityOf(check.than), { strict: check.strict })
    : equivalence(quantityOf(check.measured), quantityOf(check.expected), check.within);
}
