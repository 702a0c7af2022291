import type { LinearRegression } from "../../src/laws/gaussian-linear.js";
import type { Draws } from "../../src/math/draws.js";
import { identity } from "../../src/math/matrix.js";
import { bestDescentStep } from "../../src/predictors/best-descent-step.js";
import type { Lengths } from "../../src/types.js";
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

test("the tuned step of many steps keeps rare prompts in mind: among 8,000 none diverges, and more steps are better", () => {
  const law = population({ features: 5 });
  const problems = sample(isotropic(5), () => 5, 8000, 3);
  const lists = [5, 20].map((k) => descended(problems, k, bestDescentStep(law, 5, k)));
  const moments = excessRisks(problems, lists, identity(5));
  expect(moments.mean(1)).toBeLessThan(moments.mean(0));
  expect(moments.mean(0)).toBeLessThan(5);
});

test.each<[string, LinearRegression, Lengths, number]>([
  ["noise that many steps would learn", population({ features: 4, noise: 1 }), 12, 40],
])(
  "the tuned step is the best: a third more and a quarter less are worse on other prompts, %s",
  (_, law, context, k) => {
    const [from, to] = typeof context === "number" ? [context, context] : context.uniform;
    const problems = sample(isotropic(4, law.noise), (b) => from + (b % (to - from + 1)), 4000, 8);
    const step = bestDescentStep(law, context, k);
    const lists = [1, 4 / 3, 3 / 4].map((factor) => descended(problems, k, factor * step));
    const moments = excessRisks(problems, lists, identity(4));
    expect(moments.mean(1)).toBeGreaterThan(moments.mean(0));
    expect(moments.mean(2)).toBeGreaterThan(moments.mean(0));
  },
);
