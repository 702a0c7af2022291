import type { Row } from "../types.js";
import type { About } from "./run-experiment.js";

/** What a worker process is told: what a run consists of, once, and then part by part which cells there are. */
export type Order<Opening = unknown> =
  | { readonly kind: "open"; readonly opening: Opening }
  | { readonly kind: "run"; readonly part: number; readonly cells: readonly Row[] };

/** What a worker process tells. */
export type Told =
  | { readonly kind: "opened"; readonly backend: string; readonly adapter: string }
  | { readonly kind: "begin"; readonly cell: string }
  | { readonly kind: "advance"; readonly work: number }
  | { readonly kind: "skip"; readonly work: number }
  | { readonly kind: "finish"; readonly cell: string }
  | { readonly kind: "say"; readonly sentence: string; readonly about: About }
  /** A part is over: all its cells have rows or have failed. */
  | { readonly kind: "over" }
  /** It is the machine that cannot, or iclab: no other process could. */
  | { readonly kind: "fault"; readonly message: string; readonly isMachine: boolean };
