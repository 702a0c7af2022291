import { refuse } from "./series-error.js";
import type { Cell, Table } from "./table.js";

type Value = number | string | null | readonly (number | string | null)[];

/**
 * JSON, a line a time: bare numbers, lists, or maps of one value a name. A map that has a list under a name (as the
 * `target` of forecasting data sets) holds that whole series, and such a file has one line for every series: the columns
 * are then called by the line's `item_id`, or its number.
 *
 * @throws SeriesError for a line that is no JSON, and names that come and go
 */
export function readJsonLines(text: string, file: string): Table {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const columns = new Map<string, Cell[]>();
  const add = (name: string, cell: Cell) => columns.get(name)?.push(cell) ?? columns.set(name, [cell]);
  let rows = 0;
  for (const [i, source] of lines.entries()) {
    if (source.trim() === "") continue;
    const line = i + 1;
    const value = parsed(source, file, line);
    const cell = (entry: unknown, column: number): Cell => ({ text: textOfValue(entry), line, column });
    const list = Array.isArray(value) ? value : seriesIn(value);
    if (list) {
      const column = source.indexOf("[") + 1;
      const { item_id: id } = (Array.isArray(value) ? {} : value) as { readonly item_id?: unknown };
      for (const entry of list) add(id === undefined ? String(rows + 1) : String(id), cell(entry, column));
    } else if (typeof value === "object" && value !== null) {
      for (const [name, entry] of Object.entries(value)) {
        const column = source.indexOf(JSON.stringify(name)) + 1;
        if ((columns.get(name)?.length ?? 0) !== rows)
          refuse(file, { line, column }, `\`${name}\` is not on every line before`);
        add(name, cell(entry, column));
      }
      const lost = [...columns].find(([, cells]) => cells.length !== rows + 1);
      if (lost) refuse(file, { line, column: 1 }, `\`${lost[0]}\` is missing here; write null for a missing value`);
    } else add("1", cell(value, source.search(/\S/) + 1));
    rows++;
  }
  if (rows === 0) refuse(file, null, "the file has no rows");
  return { columns: [...columns].map(([name, cells]) => ({ name, cells })), commas: true };
}

function parsed(source: string, file: string, line: number): Value | { readonly [name: string]: Value } {
  try {
    // Python writes NaN, which JSON has not.
    return JSON.parse(source.replace(/([:[,]\s*)NaN(?=\s*[,\]}])/g, "$1null").replace(/^\s*NaN\s*$/, "null"));
  } catch (error) {
    return refuse(file, { line, column: 1 }, `no JSON: ${(error as Error).message}`);
  }
}

/** The one list in a map, if it has one. */
function seriesIn(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const lists = Object.values(value).filter((entry) => Array.isArray(entry));
  return lists.length === 1 ? (lists[0] as unknown[]) : undefined;
}

function textOfValue(value: unknown): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value).trim();
}
