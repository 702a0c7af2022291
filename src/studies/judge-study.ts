import { along, type Cell, cellsAt, eachCell, type Group } from "../claims/cell.js";
import { equivalence } from "../claims/equivalence.js";
import type { Finding } from "../claims/finding.js";
import { inequality, type Judge } from "../claims/inequality.js";
import { overLooks } from "../claims/looks.js";
import { powerLaw } from "../claims/power-law.js";
import { FAMILY_LEVEL, verdictsOf } from "../claims/verdict.js";
import type { Measurement, Row, Verdict } from "../types.js";
import type { Check, Hypothesis } from "./hypothesis.js";
import { leastPrecise, looksMade, rowsAtLook } from "./looks.js";
import type { Study } from "./study.js";
import { quantityOf } from "./term.js";

/** What came out of one hypothesis. */
export type StudyVerdict = Verdict & { readonly says: string; readonly expect: string };

/** How far a study has come that looks at what grows. */
export interface Looks {
  readonly unit: "seeds" | "prompts";
  /** How many there were at each look that was made. */
  readonly made: readonly number[];
  /** Looks that the budget allows: the level is spent over so many. */
  readonly planned: number;
  readonly bound: string;
  /** Why no further look is needed or allowed; null while one is. */
  readonly stopped: "enough is known" | "the budget is spent" | null;
  /** The sampled risk that is known worst, as a part of it. */
  readonly leastPrecise: ReturnType<typeof leastPrecise>;
}

/** The bound by which a study of several looks keeps its level. */
export const BOUND = "alpha spending in equal parts (Lan, DeMets 1983), Bonferroni over the looks";

/**
 * The verdict on every hypothesis of a study from its rows. All cells that a hypothesis speaks of count, also those that
 * have no rows (yet): they leave it undecided. Over its cells the level is Bonferroni's, over the hypotheses Holm's, and
 * over the looks of a study that makes several it is spent in equal parts.
 *
 * @param level probability that any hypothesis is decided wrongly, at any look
 */
export function judgeStudy(study: Study, rows: readonly Measurement[], level = FAMILY_LEVEL): StudyVerdict[] {
  const looks = Array.from({ length: looksMade(study, rows) }, (_, i) => i + 1);
  const planned = study.sequential?.sizes.length ?? 1;
  const byLook = looks.map((look) => {
    const cells = cellsOf(study, rowsAtLook(study, rows, look, columnsOf(study)));
    return study.hypotheses.map((hypothesis) => findingsOf(hypothesis, cells, study.pools));
  });
  // The cells of a hypothesis are the study's, so that its findings are the same ones in the same order at every look.
  const families = study.hypotheses.map((_, h) =>
    byLook[0]![h]!.map((__, i) =>
      overLooks(
        byLook.map((found) => found[h]![i]!),
        planned,
      ),
    ),
  );
  const verdicts = verdictsOf(families, level);
  return study.hypotheses.map(({ says, expect }, i) => ({ says, expect, ...verdicts[i]! }));
}

/** How far a study has come; null for one that measures all at once. @param level as in `judgeStudy` */
export function looksOf(study: Study, rows: readonly Measurement[], level = FAMILY_LEVEL): Looks | null {
  const { sequential } = study;
  if (sequential === null) return null;
  const made = looksMade(study, rows);
  const worst = leastPrecise(rowsJudged(study, rows), sequential, columnsOf(study));
  const precise = sequential.risk === null || (worst?.part ?? 0) <= sequential.risk;
  const enough = precise && judgeStudy(study, rows, level).every(({ holds }) => holds !== null);
  const spent = made === sequential.sizes.length;
  return {
    unit: sequential.unit,
    made: sequential.sizes.slice(0, made),
    planned: sequential.sizes.length,
    bound: BOUND,
    stopped: enough ? "enough is known" : spent ? "the budget is spent" : null,
    leastPrecise: worst,
  };
}

/** The rows that verdicts speak of: those of whole looks, with all prompts of a seed put together. */
export function rowsJudged(study: Study, rows: readonly Measurement[]): Measurement[] {
  return rowsAtLook(study, rows, looksMade(study, rows), columnsOf(study));
}

/** Where a study measures: the columns of every cell and test. */
export function pointsOf({ cells }: Pick<Study, "cells">): Row[] {
  return cells.flatMap((cell) => cell.tests.map((test) => ({ ...cell.columns, ...test.columns })));
}

/** The columns that set a study's cells and tests apart. */
export function columnsOf(study: Pick<Study, "cells">): string[] {
  return Object.keys(pointsOf(study)[0] ?? {});
}

/** The cells of a study with their rows. A cell has prompts of its own, which all its tests share. */
function cellsOf({ cells }: Pick<Study, "cells">, rows: readonly Measurement[]): Cell[] {
  const streams = cells.flatMap(({ columns, tests }) => tests.map(() => JSON.stringify(columns)));
  return cellsAt(pointsOf({ cells }), rows).map((cell, i) => ({ ...cell, stream: streams[i]! }));
}

function findingsOf({ at, checks, curveOver }: Hypothesis, cells: readonly Cell[], pools: string | null): Finding[] {
  const chosen = cells.filter(({ columns }) =>
    Object.entries(at).every(([column, values]) => values.includes(columns[column] as number)),
  );
  const groupsOf = (some: readonly Cell[]) => (curveOver === null ? eachCell(some) : along(some, curveOver));
  // A hypothesis that names pools speaks of each of them, as of any other cells.
  const groups = pools === null || pools in at ? groupsOf(chosen) : meanOverPools(chosen, pools, groupsOf);
  return checks.map(judgeOf).flatMap((judge) => groups.map(judge));
}

/** The groups of one pool, each with its like in every other. */
function meanOverPools(cells: readonly Cell[], column: string, groupsOf: (cells: readonly Cell[]) => Group[]): Group[] {
  const pools = [...new Set(cells.map(({ columns }) => columns[column]))].map((pool) => {
    const own = cells.filter(({ columns }) => columns[column] === pool);
    return groupsOf(own.map(({ columns: { [column]: _, ...columns }, ...cell }) => ({ ...cell, columns })));
  });
  return (pools[0] ?? []).map(({ label }, i) => {
    const members = pools.map((groups) => groups[i]!.cells);
    return { label, cells: members.flat(), pools: members };
  });
}

function judgeOf(check: Check): Judge {
  if (check.kind === "inequality")
    return inequality(quantityOf(check.less), quantityOf(check.than), { strict: check.strict });
  if (check.kind === "equivalence")
    return equivalence(quantityOf(check.measured), quantityOf(check.expected), check.within);
  const { of, over, kind: _, ...law } = check;
  return powerLaw({ y: quantityOf(of), x: over, ...law });
}
