import type { z } from "zod";
import type { frame } from "./frame.js";
import type { hypothesisField } from "./hypothesis.js";
import type { trainField } from "./train-field.js";

/** A setting, or the list of values that makes a grid of it. */
type OrList<Value> = Value | readonly Value[];

type Frame = z.input<typeof frame>;

/** How a study in TypeScript writes one model. The mixer's own options stand beside these. */
export interface StudyFileModel {
  readonly name: string;
  readonly mixer: string;
  readonly train: { readonly [Key in keyof z.input<typeof trainField>]: OrList<z.input<typeof trainField>[Key]> };
  readonly [option: string]: unknown;
}

/**
 * A study as the default export of a `.ts` file: the same fields as in YAML, with the editor's completion. What a type
 * cannot say (options of units, names in expressions) is checked when it is read.
 */
export interface StudyFile {
  readonly title: string;
  /** Files of your own units, relative to the study. */
  readonly use?: OrList<string>;
  readonly law: { readonly kind: string; readonly [option: string]: unknown };
  readonly context: OrList<Frame["context"]>;
  readonly models?: readonly StudyFileModel[];
  readonly predictors?: readonly (string | { readonly [name: string]: unknown })[];
  readonly grid?: { readonly [path: string]: readonly unknown[] };
  readonly evaluate?: Frame["evaluate"];
  readonly identify?: Frame["identify"];
  readonly seeds?: number;
  readonly precision?: Frame["precision"];
  readonly budget?: Frame["budget"];
  readonly hypotheses?: readonly z.input<typeof hypothesisField>[];
}
