import type { WasmKernel } from "../../kernels/webassembly.js";
import type { Key, Schedule } from "../../types.js";
import type { CourseState } from "./course.js";

/** One trial as a worker thread receives it: plain data, and memory that its crew shares. */
export interface Job {
  readonly trial: number;
  /** Kernels of equal names are one module, which a thread compiles once. */
  readonly structure: string;
  readonly kernel: WasmKernel;
  readonly initial: Float64Array;
  readonly settings: Float64Array;
  readonly tables: Readonly<Record<string, Float64Array>>;
  readonly key: Key;
  readonly schedule: Schedule;
  readonly record: readonly number[];
  /** Where training goes on; null at its beginning. */
  readonly from: CourseState | null;
  /** Milliseconds between two reports of where it stands; null where nobody wants to know. */
  readonly checkpointEvery: number | null;
  /** This thread's place in the crew; member 0 reports. */
  readonly member: number;
  readonly members: number;
  readonly memory: CrewMemory;
}

/** Asks the thread to end a trial before its next chunk, where memory cannot be shared to say so. */
export interface Stop {
  readonly stop: number;
}

/** What a crew shares: control words and the chunks' sums. */
export interface CrewMemory {
  /** False in a page that is not cross-origin isolated: the crew is one thread, which hears of a stop by message. */
  readonly shared: boolean;
  readonly control: ArrayBufferLike;
  /** float64: 2 x chunks x width. Steps take turns, as a member may begin the next while another still adds up. */
  readonly sums: ArrayBufferLike;
}

/** What a crew reports: snapshots, where it stands and the end by its first member, a failure by whoever fails. */
export type Report =
  | {
      readonly kind: "snapshot";
      readonly trial: number;
      readonly step: number;
      readonly loss: number | null;
      readonly status: "ok" | "diverged";
      readonly weights: Float64Array;
    }
  | { readonly kind: "checkpoint"; readonly trial: number; readonly state: CourseState }
  | { readonly kind: "finished"; readonly trial: number }
  | { readonly kind: "failed"; readonly trial: number; readonly message: string };

/** Whether a report is a trial's last. */
export const isEnd = ({ kind }: Report): boolean => kind === "finished" || kind === "failed";
