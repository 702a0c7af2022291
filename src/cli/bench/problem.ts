import { linearRegressionLaw } from "../../laws/gaussian-linear.js";
import { keyOf } from "../../math/keys.js";
import linear from "../../mixers/linear-attention.js";
import softmax from "../../mixers/softmax-attention.js";
import type { Schedule, Trial } from "../../types.js";

/** The size of a training step. */
export interface Size {
  readonly batch: number;
  readonly context: number;
  readonly features: number;
}

/** What every contestant of `iclab bench cpu` trains: one layer of merged heads on noiseless linear regression by Adam. */
export interface Problem extends Size {
  readonly name: string;
  readonly attention: "linear" | "softmax";
  readonly heads: number;
  /** How the engine draws the prompts; as it does by default where left out. */
  readonly drawing?: Pick<Trial, "prompts" | "random">;
}

/** Adam as the papers run it: nothing here costs what another setting would not. */
const schedule: Omit<Schedule, "steps" | "batch"> = {
  ...{ rate: 1e-3, clip: null, warmup: 0, decay: "constant", lossFactor: 1 },
  optimizer: { kind: "adam", betas: [0.9, 0.999], epsilon: 1e-8 },
};

/** The problem as a trial of so many steps. */
export function trialOf({ attention, heads, features, context, batch, drawing }: Problem, steps: number): Trial {
  const site = { features, context };
  const mixer =
    attention === "linear"
      ? linear.make(linear.options.parse({ heads }), site)
      : softmax.make(softmax.options.parse({ heads }), site);
  const law = linearRegressionLaw({ features });
  return { mixer, law, context, key: keyOf(1), record: [], schedule: { ...schedule, steps, batch }, ...drawing };
}
