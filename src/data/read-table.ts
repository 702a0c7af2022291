import { type DelimitedOptions, readDelimited } from "./delimited.js";
import { readJsonLines } from "./json-lines.js";
import { readMonash } from "./monash.js";
import type { Table } from "./table.js";
import { textOf } from "./text.js";

/** A file's bytes as columns, read by what its name ends in, before .gz; any other name is delimited text. */
export function readTable(bytes: Uint8Array, file: string, options: DelimitedOptions): Table {
  const text = textOf(bytes, file);
  const ending = /\.([a-z]+)$/.exec(file.toLowerCase().replace(/\.gz$/, ""))?.[1];
  if (ending === "tsf") return readMonash(text, file);
  if (ending === "jsonl" || ending === "ndjson") return readJsonLines(text, file);
  return readDelimited(text, file, ending === "tsv" || ending === "tab" ? { ...options, delimiter: "\t" } : options);
}
