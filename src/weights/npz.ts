import { unzipSync, zipSync } from "fflate";
import type { Arrays } from "./arrays.js";
import { readNpy, writeNpy } from "./npy.js";
import { WeightsError } from "./weights-error.js";

/** Texts about the arrays are UTF-8 bytes of members of these names: NumPy lists them and reads them as bytes. */
const TEXT = /^(.*)\.txt$/;

/** A fixed date, as bytes are to depend on the arrays only (zip's first year). */
const WRITTEN = { mtime: new Date(1980, 0, 1) };

/**
 * Reads a NumPy npz file: a zip archive of npy arrays, deflated (`savez_compressed`) or not.
 *
 * @throws WeightsError where it is no such archive, or for an array that `readNpy` refuses.
 */
export function readNpz(bytes: Uint8Array): Arrays {
  const members = Object.entries(unzipped(bytes));
  const arrays = members.flatMap(([member, data]) => {
    const name = /^(.*)\.npy$/.exec(member)?.[1];
    return name === undefined ? [] : [[name, readNpy(data, name)] as const];
  });
  const texts = members.flatMap(([member, data]) => {
    const name = TEXT.exec(member)?.[1];
    return name === undefined ? [] : [[name, new TextDecoder().decode(data)] as const];
  });
  return { arrays: new Map(arrays), texts: Object.fromEntries(texts) };
}

/** Writes float64 arrays, not deflated, in order of their names. */
export function writeNpz({ arrays, texts }: Arrays): Uint8Array {
  const members = [
    ...[...arrays].map(([name, array]) => [`${name}.npy`, writeNpy(array)] as const),
    ...Object.entries(texts).map(([name, text]) => [`${name}.txt`, new TextEncoder().encode(text)] as const),
  ].sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(members), { level: 0, ...WRITTEN });
}

function unzipped(bytes: Uint8Array): ReturnType<typeof unzipSync> {
  try {
    return unzipSync(bytes);
  } catch {
    throw new WeightsError("this is no npz file: it is no whole zip archive");
  }
}
