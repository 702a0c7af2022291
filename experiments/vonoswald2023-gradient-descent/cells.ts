import linearAttention from "../../src/mixers/linear-attention.js";
import { logSpaced } from "../../src/training/log-spaced.js";
import type { Key, Row, Scale, Schedule, Trial } from "../../src/types.js";
import { FEATURES, uniformLaw } from "./laws.js";
import { type MoreCell, moreCells, moreTrials } from "./more-cells.js";

/** One trained layer, as the published notebook trains it. */
export interface LayerCell extends Row {
  /** Inputs are uniform on [-range, range]: 0.5 in the published code, 1 in the text. */
  readonly range: number;
  readonly context: number;
  readonly seed: number;
}

export type Cell = LayerCell | MoreCell;

export const isLayer = (cell: Cell): cell is LayerCell => "range" in cell;

/** The published numbers of context pairs of the appendix on GD++ (A.10); 10 is the main setting. */
const CONTEXTS = [10, 25, 50, 100];

const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed);

/**
 * Smoke: three seeds of the main setting, one of the text's inputs. Full: all contexts, five seeds. The schedule is the
 * published one already, so that `published` is `full`. Stacks, softmax heads and fixed sets follow.
 */
export function cells(scale: Scale): readonly Cell[] {
  const text = { range: 1, context: 10, seed: 0 };
  const more = moreCells(scale);
  if (scale === "smoke") return [...seeds(3).map((seed) => ({ range: 0.5, context: 10, seed })), text, ...more];
  const main = CONTEXTS.flatMap((context) => seeds(5).map((seed) => ({ range: 0.5, context, seed })));
  return [...main, ...seeds(5).map((seed) => ({ range: 1, context: 10, seed })), ...more];
}

export const lawOf = ({ range }: Pick<LayerCell, "range">) => uniformLaw(range);

/**
 * The notebook's setting: AdamW without decay of weights, gradients clipped to a global norm of 1e-3 (the text says
 * 10), loss 1/2 of the squared error, 5,000 steps of 2,048 fresh prompts.
 */
const schedule: Schedule = {
  steps: 5000,
  batch: 2048,
  rate: 1e-3,
  optimizer: { kind: "adamw", betas: [0.9, 0.98], epsilon: 1e-8, weightDecay: 0 },
  clip: 1e-3,
  warmup: 0,
  decay: "constant",
  lossFactor: 0.5,
};

/** K, Q, V, P of 11 x 11, no 1/n in the layer, started by Haiku's variance scaling of 0.002. */
const mixer = linearAttention.make(
  linearAttention.options.parse({ weights: "factored", normalize: "none", init: { varianceScaling: 0.002 } }),
  { features: FEATURES, context: 10 },
);

export function trials(cell: Cell, key: Key): readonly Trial[] {
  if (!isLayer(cell)) return moreTrials(cell, key);
  const record = logSpaced(schedule.steps, 6);
  return [{ mixer, law: lawOf(cell), context: cell.context, schedule, key, record }];
}
