import { meant } from "../names/nearest.js";
import { type Missing, withoutHoles } from "./missing.js";
import { type Decimal, decimalOf, isAbsent, numberOf } from "./numbers.js";
import { readTable } from "./read-table.js";
import { refuse } from "./series-error.js";
import type { Cell, Column, Table } from "./table.js";
import { gapsOf, isDate, refuseDisorder, timesOf } from "./times.js";

/** What a file of a series leaves open. */
export interface SeriesOptions {
  /** The column's name, or its number from 1; may be left out where there is one column besides the time. */
  readonly column?: string;
  /** The column of times; the first that looks like one where left out. */
  readonly time?: string;
  readonly missing?: Missing;
  /** Whether the first row has names; told by its content where left out. */
  readonly header?: boolean;
}

/** One series of numbers at equal steps, as read. */
export interface Series {
  readonly file: string;
  readonly column: string;
  readonly values: Float64Array;
  /** The time of each value as written, or null where the file has none. */
  readonly times: readonly string[] | null;
  /** What was done to the file's cells that a reader should know: sentences. */
  readonly notes: readonly string[];
}

const TIME_NAME = /^(?:date|time|timestamp|datetime|year|month|day|period|quarter|ds|t|index|jahr|datum|zeit)$/i;

/**
 * Reads one series: csv (commas, semicolons, tabs), tsv, tsf or jsonl, gzipped or not, with or without a header, a byte
 * order mark, decimal commas and a column of times.
 *
 * @throws SeriesError in one sentence with file, line and column for cells that are no numbers, missing values, times
 * that are double or do not ascend; for the file where it has no such column, or the series is constant
 */
export function readSeries(bytes: Uint8Array, file: string, options: SeriesOptions = {}): Series {
  const table = readTable(bytes, file, options.header === undefined ? {} : { header: options.header });
  const time = timeColumn(table, options, file);
  const column = valueColumn(table, time, options.column, file);
  const numbers = numbersOf(column, decimalOf(column.cells, table.commas), file);
  const times = time && timesOf(time, file);
  if (time && times) refuseDisorder(times, time, file);
  const way = options.missing ?? "refuse";
  const { values, kept } = withoutHoles(numbers, times, way, (i) => column.cells[i]!, file);
  refuseConstant(values, column, file);
  const notes: string[] = [];
  const holes = numbers.filter((value) => value === null).length;
  if (holes > 0) notes.push(`${holes} missing value${holes > 1 ? "s" : ""}: ${way}`);
  const gaps = times ? gapsOf(times) : 0;
  if (gaps > 0)
    notes.push(`${gaps} step${gaps > 1 ? "s are" : " is"} longer than the others; values are taken as equally spaced`);
  return { file, column: column.name, values, times: time && kept.map((i) => time.cells[i]!.text), notes };
}

function numbersOf({ name, cells }: Column, decimal: Decimal, file: string): (number | null)[] {
  return cells.map((cell) => {
    if (isAbsent(cell.text)) return null;
    const value = numberOf(cell.text, decimal);
    if (value !== null) return value;
    return refuse(file, cell, `${JSON.stringify(cell.text)} in column ${name} is no finite number`);
  });
}

function timeColumn(table: Table, { time, column }: SeriesOptions, file: string): Column | null {
  if (time !== undefined) return named(table, time, file);
  if (table.columns.length === 1) return null;
  const others = table.columns.filter((each) => each !== (column === undefined ? null : find(table, column)));
  const dated = ({ cells }: Column) => cells.length > 0 && cells.every(({ text }) => isDate(text));
  return others.find(({ name }) => TIME_NAME.test(name)) ?? others.find(dated) ?? null;
}

function valueColumn(table: Table, time: Column | null, name: string | undefined, file: string): Column {
  if (name !== undefined) return named(table, name, file);
  const others = table.columns.filter((column) => column !== time);
  if (others.length === 1) return others[0]!;
  return refuse(file, null, `there are ${others.length} columns; name the one that is meant: ${namesIn(others)}`);
}

function named(table: Table, name: string, file: string): Column {
  if (table.columns.filter((column) => column.name === name).length > 1)
    refuse(file, null, `two columns are called ${name}; name it by its number from 1`);
  const names = table.columns.map((column) => column.name);
  return (
    find(table, name) ??
    refuse(file, null, `no column is called ${name}; ${meant(names, name)}allowed: ${namesIn(table.columns)}`)
  );
}

/** By name; by number from 1 where no name is it. */
function find({ columns }: Table, name: string): Column | undefined {
  const same = columns.find((column) => column.name === name);
  return same ?? (/^\d+$/.test(name) ? columns[Number(name) - 1] : undefined);
}

function namesIn(columns: readonly Column[]): string {
  const names = columns.slice(0, 12).map(({ name }) => name);
  return names.join(", ") + (columns.length > 12 ? `, ... (${columns.length})` : "");
}

function refuseConstant(values: Float64Array, { name, cells }: { name: string; cells: readonly Cell[] }, file: string) {
  if (values.length === 0) refuse(file, cells[0] ?? null, `column ${name} has no values`);
  if (values.every((value) => value === values[0]))
    refuse(
      file,
      cells[0]!,
      `all ${values.length} values of column ${name} are ${values[0]}: there is nothing to forecast`,
    );
}
