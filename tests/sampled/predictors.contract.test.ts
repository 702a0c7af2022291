import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { keyOf } from "../../src/math/keys.js";
import { diagonal } from "../../src/math/matrix.js";
import { Moments } from "../../src/math/moments.js";
import { isLinear } from "../../src/theory/step-moments.js";
import type { Law, Lengths, Nd, Prompts } from "../../src/types.js";
import { correlated, features, isSeries, isSought, laws, others, predictors, units } from "../predictor-cases.js";

const key = keyOf(20);

function slice<Axes extends readonly string[]>({ axes, shape, data }: Nd<Axes>, from: number, to: number): Nd<Axes> {
  const stride = data.length / (shape[0] as number);
  const cut = [to - from, ...shape.slice(1)] as unknown as Nd<Axes>["shape"];
  return { axes, shape: cut, data: data.slice(from * stride, to * stride) };
}

/** The prompts [from, to) of a batch, their context axis cut to `pairs`. */
function part(prompts: Prompts, from: number, to: number, pairs = prompts.x.shape[1]): Prompts {
  const { x, y, query, answer, length } = prompts;
  const cut = <Axes extends readonly [string, string, string]>(array: Nd<Axes>): Nd<Axes> => {
    const [, context, width] = array.shape;
    const rows = Array.from({ length: to - from }, (_, b) => {
      const at = (from + b) * context * width;
      return [...array.data.subarray(at, at + pairs * width)];
    });
    return { ...array, shape: [to - from, pairs, width] as Nd<Axes>["shape"], data: Float64Array.from(rows.flat()) };
  };
  return {
    ...{ x: cut(x), y: cut(y), query: slice(query, from, to), answer: slice(answer, from, to) },
    ...(length && { length: slice(length, from, to) }),
  };
}

const copied = (prompts: Prompts) => structuredClone(prompts);

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
  // What is sought is tuned under every law, and at more contexts, in `tests/slow/predictors.contract.test.ts`.
  const contexts: readonly Lengths[] = [0, ...(isSought(predictor) ? [] : [2]), { uniform: [0, 5] }];
  const tuningLaws = isSought(predictor) ? applicable.filter((_, i) => i % 3 === 0) : applicable;

  test("names its source and its kind", () => {
    expect(predictor.source.paper).toMatch(/\d{4}$/);
    expect(predictor.source.where).toMatch(/^[A-Z][a-z]+ /);
    expect(["predictor", "theory"]).toContain(predictor.kind);
    expect(predictor.retuned ?? false).toBe(name.endsWith("retuned"));
  });

  test("applies, or says why not; another family it declines, or knows nothing of families", () => {
    for (const [, law] of laws) expect(String(predictor.applies(law.population))).toMatch(/^(true|\w.{20,})$/);
    const own = { "task-pool-posterior": "a pool", "mixture-posterior": "a mixture" }[name];
    expect(applicable.map(([law]) => law)).toContain(own ?? (isSeries(home) ? "series" : "isotropic"));
    const foreign = String(predictor.applies({ family: "riddles", noise: 1 }));
    expect(foreign).toMatch(["ols", "zero"].includes(name) ? /^true$/ : /^this is for .*, not for riddles$/);
  });

  test("answers finite numbers, of a regression 0 without pairs, and leaves the prompts as they are", () => {
    for (const [, law] of tuningLaws) {
      for (const context of contexts) {
        const prompts = law.draw(key, { from: 0, count: 12 }, context);
        const before = copied(prompts);
        const { data, axes, shape } = predictor.tune(law.population, context).predict(prompts);
        expect({ axes, shape }).toEqual({ axes: ["batch"], shape: [12] });
        expect([...data].every(Number.isFinite)).toBe(true);
        expect(prompts).toEqual(before);
        for (const [b, prediction] of data.entries())
          if (!isSeries(law) && name !== "task-pool-posterior" && (prompts.length?.data[b] ?? context) === 0)
            expect(prediction).toBe(0);
      }
    }
  });

  test("has a risk at every test law and context: a number that is none below the noise, or a sentence", () => {
    const wrong: object[] = [];
    for (const [, law] of tuningLaws) {
      const shifts = isSeries(law) ? [] : [{ queryScale: 2 }, { inputScale: 0.5, taskScale: 3 }];
      for (const training of contexts.slice(1)) {
        const { risk } = predictor.tune(law.population, training);
        for (const test of [...shifts.map((shift) => law.shifted(shift)), ...laws.map(([, other]) => other)])
          for (const context of [0, 1, 2, 3, 4, 9]) {
            const answer = risk(test.population, context);
            const least = test.population.noise ** 2 * (1 - 1e-12);
            const isRight =
              "why" in answer
                ? /^\w.{20,}/.test(answer.why)
                : answer.value >= least && /\d{4}$/.test(answer.source.paper);
            if (!isRight) wrong.push({ answer, least });
          }
      }
    }
    expect(wrong).toEqual([]);
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

  test("answers a prompt the same in any batch, and by its own pairs alone", () => {
    const plain = linearRegressionLaw({ features, noise: 0.4, covariance: correlated }) as Law;
    const law = predictor.applies(plain.population) === true ? plain : home;
    const prompts = law.draw(key, { from: 0, count: 24 }, { uniform: [0, 6] });
    const lengths = prompts.length!.data;
    expect(new Set(lengths).size).toBe(7);
    const { predict } = predictor.tune(law.population, { uniform: [0, 6] });
    const whole = [...predict(prompts).data];
    // What stands beyond a prompt's length is never read.
    const littered = copied(prompts);
    for (const [b, n] of lengths.entries()) {
      littered.x.data.fill(1e3, (b * 6 + n) * features, (b + 1) * 6 * features);
      littered.y.data.fill(-7, b * 6 + n, (b + 1) * 6);
    }
    expect([...predict(littered).data]).toEqual(whole);
    const halves = [part(prompts, 0, 9), part(prompts, 9, 24)].flatMap((batch) => [...predict(batch).data]);
    expect(halves).toEqual(whole);
    const alone = whole.map((_, b) => {
      const { length: _length, ...own } = part(prompts, b, b + 1, lengths[b]!);
      return predict(own).data[0];
    });
    expect(alone).toEqual(whole);
  });

  test("takes labels of one output only", () => {
    const prompts = home.draw(key, { from: 0, count: 1 }, 2);
    const two = { ...prompts, y: { ...prompts.y, shape: [1, 1, 2] as const } };
    expect(() => predictor.tune(home.population, 2).predict(two)).toThrow("one label, not 2");
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
