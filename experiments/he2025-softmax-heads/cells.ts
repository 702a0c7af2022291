import { covarianceRows } from "../../src/laws/covariance.js";
import { type LinearRegression, linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { diagonal, identity, scaled } from "../../src/math/matrix.js";
import softmaxAttention from "../../src/mixers/softmax-attention.js";
import { logSpaced } from "../../src/training/log-spaced.js";
import type { Key, Law, Row, Scale, Schedule, Trial } from "../../src/types.js";

/** One trained layer, or the flow of the approximate loss, which needs no training. */
export interface Cell extends Row {
  readonly part: "heads" | "flow";
  /**
   * Covariance of the inputs: the identity, or 0.5^|i - j|. `partly-used`: the identity, and the task is on four of six
   * features, as each of the paper's two tasks in one prompt by itself.
   */
  readonly inputs: "isotropic" | "correlated" | "partly-used";
  readonly heads: number;
  /** `random` as trained; the signs of the two heads that the flow starts from. */
  readonly start: "random" | "opposite" | "same";
  readonly context: number;
  /** Steps of training, 0 for the flow. */
  readonly steps: number;
  readonly seed: number;
}

const FEATURES = 5;
const CONTEXT = 40;
/** Pairs of the published several tasks. */
const TASKS_CONTEXT = 48;
/** The published noise, of variance 0.1. */
export const NOISE = Math.sqrt(0.1);
/** The published number of steps. */
const PUBLISHED = 500_001;

/**
 * Full: one and four heads at five seeds and two at ten, whose signs are left to chance; two heads on correlated inputs, and of a task
 * on some of the features.
 * Steps are fewer than the published 500,001, which `published` adds for two seeds of each number of heads. Smoke: one layer of
 * one head and two of two, short enough for seconds, and the flow.
 */
export function cells(scale: Scale): readonly Cell[] {
  const common = { inputs: "isotropic", start: "random", context: CONTEXT } as const;
  const trained = (heads: number, steps: number, seeds: readonly number[], inputs: Cell["inputs"] = "isotropic") =>
    seeds.map((seed): Cell => ({ part: "heads", ...common, inputs, heads, steps, seed }));
  const flow = (["opposite", "same"] as const).map(
    (start): Cell => ({ part: "flow", ...common, start, heads: 2, steps: 0, seed: 0 }),
  );
  const [five, ten] = [5, 10].map((count) => Array.from({ length: count }, (_, seed) => seed));
  const small = [
    ...trained(1, SMOKE.steps, SMOKE.one),
    ...trained(2, SMOKE.steps, SMOKE.two),
    ...trained(2, SMOKE.steps, SMOKE.correlated, "correlated"),
  ];
  if (scale === "smoke") return [...small, ...flow];
  const full = [
    ...small,
    ...flow,
    ...trained(1, 10_000, five!),
    ...trained(2, 20_000, ten!),
    ...trained(4, 20_000, five!),
    ...trained(2, 20_000, five!, "correlated"),
    ...trained(2, 20_000, five!, "partly-used").map((cell) => ({ ...cell, context: TASKS_CONTEXT })),
  ];
  if (scale === "full") return full;
  return [...full, ...[1, 2, 4, 8].flatMap((heads) => trained(heads, PUBLISHED, [0, 1]))];
}

/** Of the two seeds of two heads one ends with opposite signs and one with equal ones. */
const SMOKE = { steps: 3000, one: [0], two: [0, 5], correlated: [0] };

export function lawOf({ inputs }: Pick<Cell, "inputs">): Law<LinearRegression> {
  if (inputs === "partly-used") return oneOfSeveral;
  const covariance = covarianceRows(inputs === "isotropic" ? "identity" : { ar1: 0.5 }, FEATURES);
  const taskCovariance = scaled(identity(FEATURES), 1 / FEATURES);
  return linearRegressionLaw({ features: FEATURES, noise: NOISE, covariance, taskCovariance });
}

/** Published: w ~ N(0, I) on features 1 to 4 of 6, noise of variance 0.4. */
const oneOfSeveral = linearRegressionLaw({
  features: 6,
  noise: Math.sqrt(0.4),
  taskCovariance: diagonal([1, 1, 1, 1, 0, 0]),
});

/**
 * The published optimiser and batch. Published: rate 0.001, constant. Otherwise the rate is three times that and ends at
 * zero, so that the weights end without noise after a small part of the steps.
 */
const scheduleOf = (steps: number): Schedule => ({
  steps,
  batch: 256,
  rate: steps === PUBLISHED ? 0.001 : 0.003,
  optimizer: { kind: "adam", betas: [0.9, 0.999], epsilon: 1e-8 },
  clip: null,
  warmup: 0,
  decay: steps === PUBLISHED ? "constant" : "cosine",
  lossFactor: 1,
});

/** K, Q, V, O of 6 x 6 a head, scores over sqrt(d + 1), started as PyTorch's linear layers. */
export function trials({ part, inputs, heads, context, steps }: Cell, key: Key): readonly Trial[] {
  if (part === "flow") return [];
  const options = { heads, weights: "factored", scale: "root-token", init: { uniform: "fan-in" } } as const;
  const law = lawOf({ inputs });
  const mixer = softmaxAttention.make(options, { features: law.features, context });
  return [{ mixer, law, context, schedule: scheduleOf(steps), key, record: logSpaced(steps, 4) }];
}
