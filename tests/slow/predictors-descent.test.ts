import type { Draws } from "../../src/math/draws.js";
import { identity } from "../../src/math/matrix.js";
import { bestDescentStep } from "../../src/predictors/best-descent-step.js";
import { isotropic, population } from "../predicted-weights.js";
import { descended, excessRisks, sample } from "../regression-sampler.js";

test.each([
  ["uniform", { uniform: Math.sqrt(3) }, (draws: Draws) => Math.sqrt(12) * (draws.uniform() - 0.5)],
  ["Rademacher", "rademacher" as const, (draws: Draws) => draws.rademacher()],
])(
  "the tuned step of %s inputs keeps prompts in mind that are larger than any it was tuned on",
  (_, inputs, coordinate) => {
    const law = population({ features: 5, inputs });
    const problems = sample({ ...isotropic(5), coordinate }, () => 7, 20_000, 5);
    const lists = [5, 20, 50].map((k) => descended(problems, k, bestDescentStep(law, 7, k)));
    const moments = excessRisks(problems, lists, identity(5));
    expect(moments.mean(0)).toBeLessThan(2);
    expect(moments.mean(1)).toBeLessThan(moments.mean(0));
    expect(moments.mean(2)).toBeLessThan(moments.mean(1));
  },
);
