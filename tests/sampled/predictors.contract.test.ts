import { describe, expect, test } from "@jest/globals";
import { predictorContract } from "../../src/contracts/predictor.js";
import { correlated, features, isSeries, laws, others } from "../../src/contracts/predictor-laws.js";
import { restoreHere } from "../../src/contracts/restore.js";
import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { keyOf } from "../../src/math/keys.js";
import { diagonal } from "../../src/math/matrix.js";
import { Moments } from "../../src/math/moments.js";
import { isLinear } from "../../src/theory/step-moments.js";
import type { Law, Lengths, Predictor } from "../../src/types.js";
import { isSought, predictors, units } from "../predictor-cases.js";

const key = keyOf(20);

/** What is sought is tuned under every law, and at more contexts, in `tests/slow/predictors.contract.test.ts`. */
function lawsOf(predictor: Predictor) {
  if (!isSought(predictor)) return laws;
  return laws.filter(([, { population }]) => predictor.applies(population) === true).filter((_, i) => i % 3 === 0);
}

test("every unit is named as its file, says what it is in one sentence, and refuses options it does not know", () => {
  const known = ["zero", "gradient-step", "gradient-descent", "preconditioned-gradient-step", "newton", "ridge", "ols"];
  expect(units.map(({ file }) => file)).toEqual(expect.arrayContaining([...known, "lsa-optimum"]));
  for (const { file, unit } of units) {
    expect(unit.name).toBe(file);
    expect(unit.says).toMatch(/^[^.\n]{10,}$/);
    for (const option of [{ unknown: 1 }, "no such word", -1])
      expect(unit.options.safeParse(option).success).toBe(false);
  }
});

test("row names are words of [a-z][a-z0-9-]* that start with the unit's, each once", () => {
  const names = predictors.map(({ name }) => name);
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
  expect(new Set(names).size).toBe(names.length);
  for (const { file } of units) expect(names.some((name) => name.startsWith(file))).toBe(true);
});

describe.each(predictors.map((predictor) => [predictor.name, predictor] as const))("%s", (name, predictor) => {
  const applicable = laws.filter(([, law]) => predictor.applies(law.population) === true);
  const home = applicable.find(([, law]) => law.population.noise > 0)?.[1] as Law;
  const contexts: readonly Lengths[] = [0, ...(isSought(predictor) ? [] : [2]), { uniform: [0, 5] }];

  for (const { says, check } of predictorContract(predictor, { laws: lawsOf(predictor), contexts }, restoreHere))
    test(says, check);

  test("another family it declines, or knows nothing of families", () => {
    const own = { "task-pool-posterior": "a pool", "mixture-posterior": "a mixture" }[name];
    expect(applicable.map(([law]) => law)).toContain(own ?? (isSeries(home) ? "series" : "isotropic"));
    const foreign = String(predictor.applies({ family: "riddles", noise: 1 }));
    expect(foreign).toMatch(["ols", "zero"].includes(name) ? /^true$/ : /^this is for .*, not for riddles$/);
  });

  test("predicts 0 for a regression's prompt without pairs", () => {
    for (const [, law] of lawsOf(predictor)) {
      if (isSeries(law) || name === "task-pool-posterior" || predictor.applies(law.population) !== true) continue;
      for (const context of contexts) {
        const prompts = law.draw(key, { from: 0, count: 12 }, context);
        const { data } = predictor.tune(law.population, context).predict(prompts);
        for (const [b, prediction] of data.entries())
          if ((prompts.length?.data[b] ?? context) === 0) expect(prediction).toBe(0);
      }
    }
  });

  test("with no pairs has the exact risk of predicting 0 in a regression", () => {
    const law = linearRegressionLaw({ features: 5, noise: 0.5 });
    if (predictor.applies(law.population) !== true)
      return expect(home.population.family).not.toBe(law.population.family);
    for (const training of isSought(predictor) ? [0, 7] : [0, 1, 7]) {
      const answer = predictor.tune(law.population, training).risk(law.population, 0);
      expect(answer).toMatchObject({ kind: "exact", value: 5.25 });
    }
  });
});

describe("exact risks are the sampled ones within 4 standard errors", () => {
  const wide = linearRegressionLaw({
    features,
    noise: 0.5,
    covariance: correlated,
    taskCovariance: diagonal([2, 1, 0]),
  });
  const many = linearRegressionLaw({ features: 6, noise: 0.3 });
  const cells: readonly (readonly [string, Law, Lengths, Law, number])[] = [
    ["correlated", wide, 5, wide, 5],
    ["tested at another length", wide, 3, wide, 11],
    ["shifted", wide, 5, wide.shifted({ inputScale: 0.7, queryScale: 1.5, taskScale: 2 }), 9],
    ["tuned over mixed lengths", wide, { uniform: [0, 8] }, wide, 8],
    ["fewer pairs than features", many, 2, many, 2],
    ...(["rademacher", { uniform: 2 }] as const).map((inputs) => {
      const law = linearRegressionLaw({ features, noise: 0.5, covariance: correlated, inputs });
      return [JSON.stringify(inputs), law as Law, 3, law as Law, 3] as const;
    }),
    ...others.map(([name, law]) => [name, law, 4, law, 4] as const),
    ...others.map(([name, law]) => {
      const shifted = law.shifted({ inputScale: 0.8, queryScale: 1.5, taskScale: 1.3 });
      return [`${name}, shifted and longer`, law, 3, shifted, 8] as const;
    }),
  ];

  test.each(cells)("%s", (_, training, trained, test, tested) => {
    const prompts = test.draw(key, { from: 0, count: 6000 }, tested);
    const beyond: object[] = [];
    let exact = 0;
    for (const { name, tune, applies, retuned } of predictors) {
      if (applies(training.population) !== true) continue;
      // Whether a risk has a closed form is told by any tuning, and for no pairs there is nothing to seek.
      if ("why" in tune(training.population, 0).risk(test.population, tested)) continue;
      const tuned = retuned ? tune(test.population, tested) : tune(training.population, trained);
      const answer = tuned.risk(test.population, tested);
      if ("why" in answer || !Number.isFinite(answer.value)) continue;
      exact++;
      const moments = new Moments(1);
      for (const [b, prediction] of tuned.predict(prompts).data.entries())
        moments.add([(prediction - prompts.answer.data[b]!) ** 2]);
      const errors = (moments.mean(0) - answer.value) / moments.standardError(0);
      if (!(Math.abs(errors) < 4)) beyond.push({ name, errors });
    }
    expect(beyond).toEqual([]);
    // Under any law at least the prior and a gradient step have exact risks.
    expect(exact).toBeGreaterThanOrEqual(isLinear(training.population) ? 5 : 2);
  });
});
