import type { Arrays } from "./arrays.js";
import { readNpz, writeNpz } from "./npz.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";
import { WeightsError } from "./weights-error.js";

const formats = {
  ".npz": { read: readNpz, write: writeNpz },
  ".safetensors": { read: readSafetensors, write: writeSafetensors },
} as const;

/** Endings that arrays can be read from and written to. */
export const endings = Object.keys(formats) as readonly (keyof typeof formats)[];

/** Arrays of a file's bytes, by the ending of its name. @throws WeightsError for another ending, or a file that is torn */
export function readArrays(name: string, bytes: Uint8Array): Arrays {
  return formatOf(name).read(bytes);
}

/**
 * The bytes of a file of that name. @throws WeightsError for another ending
 *
 * @example
 * import { readArrays, writeArrays } from "iclab/weights/weights-file";
 *
 * const KQ = { shape: [2, 2], data: Float64Array.from([1, 2, 3, 4]) };
 * const bytes = writeArrays("model.npz", { arrays: new Map([["KQ", KQ]]), texts: {} });
 * readArrays("model.npz", bytes).arrays.get("KQ")?.data[3]; // 4
 */
export function writeArrays(name: string, arrays: Arrays): Uint8Array {
  return formatOf(name).write(arrays);
}

function formatOf(name: string) {
  const ending = endings.find((each) => name.toLowerCase().endsWith(each));
  if (ending === undefined)
    throw new WeightsError(`arrays are read from and written to files in ${endings.join(" and ")}, not ${name}`);
  return formats[ending];
}
