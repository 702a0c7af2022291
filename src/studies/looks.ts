import { cellsOf, labelOf } from "../claims/cell.js";
import { meanRisk } from "../claims/means.js";
import { LOOK, pooledLooks } from "../claims/pooled.js";
import type { Measurement, Row } from "../types.js";
import type { Sequential } from "./sequential-field.js";
import type { Study, StudyCell } from "./study.js";

/** What is computed in one cell of one look. */
export interface LookCell {
  readonly cell: StudyCell;
  readonly seed: number;
  readonly look: number;
  /** Fresh prompts per test. */
  readonly prompts: number;
  /** What sets it apart from all others. */
  readonly columns: Row;
}

type Looked = Pick<Study, "cells" | "seeds" | "sequential">;

/**
 * The cells that a look computes beyond those of the looks before: new seeds of every grid point; or, where prompts are
 * added, the same seeds once more with as many fresh prompts as are added. The first look is the study without looks.
 *
 * @param look from 1
 */
export function cellsOfLook({ cells, seeds, sequential }: Looked, look: number): LookCell[] {
  const size = (at: number) => (at === 0 ? 0 : (sequential?.sizes[at - 1] ?? 0));
  const adds = sequential?.unit ?? "seeds";
  const from = look > 1 && adds === "seeds" ? size(look - 1) : 0;
  const to = look > 1 && adds === "seeds" ? size(look) : seeds;
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  return cells.flatMap((cell) =>
    numbers.map((seed) => {
      const again = look > 1 && adds === "prompts";
      const prompts = again ? size(look) - size(look - 1) : cell.prompts;
      const columns = { ...cell.columns, seed, ...(again && { [LOOK]: look }) };
      return { cell, seed, look: again ? look : 1, prompts, columns };
    }),
  );
}

/** The cells of the first so many looks. */
export function cellsOfLooks(study: Looked, looks: number): LookCell[] {
  return Array.from({ length: looks }, (_, i) => cellsOfLook(study, i + 1)).flat();
}

/** How many looks have all their rows, from the first on; 1 where not even that has, for it is then judged as it is. */
export function looksMade(study: Looked, rows: readonly Measurement[]): number {
  if (study.sequential === null) return 1;
  const names = Object.keys(study.cells[0]?.columns ?? {});
  const nameOf = (row: Row) => JSON.stringify([...names, "seed", LOOK].map((column) => row[column] ?? null));
  const present = new Set(rows.filter(({ exact }) => !exact).map(nameOf));
  let made = 1;
  while (made < study.sequential.sizes.length) {
    if (!cellsOfLook(study, made + 1).every(({ columns }) => present.has(nameOf(columns)))) break;
    made++;
  }
  return made;
}

/** The rows that there were at a look, every seed's prompts put together. @param by columns that set cells apart */
export function rowsAtLook(
  { sequential }: Looked,
  rows: readonly Measurement[],
  look: number,
  by: readonly string[],
): Measurement[] {
  if (sequential === null) return [...rows];
  const isThere = (row: Measurement) =>
    sequential.unit === "seeds"
      ? row.seed === null || row.seed < sequential.sizes[look - 1]!
      : ((row[LOOK] as number | undefined) ?? 1) <= look;
  return pooledLooks(rows.filter(isThere), by);
}

/** The sampled risk that is known worst, by its error as a part of it; null where none is defined. */
export function leastPrecise(
  rows: readonly Measurement[],
  { unit }: Sequential,
  by: readonly string[],
): { readonly name: string; readonly cell: string; readonly part: number } | null {
  const sampled = rows.filter(({ exact, seed }) => !exact && seed !== null);
  const known = cellsOf(sampled, [...by, "name"]).flatMap(({ columns: { name, ...columns }, rows: own }) => {
    const { risk, errorOverSeeds, errorOverPrompts } = meanRisk(own);
    const error = unit === "seeds" ? errorOverSeeds : errorOverPrompts;
    // A risk that diverged or is undefined in any seed stays so, however many are added.
    if (risk === null || error === null) return [];
    return [{ name: String(name), cell: labelOf(columns), part: risk === 0 ? 0 : error / Math.abs(risk) }];
  });
  return known.reduce<(typeof known)[number] | null>(
    (worst, one) => (one.part > (worst?.part ?? -1) ? one : worst),
    null,
  );
}
