import { laws } from "../../src/contracts/predictor-laws.js";
import { keyOf } from "../../src/math/keys.js";
import type { Lengths } from "../../src/types.js";
import { isSought, predictors } from "../predictor-cases.js";

const sought = predictors.filter(isSought);

test("some predictors seek their constants on sampled prompts", () => {
  expect(sought.length).toBeGreaterThanOrEqual(4);
});

describe.each(sought.map((predictor) => [predictor.name, predictor] as const))("%s", (_, predictor) => {
  const applicable = laws.filter(([, law]) => predictor.applies(law.population) === true);

  test.each<[string, Lengths]>([
    ["2 pairs", 2],
    ["3 pairs", 3],
    ["up to 5 pairs", { uniform: [0, 5] }],
  ])("tuned for %s of any law, answers finite numbers and has a risk or says why not", (...[, context]) => {
    expect(applicable.length).toBeGreaterThan(5);
    for (const [, law] of applicable) {
      const tuned = predictor.tune(law.population, context);
      const { data } = tuned.predict(law.draw(keyOf(20), { from: 0, count: 12 }, context));
      expect([...data].every(Number.isFinite)).toBe(true);
      for (const n of [0, 1, 2, 3, 4, 9]) {
        const answer = tuned.risk(law.population, n);
        if ("why" in answer) expect(answer.why).toMatch(/^\w.{20,}/);
        else expect(answer.value).toBeGreaterThanOrEqual(law.population.noise ** 2 * (1 - 1e-12));
      }
    }
  });
});
