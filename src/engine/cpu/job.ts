import type { WasmKernel } from "../../kernels/webassembly.js";
import type { Key, Schedule } from "../../types.js";

/** One trial as a worker thread receives it: plain data, and memory that its crew shares. */
export interface Job {
  readonly trial: number;
  /** Kernels of equal names are one module, which a thread compiles once. */
  readonly structure: string;
  readonly kernel: WasmKernel;
  readonly settings: Float64Array;
  readonly tables: Readonly<Record<string, Float64Array>>;
  readonly key: Key;
  readonly schedule: Schedule;
  readonly record: readonly number[];
  /** This thread's place in the crew; member 0 leads: it adds up and updates. */
  readonly member: number;
  readonly members: number;
  readonly memory: CrewMemory;
}

/** Asks the thread to end a trial before its next step, where memory cannot be shared to say so. */
export interface Stop {
  readonly stop: number;
}

/** What a crew shares: control words, the weights, and the chunks' sums. */
export interface CrewMemory {
  readonly control: ArrayBufferLike;
  /** float64: parameters. */
  readonly weights: ArrayBufferLike;
  /** float32: chunks x width x 4 lanes. */
  readonly partials: ArrayBufferLike;
}

/** What the leader of a crew reports. */
export type Report =
  | {
      readonly kind: "snapshot";
      readonly trial: number;
      readonly step: number;
      readonly loss: number | null;
      readonly status: "ok" | "diverged";
      readonly weights: Float64Array;
    }
  | { readonly kind: "finished"; readonly trial: number }
  | { readonly kind: "failed"; readonly trial: number; readonly message: string };
