/** The WebAssembly target: a program in float32, four prompts at a time. */
import { type GraphOptions, traceInto } from "./graph.js";
import { lowered } from "./lowering.js";
import { type Program, trace } from "./program.js";
import { rewrite } from "./rewrite.js";
import { moduleBytes } from "./wasm/binary.js";
import { emit, tableOffsets } from "./wasm/emit.js";

/** Where a module expects its numbers. All addresses are multiples of 16 bytes and chosen by the caller. */
export interface Layout {
  /** f32 numbers at the `parameters` and `settings` addresses. */
  readonly parameters: number;
  readonly settings: number;
  /** Tables lie behind the `tables` address: byte offset and count of f32 numbers, by name. */
  readonly tables: Readonly<Record<string, { readonly offset: number; readonly length: number }>>;
  readonly tableBytes: number;
  /** Numbers a prompt. A chunk's sums are `width` groups of four f32 lanes: 16 * width bytes, zeroed by the caller. */
  readonly width: number;
  /** Bytes of scratch at the `memory` address; each thread needs its own. */
  readonly memory: number;
}

/** `run` of a module. `from` should be a multiple of `chunk`, and `chunk` of 4. */
export type Run = (
  from: number,
  to: number,
  chunk: number,
  keyHigh: number,
  keyLow: number,
  parameters: number,
  settings: number,
  tables: number,
  outputs: number,
  memory: number,
) => void;

export interface WasmKernel {
  /** A module that imports env.memory and exports `run`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly layout: Layout;
  readonly shared: boolean;
}

export interface WasmOptions extends Partial<GraphOptions> {
  /** Whether the imported memory is shared between threads. */
  readonly shared?: boolean;
}

/** Compiles a program to a WebAssembly module. */
export function wasm(of: Program, { shared = false, ...options }: WasmOptions = {}): WasmKernel {
  const traced = rewrite(trace(of, options), lowered);
  const { functions, memory } = traceInto(traced.graph, () => emit(traced));
  const offsets = tableOffsets(traced.tables);
  const tables = traced.tables.map(({ name, length }, t) => [name, { offset: offsets[t] as number, length }] as const);
  const last = tables.at(-1)?.[1];
  return {
    bytes: moduleBytes("run", functions, shared),
    shared,
    layout: {
      parameters: of.parameters,
      settings: of.settings,
      tables: Object.fromEntries(tables),
      tableBytes: last ? last.offset + Math.ceil(last.length / 4) * 16 : 0,
      width: traced.lengths.reduce((sum, length) => sum + length, 0),
      memory,
    },
  };
}
