import { type Arrays, type FileArray, sizeOf } from "./arrays.js";
import { fromBrainHalf, fromHalf } from "./half-precision.js";
import { WeightsError } from "./weights-error.js";

/** How many bytes a number has, and how it is read, little-endian. */
const kinds: Readonly<Record<string, { readonly bytes: number; at(view: DataView, offset: number): number }>> = {
  F64: { bytes: 8, at: (view, offset) => view.getFloat64(offset, true) },
  F32: { bytes: 4, at: (view, offset) => view.getFloat32(offset, true) },
  F16: { bytes: 2, at: (view, offset) => fromHalf(view.getUint16(offset, true)) },
  BF16: { bytes: 2, at: (view, offset) => fromBrainHalf(view.getUint16(offset, true)) },
};

/**
 * Reads a safetensors file: eight bytes with the length N of a header, N bytes of JSON, the numbers.
 *
 *   { "KQ": { "dtype": "F32", "shape": [1, 6, 6], "data_offsets": [0, 144] }, "__metadata__": { "layout": "merged" } }
 *
 * Format: github.com/huggingface/safetensors, "Format".
 *
 * @throws WeightsError where the file is not whole, or a tensor's type is not a real one.
 */
export function readSafetensors(bytes: Uint8Array): Arrays {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 8 ? Number.NaN : Number(view.getBigUint64(0, true));
  if (!(length <= bytes.length - 8)) throw new WeightsError("this is no safetensors file: its header is not whole");
  const header = parsed(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const numbers = bytes.subarray(8 + length);
  const { __metadata__: texts = {}, ...tensors } = header;
  const arrays = Object.entries(tensors).map(([name, entry]) => [name, tensor(name, entry, numbers)] as const);
  return { arrays: new Map(arrays), texts: texts as Arrays["texts"] };
}

/** Writes float64 arrays. Their names are sorted, so that equal arrays are equal bytes. */
export function writeSafetensors({ arrays, texts }: Arrays): Uint8Array {
  const sorted = [...arrays].sort(([a], [b]) => (a < b ? -1 : 1));
  let end = 0;
  const header: Record<string, unknown> = Object.keys(texts).length > 0 ? { __metadata__: texts } : {};
  for (const [name, { shape, data }] of sorted) {
    header[name] = { dtype: "F64", shape, data_offsets: [end, end + 8 * data.length] };
    end += 8 * data.length;
  }
  const json = JSON.stringify(header);
  const head = new TextEncoder().encode(json);
  // Numbers start at a multiple of 8, after spaces.
  const padded = 8 * Math.ceil(head.length / 8);
  const bytes = new Uint8Array(8 + padded + end).fill(0x20, 8, 8 + padded);
  bytes.set(head, 8);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(padded), true);
  let offset = 8 + padded;
  for (const [, { data }] of sorted)
    for (const value of data) {
      view.setFloat64(offset, value, true);
      offset += 8;
    }
  return bytes;
}

type Header = Readonly<Record<string, unknown>>;

function parsed(text: string): Header {
  try {
    const header = JSON.parse(text) as unknown;
    if (typeof header === "object" && header !== null && !Array.isArray(header)) return header as Header;
  } catch {}
  throw new WeightsError("this is no safetensors file: its header is no JSON map");
}

function tensor(name: string, entry: unknown, numbers: Uint8Array): FileArray {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const kind = kinds[String(dtype)];
  if (!kind) throw new WeightsError(`tensor ${name} is of type ${dtype}; allowed: ${Object.keys(kinds).join(", ")}`);
  if (!wholeNumbers(shape) || !wholeNumbers(offsets) || offsets.length !== 2)
    throw new WeightsError(`tensor ${name} has no shape and data_offsets in the header`);
  const [from, to] = offsets as [number, number];
  const count = sizeOf(shape);
  if (to - from !== count * kind.bytes)
    throw new WeightsError(
      `tensor ${name} of shape (${shape.join(", ")}) has ${count * kind.bytes} bytes as ${dtype}, not ${to - from}`,
    );
  if (to > numbers.length)
    throw new WeightsError(`tensor ${name} ends at byte ${to} of the numbers, which end at ${numbers.length}`);
  const view = new DataView(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return { shape, data: Float64Array.from({ length: count }, (_, i) => kind.at(view, from + i * kind.bytes)) };
}

const wholeNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && entry >= 0);
