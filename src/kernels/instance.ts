/** One thread's use of a WebAssembly kernel: the same calls as the float64 target has. */
import type { Arguments } from "./float64-kernel.js";
import type { Run, WasmKernel } from "./webassembly.js";

/** Prompts whose sums are kept apart in float32 lanes before they are added in float64, in order of the prompts. */
export const chunkPrompts = 128;

export interface Instance {
  /** The outputs of prompts [from, to), row-major (prompt, output). */
  each(given: Arguments, from: number, to: number): Float32Array;
  /** The float32 sums of chunks of `chunkPrompts` prompts: `width` groups of four lanes a chunk. */
  partials(given: Arguments, from: number, to: number): Float32Array;
  /** Their sums. The order of addition depends on `from` and `to` only: lanes within a chunk, then chunks in order. */
  sums(given: Arguments, from: number, to: number): Float64Array;
}

/** Instantiates a kernel with memory of its own. */
export function instantiate({ bytes, layout, shared }: WasmKernel): Instance {
  const align = (size: number): number => Math.ceil(size / 16) * 16;
  const parameters = 0;
  const settings = align(layout.parameters * 4);
  const tables = settings + align(layout.settings * 4);
  const scratch = tables + layout.tableBytes;
  const outputs = scratch + layout.memory;
  const group = layout.width * 16;
  const pages = (groups: number): number => Math.ceil((outputs + groups * group) / 65536);
  const memory = new WebAssembly.Memory({ initial: pages(1), maximum: 65536, shared });
  const module = new WebAssembly.Module(bytes);
  const run = new WebAssembly.Instance(module, { env: { memory } }).exports.run as Run;
  const go = (given: Arguments, from: number, to: number, chunk: number): Float32Array => {
    const groups = Math.ceil((to - from) / chunk);
    const missing = pages(groups) - memory.buffer.byteLength / 65536;
    if (missing > 0) memory.grow(missing);
    const write = (at: number, what: string, length: number, numbers: ArrayLike<number>): void => {
      if (numbers.length !== length)
        throw new Error(`The program reads ${length} ${what}; ${numbers.length} were given.`);
      new Float32Array(memory.buffer, at, length).set(numbers);
    };
    write(parameters, "parameters", layout.parameters, given.parameters);
    write(settings, "settings", layout.settings, given.settings ?? []);
    for (const [name, { offset, length }] of Object.entries(layout.tables))
      write(tables + offset, `numbers of table "${name}"`, length, given.tables?.[name] ?? []);
    const sums = new Float32Array(memory.buffer, outputs, groups * layout.width * 4).fill(0);
    const [high, low] = given.key;
    run(from, to, chunk, high | 0, low | 0, parameters, settings, tables, outputs, scratch);
    return sums;
  };
  return {
    each: (given, from, to) => perPrompt(go(given, from, to, 4), to - from, layout.width),
    partials: (given, from, to) => go(given, from, to, chunkPrompts).slice(),
    sums: (given, from, to) => chunkSums(go(given, from, to, chunkPrompts), layout.width),
  };
}

/** Lane l of group g is prompt 4 g + l. */
function perPrompt(groups: Float32Array, prompts: number, width: number): Float32Array {
  const rows = new Float32Array(prompts * width);
  for (let prompt = 0; prompt < prompts; prompt++)
    for (let k = 0; k < width; k++)
      rows[prompt * width + k] = groups[((prompt >> 2) * width + k) * 4 + (prompt & 3)] as number;
  return rows;
}

/** The sums of groups of lanes in a fixed order: lane by lane within a group, then group by group, in float64. */
export function chunkSums(groups: Float32Array, width: number): Float64Array {
  const sums = new Float64Array(width);
  for (let at = 0; at < groups.length; at += 4) {
    const k = (at / 4) % width;
    const lanes =
      (groups[at] as number) + (groups[at + 1] as number) + ((groups[at + 2] as number) + (groups[at + 3] as number));
    sums[k] = (sums[k] as number) + lanes;
  }
  return sums;
}
