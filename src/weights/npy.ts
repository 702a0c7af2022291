import { type FileArray, sizeOf } from "./arrays.js";
import { fromHalf } from "./half-precision.js";
import { WeightsError } from "./weights-error.js";

/** How many bytes a number has, and how it is read. */
const kinds: Readonly<
  Record<string, { readonly bytes: number; at(view: DataView, offset: number, little: boolean): number }>
> = {
  f8: { bytes: 8, at: (view, offset, little) => view.getFloat64(offset, little) },
  f4: { bytes: 4, at: (view, offset, little) => view.getFloat32(offset, little) },
  f2: { bytes: 2, at: (view, offset, little) => fromHalf(view.getUint16(offset, little)) },
  i8: { bytes: 8, at: (view, offset, little) => Number(view.getBigInt64(offset, little)) },
  i4: { bytes: 4, at: (view, offset, little) => view.getInt32(offset, little) },
};

const MAGIC = "\x93NUMPY";

/**
 * Reads one array of NumPy's npy format, versions 1 to 3: a magic string, a version, a Python dictionary
 * { 'descr': '<f8', 'fortran_order': False, 'shape': (6, 6), } and the numbers.
 * Format: numpy.org, NEP 1 and `numpy.lib.format`.
 *
 * @throws WeightsError, naming the array, where the file is not whole or its numbers are not real ones.
 */
export function readNpy(bytes: Uint8Array, name: string): FileArray {
  const { descr, fortran, shape, start } = headerOf(bytes, name);
  const kind = kinds[descr.slice(1)];
  if (!kind || !/^[<>|=]/.test(descr))
    throw new WeightsError(`tensor ${name} is of type ${descr}; allowed: ${Object.keys(kinds).join(", ")}`);
  const count = sizeOf(shape);
  if (bytes.length - start < count * kind.bytes)
    throw new WeightsError(
      `tensor ${name} of shape (${shape.join(", ")}) has ${count * kind.bytes} bytes as ${descr}, and the file ends after ${bytes.length - start}`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = !descr.startsWith(">");
  const stored = Float64Array.from({ length: count }, (_, i) => kind.at(view, start + i * kind.bytes, little));
  return { shape, data: fortran ? rowMajor(stored, shape) : stored };
}

/** Writes a float64 array, version 1. */
export function writeNpy({ shape, data }: FileArray): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': ${tuple}, }`;
  // Numbers start at a multiple of 64, after spaces and a line feed.
  const start = 64 * Math.ceil((10 + text.length + 1) / 64);
  const bytes = new Uint8Array(start + 8 * data.length).fill(0x20, 10, start);
  bytes.set(latin(MAGIC), 0);
  bytes.set([1, 0], 6);
  bytes.set(latin(text), 10);
  bytes[start - 1] = 0x0a;
  const view = new DataView(bytes.buffer);
  view.setUint16(8, start - 10, true);
  data.forEach((value, i) => {
    view.setFloat64(start + 8 * i, value, true);
  });
  return bytes;
}

function headerOf(bytes: Uint8Array, name: string) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isArray = bytes.length >= 12 && latin(MAGIC).every((byte, i) => bytes[i] === byte);
  if (!isArray) throw new WeightsError(`tensor ${name} is no npy array`);
  const wide = bytes[6]! > 1;
  const [first, length] = wide ? [12, view.getUint32(8, true)] : [10, view.getUint16(8, true)];
  const text = new TextDecoder("latin1").decode(bytes.subarray(first, first + length));
  const descr = /'descr':\s*'([^']+)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || shape === undefined)
    throw new WeightsError(`tensor ${name} has an npy header that cannot be read: it may be structured or of objects`);
  const extents = shape.split(",").filter((part) => part.trim() !== "");
  return { descr, fortran: order === "True", shape: extents.map(Number), start: first + length };
}

const latin = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));

/** Numbers whose first index runs fastest, put in order of the last. */
function rowMajor(data: Float64Array, shape: readonly number[]): Float64Array {
  return data.map((_, at) => {
    let [rest, from, stride] = [at, 0, data.length];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const extent = shape[axis]!;
      stride /= extent;
      from += (rest % extent) * stride;
      rest = Math.floor(rest / extent);
    }
    return data[from]!;
  });
}
