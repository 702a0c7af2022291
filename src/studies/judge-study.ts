import { along, type Cell, cellsAt, eachCell, type Group } from "../claims/cell.js";
import { equivalence } from "../claims/equivalence.js";
import type { Finding } from "../claims/finding.js";
import { inequality, type Judge } from "../claims/inequality.js";
import { powerLaw } from "../claims/power-law.js";
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
  const cells = cellsOf(study, rows);
  const verdicts = verdictsOf(
    study.hypotheses.map((hypothesis) => findingsOf(hypothesis, cells)),
    level,
  );
  return study.hypotheses.map(({ says, expect }, i) => ({ says, expect, ...verdicts[i]! }));
}

/** The cells of a study with their rows. A cell has prompts of its own, which all its tests share. */
function cellsOf({ cells }: Pick<Study, "cells">, rows: readonly Measurement[]): Cell[] {
  const streams = cells.flatMap(({ columns, tests }) => tests.map(() => JSON.stringify(columns)));
  return cellsAt(pointsOf({ cells }), rows).map((cell, i) => ({ ...cell, stream: streams[i]! }));
}

/** Where a study measures: the columns of every cell and test. */
export function pointsOf({ cells }: Pick<Study, "cells">): Row[] {
  return cells.flatMap((cell) => cell.tests.map((test) => ({ ...cell.columns, ...test.columns })));
}

function findingsOf({ at, checks, curveOver }: Hypothesis, cells: readonly Cell[]): Finding[] {
  const chosen = cells.filter(({ columns }) =>
    Object.entries(at).every(([column, values]) => values.includes(columns[column] as number)),
  );
  const groups: Group[] = curveOver === null ? eachCell(chosen) : along(chosen, curveOver);
  return checks.map(judgeOf).flatMap((judge) => groups.map(judge));
}

function judgeOf(check: Check): Judge {
  if (check.kind === "inequality")
    return inequality(quantityOf(check.less), quantityOf(check.than), { strict: check.strict });
  if (check.kind === "equivalence")
    return equivalence(quantityOf(check.measured), quantityOf(check.expected), check.within);
  const { of, over, kind: _, ...law } = check;
  return powerLaw({ y: quantityOf(of), x: over, ...law });
}
