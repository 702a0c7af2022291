import { type LinearRegression, linearRegressionLaw, type Settings } from "../../src/laws/gaussian-linear.js";
import { nonlinearTargetLaw } from "../../src/laws/nonlinear-target.js";
import { randomCovarianceLaw } from "../../src/laws/random-covariance.js";
import { Draws } from "../../src/math/draws.js";
import { keyOf } from "../../src/math/keys.js";
import { identity, scaled } from "../../src/math/matrix.js";
import { Moments } from "../../src/math/moments.js";
import { integrate } from "../../src/math/quadrature.js";
import { gradientStepLimit, singleHeadLimit } from "../../src/theory/gradient-step-limit.js";
import {
  type InvariantTargets,
  invariantOptimum,
  ridgeMoments,
  type TargetMoments,
} from "../../src/theory/invariant-targets.js";
import { leastRisk } from "../../src/theory/least-risk.js";
import { leastSquaresLimit } from "../../src/theory/least-squares-limit.js";
import { leastSquaresRisk } from "../../src/theory/least-squares-risk.js";
import { optimalPreconditioner } from "../../src/theory/optimal-preconditioner.js";
import { preconditionerRisk } from "../../src/theory/preconditioner-risk.js";
import { type RandomDiagonal, randomCovarianceLimit } from "../../src/theory/random-covariance.js";
import { reluOptimum } from "../../src/theory/relu-attention.js";
import { ridgeLimit } from "../../src/theory/ridge-limit.js";
import { regressionStep, regressionStepRisk } from "../../src/theory/step-moments.js";
import { testLengthBound } from "../../src/theory/test-length-bound.js";
import type { Rows } from "../../src/types.js";
import { inner, sample } from "../regression-sampler.js";

const population = (settings: Settings) => linearRegressionLaw(settings).population;
const expectPrinted = (value: number, printed: string) =>
  expect(value.toFixed(printed.split(".")[1]!.length)).toBe(printed);
const relative = (a: number, b: number) => Math.abs(a / b - 1);

/** x ~ N(0, I), w ~ N(0, I / d): labels of variance 1 and noise of this variance. */
const he = (d: number, variance: number) =>
  population({ features: d, noise: Math.sqrt(variance), taskCovariance: scaled(identity(d), 1 / d) });

describe("proportional limits", () => {
  test.each([
    [0.1, 0.125, "0.11406", "0.22088", "0.37207"],
    [0.1, 0.5, "0.18443", "0.45484", "0.69921"],
    [0.1, 1, "0.37016", "0.62381", "0.84938"],
    [0.1, 2, "0.67417", "0.78750", "0.95674"],
    [1, 0.2, "1.19258", "1.28571", "1.52092"],
    [3, 0.2, "3.40512", "3.44444", "3.68500"],
    [0.01, 0.2, "0.01249", "0.17805", "0.36446"],
  ])(
    "noise variance %d, d / n = %d: Bayes %s, a gradient step %s, one softmax head %s",
    (variance, ratio, ...printed) => {
      const law = he(8, variance);
      const forms = [ridgeLimit, gradientStepLimit, singleHeadLimit];
      for (const [i, form] of forms.entries()) expectPrinted(form.value(law, { context: 8 / ratio }), printed[i]!);
    },
  );

  test("other scales of inputs and tasks scale the risk with the label's variance", () => {
    const scaledLaw = population({
      ...{ features: 4, noise: Math.sqrt(0.6), covariance: scaled(identity(4), 3) },
      taskCovariance: scaled(identity(4), 1 / 2),
    });
    for (const form of [ridgeLimit, gradientStepLimit, singleHeadLimit, leastSquaresLimit])
      expect(
        relative(form.value(scaledLaw, { context: 10 }), 6 * form.value(he(4, 0.1), { context: 10 })),
      ).toBeLessThan(1e-14);
  });

  test.each([
    [0.3, 0.4],
    [0.1, 1.7],
  ])("the Bayes risk is the mean of s + s x / (l + s x) over the Marchenko-Pastur law: s = %d, x = %d", (s, x) => {
    const [low, high] = [(1 - Math.sqrt(x)) ** 2, (1 + Math.sqrt(x)) ** 2];
    // l = middle + half cos: the density's roots at both ends become smooth.
    const [middle, half] = [(low + high) / 2, (high - low) / 2];
    const mean = integrate(
      (angle) => {
        const l = middle + half * Math.cos(angle);
        const density = (half * Math.sin(angle)) / (2 * Math.PI * x * l);
        return (density * half * Math.sin(angle)) / (l + s * x);
      },
      0,
      Math.PI,
    );
    // Where there are more features than pairs, the others are never seen.
    const unseen = x > 1 ? (1 - 1 / x) / (s * x) : 0;
    expect(relative(ridgeLimit.value(he(100, s), { context: 100 / x }), s + s * x * (mean + unseen))).toBeLessThan(
      1e-10,
    );
  });

  test("the gradient step's limit is reached like 1 / d", () => {
    const gap = (d: number) =>
      leastRisk.value(he(d, 0.1), { context: 2 * d }) - gradientStepLimit.value(he(d, 0.1), { context: 2 * d });
    expect(gap(20)).toBeGreaterThan(0);
    expect(gap(80) / gap(20)).toBeCloseTo(1 / 4, 2);
  });

  test.each([0.5, 2])("least squares reaches its limit from finite sizes: d / n = %d", (ratio) => {
    const gap = (d: number) => {
      const at = { context: d / ratio };
      return leastSquaresRisk.value(he(d, 0.3), at) - leastSquaresLimit.value(he(d, 0.3), at);
    };
    // Hundreds of features are no trouble to the exact form.
    expect(gap(400) / gap(120)).toBeCloseTo(3 / 10, 2);
  });

  test("at as many pairs as features least squares is infinite with noise and perfect without", () => {
    expect(leastSquaresLimit.value(he(7, 0.3), { context: 7 })).toBe(Number.POSITIVE_INFINITY);
    expect(leastSquaresLimit.value(he(7, 0), { context: 7 })).toBe(0);
    expect(leastSquaresLimit.value(he(8, 0), { context: 2 })).toBe(0.75);
  });

  test("no pairs: every limit is the risk of predicting 0", () => {
    for (const form of [ridgeLimit, gradientStepLimit, singleHeadLimit, leastSquaresLimit])
      expect(relative(form.value(he(4, 0.5), { context: 0 }), 1.5)).toBeLessThan(1e-15);
  });

  test("the best possible is never above the gradient step, nor two heads above one", () => {
    for (const variance of [0, 0.01, 1, 10])
      for (const context of [1, 4, 8, 100]) {
        const [bayes, step, head] = [ridgeLimit, gradientStepLimit, singleHeadLimit].map((form) =>
          form.value(he(8, variance), { context }),
        );
        expect(bayes!).toBeLessThanOrEqual(step!);
        expect(step!).toBeLessThan(head!);
      }
  });

  test("anisotropic inputs, other inputs and other families are declined by a sentence", () => {
    const foreign = { family: "autoregressive", noise: 1 } as unknown as LinearRegression;
    const skewed = population({
      features: 2,
      covariance: [
        [1, 0],
        [0, 2],
      ],
    });
    const query = linearRegressionLaw({ features: 2 }).shifted({ queryScale: 2 }).population;
    const silent = population({ features: 2, noise: 1, taskCovariance: scaled(identity(2), 0) });
    for (const form of [ridgeLimit, gradientStepLimit, singleHeadLimit, leastSquaresLimit]) {
      const at = { context: 4 };
      expect(form.applies(foreign, at)).toMatch("not for autoregressive");
      expect(form.applies(skewed, at)).toMatch("isotropic inputs and tasks");
      expect(form.applies(query, at)).toMatch("a query like the context");
      expect(form.applies(population({ features: 2, inputs: "rademacher" }), at)).toMatch("not for rademacher ones");
      expect(form.applies(silent, at)).toMatch("all labels are noise");
      expect(form.applies(he(3, 0.1), at)).toBe(true);
      expect(form.kind).toBe("asymptotic");
    }
  });
});

describe("training on random covariances", () => {
  const exponential = (noise = 0, features = 5): RandomDiagonal => ({
    ...{ family: "random-covariance-regression", features, noise, eigenvalueMoments: [1, 2, 6] },
  });

  test.each([
    [20, 20, "2.14286"],
    [40, 40, "1.92308"],
    [100, 100, "1.77419"],
    [40, 200, "1.73373"],
  ])("d = 5, l ~ Exp(1), trained at %d, tested at %d: risk %s", (trained, context, printed) => {
    expectPrinted(randomCovarianceLimit.value(exponential(), { trained, context }).risk, printed);
  });

  test("the step is 0.28571 at N = 20 and 1/3 for long prompts, where a third of the label stays unexplained", () => {
    expectPrinted(randomCovarianceLimit.value(exponential(), { trained: 20, context: 20 }).step, "0.28571");
    const long = randomCovarianceLimit.value(exponential(), { trained: 1e9, context: 1e9 });
    expect(relative(long.step, 1 / 3)).toBeLessThan(1e-8);
    expect(relative(long.risk / 5, 1 / 3)).toBeLessThan(1e-8);
  });

  test("eigenvalues that never vary are the fixed covariance", () => {
    const fixed: RandomDiagonal = { ...exponential(0.5, 4), eigenvalueMoments: [0.7, 0.49, 0.343] };
    const law = population({ features: 4, noise: 0.5, covariance: scaled(identity(4), 0.7) });
    const { risk } = randomCovarianceLimit.value(fixed, { trained: 9, context: 9 });
    expect(relative(risk, leastRisk.value(law, { context: 9 }))).toBeLessThan(1e-14);
  });

  test("with noise it is the mean over sampled prompts within 4 standard errors", () => {
    const { step, risk } = randomCovarianceLimit.value(exponential(0.8, 3), { trained: 6, context: 9 });
    const draws = new Draws(keyOf(3));
    const moments = new Moments(1);
    for (let prompt = 0; prompt < 30_000; prompt++) {
      const l = [0, 1, 2].map(() => -Math.log(draws.uniform()));
      const w = l.map(() => draws.normal());
      const m = [0, 0, 0];
      for (let j = 0; j < 9; j++) {
        const x = l.map((value) => Math.sqrt(value) * draws.normal());
        const y = inner(x, w) + 0.8 * draws.normal();
        for (const [i, entry] of x.entries()) m[i]! += (y * entry) / 9;
      }
      moments.add([l.reduce((total, value, i) => total + value * (step * m[i]! - w[i]!) ** 2, 0.64)]);
    }
    expect(Math.abs(moments.mean(0) - risk)).toBeLessThan(4 * moments.standardError(0));
  });

  test.each([
    ["exponential", randomCovarianceLaw(4, "exponential", 0.6)],
    ["uniform", randomCovarianceLaw(3, { uniform: [0.5, 2] }, 0.3)],
    ["scaled", randomCovarianceLaw(3).shifted({ inputScale: 1.5 })],
  ])("of the law with %s eigenvalues it is the best step by the law's moments of pairs", (_, law) => {
    expect(randomCovarianceLimit.applies(law.population, { trained: 7, context: 12 })).toBe(true);
    const { step, risk } = randomCovarianceLimit.value(law.population, { trained: 7, context: 12 });
    expect(relative(step, regressionStep.value(law.population, { context: 7 }))).toBeLessThan(1e-14);
    expect(relative(risk, regressionStepRisk.value(law.population, { context: 12, step }))).toBeLessThan(1e-14);
  });

  test("a fixed covariance, scaled queries or tasks, and empty prompts are declined", () => {
    for (const shift of [{ queryScale: 2 }, { taskScale: 2 }, { queryScale: 2, taskScale: 0.5 }]) {
      const { population } = randomCovarianceLaw(3, "exponential", 0.3).shifted(shift);
      expect(randomCovarianceLimit.applies(population, { trained: 5, context: 5 })).toMatch("and these are scaled");
    }
    const at = { trained: 5, context: 5 };
    const fixed = he(3, 0) as unknown as RandomDiagonal;
    expect(randomCovarianceLimit.applies(fixed, at)).toMatch("not for linear-regression");
    expect(randomCovarianceLimit.applies(exponential(), { trained: 0, context: 5 })).toMatch("1 or more pairs, not 0");
    expect(randomCovarianceLimit.applies(exponential(), at)).toBe(true);
  });
});

describe("ReLU attention", () => {
  test("d = 5, n = 20: c* = 1.21212 with risk 1.96970", () => {
    const { scale, risk } = reluOptimum.value(population({ features: 5 }), { context: 20 });
    expectPrinted(scale, "1.21212");
    expectPrinted(risk, "1.96970");
  });

  test("with noise and scales, risk and its slope in c are those of sampled prompts within 4 standard errors", () => {
    const law = population({
      ...{ features: 3, noise: 2, covariance: scaled(identity(3), 1.5) },
      taskCovariance: scaled(identity(3), 0.6),
    });
    const n = 5;
    const { scale, risk } = reluOptimum.value(law, { context: n });
    const roots = {
      root: scaled(identity(3), Math.sqrt(1.5)),
      taskRoot: scaled(identity(3), Math.sqrt(0.6)),
      noise: 2,
    };
    const problems = sample(roots, () => n, 15_000, 31);
    const draws = new Draws(keyOf(32));
    const moments = new Moments(2);
    for (const [b, x] of problems.x.entries()) {
      const query = [0, 1, 2].map(() => Math.sqrt(1.5) * draws.normal());
      const unit = x.reduce((sum, row, j) => sum + (problems.y[b]![j]! * Math.max(0, inner(row, query))) / n, 0);
      const gap = scale * unit - inner(problems.w[b]!, query);
      moments.add([gap ** 2 + 4, gap * unit]);
    }
    expect(Math.abs(moments.mean(0) - risk)).toBeLessThan(4 * moments.standardError(0));
    expect(Math.abs(moments.mean(1))).toBeLessThan(4 * moments.standardError(1));
    expect(reluOptimum.applies(law, { context: 0 })).toMatch("1 or more pairs here, not 0");
  });
});

describe("targets invariant under rotation and sign", () => {
  const targets = (features: number, moments: TargetMoments, noise = 0): InvariantTargets => ({
    ...{ family: "invariant-targets", features, moments, noise },
  });

  test("a ReLU neuron with w ~ N(0, I), d = 5, n = 20: eta* = 1 / (n + 2d + 3), risk 1.74242", () => {
    const moments = ridgeMoments((score) => Math.max(0, score), 5, "normal");
    const { step, risk } = invariantOptimum.value(targets(5, moments), { context: 20 });
    expect(relative(step, 1 / 33)).toBeLessThan(1e-10);
    expectPrinted(risk, "1.74242");
  });

  test("a cubic with |w| = 1, d = 5, n = 20: eta* = 3 / (3 (n - 1) + 5 (d + 6)), risk 10.17857", () => {
    const moments = ridgeMoments((score) => score ** 3, 5, 1);
    for (const [name, value] of Object.entries({ linear: 9, square: 15, spread: 15 * 11 }))
      expect(relative(moments[name as keyof TargetMoments], value)).toBeLessThan(1e-10);
    const { step, risk } = invariantOptimum.value(targets(5, moments), { context: 20 });
    expect(relative(step, 3 / (3 * 19 + 5 * 11))).toBeLessThan(1e-10);
    expectPrinted(risk, "10.17857");
  });

  test.each([1, 2, 7, 60])("linear targets are linear regression: d = %d", (d) => {
    const moments = ridgeMoments((score) => score, d, "normal");
    const { step, risk } = invariantOptimum.value(targets(d, moments, 0.7), { context: 12 });
    expect(relative(step, 1 / (12 + d + 1 + 0.49))).toBeLessThan(1e-10);
    expect(relative(risk, leastRisk.value(population({ features: d, noise: 0.7 }), { context: 12 }))).toBeLessThan(
      1e-10,
    );
  });

  test("with noise, risk and its slope in the step are those of sampled prompts within 4 standard errors", () => {
    const g = (score: number) => Math.sin(2 * score) + Math.max(0, score);
    const law = targets(3, ridgeMoments(g, 3, 0.8), 0.5);
    const { step, risk } = invariantOptimum.value(law, { context: 6 });
    const draws = new Draws(keyOf(8));
    const normals = () => [0, 1, 2].map(() => draws.normal());
    const moments = new Moments(2);
    for (let prompt = 0; prompt < 15_000; prompt++) {
      const direction = normals();
      const w = direction.map((entry) => (0.8 * entry) / Math.hypot(...direction));
      const sign = draws.uniform() < 0.5 ? -1 : 1;
      const sum = [0, 0, 0];
      for (let j = 0; j < 6; j++) {
        const x = normals();
        const y = sign * g(inner(x, w)) + 0.5 * draws.normal();
        for (const [i, entry] of x.entries()) sum[i]! += y * entry;
      }
      const query = normals();
      const gap = step * inner(sum, query) - sign * g(inner(query, w));
      moments.add([gap ** 2 + 0.25, gap * inner(sum, query)]);
    }
    expect(Math.abs(moments.mean(0) - risk)).toBeLessThan(4 * moments.standardError(0));
    expect(Math.abs(moments.mean(1))).toBeLessThan(4 * moments.standardError(1));
  });

  test.each([
    ["relu", "gaussian", (score: number) => Math.max(0, score), "normal"],
    ["cube", "unit", (score: number) => score ** 3, 1],
    ["cube", "gaussian", (score: number) => score ** 3, "normal"],
  ] as const)("%s targets of %s tasks: moments and optimum are the law's", (target, tasks, g, length) => {
    const { population } = nonlinearTargetLaw(4, { target, tasks, noise: 0.4 });
    const moments = ridgeMoments(g, 4, length);
    for (const name of ["linear", "square", "spread"] as const)
      expect(relative(moments[name], population.moments[name])).toBeLessThan(1e-10);
    expect(invariantOptimum.applies(population, { context: 9 })).toBe(true);
    const { step, risk } = invariantOptimum.value(population, { context: 9 });
    // There the sum is divided by n.
    expect(relative(9 * step, regressionStep.value(population, { context: 9 }))).toBeLessThan(1e-14);
    expect(relative(risk, regressionStepRisk.value(population, { context: 9, step: 9 * step }))).toBeLessThan(1e-14);
    for (const shift of [{ inputScale: 2 }, { queryScale: 2 }]) {
      const shifted = nonlinearTargetLaw(4, { target, tasks }).shifted(shift).population;
      expect(invariantOptimum.applies(shifted, { context: 9 })).toMatch("and these are scaled");
    }
  });

  test("no pairs predict 0, and other families are declined", () => {
    const law = targets(
      3,
      ridgeMoments((score) => score ** 3, 3, 1),
      2,
    );
    expect(invariantOptimum.value(law, { context: 0 })).toEqual({ step: 0, risk: law.moments.square + 4 });
    expect(invariantOptimum.applies(he(3, 0) as unknown as InvariantTargets, { context: 3 })).toMatch(
      "not for linear-regression",
    );
  });
});

describe("the bound on the risk at another length", () => {
  const covariance = [1, 1, 0.25, 0.0625, 1].map((entry, i, all) => all.map((_, j) => (i === j ? entry : 0)));
  const skewed = population({ features: 5, covariance });

  test("anisotropic inputs, trained at 20, tested at 40: 3.90, where the risk is 0.42635", () => {
    expectPrinted(testLengthBound.value(skewed, { trained: 20, context: 40 }), "3.90");
  });

  test("is above the risk of the trained layer, and less than 16 times it without anisotropy", () => {
    for (const law of [
      skewed,
      population({ features: 5 }),
      population({ features: 2, covariance: scaled(identity(2), 3) }),
    ])
      for (const trained of [1, 5, 40])
        for (const context of [1, 10, 1000]) {
          const preconditioner = optimalPreconditioner.value(law, { context: trained });
          const risk = preconditionerRisk.value(law, { preconditioner, context });
          const bound = testLengthBound.value(law, { trained, context });
          expect(bound).toBeGreaterThan(risk);
          if (law !== skewed && trained > 1) expect(bound).toBeLessThan(16 * risk);
        }
  });

  test("noise, inputs that do not span the space and empty prompts are declined", () => {
    const at = { trained: 5, context: 5 };
    expect(testLengthBound.applies(skewed, at)).toBe(true);
    expect(testLengthBound.applies(population({ features: 5, noise: 1 }), at)).toMatch("without noise");
    const flat = population({
      features: 2,
      covariance: [
        [1, 0],
        [0, 0],
      ],
    });
    expect(testLengthBound.applies(flat, at)).toMatch("span the space");
    expect(testLengthBound.applies(skewed, { trained: 5, context: 0 })).toMatch("1 or more pairs, not 0");
  });
});

test("two tasks with features of their own, each of its four features alone: risk 0.40449 and 0.41221 debiased", () => {
  // Noise of variance 0.1 times 4 on labels of variance 4; the query's label is noiseless.
  const task = population({ features: 4, noise: Math.sqrt(0.4) });
  expectPrinted(leastRisk.value(task, { context: 48 }) - 0.4, "0.40449");
  expectPrinted(leastRisk.value(task, { context: 47 }) - 0.4, "0.41221");
  const rows: Rows = identity(4);
  expect(task.covariance).toEqual(rows);
});
