/** Plain data: what a study file, an address and a message can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonMap = { readonly [key: string]: Json };

/** What is trained on what: one cell of a study with one model, every default written out. */
export interface Settings {
  readonly title: string;
  /** `{ kind, ... }` with the law's own options. */
  readonly law: JsonMap;
  readonly context: Json;
  /** `{ mixer, train: { ... }, ... }` with the mixer's own options. */
  readonly model: JsonMap;
  /** What the model is compared with. */
  readonly predictors: readonly Json[];
}

/** What the model's row is called in the study that is copied. */
export const MODEL_NAME = "model";

/** A setting that was changed after some update, while training went on. */
export interface Change {
  readonly step: number;
  readonly set: { readonly [path: string]: Json };
}

/** All that a page shows comes from this, and all of this is in its address. */
export interface LabState {
  /** Those that training began with. */
  readonly settings: Settings;
  readonly changes: readonly Change[];
  /** `iclab run --seed`. */
  readonly seed: number;
  readonly backend: "auto" | "webgpu" | "cpu";
  /** Updates a second at most; null: as many as there can be. */
  readonly speed: number | null;
  /** The axis of steps. */
  readonly axis: "log" | "linear";
  /** Where the page stops by itself; null: at the last update. */
  readonly until: number | null;
  readonly playing: boolean;
}
