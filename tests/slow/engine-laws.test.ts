import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { OpenCpu } from "../../src/engine/cpu/backend.js";
import { corruptedLabelsLaw } from "../../src/laws/corrupted-labels.js";
import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { mixtureLaw } from "../../src/laws/mixture.js";
import { nonlinearTargetLaw } from "../../src/laws/nonlinear-target.js";
import { randomBasisLaw } from "../../src/laws/random-basis.js";
import { randomCovarianceLaw } from "../../src/laws/random-covariance.js";
import { taskPoolLaw } from "../../src/laws/task-pool.js";
import { keyOf } from "../../src/math/keys.js";
import { diagonal, identity, scaled } from "../../src/math/matrix.js";
import { Moments } from "../../src/math/moments.js";
import linear from "../../src/mixers/linear-attention.js";
import lsaOptimum from "../../src/predictors/lsa-optimum.js";
import preconditionedStep from "../../src/predictors/preconditioned-gradient-step.js";
import type { Law, Predictor } from "../../src/types.js";
import { openCpu, trained, trialOf } from "../engine-trials.js";

let engine: OpenCpu;
beforeAll(async () => {
  engine = await openCpu(2);
});
afterAll(() => engine.close());

const context = 8;
const site = { features: 2, context };
const quiet = linearRegressionLaw({ features: 2, noise: 0.2 });
const loud = linearRegressionLaw({ features: 2, noise: 1, taskCovariance: scaled(identity(2), 2) });

/** A layer that is trained at a law on the CPU engine, beside a predictor of it on the same fresh prompts. */
async function beside(law: Law, predictor: Predictor) {
  const mixer = linear.make(linear.options.parse({ init: { scale: 0.1 } }), site);
  const trial = trialOf({ law, mixer, context }, { steps: 800, batch: 1024, rate: 0.02, decay: "cosine" });
  const last = (await trained(engine, [trial])).at(-1)!;
  expect(last.status).toBe("ok");
  const fresh = law.draw(keyOf(7), { from: 0, count: 60_000 }, context);
  const tuned = predictor.tune(law.population, context);
  const [model, other] = [mixer.forward(last.weights, fresh).data, tuned.predict(fresh).data];
  const moments = new Moments(2);
  for (const [b, answer] of fresh.answer.data.entries())
    moments.add([(other[b]! - answer) ** 2, (model[b]! - answer) ** 2 - (other[b]! - answer) ** 2]);
  const exact = tuned.risk(law.population, context);
  return { moments, exact: "value" in exact ? exact.value : Number.NaN };
}

test.each<[string, Law]>([
  ["random covariances", randomCovarianceLaw(2, { uniform: [0.3, 1.7] }, 0.3) as Law],
  ["a random basis", randomBasisLaw(diagonal([2, 0.2]), 0.3) as Law],
  ["ReLU targets", nonlinearTargetLaw(2, { noise: 0.3 }) as Law],
  ["corrupted labels", corruptedLabelsLaw({ features: 2, share: 0.2, spread: 2, noise: 0.3 }) as Law],
  ["a mixture", mixtureLaw(0.5, quiet, loud) as Law],
])(
  "trained on %s, one layer reaches the optimum of theory, and no less",
  async (_, law) => {
    const { moments, exact } = await beside(law, lsaOptimum.make({}, site));
    expect(Math.abs(moments.mean(0) - exact)).toBeLessThan(4 * moments.standardError(0));
    const [excess, error] = [moments.mean(1), moments.standardError(1)];
    expect(excess).toBeGreaterThan(-4 * error);
    expect(excess - 4 * error).toBeLessThan(0.01 * exact);
    expect(error).toBeLessThan(0.005 * exact);
  },
  30_000,
);

test("trained on a pool of one task, a layer is better than the best preconditioned step: it learns the mean", async () => {
  const law = taskPoolLaw({ pool: [[1, -1]], noise: 0.3 }) as Law;
  const { moments, exact } = await beside(law, preconditionedStep.make({}, site) as Predictor);
  expect(Math.abs(moments.mean(0) - exact)).toBeLessThan(4 * moments.standardError(0));
  expect(moments.mean(1)).toBeLessThan(-5 * moments.standardError(1));
}, 30_000);
