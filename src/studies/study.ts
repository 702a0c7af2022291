import type { Claim, Law, Lengths, Mixer, Predictor, Row, Schedule } from "../types.js";
import type { Hypothesis } from "./hypothesis.js";
import type { Sequential } from "./sequential-field.js";
import type { Drawing } from "./train-field.js";
import type { Json } from "./yaml-document.js";

/** A user's experiment, checked and resolved. */
export interface Study {
  readonly title: string;
  /** Seeds 0 .. seeds - 1. */
  readonly seeds: number;
  readonly cells: readonly StudyCell[];
  /** The column that tells the pools of tasks apart that hypotheses speak of the mean over; null without. */
  readonly pools: string | null;
  readonly hypotheses: readonly Hypothesis[];
  /** Claims of the person's own that it uses. */
  readonly claims: readonly Claim[];
  /** The looks at which seeds or prompts are added until enough is known; null where all is measured at once. */
  readonly sequential: Sequential | null;
  /** The study as parsed, defaults filled in and grid resolved: what provenance stores and identities are made of. */
  readonly settings: Json;
}

/** One point of a study's grid. */
export interface StudyCell {
  /** What sets the cell apart: `context`, and every axis of the grid that has more than one value. */
  readonly columns: Row;
  readonly law: Law;
  readonly context: Lengths;
  readonly models: readonly StudyModel[];
  readonly predictors: readonly Predictor[];
  readonly tests: readonly StudyTest[];
  /** Fresh prompts per test and seed. */
  readonly prompts: number;
  /** Whether risks are integrated over the query and its label, where that can be. */
  readonly query: "sampled" | "integrated";
  /** Prompts on which it is told which predictor each model is; null where that is not asked. */
  readonly identify: number | null;
  /** All that this cell's numbers depend on, defaults filled in: adding a point to the grid does not change it. */
  readonly settings: Json;
}

export interface StudyModel {
  readonly name: string;
  readonly mixer: Mixer;
  readonly schedule: Schedule;
  /** Training ends at this relative excess over the known optimum; null: after the last step. */
  readonly until: number | null;
  readonly record: readonly number[];
  /** How its training prompts are drawn, where it is not the default. */
  readonly drawing: Drawing;
}

/** Where a cell's models and predictors are evaluated. */
export interface StudyTest {
  /** `testContext`, and the scales of a shift where the study names them. */
  readonly columns: Row;
  readonly law: Law;
  readonly context: Lengths;
}
