import { type LinearRegression, linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { keyOf } from "../../src/math/keys.js";
import { applied, identity, scaled, sum, transpose } from "../../src/math/matrix.js";
import { Moments } from "../../src/math/moments.js";
import { solve } from "../../src/math/solve.js";
import { spectralMap } from "../../src/math/symmetric.js";
import { whitenedDescent } from "../../src/predictors/algorithms/whitened-descent.js";
import { bestDescentStep } from "../../src/predictors/best-descent-step.js";
import { bestLayers, type Layers } from "../../src/predictors/best-layers.js";
import { layeredRisk } from "../../src/predictors/layered-risk.js";
import lsaOptimum from "../../src/predictors/lsa-optimum.js";
import preconditionedGradientDescent from "../../src/predictors/preconditioned-gradient-descent.js";
import { sampledSpectra } from "../../src/predictors/sampled-spectra.js";
import { optimalStep } from "../../src/theory/optimal-step.js";
import { untiedDescent } from "../../src/theory/untied-descent.js";
import type { Rows } from "../../src/types.js";
import { expectCurvature, expectHalfError, expectUntiedSteps, found, free, shared } from "../best-layers.js";
import {
  each,
  expectSame,
  isotropic,
  normalEquations,
  population,
  site,
  skewed,
  skewedProblems,
} from "../predicted-weights.js";
import { excessRisks, inner, type Problems, sample, shownWeights } from "../regression-sampler.js";

/** GD++ on tokens, as the paper moves them: every (x, y) and the query, all with the layer's own inputs. */
function onTokens({ x, y }: Problems, b: number, { steps, curvatures }: Layers): number[] {
  const n = y[b]!.length;
  const d = x[b]![0]!.length;
  return identity(d).map((unit) => {
    let inputs = [...x[b]!, unit];
    let labels = [...y[b]!, 0];
    for (const [k, step] of steps.entries()) {
      const context = inputs.slice(0, n);
      labels = labels.map((label, t) => {
        const along = context.map((row) => inner(row, inputs[t]!));
        return label - (step / n) * inner(along, labels.slice(0, n));
      });
      inputs = inputs.map((input) =>
        context.reduce<readonly number[]>((to, row) => {
          const share = (curvatures[k]! / n) * inner(row, input);
          return to.map((entry, i) => entry - share * row[i]!);
        }, input),
      );
    }
    return -labels[n]!;
  });
}

test("layers answer as GD++ on tokens does, and without curvature as steps of gradient descent one after another", () => {
  const problems = skewedProblems(0.5, 6, 10);
  const layers = { steps: [0.6, 0.9, 1.3], curvatures: [0.2, 0.4, 7] };
  const tokens = problems.w.map((_, b) => onTokens(problems, b, layers));
  expectSame(found(problems, layers), tokens, 1e-12);
  const plain = { steps: layers.steps, curvatures: [0, 0, 0] };
  const descended = problems.w.map((_, b) => onTokens(problems, b, plain));
  expectSame(found(problems, plain), descended, 1e-12);
});

test("the risk's gradient is its slope by finite differences, in every step and curvature", () => {
  const degree = 2 * (1 + 3 + 9);
  const spectra = sampledSpectra(skewed(0.5), 6, degree).slice(0, 20);
  const risk = layeredRisk(spectra, { layers: 3, noiseVariance: 0.25, unit: 0.7, degree });
  const x = Float64Array.of(0.4, 0.6, 0.9, 0.1, 0.2, 0.3);
  const slope = new Float64Array(6);
  risk(x, slope);
  for (let i = 0; i < 6; i++) {
    const at = (h: number) => risk(x.with(i, x[i]! + h), new Float64Array(6));
    const central = (h: number) => (at(h) - at(-h)) / (2 * h);
    const extrapolated = (4 * central(5e-5) - central(1e-4)) / 3;
    expect(Math.abs(slope[i]! - extrapolated)).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(extrapolated)));
  }
  // The curvature of the last layer changes no prediction.
  expect(slope[5]).toBe(0);
});

test("the risk is that of the sampled errors within 4 standard errors, noise let in and query integrated", () => {
  const layers = { steps: [0.5, 0.8], curvatures: [0.15, 0] };
  const law = skewed(0.5);
  const spectra = sampledSpectra(law, 6, 8);
  const x = Float64Array.from([...layers.steps, ...layers.curvatures]);
  const risk = layeredRisk(spectra, { layers: 2, noiseVariance: 0.25, unit: 1, degree: 8 })(x, new Float64Array(4));
  const problems = skewedProblems(0.5, 6, 4000);
  const moments = excessRisks(problems, [found(problems, layers)], law.queryCovariance);
  // 500 spectra beside 4,000 problems: tasks and noise are integrated there, which leaves a third of the spread.
  expect(Math.abs(risk - moments.mean(0))).toBeLessThan(4 * moments.standardError(0) * Math.sqrt(1 + 8 / 3));
});

// More layers, longer contexts and rare prompts: `tests/slow/predictors-layers.test.ts`.
describe("best layers", () => {
  test("of one layer are the closed form within the error of 500 prompts", () => {
    const [step] = bestLayers(skewed(0.5), 6, free(1)).steps;
    expect(Math.abs(step! / optimalStep.value(skewed(0.5), { context: 6 }) - 1)).toBeLessThan(0.1);
  });

  test("tied without curvature are the step that another search finds", () => {
    const law = population({ features: 4, noise: 0.5 });
    const [step, again] = bestLayers(law, 8, { layers: 3, tied: true, curved: false }).steps;
    expect(again).toBe(step);
    expect(Math.abs(step! / bestDescentStep(law, 8, 3) - 1)).toBeLessThan(1e-3);
  });

  test.each([
    [3, 6, 0.5, 2],
    [5, 12, 1, 3],
  ])(
    "d = %d, n = %d, noise %d: %d untied steps are those of exact moments, within the error of the spectra",
    (d, n, noise, k) => {
      const law = population({ features: d, noise });
      const exact = untiedDescent.value(law, { context: n, steps: k });
      const found = bestLayers(law, n, free(k)).steps;
      for (const [i, size] of exact.sizes.entries()) expect(Math.abs(found[i]! / size - 1)).toBeLessThan(0.03);
    },
  );

  /** Steps and risks of another program; Ahn et al. trained {.43, .69, 1.71}. */
  test.each([[2, [0.5166, 1.2518], 0.361]])("d = 5, n = 20: the %d untied steps are %j, of risk %d", expectUntiedSteps);

  /** Two shared layers of GD++ at d = 10, x ~ U(-1/2, 1/2): the paper trained .179, .099, .056, .029. */
  test.each([[10, 0.1761, 13.5]])("n = %d: gamma = b / n is %d and the step %d within 2 %", expectCurvature);

  /** Half of the mean squared error, from 40,000 tasks of another program. */
  test.each([["2 layers of GD++", 0.1105, shared(2)]])(
    "x ~ U(-1/2, 1/2), d = n = 10: %s have half-error %d",
    (_, half, freedom) => expectHalfError(half, freedom),
  );

  test("get better with every freedom: untied, then curved", () => {
    const law = population({ features: 3, noise: 0.3 });
    const problems = sample(isotropic(3, 0.3), () => 9, 3000, 72);
    const lists = [
      { layers: 2, tied: true, curved: false },
      { layers: 2, tied: false, curved: false },
      { layers: 2, tied: false, curved: true },
    ].map((freedom) => found(problems, bestLayers(law, 9, freedom)));
    const moments = excessRisks(problems, lists, identity(3));
    expect(moments.mean(1)).toBeLessThan(moments.mean(0));
    expect(moments.mean(2)).toBeLessThan(moments.mean(1));
  });

  test("scale with the inputs, do not depend on a common factor of query and task, and are 0 where nothing is seen", () => {
    const at = (covariance: number, tasks: number): LinearRegression =>
      population({
        features: 3,
        covariance: scaled(identity(3), covariance),
        taskCovariance: scaled(identity(3), tasks),
      });
    const [one, other] = [bestLayers(at(1, 1), 5, shared(2)), bestLayers(at(4, 9), 5, shared(2))];
    expect(other.steps[0]! * 4).toBeCloseTo(one.steps[0]!, 3);
    expect(other.curvatures[0]! * 4).toBeCloseTo(one.curvatures[0]!, 3);
    for (const [law, n] of [
      [at(0, 1), 5],
      [at(1, 1), 0],
    ] as const)
      expect(bestLayers(law, n, shared(2))).toEqual({ steps: [0, 0], curvatures: [0, 0] });
  });
});

describe("preconditioned steps", () => {
  const rotated = [
    [1, 0.3, 0, 0, 0.1],
    [0.3, 0.7, 0.1, 0, 0],
    [0, 0.1, 0.5, 0.2, 0],
    [0, 0, 0.2, 0.9, 0.1],
    [0.1, 0, 0, 0.1, 0.3],
  ];
  const inverse = solve(rotated, identity(5));
  const law = linearRegressionLaw({ features: 5, covariance: rotated, taskCovariance: symmetrised(inverse) });

  test("are w - a L^-1 (S w - X^T y) / n, one after another", () => {
    const problems = sample({ root: rotated, taskRoot: identity(5), noise: 0.3 }, () => 7, 10, 5);
    const inverseRoot = spectralMap(rotated, (value) => 1 / Math.sqrt(value));
    const steps = [0.4, 0.9];
    const expected = each(problems, (b) => {
      const { S, moment } = normalEquations(problems, b);
      let w = identity(5)[0]!.map(() => 0);
      for (const step of steps) {
        const slope = applied(S, w).map((entry, i) => (entry - moment[i]!) / 7);
        const move = applied(inverse, slope);
        w = w.map((entry, i) => entry - step * move[i]!);
      }
      return w;
    });
    expectSame(shownWeights(problems, whitenedDescent({ inverseRoot, steps }).predict), expected, 1e-10);
  });

  test("of tasks N(0, L^-1) have the sizes and the risk of the isotropic law, whatever L", () => {
    const tuned = preconditionedGradientDescent.make(3, site).tune(law.population, 20);
    const moments = new Moments(1);
    const prompts = law.draw(keyOf(5), { from: 0, count: 4000 }, 20);
    for (const [b, prediction] of tuned.predict(prompts).data.entries())
      moments.add([(prediction - prompts.answer.data[b]!) ** 2]);
    expect(Math.abs(moments.mean(0) - 0.1336)).toBeLessThan(4 * moments.standardError(0));
    const { constants } = tuned.recipe as { constants: { steps: readonly number[] } };
    for (const [i, step] of [0.4255, 0.6938, 1.7215].entries())
      expect(Math.abs(constants.steps[i]! / step - 1)).toBeLessThan(0.01);
  });

  test("one of them is the optimum of a layer there, in closed form, and is not elsewhere", () => {
    const risk = (population: typeof law.population) =>
      [preconditionedGradientDescent.make(1, site), lsaOptimum.make({}, site)].map((predictor) => {
        const answer = predictor.tune(population, 20).risk(population, 20);
        return "value" in answer ? answer.value : Number.NaN;
      });
    const [step, optimum] = risk(law.population);
    expect(step).toBeCloseTo(optimum!, 10);
    expect(optimum).toBeCloseTo(1.153846, 6);
    const [worse, best] = risk(linearRegressionLaw({ features: 5, covariance: rotated }).population);
    expect(worse).toBeGreaterThan(1.03 * best!);
  });
});

/** The symmetric half of a matrix. */
function symmetrised(matrix: Rows): Rows {
  return scaled(sum(matrix, transpose(matrix)), 1 / 2);
}
