import { afterAll, describe, expect, jest, test } from "@jest/globals";
import { warningsOf } from "../src/claims/warnings.js";
import { type Entrant, modelEntrant, predictorEntrant } from "../src/evaluation/entrant.js";
import { measure } from "../src/evaluation/measure.js";
import { integratedErrors } from "../src/evaluation/query-integral.js";
import { threads } from "../src/evaluation/threads.js";
import { Draws } from "../src/math/draws.js";
import { keyOf } from "../src/math/keys.js";
import { nd } from "../src/math/nd.js";
import { symmetricRoot } from "../src/math/symmetric.js";
import { canonical } from "../src/runner/canonical.js";
import { loadCatalogue } from "../src/runner/catalogue.js";
import { cellSettings, studyExperiment } from "../src/runner/study-experiment.js";
import { parseStudy } from "../src/studies/parse-study.js";
import type { Law, Mixer, Predictor, Prompts, Unit } from "../src/types.js";

jest.setTimeout(60_000);
afterAll(() => threads.close());

const catalogue = await loadCatalogue();
const [features, context] = [3, 8];
const site = { features, context };

// biome-ignore lint/suspicious/noExplicitAny: options are checked by each unit's own schema.
const made = <Value>(unit: Unit<any, Value>, options: unknown): Value => unit.make(unit.options.parse(options), site);
const lawOf = (name: string, options: object): Law => made(catalogue.laws.get(name)!, options);
const gaussian = lawOf("gaussian-linear", { features, noise: 0.5, covariance: { ar1: 0.6 } });

const predictors = (law: Law, names: readonly (readonly [string, unknown?])[]): Entrant[] => {
  const at = { population: law.population, context };
  return names.map(([name, option]) => {
    const unit = catalogue.predictors.get(name)!;
    const given = [option, {}].find((one) => unit.options.safeParse(one).success);
    return predictorEntrant(made<Predictor>(unit, given), at, at);
  });
};
const model = (name: string, options: object = {}): Entrant => {
  const mixer = made<Mixer>(catalogue.mixers.get(name)!, options);
  return modelEntrant(name, mixer, mixer.init(keyOf(3), features));
};
const measured = (law: Law, who: readonly Entrant[], prompts: number, query: "sampled" | "integrated", more = {}) =>
  measure(who, { law, context, prompts, key: keyOf(7), seed: 0, columns: { context }, query, ...more });

describe("the tasks of a law", () => {
  test.each([
    ["gaussian-linear", { noise: 0, taskCovariance: { power: 1 } }],
    ["task-pool", { noise: 0, tasks: 4, covariance: { ar1: 0.5 } }],
    ["corrupted-labels", { noise: 0, share: 0.2 }],
    ["mixture", { first: { noise: 0, taskCovariance: { power: 1 } }, second: { noise: 0 } }],
  ])("%s are those that its labels are made of, also shifted and with lengths of their own", (name, options) => {
    for (const lengths of [5, { uniform: [2, 6] as const }]) {
      const law = lawOf(name, { features, ...options }).shifted({ taskScale: 2, queryScale: 3 });
      const prompts = law.draw(keyOf(1), { from: 10, count: 20 }, lengths);
      const tasks = law.query!.tasks(keyOf(1), { from: 10, count: 20 }, lengths);
      for (let b = 0; b < 20; b++) {
        const value = [0, 1, 2].reduce((sum, i) => sum + tasks.data[3 * b + i]! * prompts.query.data[3 * b + i]!, 0);
        expect(Math.abs(value - prompts.answer.data[b]!)).toBeLessThan(64 * Number.EPSILON * (1 + Math.abs(value)));
      }
    }
  });

  test("have queries of the covariance that is told, which need not be Gaussian", () => {
    const options = { features, inputs: { uniform: 2 }, covariance: { ar1: 0.5 } };
    const law = lawOf("gaussian-linear", options).shifted({ queryScale: 2 });
    const count = 20_000;
    const { data } = law.draw(keyOf(2), { from: 0, count }, 1).query;
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) {
        const products = Array.from({ length: count }, (_, b) => data[3 * b + i]! * data[3 * b + j]!);
        const { mean, error } = sampleMean(products);
        expect(Math.abs(mean - law.query!.covariance[i]![j]!)).toBeLessThan(5 * error);
      }
  });
});

describe("a risk integrated over query and label", () => {
  test("is the mean over many queries of one prompt, offset and noise included", () => {
    const one = gaussian.draw(keyOf(4), { from: 0, count: 1 }, context);
    const tasks = gaussian.query!.tasks(keyOf(4), { from: 0, count: 1 }, context);
    const { covariance } = gaussian.query!;
    const slope = [0.3, -0.5, 0.9];
    const predict = ({ query }: Prompts) => {
      const value = (b: number) => slope.reduce((sum, v, i) => sum + v * query.data[3 * b + i]!, 0.7);
      return nd(
        ["batch"],
        [query.shape[0]],
        Float64Array.from({ length: query.shape[0] }, (_, b) => value(b)),
      );
    };
    const [integral] = integratedErrors(one, predict, tasks, { covariance, noise: 0.5 });
    const draws = new Draws(keyOf(5));
    const root = symmetricRoot(covariance);
    const squares = Array.from({ length: 40_000 }, () => {
      const z = [draws.normal(), draws.normal(), draws.normal()];
      const x = root.map((row) => row.reduce((total, entry, i) => total + entry * z[i]!, 0));
      const gap = slope.reduce((total, v, i) => total + (v - tasks.data[i]!) * x[i]!, 0.7);
      return (gap - 0.5 * draws.normal()) ** 2;
    });
    const { mean, error } = sampleMean(squares);
    expect(Math.abs(mean - integral!)).toBeLessThan(4 * error);
  });

  test("agrees with plain sampling and with closed forms, at two thirds of the error or less", async () => {
    const names = [["zero"], ["gradient-step"], ["newton", 3], ["ols"], ["ridge"], ["lsa-optimum"]] as const;
    const stack = model("stack", { depth: 2 });
    const who = [...predictors(gaussian, names), model("linear-attention"), stack];
    const plain = await measured(gaussian, who, 4000, "sampled");
    const integrated = await measured(gaussian, who, 4000, "integrated");
    for (const [i, { name }] of who.entries()) {
      const [a, b] = [plain[i]!, integrated[i]!];
      expect(b).toMatchObject({ name, estimator: "integrated", estimatorWhy: null, prompts: 4000 });
      expect(a).not.toHaveProperty("estimator");
      // On the same contexts: the difference is that of queries and labels alone.
      const difference = Math.sqrt(a.standardError! ** 2 - b.standardError! ** 2);
      expect(Math.abs(a.risk! - b.risk!)).toBeLessThan(4 * difference);
      expect(a.standardError! / b.standardError!).toBeGreaterThan(1.5);
      const exact = integrated.find((row) => row.name === name && row.exact);
      if (exact) expect(Math.abs(b.risk! - exact.risk!)).toBeLessThan(4 * b.standardError!);
      // The covariances of the means are of the same numbers, prompt by prompt.
      expect(b[`covariance.${name}`]).toBeCloseTo(b.standardError! ** 2, 14);
    }
  });

  test("agrees with plain sampling where prompts come from two noise levels", async () => {
    const law = lawOf("mixture", { features, share: 0.3, first: { noise: 0.1 }, second: { noise: 1 } });
    const who = predictors(gaussian, [["ridge"], ["newton", 3]]);
    const plain = await measured(law, who, 4000, "sampled");
    for (const [i, row] of (await measured(law, who, 4000, "integrated")).slice(0, 2).entries()) {
      expect(row.estimator).toBe("integrated");
      expect(Math.abs(row.risk! - plain[i]!.risk!)).toBeLessThan(4 * plain[i]!.standardError!);
    }
  });

  test("is the same bit for bit on threads, and in mixed company", async () => {
    const who = [...predictors(gaussian, [["ridge"], ["ols"]]), model("softmax-attention")];
    const [one, two] = await Promise.all(
      [1, 2].map((count) => measured(gaussian, who, 2500, "integrated", { threads: count })),
    );
    expect(two).toEqual(one);
    const alone = await measured(gaussian, who.slice(0, 1), 2500, "integrated");
    expect(one![0]).toMatchObject({ risk: alone[0]!.risk, standardError: alone[0]!.standardError });
  });

  test("is sampled where a prediction is not linear in the query, or the law's query is not known, and says so", async () => {
    const softmax = model("softmax-attention");
    const [row] = await measured(gaussian, [softmax], 200, "integrated");
    const [plain] = await measured(gaussian, [softmax], 200, "sampled");
    const why = "its prediction is not linear in the query";
    expect(row).toMatchObject({ risk: plain!.risk, estimator: "sampled", estimatorWhy: why });
    expect(warningsOf([row!], [], ["context"])).toEqual([
      `softmax-attention: its risk is sampled, not integrated over the query: ${why}`,
    ]);
    for (const [name, options] of [
      ["random-covariance", {}],
      ["random-basis", { covariance: "identity" }],
      ["nonlinear-target", { target: "relu" }],
      ["several-tasks", { tasks: [[1], [2, 3]] }],
      ["mixture", { first: { covariance: { scale: 2 } }, second: {} }],
    ] as const) {
      const law = lawOf(name, { features, ...options });
      const [declined] = await measured(law, predictors(gaussian, [["zero"]]), 50, "integrated");
      expect(declined).toMatchObject({
        estimator: "sampled",
        estimatorWhy: expect.stringMatching(`^the law ${name} `),
      });
    }
  });
});

test("a study asks for it with `query: integrated`; one that does not keeps its rows and identity", async () => {
  const study = (query: string) =>
    parseStudy(
      `title: q\nlaw: { kind: gaussian-linear, features: 2, noise: 0.5 }\ncontext: 6\npredictors: [ridge]\nseeds: 1\n` +
        `evaluate: { prompts: 100${query} }`,
      "study.yaml",
      catalogue,
    );
  const [plain, sampled, integrated] = await Promise.all(["", ", query: sampled", ", query: integrated"].map(study));
  const columns = { context: 6, seed: 0 };
  const settings = [plain, sampled, integrated].map((one) => canonical(cellSettings(one!, columns)));
  expect(settings[1]).toBe(settings[0]);
  expect(settings[2]).not.toBe(settings[0]);
  expect(settings[0]).not.toContain("query");
  const rows = await studyExperiment(integrated!, {} as Predictor).measure(columns, [], { key: keyOf(1) });
  expect(rows).toMatchObject([{ name: "ridge", estimator: "integrated" }]);
  await expect(study(", query: exact")).rejects.toThrow("`query` is the text");
});

function sampleMean(values: readonly number[]): { readonly mean: number; readonly error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(square / (values.length - 1) / values.length) };
}
