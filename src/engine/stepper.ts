import type { Snapshot } from "../types.js";

/**
 * One trial under way at its owner's pace: what a page trains with, where pausing, stepping and changing the law in
 * between must not change a number. The updates are the engine's own, the same bit for bit in however many portions.
 */
export interface Stepper {
  /** Updates made. */
  readonly step: number;
  /**
   * Makes updates for about so many milliseconds, at least one, and none beyond update `last`; answers with where
   * training stands. Once it has diverged it stands still.
   */
  advance(milliseconds: number, last: number): Promise<Snapshot>;
  /** All that another stepper of as many weights can go on from, in float64. */
  standing(): Standing;
  /** Frees what it holds. */
  close(): void;
}

/** Where a training stands: weights and what its optimiser remembers, in the order of `flatten`. */
export interface Standing {
  readonly step: number;
  readonly weights: Float64Array;
  /** The last weights that had a good loss. */
  readonly good: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}
