import { numberOf } from "./numbers.js";
import { type Place, refuse } from "./series-error.js";
import type { Column } from "./table.js";

const ISO =
  /^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ](\d{1,2})[:-](\d{2})(?:[:-](\d{2}(?:\.\d+)?))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;
const DAY_LAST_YEAR = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/** Whether a cell could be a date; numbers are none. */
export function isDate(text: string): boolean {
  return ISO.test(text) || DAY_LAST_YEAR.test(text);
}

/**
 * A column of times as numbers that ascend with them: numbers as they are (years, seconds), dates as milliseconds.
 * 2020-02-01, 2020/02/01, 2020-02, with or without a time of day and zone; 01.02.2020 has the day first, 01/02/2020 what
 * the column shows somewhere by a number above 12.
 *
 * @throws SeriesError for a cell that is no time, and where day and month cannot be told apart
 */
export function timesOf({ name, cells }: Column, file: string): Float64Array {
  const monthFirst = monthComesFirst(cells, file);
  return Float64Array.from(cells, (cell) => {
    const value = numberOf(cell.text, "point") ?? dateOf(cell.text, monthFirst);
    if (value !== null) return value;
    return refuse(file, cell, `${JSON.stringify(cell.text)} in column ${name} is no time; allowed: numbers and dates`);
  });
}

/** Refuses times that do not ascend. The first fault is told with both places. */
export function refuseDisorder(times: Float64Array, { name, cells }: Column, file: string): void {
  for (let i = 1; i < times.length; i++) {
    if (times[i]! > times[i - 1]!) continue;
    const [before, here] = [cells[i - 1]!, cells[i]!];
    const what =
      times[i] === times[i - 1]
        ? `the time ${here.text} in column ${name} is there twice, first on line ${before.line}`
        : `the time ${here.text} in column ${name} comes after ${before.text} on line ${before.line}`;
    refuse(file, here, `${what}; times are to ascend`);
  }
}

/** Steps that are longer than 1.5 times the median one: values are missing there without a word of it. */
export function gapsOf(times: Float64Array): number {
  const steps = times.slice(1).map((time, i) => time - times[i]!);
  const median = steps.slice().sort()[Math.floor(steps.length / 2)]!;
  return steps.filter((step) => step > 1.5 * median).length;
}

function monthComesFirst(cells: readonly (Place & { readonly text: string })[], file: string): boolean {
  const slashed = cells.map((cell) => ({ cell, parts: DAY_LAST_YEAR.exec(cell.text) })).filter(({ parts }) => parts);
  const ambiguous = slashed.filter(({ parts }) => parts![2] !== ".");
  if (ambiguous.length === 0) return false;
  if (ambiguous.some(({ parts }) => Number(parts![1]) > 12)) return false;
  if (ambiguous.some(({ parts }) => Number(parts![3]) > 12)) return true;
  const { cell } = ambiguous[0]!;
  return refuse(
    file,
    cell,
    `${cell.text} may have the day or the month first, and no other date tells; write 2020-02-01`,
  );
}

function dateOf(text: string, monthFirst: boolean): number | null {
  const iso = ISO.exec(text);
  if (iso) {
    const [year, month, day = 1, hour = 0, minute = 0, second = 0] = iso
      .slice(1, 7)
      .map((part) => part && Number(part));
    return instant([year, month, day, hour, minute, second] as number[], iso[7]);
  }
  const parts = DAY_LAST_YEAR.exec(text);
  if (!parts) return null;
  const [day, month] = monthFirst ? [parts[3], parts[1]] : [parts[1], parts[3]];
  return instant([parts[4], month, day, parts[5] ?? 0, parts[6] ?? 0, parts[7] ?? 0].map(Number), undefined);
}

/** Milliseconds since 1970, or null where there is no such day or hour. */
function instant(fields: readonly number[], zone: string | undefined): number | null {
  const [year, month, day, hour, minute, second] = fields as [number, number, number, number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (year < 100) date.setUTCFullYear(year);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 24 || minute > 59 || second >= 61)
    return null;
  const offset =
    zone && zone !== "Z" ? Number(`${zone[0]}1`) * (60 * Number(zone.slice(1, 3)) + Number(zone.slice(-2))) : 0;
  return date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000;
}
