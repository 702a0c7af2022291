import { refuse } from "./series-error.js";
import type { Cell, Column, Table } from "./table.js";

/**
 * The text format of the Monash forecasting archive (tsf): @attribute lines, @data, and then one series a line as
 * `name:start:1,2,?,4`. A column is a series, called by its first attribute.
 * Source: Godahewa, Bergmeir, Webb, Hyndman, Montero-Manso 2021, "Monash Time Series Forecasting Archive", Section 3.
 *
 * @throws SeriesError where there is no @data, or a line has too few attributes
 */
export function readMonash(text: string, file: string): Table {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const start = lines.findIndex((line) => line.trim().toLowerCase() === "@data");
  if (start < 0) return refuse(file, null, "no @data line; a .tsf file has @attribute lines, @data, and series");
  const attributes = lines.slice(0, start).filter((line) => /^\s*@attribute\b/i.test(line)).length;
  const columns = lines.flatMap((source, i): Column[] => {
    if (i <= start || source.trim() === "" || source.startsWith("#")) return [];
    const parts = source.split(":");
    if (parts.length <= attributes)
      refuse(file, { line: i + 1, column: 1 }, `${attributes} attributes and a series are expected, split by colons`);
    const head = parts.slice(0, attributes).join(":").length + (attributes > 0 ? 1 : 0);
    return [{ name: attributes > 0 ? parts[0]! : String(i - start), cells: cellsOf(source.slice(head), head, i + 1) }];
  });
  if (columns.length === 0) return refuse(file, null, "there is no series below @data");
  return { columns, commas: false };
}

function cellsOf(list: string, head: number, line: number): Cell[] {
  let column = head + 1;
  return list.split(",").map((text) => {
    const cell = { text: text.trim(), line, column };
    column += text.length + 1;
    return cell;
  });
}
