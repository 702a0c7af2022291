import { describe, expect, test } from "@jest/globals";
import { lawContract } from "../../src/contracts/law.js";
import { restoreHere } from "../../src/contracts/restore.js";
import corruptedLabels, { corruptedLabelsLaw } from "../../src/laws/corrupted-labels.js";
import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { gaussianPairs } from "../../src/laws/gaussian-pairs.js";
import mixture, { mixtureLaw } from "../../src/laws/mixture.js";
import nonlinearTarget, { nonlinearTargetLaw } from "../../src/laws/nonlinear-target.js";
import randomBasis, { randomBasisLaw } from "../../src/laws/random-basis.js";
import randomCovariance, { randomCovarianceLaw } from "../../src/laws/random-covariance.js";
import type { Regression } from "../../src/laws/regression.js";
import severalTasks, { severalTasksLaw } from "../../src/laws/several-tasks.js";
import taskPool, { normalPool, taskPoolLaw } from "../../src/laws/task-pool.js";
import { keyOf } from "../../src/math/keys.js";
import { diagonal } from "../../src/math/matrix.js";
import { Moments } from "../../src/math/moments.js";
import gradientStep from "../../src/predictors/gradient-step.js";
import { stepMoments } from "../../src/theory/step-moments.js";
import type { Law, Lengths, Prompts, Shift } from "../../src/types.js";

const key = keyOf(61);
const skewedEigenvalues = diagonal([4, 1, 0.25]);
const correlated = [
  [1, 0.6, 0],
  [0.6, 2, 0.3],
  [0, 0.3, 1],
];

const even = linearRegressionLaw({ features: 3, noise: 0.2 });
const skewed = linearRegressionLaw({
  ...{ features: 3, noise: 1, covariance: correlated, taskCovariance: diagonal([2, 1, 0.5]) },
});

const laws: readonly (readonly [string, Law<Regression>])[] = [
  ["exponential covariances", randomCovarianceLaw(3)],
  ["exponential covariances and noise", randomCovarianceLaw(3, "exponential", 0.5)],
  ["uniform covariances", randomCovarianceLaw(2, { uniform: [0.5, 2] }, 0.3)],
  ["ReLU targets", nonlinearTargetLaw(3)],
  ["ReLU targets of unit tasks and noise", nonlinearTargetLaw(4, { tasks: "unit", noise: 0.4 })],
  ["cubic targets of unit tasks", nonlinearTargetLaw(3, { target: "cube", tasks: "unit", noise: 0.2 })],
  ["a random basis", randomBasisLaw(skewedEigenvalues)],
  ["a random basis of a full matrix, with noise", randomBasisLaw(correlated, 0.5)],
  ["a pool of five tasks", taskPoolLaw({ pool: normalPool(5, correlated, 1), noise: 0.5, covariance: correlated })],
  ["one task", taskPoolLaw({ pool: [[1, -2, 0.5]] })],
  ["corrupted labels", corruptedLabelsLaw({ features: 3, share: 0.3, spread: 2, noise: 0.2, covariance: correlated })],
  ["a mixture", mixtureLaw(0.3, even, skewed)],
  [
    "tasks on overlapping features",
    severalTasksLaw(
      4,
      [
        [0, 1, 2],
        [2, 3],
      ],
      0.4,
    ),
  ],
  ["a mixture with a noiseless component", mixtureLaw(0.6, linearRegressionLaw({ features: 3 }), even)],
];

/** E y_q^2, E y_q s, E s^2 of s = x_q . (1/n) sum_j y_j x_j, sampled. */
function sampledStep({ x, y, query, answer }: Prompts): Moments {
  const [count, n, d] = x.shape;
  const moments = new Moments(3);
  for (let b = 0; b < count; b++) {
    let score = 0;
    for (let j = 0; j < n; j++)
      for (let i = 0; i < d; i++)
        score += (y.data[b * n + j]! * x.data[(b * n + j) * d + i]! * query.data[b * d + i]!) / n;
    moments.add([answer.data[b]! ** 2, answer.data[b]! * score, score ** 2]);
  }
  return moments;
}

describe.each(laws)("the law of %s", (_, law) => {
  const d = law.features;
  const shifts: Shift[] = [{}, { inputScale: 0.7, queryScale: 1.5, taskScale: 2 }];

  for (const { says, check } of lawContract(law, restoreHere)) test(says, check);

  test("has moments that its samples know well enough to tell a wrong coefficient", () => {
    // Heavy tails leave 10 % of s^2 of a cube.
    for (const n of [1, 4])
      for (const shift of shifts) {
        const shifted = law.shifted(shift);
        const sampled = sampledStep(shifted.draw(key, { from: 0, count: 10_000 }, n));
        expect(sampled.standardError(1)).toBeLessThan(0.1 * stepMoments(shifted.population, n).gain);
      }
  });

  test("mixed lengths cut the same prompts short, and the query and its answer do not hear of the context", () => {
    const long = law.draw(key, { from: 0, count: 5 }, 6);
    const short = law.draw(key, { from: 0, count: 5 }, 2);
    const mixed = law.draw(key, { from: 0, count: 5 }, { uniform: [0, 6] });
    expect(short.query).toEqual(long.query);
    expect(short.answer).toEqual(long.answer);
    expect(mixed.query).toEqual(long.query);
    for (let b = 0; b < 5; b++) {
      expect([...short.x.data.subarray(b * 2 * d, (b + 1) * 2 * d)]).toEqual([
        ...long.x.data.subarray(b * 6 * d, (b * 6 + 2) * d),
      ]);
      const n = mixed.length!.data[b]!;
      expect([...mixed.y.data.subarray(b * 6, b * 6 + n)]).toEqual([...long.y.data.subarray(b * 6, b * 6 + n)]);
    }
  });

  test("shifts compose, and scale the same draws: the query alone changes the query and its answer alone", () => {
    const plain = law.draw(key, { from: 0, count: 4 }, 3);
    const query = law.shifted({ queryScale: 3 }).draw(key, { from: 0, count: 4 }, 3);
    expect(query.x).toEqual(plain.x);
    expect(query.y).toEqual(plain.y);
    expect([...query.query.data]).toEqual([...plain.query.data].map((entry) => expect.closeTo(3 * entry, 10)));
    const twice = law.shifted({ inputScale: 2, taskScale: 0.5 }).shifted({ inputScale: 1.5 });
    expect([...twice.draw(key, { from: 0, count: 4 }, 3).x.data]).toEqual(
      [...plain.x.data].map((entry) => expect.closeTo(3 * entry, 10)),
    );
    expect(() => law.shifted({ taskScale: -1 })).toThrow("a finite factor of 0 or more");
  });
});

/** Means of another program: the law, train and test context, the best step and its risk. */
test.each<[string, Law<Regression>, Lengths, number, number, number]>([
  ["exponential covariances, 20 and 20", randomCovarianceLaw(5), 20, 20, 0.28571, 2.14286],
  ["exponential covariances, 100 and 100", randomCovarianceLaw(5), 100, 100, 2 / 6.2, 1.77419],
  ["exponential covariances, 40 and 200", randomCovarianceLaw(5), 40, 200, 2 / 6.5, 1.73373],
  ["a ReLU neuron", nonlinearTargetLaw(5), 20, 20, 20 * 0.030303, 1.74242],
  ["a cube", nonlinearTargetLaw(5, { target: "cube", tasks: "unit" }), 20, 20, 20 * 0.026786, 10.17857],
])("%s: the best gradient step and its risk are the published formulas'", (_, law, trained, tested, step, risk) => {
  const predictor = gradientStep.make(undefined, { features: 5, context: trained });
  const answer = predictor.tune(law.population, trained).risk(law.population, tested);
  expect(answer).toMatchObject({ kind: "exact", value: expect.closeTo(risk, 4) });
  const { gain, spread } = stepMoments(law.population, trained);
  expect(gain / spread).toBeCloseTo(step, 3);
});

test("a random basis turns the inputs: the spectrum of a prompt is fixed, its eigenvectors are uniform", () => {
  const { x, query } = randomBasisLaw(diagonal([9, 0, 0])).draw(key, { from: 0, count: 8000 }, 2);
  const moments = new Moments(4);
  for (let b = 0; b < 8000; b++) {
    const [one, two] = [x.data.subarray(6 * b, 6 * b + 3), query.data.subarray(3 * b, 3 * b + 3)];
    // Inputs of one prompt lie on a line.
    const cross = Math.abs(one[0]! * two[1]! - one[1]! * two[0]!);
    expect(cross).toBeLessThan(1e-9);
    const square = one[0]! ** 2 + one[1]! ** 2 + one[2]! ** 2;
    // E u_1^2, E u_1^4, E u_1^2 u_2^2 of a uniform direction: 1/3, 1/5, 1/15.
    const [first, second] = [one[0]! ** 2 / square, one[2]! ** 2 / square];
    moments.add([square, first, second ** 2, first * second]);
  }
  for (const [i, exact] of [9, 1 / 3, 1 / 5, 1 / 15].entries())
    expect(Math.abs(moments.mean(i) - exact)).toBeLessThan(4 * moments.standardError(i));
});

const units = { randomCovariance, nonlinearTarget, randomBasis, taskPool, corruptedLabels, mixture, severalTasks };

test.each<[keyof typeof units, object, string]>([
  ["randomCovariance", { eigenvalues: "gamma" }, "eigenvalues are exponential"],
  ["randomCovariance", { eigenvalues: { uniform: [2, 1] } }, "bounds that ascend"],
  ["randomCovariance", { noise: -1 }, ">=0"],
  ["nonlinearTarget", { target: "sine" }, "relu"],
  ["nonlinearTarget", { tasks: "fixed" }, "gaussian"],
  ["nonlinearTarget", { features: 0 }, ">=1"],
  ["randomBasis", { covariance: { diagonal: [1, 2, 3] } }, "3 variances contradicts features: 2"],
  ["randomBasis", {}, "a covariance is identity"],
  ["taskPool", { tasks: 0 }, ">=1"],
  ["taskPool", {}, "number"],
  ["taskPool", { features: 1024, tasks: 100_000 }, "a pool has at most 4194304 numbers"],
  ["taskPool", { tasks: 4, taskCovariance: { diagonal: [1] } }, "1 variance contradicts features: 2"],
  ["corruptedLabels", { share: 1.5 }, "<=1"],
  ["corruptedLabels", { share: 0.1, covariance: [[1]] }, "1 row contradicts features: 2"],
  ["mixture", { first: {} }, "object"],
  ["severalTasks", { tasks: [[1, 3]] }, "feature 3 of task 1 contradicts features: 2"],
  ["severalTasks", { tasks: [[1], [2, 2]] }, "task 2 names a feature twice"],
  ["severalTasks", { tasks: [] }, ">=1"],
  ["mixture", { first: {}, second: { covariance: { ar1: 2 } } }, "<=1"],
  ["mixture", { first: {}, second: { covariance: { diagonal: [1] } } }, "1 variance contradicts features: 2"],
])("%s: the bad option %j is refused with a sentence", (name, given, sentence) => {
  const { issues } = units[name].options.safeParse({ features: 2, ...given }).error!;
  expect(issues.map(({ message }) => message).join()).toContain(sentence);
});

test("laws are refused where their numbers are none", () => {
  expect(() => randomCovarianceLaw(2, { uniform: [3, 2] })).toThrow("bounds that ascend");
  expect(() => nonlinearTargetLaw(2, { noise: Number.NaN })).toThrow("0 or more");
  expect(() => randomBasisLaw([[1, 2]])).toThrow(RangeError);
  expect(() => taskPoolLaw({ pool: [] })).toThrow("one task or more");
  expect(() => taskPoolLaw({ pool: [[1, 2], [3]] })).toThrow("2 finite numbers");
  expect(() => corruptedLabelsLaw({ features: 2, share: -0.1 })).toThrow("a number from 0 to 1, not -0.1");
  expect(() => severalTasksLaw(2, [])).toThrow("one task or more");
  expect(() => severalTasksLaw(2, [[0, 2]])).toThrow("features from 0 to 1, each once, not [0,2]");
  expect(() => mixtureLaw(2, even, even)).toThrow("a number from 0 to 1, not 2");
  expect(() => mixtureLaw(0.5, even, linearRegressionLaw({ features: 2 }))).toThrow("3 and 2 features");
});

test("a pool holds tasks of the asked covariance, the same for more tasks, and prompts show each as often", () => {
  const pool = normalPool(400, correlated, 7);
  expect(normalPool(3, correlated, 7)).toEqual(pool.slice(0, 3));
  expect(normalPool(3, correlated, 8)).not.toEqual(pool.slice(0, 3));
  const moments = new Moments(2);
  for (const [a, b] of pool) moments.add([b! ** 2, a! * b!]);
  for (const [i, exact] of [2, 0.6].entries())
    expect(Math.abs(moments.mean(i) - exact)).toBeLessThan(4 * moments.standardError(i));
  // With the query e_1 and no noise, answers are the tasks' own first entries times it.
  const { query, answer } = taskPoolLaw({ pool: [[1], [2], [5]] }).draw(key, { from: 0, count: 6000 }, 0);
  const tasks = [...answer.data].map((value, b) => Math.round(value / query.data[b]!));
  for (const task of [1, 2, 5]) {
    const share = tasks.filter((shown) => shown === task).length / 6000;
    expect(Math.abs(share - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / 6000));
  }
});

test("every prompt of a mixture is all of one component", () => {
  const small = linearRegressionLaw({ features: 2, covariance: diagonal([1e-6, 1e-6]) });
  const { x, query } = mixtureLaw(0.25, small, linearRegressionLaw({ features: 2 })).draw(
    key,
    { from: 0, count: 4000 },
    3,
  );
  let first = 0;
  for (let b = 0; b < 4000; b++) {
    const sizes = [...x.data.subarray(6 * b, 6 * b + 6), ...query.data.subarray(2 * b, 2 * b + 2)].map(Math.abs);
    const isSmall = sizes.every((size) => size < 0.01);
    expect(isSmall || sizes.filter((size) => size < 0.01).length < 4).toBe(true);
    first += Number(isSmall);
  }
  expect(Math.abs(first / 4000 - 0.25)).toBeLessThan(4 * Math.sqrt(0.1875 / 4000));
});

test("which component a prompt of a mixture is of says nothing of its length", () => {
  const small = linearRegressionLaw({ features: 2, covariance: diagonal([1e-6, 1e-6]) });
  const law = mixtureLaw(0.5, small, linearRegressionLaw({ features: 2 }));
  const { query, length } = law.draw(key, { from: 0, count: 4000 }, { uniform: [1, 9] });
  const [first, second] = [new Moments(1), new Moments(1)];
  for (const [b, n] of length!.data.entries()) (Math.abs(query.data[2 * b]!) < 0.01 ? first : second).add([n]);
  const error = Math.hypot(first.standardError(0), second.standardError(0));
  expect(Math.abs(first.mean(0) - second.mean(0))).toBeLessThan(4 * error);
});

test("one task on all features is linear regression; pairs of a task are zero off its features", () => {
  const { pairs } = severalTasksLaw(3, [[0, 1, 2]], 0.5).population;
  expect(pairs).toEqual(gaussianPairs(linearRegressionLaw({ features: 3, noise: 0.5 }).population));
  const { x, y } = severalTasksLaw(3, [[0], [1, 2]]).draw(key, { from: 0, count: 500 }, 4);
  let first = 0;
  for (let at = 0; at < 2000; at++) {
    const [a, b, c] = x.data.subarray(3 * at, 3 * at + 3);
    expect((a === 0) !== (b === 0)).toBe(true);
    expect(b === 0).toBe(c === 0);
    first += Number(a !== 0);
  }
  expect(Math.abs(first / 2000 - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 4 / 2000));
  // Pairs of the first task have one slope a prompt.
  for (let b = 0; b < 500; b++) {
    const slopes = [0, 1, 2, 3].flatMap((j) => {
      const input = x.data[(b * 4 + j) * 3]!;
      return input === 0 ? [] : [y.data[b * 4 + j]! / input];
    });
    for (const slope of slopes) expect(Math.abs(slope / slopes[0]! - 1)).toBeLessThan(1e-9);
  }
});

test("moments of pairs with Gaussian inputs are those of the matrices, to rounding", () => {
  for (const law of [even, skewed, skewed.shifted({ inputScale: 0.7, queryScale: 2, taskScale: 3 })]) {
    const { label, cross, between, within } = gaussianPairs(law.population);
    for (const n of [1, 5]) {
      const exact = stepMoments(law.population, n);
      expect(label).toBeCloseTo(exact.label, 10);
      expect(cross).toBeCloseTo(exact.gain, 10);
      expect((1 - 1 / n) * between + within / n).toBeCloseTo(exact.spread, 9);
    }
  }
  expect(() => gaussianPairs(linearRegressionLaw({ features: 2, inputs: "rademacher" }).population)).toThrow(
    "Gaussian",
  );
});
