import { type LinearRegression, linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { diagonal, identity } from "../../src/math/matrix.js";
import linearAttention from "../../src/mixers/linear-attention.js";
import { logSpaced } from "../../src/training/log-spaced.js";
import type { Key, Law, Row, Scale, Schedule, Trial } from "../../src/types.js";

/** One trained layer, or (`flow`) the population flow itself, which needs no training. */
export interface Cell extends Row {
  readonly part: "flow" | "course" | "plateau" | "optimum";
  readonly inputs: "isotropic" | "anisotropic";
  readonly context: number;
  readonly seed: number;
}

export const FEATURES = 5;

/** Assumption 3.3's sigma; Theta Theta^T = I / sqrt(d). */
export const SIGMA = 0.1;

/** Standard deviation of the random weights that leave the plateau: each seed has an amplitude, and so a time, of its own. */
export const SMALL = 0.003;

/**
 * The flow, then seeds of the time course, of the plateau and of the optimum: three at N = 20 for `smoke`, five for
 * `full` and N = 40, and the plateau of anisotropic inputs, too. `published` is `full`: the paper trains no linear
 * attention.
 */
export function cells(scale: Scale): readonly Cell[] {
  const seeds = scale === "smoke" ? 3 : 5;
  const contexts = scale === "smoke" ? [20] : [20, 40];
  const kinds = scale === "smoke" ? (["isotropic"] as const) : (["isotropic", "anisotropic"] as const);
  const seeded = (cell: Omit<Cell, "seed">) => Array.from({ length: seeds }, (_, seed) => ({ ...cell, seed }) as Cell);
  return [
    { part: "flow", inputs: "isotropic", context: 20, seed: 0 },
    { part: "flow", inputs: "anisotropic", context: 20, seed: 0 },
    ...seeded({ part: "course", inputs: "isotropic", context: 20 }),
    ...kinds.flatMap((inputs) => seeded({ part: "plateau", inputs, context: 20 })),
    ...contexts.flatMap((context) => seeded({ part: "optimum", inputs: "isotropic", context })),
  ];
}

export function lawOf({ inputs }: Cell): Law<LinearRegression> {
  const covariance = inputs === "isotropic" ? identity(FEATURES) : diagonal([1, 1, 0.25, 0.0625, 1]);
  return linearRegressionLaw({ features: FEATURES, covariance });
}

/**
 * Plain SGD follows the flow: t = rate * steps. A rate of 0.002 leaves an Euler error of about rate * 2 sqrt(d) / 2 =
 * 0.5 % of the time axis, and a batch of 2,048 little noise. 1,500 steps end at t = 3, past the half time of 1.15.
 */
const course: Schedule = {
  steps: 1500,
  batch: 2048,
  rate: 0.002,
  optimizer: { kind: "sgd", momentum: 0 },
  clip: null,
  warmup: 0,
  decay: "constant",
  lossFactor: 0.5,
};

/** Coarser and longer than `course`, to t = 5: a step lags behind the flow by half of rate times r = sqrt(d), 0.4 %. */
const plateau: Schedule = { ...course, steps: 1250, batch: 1024, rate: 0.004 };

/** To the optimum itself: Adam with a cosine to zero. */
const optimum: Schedule = {
  ...course,
  steps: 3000,
  rate: 0.02,
  optimizer: { kind: "adam", betas: [0.9, 0.99], epsilon: 1e-8 },
  decay: "cosine",
};

export const SCHEDULES = { course, plateau, optimum } as const;

/** The times of the population flow's rows; the anisotropic one needs long: its unit is 1 / (smallest eigenvalue)^2. */
export const TIMES = {
  isotropic: Array.from({ length: 31 }, (_, i) => i / 10),
  anisotropic: [0, ...Array.from({ length: 49 }, (_, i) => 0.1 * 10 ** (i / 12))],
} as const;

export function trials(cell: Cell, key: Key): readonly Trial[] {
  if (cell.part === "flow") return [];
  const init = { course: { structured: SIGMA }, plateau: { scale: SMALL }, optimum: { scale: 0.01 } }[cell.part];
  const mixer = linearAttention.make(linearAttention.options.parse({ init }), {
    features: FEATURES,
    context: cell.context,
  });
  const schedule = SCHEDULES[cell.part];
  const even = (looks: number) => Array.from({ length: looks + 1 }, (_, i) => Math.round((i * schedule.steps) / looks));
  const record = { course: even(30), plateau: even(50), optimum: logSpaced(schedule.steps, 3) }[cell.part];
  return [{ mixer, law: lawOf(cell), context: cell.context, schedule, key, record }];
}
