import type { JsonSchema } from "../studies/json-schema.js";
import type { Weights } from "../types.js";
import type { Json, LabState, Settings } from "./state/settings.js";

/** Weights on their way between threads: structured clones of `Weights`. */
export type { Weights };

/** What a page can choose from: the options of every law and mixer, and of training. */
export interface Choices {
  readonly laws: readonly Choice[];
  readonly mixers: readonly Choice[];
  readonly train: JsonSchema;
}

export interface Choice {
  readonly name: string;
  readonly says: string;
  readonly options: JsonSchema;
}

/** From the page to the training thread. */
export type ToTraining =
  | {
      readonly kind: "begin";
      /** A study in YAML, or settings that were one. */
      readonly study: string | Settings;
      readonly state: Pick<LabState, "seed" | "backend" | "changes" | "until" | "speed" | "playing">;
    }
  | { readonly kind: "play" }
  | { readonly kind: "pause" }
  | { readonly kind: "step"; readonly updates: number }
  | { readonly kind: "speed"; readonly speed: number | null }
  | { readonly kind: "change"; readonly set: { readonly [path: string]: Json } }
  /** Destroys the GPU's device, as a driver that crashes does. */
  | { readonly kind: "lose" };

/** Where training runs. */
export interface Place {
  readonly name: "webgpu" | "cpu";
  readonly adapter: string;
  /** Why it is not on the GPU; null where it is, or was not to be. */
  readonly why: string | null;
}

/** Settings in force from an update on. `run` counts beginnings: what belongs to an earlier one is dropped. */
export interface Regime {
  readonly run: number;
  /** The update after which they came into force. */
  readonly step: number;
  readonly settings: Settings;
  /** The weights there. */
  readonly weights: Weights;
  readonly seed: number;
}

export type FromTraining =
  | { readonly kind: "choices"; readonly choices: Choices }
  | {
      readonly kind: "begun";
      readonly regime: Regime;
      readonly place: Place;
      /** False where a change of the settings made it begin again. */
      readonly asked: boolean;
      /** What the study says that a page has no place for. */
      readonly leftOut: readonly string[];
    }
  | {
      readonly kind: "changed";
      readonly regime: Regime;
      readonly set: { readonly [path: string]: Json };
      /** False where it comes from the address and is known. */
      readonly fresh: boolean;
    }
  /** What was asked for cannot be: what was, goes on. */
  | { readonly kind: "refused"; readonly sentence: string }
  | {
      readonly kind: "snapshot";
      readonly run: number;
      readonly step: number;
      /** Mean squared error on the batch of this step; null where it is not finite or there is none. */
      readonly loss: number | null;
      readonly status: "ok" | "diverged";
      readonly weights: Weights;
      /** Updates a second, lately. */
      readonly pace: number;
      readonly playing: boolean;
      readonly ended: boolean;
    }
  | { readonly kind: "moved"; readonly place: Place; readonly sentence: string };

/** From the page to the thread of theory. */
export type ToTheory =
  | { readonly kind: "regime"; readonly regime: Regime }
  | { readonly kind: "weigh"; readonly run: number; readonly step: number; readonly weights: Weights };

/** A number theory has, or the sentence why it has none. */
export type Level =
  | { readonly name: string; readonly risk: number; readonly source: string }
  | { readonly name: string; readonly why: string };

/** A matrix that is shown. */
export interface Matrix {
  readonly name: string;
  readonly rows: readonly (readonly number[])[];
}

export type FromTheory =
  | {
      readonly kind: "levels";
      readonly run: number;
      readonly step: number;
      /** The least risk of the layer, and the Bayes risk. */
      readonly optimum: Level;
      readonly bayes: Level;
      /** Why there is no predicted course; null where there is one. */
      readonly noCourse: string | null;
      /** The preconditioner that the layer should become, or the sentence why there is none. */
      readonly target: Matrix | string;
    }
  /** Of the predicted course that began with the regime of step `from`. */
  | { readonly kind: "course"; readonly run: number; readonly from: number; readonly points: readonly Point[] }
  | {
      readonly kind: "weighed";
      readonly run: number;
      readonly step: number;
      readonly risk: number | null;
      /** Null where the risk is in closed form. */
      readonly standardError: number | null;
      /** What the weights are now, in the shape of the target where there is one. */
      readonly matrices: readonly Matrix[];
    };

export interface Point {
  readonly step: number;
  readonly risk: number;
}

/** From the page to the thread that compares predictions. */
export type ToComparing =
  | { readonly kind: "regime"; readonly regime: Regime }
  | {
      readonly kind: "compare";
      readonly run: number;
      readonly step: number;
      readonly weights: Weights;
      /** Whether every predictor is ranked too, which takes seconds. */
      readonly rank: boolean;
    };

/** A model's predictions beside a predictor's, on the same fresh prompts. */
export interface Comparison {
  readonly name: string;
  readonly predictor: Float64Array;
  /** E (predictor - model)^2 / Var(model); null where it is not finite. */
  readonly distance: number | null;
}

export type FromComparing =
  | {
      readonly kind: "predictions";
      readonly run: number;
      readonly step: number;
      readonly model: Float64Array;
      readonly comparisons: readonly Comparison[];
    }
  | {
      readonly kind: "ranking";
      readonly run: number;
      readonly step: number;
      readonly sentence: string;
      readonly findings: readonly {
        readonly name: string;
        readonly distance: number | null;
        readonly standardError: number | null;
      }[];
    };
