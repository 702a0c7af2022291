import { type LinearRegression, linearRegressionLaw, type Settings } from "../src/laws/gaussian-linear.js";
import { Draws } from "../src/math/draws.js";
import { keyOf } from "../src/math/keys.js";
import { identity, product, scaled, trace, transpose } from "../src/math/matrix.js";
import { Moments } from "../src/math/moments.js";
import { wishartMoments } from "../src/math/wishart.js";
import { bestDescentStep } from "../src/predictors/best-descent-step.js";
import { leastRisk } from "../src/theory/least-risk.js";
import { optimalStep } from "../src/theory/optimal-step.js";
import { tiedDescent } from "../src/theory/tied-descent.js";
import { untiedDescent, untiedDescentLimit } from "../src/theory/untied-descent.js";
import { excessRisks, inner, sample } from "./regression-sampler.js";

const population = (settings: Settings) => linearRegressionLaw(settings).population;
const relative = (a: number, b: number) => Math.abs(a / b - 1);
const descent = (law: LinearRegression, steps: number, context: number) => untiedDescent.value(law, { steps, context });
const expectPrinted = (value: number, printed: string) =>
  expect(value.toFixed(printed.split(".")[1]!.length)).toBe(printed);

describe("moments of a Wishart matrix", () => {
  test.each([
    [3, 2],
    [2, 5],
    [1, 1],
    [7, 4],
  ])("n = %d, d = %d: the first four are the known polynomials", (n, d) => {
    const cube = n ** 2 + d ** 2 + 3 * n * d + 3 * n + 3 * d + 4;
    const fourth =
      n ** 3 + d ** 3 + 6 * n ** 2 * d + 6 * n * d ** 2 + 6 * n ** 2 + 6 * d ** 2 + 17 * n * d + 21 * n + 21 * d + 20;
    expect(wishartMoments(n, d, 4)).toEqual([d, n * d, n * d * (n + d + 1), n * d * cube, n * d * fourth]);
  });

  test("X X^T has the moments of X^T X, and one dimension those of chi squared", () => {
    const [left, right] = [wishartMoments(3, 6, 9), wishartMoments(6, 3, 9)];
    expect(left.slice(1)).toEqual(right.slice(1));
    // E (chi^2_n)^j = n (n + 2) ... (n + 2 j - 2).
    let rising = 1;
    for (const [j, moment] of wishartMoments(5, 1, 8).entries()) {
      expect(moment).toBe(rising);
      rising *= 5 + 2 * j;
    }
  });

  test("sampled traces agree within 4 standard errors", () => {
    const draws = new Draws(keyOf(4));
    const moments = new Moments(5);
    for (let k = 0; k < 20_000; k++) {
      const X = Array.from({ length: 4 }, () => [draws.normal(), draws.normal(), draws.normal()]);
      const W = product(transpose(X), X);
      let power = W;
      moments.add(
        [1, 2, 3, 4, 5].map((j) => {
          if (j > 1) power = product(power, W);
          return trace(power);
        }),
      );
    }
    for (const [i, moment] of wishartMoments(4, 3, 5).slice(1).entries())
      expect(Math.abs(moments.mean(i) - moment)).toBeLessThan(4 * moments.standardError(i));
  });

  test.each([
    [1.5, 2, 3, "integers of 0 or more, not 1.5"],
    [3, 0, 3, "integers of 1 or more, not 0"],
    [3, 2, -1, "integers of 0 or more, not -1"],
  ])("n = %d, d = %d, power %d is refused", (n, d, highest, sentence) => {
    expect(() => wishartMoments(n, d, highest)).toThrow(sentence);
  });
});

describe("untied steps of gradient descent", () => {
  /** Sizes and losses found by optimisation over 1e5 to 1e6 sampled spectra in another program; three of them published. */
  test.each([
    [1, [0.7692], 1.1538, 0.0015],
    [2, [0.5166, 1.2518], 0.361, 0.002],
    [3, [0.4255, 0.6938, 1.7215], 0.1336, 0.002],
    [4, [0.3685, 0.526, 0.899, 2.155], 0.0552, 0.002],
  ])("d = 5, n = 20, %d steps: sizes %j, risk %d", (steps, sizes, risk, tolerance) => {
    const found = descent(population({ features: 5 }), steps, 20);
    expect(found.risk).toBeCloseTo(risk, 3);
    for (const [k, size] of sizes.entries()) expect(relative(found.sizes[k]!, size)).toBeLessThan(10 * tolerance);
  });

  test("Ahn et al.'s three layers: trained sizes 0.43, 0.69, 1.71 and log loss -2.0", () => {
    const { sizes, risk } = descent(population({ features: 5 }), 3, 20);
    for (const [k, printed] of [0.43, 0.69, 1.71].entries()) expect(Math.abs(sizes[k]! - printed)).toBeLessThan(0.015);
    expectPrinted(Math.log(risk), "-2.0");
  });

  test.each([0, 0.8])("one step is the optimal step with the least risk: noise %d", (noise) => {
    const law = population({
      ...{ features: 4, noise, covariance: scaled(identity(4), 2) },
      taskCovariance: scaled(identity(4), 0.3),
    });
    const { sizes, risk } = descent(law, 1, 7);
    expect(relative(sizes[0]!, optimalStep.value(law, { context: 7 }))).toBeLessThan(1e-13);
    expect(relative(risk, leastRisk.value(law, { context: 7 }))).toBeLessThan(1e-13);
  });

  test.each([
    [0, 3],
    [0.3, 2],
  ])(
    "the descent itself, run on sampled prompts, has this risk within 4 standard errors: noise %d, %d steps",
    (noise, steps) => {
      const law = population({ features: 3, noise, covariance: scaled(identity(3), 2) });
      const n = 8;
      const at = { context: n, steps };
      expect(untiedDescent.applies(law, at)).toBe(true);
      const { sizes, risk } = untiedDescent.value(law, at);
      const problems = sample(
        { root: scaled(identity(3), Math.SQRT2), taskRoot: identity(3), noise },
        () => n,
        10_000,
        12,
      );
      const run = (change: number) =>
        problems.x.map((x, b) =>
          sizes.reduce<number[]>(
            (w, size, k) => {
              const residuals = x.map((row, j) => inner(row, w) - problems.y[b]![j]!);
              const scaledSize = k === 0 ? size * change : size;
              return w.map(
                (entry, i) => entry - (scaledSize / n) * x.reduce((sum, row, j) => sum + residuals[j]! * row[i]!, 0),
              );
            },
            [0, 0, 0],
          ),
        );
      const moments = excessRisks(problems, [run(1), run(0.5), run(1.6)], law.queryCovariance);
      expect(Math.abs(moments.mean(0) + noise ** 2 - risk)).toBeLessThan(4 * moments.standardError(0));
      // And other sizes are worse, paired.
      for (const other of [1, 2]) {
        const gap = moments.mean(other) - moments.mean(0);
        const variance =
          moments.covarianceOfMeans(0, 0) +
          moments.covarianceOfMeans(other, other) -
          2 * moments.covarianceOfMeans(0, other);
        expect(gap).toBeGreaterThan(2 * Math.sqrt(variance));
      }
    },
  );

  test.each([
    [
      2,
      60,
      [
        0.09523809523809523, 0.007050617808356308, 7.284831412312272e-4, 9.515923491740553e-5, 1.4737129381917887e-5,
        2.637545938676215e-6,
      ],
    ],
    [
      5,
      20,
      [
        1.1538461538461537, 0.3612396860535319, 0.13360842938318332, 0.05495255672034849, 0.024781295360313052,
        0.012034436259115606,
      ],
    ],
    [
      5,
      5,
      [
        2.727272727272727, 1.9937416182387127, 1.6202956069757826, 1.391941703635768, 1.2349386836184797,
        1.1196229432446585,
      ],
    ],
  ])("d = %d, n = %d: the risks of 1 to 6 steps in exact fractions, each below the last", (features, n, risks) => {
    const law = population({ features });
    const found = [1, 2, 3, 4, 5, 6].map((steps) => descent(law, steps, n).risk);
    // What is left is a small difference from the risk of predicting 0.
    for (const [k, risk] of risks.entries()) expect(Math.abs(found[k]! - risk)).toBeLessThan(1e-11 * features);
    for (const [k, risk] of found.slice(1).entries()) expect(risk).toBeLessThan(found[k]!);
  });

  test("finite sizes reach the proportional limit like 1 / d, in risk and sizes", () => {
    const at = (d: number) => {
      const law = population({ features: d, noise: 0.1, taskCovariance: scaled(identity(d), 1 / d) });
      return [untiedDescent, untiedDescentLimit].map((form) => form.value(law, { context: 2 * d, steps: 3 }));
    };
    const gaps = [40, 400].map((d) => {
      const [finite, limit] = at(d);
      return [finite!.risk - limit!.risk, finite!.sizes[2]! - limit!.sizes[2]!];
    });
    for (const i of [0, 1]) expect(gaps[1]![i]! / gaps[0]![i]!).toBeCloseTo(1 / 10, 1);
  });

  test("0 or 7 steps, no pairs, other laws and noise too large for real steps are declined", () => {
    const law = population({ features: 3 });
    expect(untiedDescent.applies(law, { context: 5, steps: 0 })).toMatch("1 to 6 steps, not for 0");
    expect(untiedDescent.applies(law, { context: 5, steps: 7 })).toMatch("1 to 6 steps, not for 7");
    expect(untiedDescent.applies(law, { context: 0, steps: 1 })).toMatch("1 or more pairs, not 0");
    expect(untiedDescent.applies(population({ features: 3, inputs: "rademacher" }), { context: 5, steps: 1 })).toMatch(
      "not for",
    );
    expect(untiedDescent.applies(population({ features: 3, noise: 3 }), { context: 5, steps: 2 })).toMatch(
      "no product of real",
    );
  });
});

describe("tied steps of gradient descent", () => {
  const tied = (law: LinearRegression, steps: number, context: number) => tiedDescent.value(law, { steps, context });

  test.each([0, 0.8])("one step is the one untied step: noise %d", (noise) => {
    const law = population({ features: 4, noise, covariance: scaled(identity(4), 2) });
    const [one, other] = [tied(law, 1, 7), descent(law, 1, 7)];
    expect(relative(one.risk, other.risk)).toBeLessThan(1e-13);
    expect(relative(one.size, other.sizes[0]!)).toBeLessThan(1e-7);
  });

  test.each([
    [2, 0],
    [4, 0],
    [3, 0.7],
  ])("%d steps at noise %d: size and risk are those of the predictor, which samples spectra", (steps, noise) => {
    const law = population({ features: 4, noise });
    const { size, risk } = tied(law, steps, 12);
    expect(relative(bestDescentStep(law, 12, steps), size)).toBeLessThan(0.02);
    // A run of its own, within 4 standard errors.
    const problems = sample({ root: identity(4), taskRoot: identity(4), noise }, () => 12, 6000, 21);
    const shown = problems.x.map((x, b) => {
      let w = [0, 0, 0, 0];
      for (let step = 0; step < steps; step++) {
        const residuals = x.map((row, j) => inner(row, w) - problems.y[b]![j]!);
        w = w.map((entry, i) => entry - (size / 12) * x.reduce((sum, row, j) => sum + residuals[j]! * row[i]!, 0));
      }
      return w;
    });
    const moments = excessRisks(problems, [shown], law.queryCovariance);
    expect(Math.abs(moments.mean(0) + noise ** 2 - risk)).toBeLessThan(4 * moments.standardError(0));
  });

  test("untied steps are better from two steps on, by 1.5 times at two and more at four (d = 5, n = 20)", () => {
    const law = population({ features: 5 });
    const ratios = [1, 2, 3, 4].map((steps) => tied(law, steps, 20).risk / descent(law, steps, 20).risk);
    expect(relative(ratios[0]!, 1)).toBeLessThan(1e-12);
    for (const [k, ratio] of ratios.slice(1).entries()) expect(ratio).toBeGreaterThan(ratios[k]!);
  });

  test("0 or 7 steps, no pairs and other laws are declined", () => {
    const law = population({ features: 3 });
    expect(tiedDescent.applies(law, { context: 5, steps: 0 })).toMatch("1 to 6 steps, not for 0");
    expect(tiedDescent.applies(law, { context: 5, steps: 7 })).toMatch("1 to 6 steps, not for 7");
    expect(tiedDescent.applies(law, { context: 0, steps: 2 })).toMatch("1 or more pairs, not 0");
    expect(tiedDescent.applies(population({ features: 3, inputs: "rademacher" }), { context: 5, steps: 1 })).toMatch(
      "not for",
    );
    expect(tiedDescent.applies(law, { context: 5, steps: 6 })).toBe(true);
  });
});
