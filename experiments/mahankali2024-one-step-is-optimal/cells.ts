import gaussianLinear from "../../src/laws/gaussian-linear.js";
import { nonlinearTargetLaw } from "../../src/laws/nonlinear-target.js";
import linearAttention from "../../src/mixers/linear-attention.js";
import type { AnyRegression } from "../../src/theory/step-moments.js";
import { logSpaced } from "../../src/training/log-spaced.js";
import type { Key, Law, Row, Scale, Schedule, Trial } from "../../src/types.js";

/** One trained layer. */
export interface Cell extends Row {
  /**
   * Theorem 1: `isotropic`. Theorem 2: `preconditioned`, inputs of covariance S and tasks of S^-1. Theorem 3: `relu`,
   * y = +-max(w . x, 0) with w ~ N(0, I), and `cubic`, y = (w . x)^3 with w uniform on the unit sphere.
   */
  readonly setting: "isotropic" | "preconditioned" | "relu" | "cubic";
  /** Standard deviation of the label noise. */
  readonly noise: number;
  readonly context: number;
  readonly seed: number;
}

export const FEATURES = 5;
const CONTEXT = 20;
const SETTINGS = ["isotropic", "preconditioned", "relu", "cubic"] as const;

/**
 * Smoke: one layer a setting. Full: five seeds at three levels of noise. `published` is `full`: the paper has theorems and
 * no experiments.
 */
export function cells(scale: Scale): readonly Cell[] {
  const [levels, seeds] = scale === "smoke" ? [[0.5], 1] : [[0, 0.5, 1], 5];
  return SETTINGS.flatMap((setting) =>
    levels.flatMap((noise) =>
      Array.from({ length: seeds }, (_, seed): Cell => ({ setting, noise, context: CONTEXT, seed })),
    ),
  );
}

export function lawOf({ setting, noise }: Cell): Law<AnyRegression> {
  if (setting === "relu") return nonlinearTargetLaw(FEATURES, { target: "relu", noise });
  if (setting === "cubic") return nonlinearTargetLaw(FEATURES, { target: "cube", tasks: "unit", noise });
  const covariance = setting === "isotropic" ? "identity" : { ar1: 0.5 };
  const options = { features: FEATURES, noise, inputs: "gaussian", covariance, taskCovariance: "inverse" } as const;
  return gaussianLinear.make(options, { features: FEATURES, context: CONTEXT });
}

/**
 * To the optimum: Adam with a cosine to zero, so that the weights end there and not in the noise around it. At twice the
 * rate they are twice as far from it after as many steps. Cubes of normal scores have gradients with heavy tails, and leave
 * the weights two to four times as far away as the other settings' do.
 */
const schedule: Schedule = {
  steps: 1500,
  batch: 2048,
  rate: 0.01,
  optimizer: { kind: "adam", betas: [0.9, 0.99], epsilon: 1e-8 },
  clip: null,
  warmup: 0,
  decay: "cosine",
  lossFactor: 1,
};

/** All weights are free, those too that the theorems find to be zero. */
const mixer = linearAttention.make(linearAttention.options.parse({ init: { scale: 0.05 } }), {
  features: FEATURES,
  context: CONTEXT,
});

export function trials(cell: Cell, key: Key): readonly Trial[] {
  return [{ mixer, law: lawOf(cell), context: cell.context, schedule, key, record: logSpaced(schedule.steps, 4) }];
}
