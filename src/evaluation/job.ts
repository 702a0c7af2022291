import type { Key, Recipe, Slice } from "../types.js";
import type { IntegrationJob } from "./integration.js";

/** A measurement as a thread receives it: plain data. */
export interface Job {
  readonly job: number;
  readonly key: Key;
  /** (key, slice) => prompts. */
  readonly draw: Recipe;
  /** prompts => predictions, null for an entrant that has none. */
  readonly predicts: readonly (Recipe | null)[];
  /** Over query and label, for entrants that are linear in the query; null where all are sampled. */
  readonly integration: IntegrationJob | null;
}

/** One chunk of a job. */
export interface Task {
  readonly job: number;
  readonly chunk: number;
  readonly slice: Slice;
}

/** Says that a job is over. */
export interface End {
  readonly end: number;
}

/** What a thread answers to a task: the chunk's squared errors, (prompt, entrant), or the error that it met. */
export type Result = { readonly job: number; readonly chunk: number } & (
  | { readonly errors: Float64Array }
  | { readonly failed: unknown }
);
