import type { LinearRegression } from "../src/laws/gaussian-linear.js";
import { diagonal, identity, scaled } from "../src/math/matrix.js";
import { onePass } from "../src/predictors/algorithms/one-pass.js";
import averagedSgd from "../src/predictors/averaged-sgd.js";
import { bestOnlineStep } from "../src/predictors/best-online-step.js";
import onlineGradientDescent from "../src/predictors/online-gradient-descent.js";
import { onlineRisk, onlineRisks, projectionRisk } from "../src/theory/online-risk.js";
import { expectSame, isotropic, population, site, skewed, skewedProblems, weights } from "./predicted-weights.js";
import { excessRisks, inner, type Problems, sample, shownWeights } from "./regression-sampler.js";

/** Every iterate of one pass, written again. */
function iterates({ x, y, w }: Problems, b: number, step: (row: readonly number[]) => number): number[][] {
  const path = [w[b]!.map(() => 0)];
  for (const [j, row] of x[b]!.entries()) {
    const before = path.at(-1)!;
    const move = step(row) * (y[b]![j]! - inner(row, before));
    path.push(before.map((entry, i) => entry + move * row[i]!));
  }
  return path;
}

test("one pass answers with its last iterate, or with the mean of all but the start", () => {
  const problems = skewedProblems(0.5, 6, 20);
  const last = problems.w.map((_, b) => iterates(problems, b, () => 0.2).at(-1)!);
  expectSame(shownWeights(problems, onePass({ step: 0.2, averaged: false }).predict), last, 1e-12);
  const mean = problems.w.map((_, b) => {
    const [, ...path] = iterates(problems, b, () => 0.2);
    return path[0]!.map((_, i) => path.reduce((total, w) => total + w[i]!, 0) / path.length);
  });
  expectSame(shownWeights(problems, onePass({ step: 0.2, averaged: true }).predict), mean, 1e-12);
  const fitted = problems.w.map((_, b) => iterates(problems, b, (row) => 1 / inner(row, row)).at(-1)!);
  const normalized = onlineGradientDescent.make("normalized", site);
  expectSame(weights(normalized, skewed(0.5), 6, problems), fitted, 1e-12);
});

describe("the exact risk", () => {
  const cases: readonly (readonly [string, boolean, number])[] = [
    ["last iterate", false, 1],
    ["last iterate", false, 6],
    ["mean iterate", true, 2],
    ["mean iterate", true, 6],
  ];
  test.each(cases)(
    "of the %s (averaged: %s) after %d pairs is the sampled one within 4 standard errors",
    (_, averaged, n) => {
      const law = skewed(0.5);
      const problems = skewedProblems(0.5, n, 6000);
      // Small enough for light tails: larger steps have a mean that samples do not show.
      const step = 0.1;
      const moments = excessRisks(
        problems,
        [shownWeights(problems, onePass({ step, averaged }).predict)],
        law.queryCovariance,
      );
      const exact = onlineRisk.value(law, { step, context: n, averaged }) - 0.25;
      expect(Math.abs(moments.mean(0) - exact)).toBeLessThan(4 * moments.standardError(0));
      expect(moments.standardError(0)).toBeLessThan(0.06 * exact);
    },
  );

  test("isotropic: E |e|^2 is multiplied by 1 - 2 g + g^2 (d + 2) a pair, and g^2 s2 d is let in", () => {
    const [d, s2, g] = [5, 0.25, 0.12];
    const risks = onlineRisks(population({ features: d, noise: 0.5 }), g, 8, false);
    let error = d;
    for (const risk of risks) {
      expect(risk).toBeCloseTo(error + s2, 12);
      error = error * (1 - 2 * g + g ** 2 * (d + 2)) + g ** 2 * s2 * d;
    }
  });

  test("of a mean of one iterate is that of the iterate, and it ends at the prior for a step of 0", () => {
    const law = skewed(0.5);
    expect(onlineRisks(law, 0.3, 1, true)).toEqual(onlineRisks(law, 0.3, 1, false));
    expect(new Set(onlineRisks(law, 0, 5, true).map((risk) => risk.toFixed(12))).size).toBe(1);
  });

  test.each([
    ["Gaussian", "gaussian" as const, 0.5],
    ["Rademacher", "rademacher" as const, 0.5],
    ["noiseless", "gaussian" as const, 0],
    ["loud", "gaussian" as const, 4],
  ])("of projections, %s inputs: sampled within 4 standard errors", (_, inputs, noise) => {
    const law = population({ features: 5, inputs, noise, covariance: scaled(identity(5), 2) });
    const coordinate = inputs === "rademacher" ? { coordinate: (d: { rademacher(): number }) => d.rademacher() } : {};
    const root = scaled(identity(5), Math.SQRT2);
    const problems = sample({ ...isotropic(5, noise), root, ...coordinate } as never, () => 7, 4000, 9);
    const shown = weights(onlineGradientDescent.make("normalized", site), law, 7, problems);
    const moments = excessRisks(problems, [shown], law.queryCovariance);
    const exact = projectionRisk.value(law, { context: 7 }) - noise ** 2;
    expect(Math.abs(moments.mean(0) - exact)).toBeLessThan(4 * moments.standardError(0));
  });

  test("of projections is infinite where 1 / |x|^2 has no mean, and declined where directions are not even", () => {
    const risk = (features: number, noise: number) =>
      projectionRisk.value(population({ features, noise }), { context: 3 });
    expect([risk(2, 0.5), risk(1, 0.5)]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(risk(2, 0)).toBeCloseTo(2 / 8, 12);
    expect(risk(1, 0)).toBe(0);
    expect(projectionRisk.applies(skewed(0.5), { context: 3 })).toMatch("isotropic inputs and query only");
    expect(projectionRisk.applies(population({ features: 2, inputs: { uniform: 1 } }), { context: 3 })).toMatch(
      "uniform",
    );
  });
});

describe("the tuned step", () => {
  const cases: readonly (readonly [
    string,
    LinearRegression,
    number | { readonly uniform: readonly [number, number] },
  ])[] = [
    ["isotropic", population({ features: 5, noise: 0.5 }), 20],
    ["skewed", skewed(0.5), 10],
    ["mixed lengths", population({ features: 3, covariance: diagonal([1, 0.5, 0.1]) }), { uniform: [2, 9] }],
  ];
  test.each(cases)("is the best: 5 %% more and less are worse, averaged or not: %s", (_, law, context) => {
    const lengths = typeof context === "number" ? [context] : [2, 3, 4, 5, 6, 7, 8, 9];
    for (const averaged of [false, true]) {
      const step = bestOnlineStep(law, context, averaged);
      const risk = (g: number) =>
        lengths.reduce((total, n) => total + onlineRisk.value(law, { step: g, context: n, averaged }), 0);
      expect(risk(1.05 * step)).toBeGreaterThan(risk(step));
      expect(risk(0.95 * step)).toBeGreaterThan(risk(step));
    }
  });

  test("of one pair is that of one gradient step, and it is 0 where nothing is seen", () => {
    expect(bestOnlineStep(population({ features: 5, noise: 1 }), 1, false)).toBeCloseTo(1 / 8, 6);
    expect(bestOnlineStep(population({ features: 5 }), 0, true)).toBe(0);
    expect(bestOnlineStep(population({ features: 2, covariance: scaled(identity(2), 0) }), 4, true)).toBe(0);
  });

  test("of many pairs makes one pass better than fewer, and the mean iterate's risk fall as 1 / n", () => {
    const law = population({ features: 3, noise: 1 });
    const risk = (n: number) => {
      const answer = averagedSgd.make({}, site).tune(law, n).risk(law, n);
      return "value" in answer ? answer.value - 1 : Number.NaN;
    };
    // Least squares has s2 d / n in the limit, .0150 at 200; leaving the start costs about as much.
    expect(risk(200)).toBeLessThan(2 * (3 / 200));
    expect(risk(200) / risk(400)).toBeGreaterThan(1.8);
  });
});
