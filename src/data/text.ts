import { gunzipSync } from "fflate";
import { refuse } from "./series-error.js";

/**
 * The text of a file: gzipped or not, UTF-8 or UTF-16 with or without its byte order mark, else as Windows writes it.
 *
 * @throws SeriesError for a broken archive and for what is no text
 */
export function textOf(bytes: Uint8Array, file: string): string {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? unpacked(bytes, file) : bytes;
  const text = decoded(plain);
  if (text.includes("\0")) refuse(file, null, "this is no text; allowed: csv, tsv, tsf or jsonl, gzipped or not");
  return text;
}

function unpacked(bytes: Uint8Array, file: string): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch {
    return refuse(file, null, "this begins as a gzip archive and is a broken one");
  }
}

function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
