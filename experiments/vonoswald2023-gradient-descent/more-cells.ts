import { fixedPromptsLaw } from "../../src/laws/fixed-prompts.js";
import { foldIn } from "../../src/math/keys.js";
import { descentForm } from "../../src/mixers/descent-form.js";
import { linearLayer } from "../../src/mixers/linear-layer.js";
import softmaxAttention from "../../src/mixers/softmax-attention.js";
import { stack } from "../../src/mixers/stack.js";
import { logSpaced } from "../../src/training/log-spaced.js";
import type { Key, Law, Mixer, Row, Scale, Schedule, Trial } from "../../src/types.js";
import { codeLaw, FEATURES } from "./laws.js";

/** A trained stack of linear attention, looped (`tied`: one layer applied again and again) or not. */
export interface StackCell extends Row {
  readonly model: "stack";
  /** What is trained: all entries, or those of GD++ (`curved`), or those of gradient descent (`steps`). */
  readonly form: "full" | "curved" | "steps";
  readonly depth: number;
  readonly tied: boolean;
  readonly context: number;
  readonly seed: number;
}

/** One layer of softmax attention. */
export interface SoftmaxCell extends Row {
  readonly model: "softmax";
  readonly heads: number;
  readonly context: number;
  readonly seed: number;
}

/** One layer of linear attention that is trained on a fixed set of prompts. */
export interface SetCell extends Row {
  readonly model: "fixed-set";
  readonly prompts: number;
  readonly context: number;
  readonly seed: number;
}

/** Nothing trained: the best constants of two looped layers of GD++. */
export interface CurvatureCell extends Row {
  readonly model: "curvature";
  readonly context: number;
  readonly seed: number;
}

type TrainedCell = StackCell | SoftmaxCell | SetCell;

export type MoreCell = TrainedCell | CurvatureCell;

const CONTEXT = 10;

/** Appendix A.10 prints a gamma for each. */
const CURVATURE_CONTEXTS = [10, 25, 50, 100];

/** Figure 16 has sets of 128, 512, 2,048 and 8,192 tasks. */
const SETS = [128, 512, 2048, 8192];

const settings: readonly Omit<StackCell, "seed">[] = (
  [
    { form: "full", depth: 1, tied: true },
    { form: "full", depth: 2, tied: true },
    { form: "steps", depth: 2, tied: true },
    { form: "full", depth: 2, tied: false },
    { form: "steps", depth: 5, tied: true },
    { form: "steps", depth: 5, tied: false },
    { form: "curved", depth: 5, tied: true },
    { form: "curved", depth: 5, tied: false },
  ] as const
).map((setting) => ({ model: "stack", ...setting, context: CONTEXT }));

/**
 * Smoke: a seed of one layer, of two looped ones of each kind, of one and two softmax heads (of two another,
 * whose heads end with one sign), and of two
 * sets. Full: five seeds of all.
 */
export function moreCells(scale: Scale): readonly MoreCell[] {
  const isSmoke = scale === "smoke";
  const seeds = isSmoke ? [0] : [0, 1, 2, 3, 4];
  const each = <C extends MoreCell>(some: readonly Omit<C, "seed">[]): C[] =>
    some.flatMap((setting) => seeds.map((seed) => ({ ...setting, seed }) as C));
  const sets = isSmoke ? [128, 2048] : SETS;
  return [
    ...each<StackCell>(isSmoke ? settings.slice(0, 3) : settings),
    ...each<SoftmaxCell>([1, 2].map((heads) => ({ model: "softmax", heads, context: CONTEXT }))),
    ...(isSmoke ? [{ model: "softmax", heads: 2, context: CONTEXT, seed: 1 } as const] : []),
    ...each<SetCell>(sets.map((prompts) => ({ model: "fixed-set", prompts, context: CONTEXT }))),
    ...(isSmoke ? [CONTEXT] : CURVATURE_CONTEXTS).map(
      (context): CurvatureCell => ({ model: "curvature", context, seed: 0 }),
    ),
  ];
}

/** The paper's layer, which sums over pairs. */
export function mixerOf(cell: TrainedCell): Mixer {
  if (cell.model === "softmax") {
    const options = { heads: cell.heads, weights: "factored", scale: "none", init: { scale: 0.1 } } as const;
    return softmaxAttention.make(softmaxAttention.options.parse(options), { features: FEATURES, context: CONTEXT });
  }
  return stackOf(cell, 1);
}

/** The stack of a cell with a divisor of sums: 1, or the prompt's `own` length, for KQ times the training length. */
export function stackOf(cell: StackCell | SetCell, divisor: 1 | "own"): Mixer {
  const { form, depth, tied } = cell.model === "stack" ? cell : ({ form: "full", depth: 1, tied: true } as const);
  const weights = form === "full" ? "merged" : descentForm(form === "curved");
  return stack(linearLayer(divisor), { depth, tied, heads: 1, damping: 1, weights, init: { scale: 0.02 } });
}

/**
 * Adam with a cosine to zero, so that the weights end without noise after a part of the published 5,000 to 50,000 steps of
 * 2,048 prompts. The norm of gradients is cut at 1. Five layers of which all entries are trained diverge by a rare prompt,
 * as labels multiply labels there; published code cuts tokens at 10 instead. Entries of GD++ alone do not.
 */
function scheduleOf(cell: TrainedCell): Schedule {
  const [steps, rate] = lengthAndRate(cell);
  return {
    ...{ steps, batch: 256, rate, clip: 1, warmup: 100, decay: "cosine", lossFactor: 0.5 },
    optimizer: { kind: "adam", betas: [0.9, 0.99], epsilon: 1e-8 },
  };
}

function lengthAndRate(cell: TrainedCell): readonly [steps: number, rate: number] {
  if (cell.model === "softmax") return [4000, 0.03];
  if (cell.model === "fixed-set" || cell.depth === 1) return [2000, 0.01];
  if (cell.form === "full") return [4000, 0.01];
  if (cell.form === "curved") return [6000, 0.01];
  return cell.tied ? [2000, 0.005] : [4000, 0.01];
}

/** The stream whose first prompts are a set, of the trial's key: sets differ from seed to seed and from size to size. */
export const setKey = (key: Key): Key => foldIn(key, "set");

function trainingLaw(cell: TrainedCell, key: Key): Law {
  if (cell.model !== "fixed-set") return codeLaw;
  return fixedPromptsLaw(codeLaw, cell.prompts, cell.context, setKey(key));
}

export function moreTrials(cell: MoreCell, key: Key): readonly Trial[] {
  if (cell.model === "curvature") return [];
  const schedule = scheduleOf(cell);
  const law = trainingLaw(cell, key);
  const record = logSpaced(schedule.steps, 4);
  return [{ mixer: mixerOf(cell), law, context: cell.context, schedule, key, record }];
}
