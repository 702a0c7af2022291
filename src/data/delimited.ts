// The build that brings its own Buffer: a page reads files as the command line does.
import { CsvError, type InfoRecord, parse } from "csv-parse/browser/esm/sync";
import { isAbsent, numberOf } from "./numbers.js";
import { refuse } from "./series-error.js";
import type { Cell, Table } from "./table.js";
import { isDate } from "./times.js";

/** What a file of delimited text leaves open. */
export interface DelimitedOptions {
  /** Whether the first row has names; told by whether it has no number and no date where left out. */
  readonly header?: boolean;
  /** Taken as told by the first lines where left out. */
  readonly delimiter?: string;
}

/** From the least likely in a number to the most. */
const DELIMITERS = ["\t", ";", "|", ","];
const SAMPLE = 20;

/**
 * Delimited text (csv, tsv, with semicolons, quoted or not, lines that begin with # left out) as columns, each cell with
 * its line and the character it begins at.
 *
 * @throws SeriesError for quotes that do not close, and rows of another number of cells than the first
 */
export function readDelimited(text: string, file: string, options: DelimitedOptions): Table {
  const delimiter = options.delimiter ?? delimiterOf(text);
  const rows = rowsOf(text, file, delimiter);
  const [first] = rows;
  if (!first) return refuse(file, null, "the file has no rows");
  for (const row of rows) {
    if (row.length === first.length) continue;
    const cells = (count: number) => `${count} cell${count === 1 ? "" : "s"}`;
    refuse(file, row[0]!, `this row has ${cells(row.length)}, and the first has ${cells(first.length)}`);
  }
  const header = options.header ?? looksLikeNames(first);
  const body = header ? rows.slice(1) : rows;
  const name = (i: number) => (header && first[i]!.text !== "" ? first[i]!.text : String(i + 1));
  const columns = first.map((_, i) => ({ name: name(i), cells: body.map((row) => row[i]!) }));
  return { columns, commas: delimiter !== "," };
}

/** The first delimiter that all lines at the top have equally often; a comma where none is. */
function delimiterOf(text: string): string {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const sample = lines.slice(0, SAMPLE).map((line) => line.replace(/"[^"]*"/g, ""));
  const often = (line: string, delimiter: string) => line.split(delimiter).length - 1;
  const isEven = (delimiter: string) => {
    const count = often(sample[0] ?? "", delimiter);
    return count > 0 && sample.every((line) => often(line, delimiter) === count);
  };
  return DELIMITERS.find(isEven) ?? ",";
}

function looksLikeNames(row: readonly Cell[]): boolean {
  const isValue = ({ text }: Cell) =>
    numberOf(text, "point") !== null || numberOf(text, "comma") !== null || isDate(text);
  return !row.some(isValue) && !row.every(({ text }) => isAbsent(text));
}

interface Parsed {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: InfoRecord;
}

function rowsOf(text: string, file: string, delimiter: string): Cell[][] {
  try {
    const parsed = parse(text, {
      ...{ delimiter, bom: true, trim: true, comment: "#", comment_no_infix: true },
      ...{ relax_column_count: true, skip_empty_lines: true, info: true, raw: true },
    }) as unknown as Parsed[];
    return parsed.map(({ record, raw, info }) => cellsOf(record, raw, info.lines, delimiter));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as unknown as { readonly lines?: number }).lines ?? 1;
    return refuse(file, { line, column: 1 }, `a quote is out of place: ${error.message.replace(/ at line \d+/, "")}`);
  }
}

/** The places of a record's cells; `raw` also has the comments and empty lines before it, and the line's end. */
function cellsOf(record: readonly string[], raw: string, last: number, delimiter: string): Cell[] {
  const body = raw.replace(/^(?:[ \t]*(?:#[^\n\r]*)?(?:\r\n|\n|\r))+/, "").replace(/(?:\r\n|\n|\r)$/, "");
  const cells: Cell[] = [];
  let line = last - (body.match(/\r\n|\n|\r/g)?.length ?? 0);
  let column = 1;
  let start = column;
  let quoted = false;
  let at = line;
  const close = () => cells.push({ text: record[cells.length] ?? "", line: at, column: start });
  for (const character of body) {
    if (character === '"') quoted = !quoted;
    if (character === "\n") [line, column] = [line + 1, 0];
    column++;
    if (character !== delimiter || quoted) continue;
    close();
    [start, at] = [column, line];
  }
  close();
  return cells;
}
