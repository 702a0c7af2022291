import { corruptedLabelsLaw } from "../../src/laws/corrupted-labels.js";
import { linearRegressionLaw, type Settings } from "../../src/laws/gaussian-linear.js";
import { mixtureLaw } from "../../src/laws/mixture.js";
import { normalPool, taskPoolLaw } from "../../src/laws/task-pool.js";
import { cholesky, choleskySolve } from "../../src/math/cholesky.js";
import { keyOf } from "../../src/math/keys.js";
import { applied, diagonal, identity, product, transpose } from "../../src/math/matrix.js";
import { Moments } from "../../src/math/moments.js";
import { nd } from "../../src/math/nd.js";
import { integrate } from "../../src/math/quadrature.js";
import { eigen } from "../../src/math/symmetric.js";
import mixturePosterior from "../../src/predictors/mixture-posterior.js";
import ridge from "../../src/predictors/ridge.js";
import taskPoolPosterior from "../../src/predictors/task-pool-posterior.js";
import type { Law, Nd, Predictor, Prompts } from "../../src/types.js";

const site = { features: 3, context: 4 };
const key = keyOf(81);

/** Squared errors of several predictors on one law's prompts, paired. */
function errors(law: Law, n: number, count: number, ...predicts: ((prompts: Prompts) => Nd<["batch"]>)[]): Moments {
  const prompts = law.draw(key, { from: 0, count }, n);
  const lists = predicts.map((predict) => predict(prompts).data);
  const moments = new Moments(lists.length);
  for (let b = 0; b < count; b++) moments.add(lists.map((list) => (list[b]! - prompts.answer.data[b]!) ** 2));
  return moments;
}

/** One prompt with these pairs and the query. */
function prompt(x: readonly (readonly number[])[], y: readonly number[], query: readonly number[]): Prompts {
  const [n, d] = [y.length, query.length];
  return {
    x: nd(["batch", "context", "feature"], [1, n, d], Float64Array.from(x.flat())),
    y: nd(["batch", "context", "output"], [1, n, 1], Float64Array.from(y)),
    query: nd(["batch", "feature"], [1, d], Float64Array.from(query)),
    answer: nd(["batch", "output"], [1, 1]),
  };
}

const tuned = <P extends never>(predictor: Predictor<P>, law: Law, n = 4) => predictor.tune(law.population as P, n);

describe("the posterior over a pool", () => {
  const make = () => taskPoolPosterior.make({}, site) as Predictor<never>;

  test("weighs tasks by the likelihood of the labels, by hand", () => {
    const law = taskPoolLaw({ pool: [[1], [3]], noise: 2 });
    const { predict } = tuned(make(), law);
    // x = (1, 2), y = (1, 5): residuals 0, 3 and -2, -1; squares 9 and 5; weights exp(-9/8), exp(-5/8).
    const second = 1 / (1 + Math.exp(-4 / 8));
    expect(predict(prompt([[1], [2]], [1, 5], [10])).data[0]).toBeCloseTo(10 * (1 - second + 3 * second), 12);
    expect(predict(prompt([], [], [10])).data[0]).toBeCloseTo(20, 12);
  });

  test("without noise finds the task, or the mean of those that cannot be told apart", () => {
    const law = taskPoolLaw({
      pool: [
        [1, 0],
        [1, 5],
        [2, 0],
      ],
    });
    const { predict } = tuned(make(), law);
    expect(predict(prompt([[1, 0]], [1], [0, 1])).data[0]).toBeCloseTo(2.5, 12);
    expect(
      predict(
        prompt(
          [
            [0.3, 0.1],
            [0.2, 0.7],
          ],
          [0.3 + 0.5, 0.2 + 3.5],
          [0, 1],
        ),
      ).data[0],
    ).toBeCloseTo(5, 12);
    expect(errors(law, 2, 500, predict).mean(0)).toBeLessThan(1e-20);
  });

  test("has no error beyond the noise for one task, and far less than ridge for few", () => {
    const one = taskPoolLaw({ pool: [[1, -2, 0.5]], noise: 0.5 });
    const moments = errors(one, 0, 8000, tuned(make(), one).predict);
    expect(Math.abs(moments.mean(0) - 0.25)).toBeLessThan(4 * moments.standardError(0));
    expect(tuned(make(), one).risk(one.population as never, 0)).toMatchObject({ value: expect.closeTo(0.25, 12) });
    const few = taskPoolLaw({ pool: normalPool(8, identity(3), 4), noise: 0.5 });
    const pair = errors(
      few,
      4,
      4000,
      tuned(make(), few).predict,
      tuned(ridge.make({}, site) as Predictor<never>, few).predict,
    );
    const gap = pair.mean(1) - pair.mean(0);
    const error = Math.sqrt(
      pair.covarianceOfMeans(0, 0) + pair.covarianceOfMeans(1, 1) - 2 * pair.covarianceOfMeans(0, 1),
    );
    expect(gap).toBeGreaterThan(10 * error);
  });

  test("is worse than ridge on new tasks, and tends to it there as the pool grows", () => {
    const fresh = linearRegressionLaw({ features: 3, noise: 0.5 });
    const bayes = tuned(ridge.make({}, site) as Predictor<never>, fresh).predict;
    const pools = [8, 4096].map((count) => taskPoolLaw({ pool: normalPool(count, identity(3), 4), noise: 0.5 }));
    const moments = errors(fresh, 4, 400, bayes, ...pools.map((law) => tuned(make(), law).predict));
    expect(moments.mean(1)).toBeGreaterThan(2 * moments.mean(0));
    expect(moments.mean(2)).toBeLessThan(1.05 * moments.mean(0));
  });

  test("without pairs has the exact risk of the pool's mean, on its own tasks, scaled ones and new ones", () => {
    const law = taskPoolLaw({ pool: normalPool(3, identity(3), 4), noise: 0.5, covariance: diagonal([1, 2, 0.5]) });
    const fresh = linearRegressionLaw({ features: 3, noise: 0.3 });
    for (const test of [law, law.shifted({ queryScale: 1.5, taskScale: 2 }), fresh] as Law[]) {
      const answer = tuned(make(), law).risk(test.population as never, 0);
      const moments = errors(test, 0, 8000, tuned(make(), law).predict);
      if ("why" in answer) throw new Error(answer.why);
      expect(Math.abs(moments.mean(0) - answer.value)).toBeLessThan(4 * moments.standardError(0));
    }
  });
});

describe("the posterior of a mixture", () => {
  const make = () => mixturePosterior.make({}, site) as Predictor<never>;
  const of = (settings: Omit<Settings, "features">, features = 3) => linearRegressionLaw({ features, ...settings });

  test("of one component, or two equal ones, is its ridge regression", () => {
    const [first, second] = [of({ noise: 0.5, taskCovariance: diagonal([1, 2, 0]) }), of({ noise: 1 })];
    const prompts = first.draw(key, { from: 0, count: 20 }, 4);
    const bayes = tuned(ridge.make({}, site) as Predictor<never>, first).predict(prompts).data;
    for (const law of [mixtureLaw(1, first, second), mixtureLaw(0.4, first, first)]) {
      const found = tuned(make(), law).predict(prompts).data;
      for (const [b, value] of bayes.entries()) expect(found[b]).toBeCloseTo(value, 10);
    }
  });

  test.each([
    ["noise levels and tasks", [0.5, 1, 2], [1.5, 1, 0.3]],
    ["inputs too", [0.5, 2, 1], [1, 0.5, 3]],
  ])("with one feature is the ratio of two integrals over the task: %s", (_, ...components) => {
    const share = 0.3;
    const laws = components.map(([noise, size, task]) =>
      of({ noise: noise!, covariance: [[size!]], taskCovariance: [[task!]] }, 1),
    );
    const law = mixtureLaw(share, laws[0]!, laws[1]!);
    const [x, y, q] = [[0.8, -1.7, 0.4], [1.1, -1.9, 0.9], 1.3];
    const normal = (z: number, variance: number) => Math.exp(-(z ** 2) / (2 * variance)) / Math.sqrt(variance);
    const weighted = (f: (w: number) => number) =>
      components.reduce((total, [noise, size, task], k) => {
        const inputs = [...x, q].reduce(
          (density, entry) => density * normal(entry, size!),
          k === 0 ? share : 1 - share,
        );
        const density = (w: number) =>
          normal(w, task!) * x.reduce((product, entry, j) => product * normal(y[j]! - w * entry, noise! ** 2), 1);
        return total + inputs * integrate((w) => f(w) * density(w), -12, 12);
      }, 0);
    const exact = (q * weighted((w) => w)) / weighted(() => 1);
    const [found] = tuned(make(), law, 3).predict(
      prompt(
        x.map((entry) => [entry]),
        y,
        [q],
      ),
    ).data;
    expect(found).toBeCloseTo(exact, 9);
  });

  test("is better than ridge at either noise, paired", () => {
    const [quiet, loud] = [of({ noise: 0.1 }), of({ noise: 2 })];
    const law = mixtureLaw(0.5, quiet, loud);
    const predicts = [
      tuned(make(), law, 6).predict,
      ...[quiet, loud].map((one) => tuned(ridge.make({}, site) as Predictor<never>, one).predict),
    ];
    const moments = errors(law, 6, 6000, ...predicts);
    for (const k of [1, 2]) {
      const variance = moments.covarianceOfMeans(0, 0) + moments.covarianceOfMeans(k, k);
      const error = Math.sqrt(variance - 2 * moments.covarianceOfMeans(0, k));
      expect(moments.mean(k) - moments.mean(0)).toBeGreaterThan(4 * error);
    }
  });

  test("is declined where densities do not compare, and where there is no mixture", () => {
    const why = (law: Law) => make().applies(law.population as never);
    expect(why(mixtureLaw(0.5, of({}), of({ noise: 1 })))).toMatch("every component has noise");
    expect(why(mixtureLaw(0.5, of({ noise: 1, covariance: diagonal([1, 1, 0]) }), of({ noise: 1 })))).toMatch(
      "full rank",
    );
    expect(why(of({ noise: 1 }))).toMatch("needs a law with components, not linear-regression");
    expect(why(corruptedLabelsLaw({ features: 3, share: 0.1 }))).toMatch("not corrupted-regression");
  });
});

test("Cholesky's factor solves, gives the determinant, and says where a matrix is not definite", () => {
  const A = [
    [4, 2, 0.4],
    [2, 5, -1],
    [0.4, -1, 3],
  ];
  const a = Float64Array.from(A.flat());
  const logDeterminant = cholesky(a, 3);
  expect(logDeterminant).toBeCloseTo(
    eigen(A).values.reduce((total, value) => total + Math.log(value), 0),
    12,
  );
  const L = [0, 1, 2].map((i) => [0, 1, 2].map((j) => (j <= i ? a[i * 3 + j]! : 0)));
  for (const [i, row] of product(L, transpose(L)).entries())
    for (const [j, entry] of row.entries()) expect(entry).toBeCloseTo(A[i]![j]!, 12);
  const b = Float64Array.of(1, -2, 3);
  choleskySolve(a, 3, b);
  for (const [i, entry] of applied(A, b).entries()) expect(entry).toBeCloseTo([1, -2, 3][i]!, 12);
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeNaN();
});
