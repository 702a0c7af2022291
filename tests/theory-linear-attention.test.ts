import { type LinearRegression, linearRegressionLaw, type Settings } from "../src/laws/gaussian-linear.js";
import type { Draws } from "../src/math/draws.js";
import { diagonal, identity, product, scaled, sum, trace, traceOfProduct, transpose } from "../src/math/matrix.js";
import { inverse } from "../src/math/solve.js";
import { hasLabelMoments } from "../src/theory/label-moments.js";
import { leastRisk, leastStepRisk } from "../src/theory/least-risk.js";
import { preconditionerInUse } from "../src/theory/normalization.js";
import { optimalPreconditioner } from "../src/theory/optimal-preconditioner.js";
import { optimalStep } from "../src/theory/optimal-step.js";
import { preconditionerRisk } from "../src/theory/preconditioner-risk.js";
import { priorRisk } from "../src/theory/prior-risk.js";
import type { Lengths, Rows } from "../src/types.js";
import { excessRisks, inner, type Regression, sample } from "./regression-sampler.js";

const population = (settings: Settings) => linearRegressionLaw(settings).population;
const risk = (test: LinearRegression, preconditioner: Rows, context: Lengths) =>
  preconditionerRisk.value(test, { preconditioner, context });
const best = (trained: LinearRegression, context: Lengths) => optimalPreconditioner.value(trained, { context });
const step = (trained: LinearRegression, context: Lengths) => optimalStep.value(trained, { context });
const least = (trained: LinearRegression, context: Lengths) => leastRisk.value(trained, { context });
const leastStep = (trained: LinearRegression, context: Lengths) => leastStepRisk.value(trained, { context });
/** Holds a value to every digit that is printed. */
const expectPrinted = (value: number, printed: string) =>
  expect(value.toFixed(printed.split(".")[1]!.length)).toBe(printed);
/** Equal to `units` of roundoff of the larger. */
const expectEqual = (a: number, b: number, units = 64) =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(units * Number.EPSILON * Math.max(Math.abs(a), Math.abs(b)));

const iso = (noise = 0, features = 5) => population({ features, noise });
const skewed = diagonal([1, 1, 0.25, 0.0625, 1]);
const aniso = (noise = 0) => population({ features: 5, noise, covariance: skewed });
const toeplitz = (d: number, r: number): Rows =>
  Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => r ** Math.abs(i - j)));

/** Printed digits of values that were computed by another program and seen by Monte Carlo of 2e5 to 1e6 prompts. */
describe("published and independently computed values", () => {
  test.each([
    ...[5, 10, 20, 40, 80].map((n, i) => [n, 0.1, ["2.84775", "1.99441", "1.26858", ".76161", ".45424"][i]!] as const),
    ...[5, 10, 20, 40, 80].map((n, i) => [n, 0.25, ["3.02778", "2.17308", "1.44048", ".92568", ".61232"][i]!] as const),
    ...[5, 10, 20, 40, 80].map((n, i) => [n, 1, ["3.91667", "3.05882", "2.29630", "1.74468", "1.40230"][i]!] as const),
    [20, 0, "1.15385"] as const,
  ])("isotropic, d = 5, n = %d, noise variance %d: the least risk is %s", (n, variance, printed) => {
    expectPrinted(least(iso(Math.sqrt(variance)), n), printed.replace(/^\./, "0."));
    expectPrinted(leastStep(iso(Math.sqrt(variance)), n), printed.replace(/^\./, "0."));
  });

  test.each([
    [0, "0.68176", ".83450", "0.75358"],
    [0.25, "0.96188", ".82589", "1.03000"],
  ])("anisotropic, noise variance %d: optimum %s, best step %s with risk %s", (variance, optimum, eta, scalar) => {
    const trained = aniso(Math.sqrt(variance));
    expectPrinted(least(trained, 20), optimum);
    expectPrinted(step(trained, 20), `0${eta}`);
    expectPrinted(leastStep(trained, 20), scalar);
  });

  test("tasks of the inverse covariance have the isotropic risk and a preconditioner along L^-1", () => {
    const trained = population({
      features: 5,
      noise: Math.sqrt(0.5),
      covariance: skewed,
      taskCovariance: inverse(skewed),
    });
    expectPrinted(least(trained, 20), "1.72642");
    expectEqual(least(trained, 20), least(iso(Math.sqrt(0.5)), 20));
    const size = 20 / (20 + 5 + 1 + 0.5);
    for (const [i, row] of best(trained, 20).entries()) expectEqual(row[i]!, size / skewed[i]![i]!);
    expectPrinted(step(iso(Math.sqrt(0.5)), 20) / 20, "0.037736");
  });

  test.each([
    [20, 10, "2.04142"],
    [20, 40, "0.71006"],
    [20, 200, "0.35503"],
    [10, 100, "0.82031"],
    [40, 20, "1.21928"],
  ])("trained at length %d, tested at %d: isotropic risk %s", (trained, tested, printed) => {
    expectPrinted(risk(iso(), best(iso(), trained), tested), printed);
  });

  test.each([
    [10, "1.19257"],
    [40, "0.42635"],
    [200, "0.22203"],
  ])("trained at length 20, tested at %d: anisotropic risk %s", (tested, printed) => {
    expectPrinted(risk(aniso(), best(aniso(), 20), tested), printed);
  });

  test.each([
    [0.5, "0.82933"],
    [1.5, "16.1178"],
    [2, "143.077"],
    [3, "2225.77"],
  ])("inputs scaled by %d after training: risk %s", (inputScale, printed) => {
    const law = linearRegressionLaw({ features: 5 });
    expectPrinted(risk(law.shifted({ inputScale }).population, best(law.population, 20), 20), printed);
  });

  test("a query scaled by k multiplies the excess risk by k^2", () => {
    const law = linearRegressionLaw({ features: 5, noise: 0.5, covariance: skewed });
    const trained = best(law.population, 20);
    const excess = (queryScale: number) => risk(law.shifted({ queryScale }).population, trained, 12) - 0.25;
    expectEqual(excess(3), 9 * excess(1));
  });

  test("a task shift to w ~ N(0, 4 I) and noise variance 0.5 has risk 3.98126", () => {
    const test = population({ features: 5, noise: Math.sqrt(0.5), taskCovariance: scaled(identity(5), 4) });
    expectPrinted(risk(test, best(iso(), 20), 30), "3.98126");
  });

  test.each([
    ["prompt", "0.3686"],
    ["trained", "3.866"],
    ["none", "3.866"],
  ] as const)("a layer that divides by %s, trained at 40 and tested at 80, has risk %s", (normalization, printed) => {
    const bare = normalization === "none" ? 1 / 40 : 1;
    const weights = scaled(best(iso(), 40), bare);
    expectPrinted(risk(iso(), preconditionerInUse(weights, normalization, { trained: 40, tested: 80 }), 80), printed);
    const same = preconditionerInUse(weights, normalization, { trained: 40, tested: 40 });
    expectEqual(risk(iso(), same, 40), least(iso(), 40));
  });

  test("dividing by a training length of no pair is refused", () => {
    const lengths = { trained: 0, tested: 3 };
    expect(() => preconditionerInUse(identity(2), "trained", lengths)).toThrow("of 1 or more pairs, not by 0");
    expect(preconditionerInUse(identity(2), "prompt", lengths)).toEqual(identity(2));
  });

  test.each([
    [0.5, 10, 10, "6.0606", "0.20623"],
    [1, 10, 10, "1.5152", "0.82492"],
    [0.5, 5, 5, "6.122", "0.10204"],
  ])("inputs uniform on [-%d, .], d = %d, n = %d: step %s, half of the risk %s", (a, features, n, eta, half) => {
    const trained = population({ features, inputs: { uniform: a } });
    expectPrinted(step(trained, n), eta);
    expectPrinted(leastStep(trained, n) / 2, half);
  });

  test("tasks w ~ N(0, I/d) with correlated inputs: preconditioner, its risk at 40 and 39 pairs, the best step", () => {
    const settings = { features: 5, noise: Math.sqrt(0.1), taskCovariance: scaled(identity(5), 1 / 5) };
    const trained = population({ ...settings, covariance: toeplitz(5, 0.5) });
    const printed = ["1.0689", "-0.4559", "-0.0335", "-0.0025", "-0.0002"];
    for (const [j, entry] of best(trained, 40)[0]!.entries()) expectPrinted(entry, printed[j]!);
    expectPrinted(least(trained, 40), "0.23393");
    expectPrinted(least(trained, 39), "0.23677");
    expectPrinted(step(trained, 40), "0.4873");
    expectPrinted(leastStep(trained, 40), "0.37433");
    const isotropic = population(settings);
    expectPrinted(step(isotropic, 40), "0.8602");
    expectPrinted(least(isotropic, 40), "0.23978");
    expectPrinted(least(isotropic, 39), "0.24286");
  });

  test("in another paper's units: x ~ N(0, I/d), |w|^2 = d, noise variance rho, n = alpha d", () => {
    const at = (d: number, rho: number) =>
      population({ features: d, noise: Math.sqrt(rho), covariance: scaled(identity(d), 1 / d) });
    expectPrinted(least(at(10, 0.01), 100), "0.1099100");
    expectPrinted(least(at(100, 0.1), 235), "0.4208092");
    expectPrinted(least(at(100, 0.5), 560), "0.7123769");
    for (const [d, rho] of [
      [10, 0.01],
      [100, 0.1],
      [100, 0.5],
    ] as const)
      expectEqual(priorRisk.value(at(d, rho), {}), 1 + rho, 256);
    // The proportional limit is reached like 1/d.
    const limit = (rho: number, alpha: number) => 1 + rho - 1 / (1 + (1 + rho) / alpha);
    expectPrinted(limit(0.1, 2.35), "0.4188406");
    const gap = (d: number) => least(at(d, 0.1), 2.35 * d) - limit(0.1, 2.35);
    expect(gap(100) / gap(20)).toBeCloseTo(20 / 100, 2);
  });

  test("inputs of rank 1: the optimum sees the one active direction", () => {
    const covariance = [
      [1, 1],
      [1, 1],
    ];
    const trained = population({ features: 2, noise: 0.5, covariance });
    expectPrinted(least(trained, 10), "0.6005155");
    expectEqual(risk(trained, best(trained, 10), 10), least(trained, 10));
    expect(priorRisk.value(trained, {})).toBe(2.25);
  });

  test("no pairs: every risk is that of predicting 0", () => {
    const trained = iso(0.5);
    expect([least(trained, 0), leastStep(trained, 0), priorRisk.value(trained, {})]).toEqual([5.25, 5.25, 5.25]);
    expect(risk(trained, identity(5), 0)).toBe(5.25);
    expect(step(trained, 0)).toBe(0);
    expect(best(trained, 0)).toEqual(scaled(identity(5), 0));
  });

  test("the best step beats the debiased one by 1.1538462 to 1.2 at d = 5, n = 20, without noise", () => {
    expectPrinted(leastStep(iso(), 20), "1.1538462");
    expectEqual(leastStep(iso(), 19), 1.2);
  });
});

/** Symmetric roots, so that covariances are their squares and the sampler needs no root of its own. */
const B: Rows = [
  [1.1, 0.5, -0.2],
  [0.5, 0.9, 0.3],
  [-0.2, 0.3, 0.6],
];
const T: Rows = [
  [0.8, 0, 0],
  [-0.7, 1.2, 0],
  [0.3, 0.5, 0.4],
];
const oblique: Rows = [
  [0.5, -0.3, 0.2],
  [0.4, 0.7, -0.1],
  [0.1, 0.2, 0.9],
];
const querySize: Rows = [
  [2, 0.5, 0],
  [0.5, 1, -0.3],
  [0, -0.3, 0.4],
];
const coordinates: { readonly [name: string]: (draws: Draws) => number } = {
  gaussian: (draws) => draws.normal(),
  uniform: (draws) => Math.sqrt(12) * (draws.uniform() - 0.5),
  rademacher: (draws) => (draws.uniform() < 0.5 ? -1 : 1),
  student: (draws) => {
    // A ratio of a normal and the root of a mean of nine squares, to unit variance 9 / 7.
    const squares = Array.from({ length: 9 }, () => draws.normal() ** 2).reduce((total, square) => total + square, 0);
    return (draws.normal() / Math.sqrt(squares / 9)) * Math.sqrt(7 / 9);
  },
};

/** Population of x = B z, w = T g, with any query covariance. */
function populationOf(inputs: Settings["inputs"], noise: number): LinearRegression {
  const covariance = product(B, B);
  const taskCovariance = product(T, transpose(T));
  const made = population({ features: 3, noise, covariance, taskCovariance, inputs: inputs ?? "gaussian" });
  return { ...made, queryCovariance: querySize };
}

/** Monte Carlo of (R): the mean of (A m - w)^T Lq (A m - w) + s2, with m from the independent sampler. */
function sampledRisk(law: Regression, A: Rows, length: (b: number) => number, count: number, seed: number) {
  const problems = sample(law, length, count, seed);
  const estimates = problems.x.map((rows, b) => {
    const y = problems.y[b]!;
    const n = y.length;
    const m = [0, 1, 2].map((i) => (n === 0 ? 0 : rows.reduce((total, row, j) => total + row[i]! * y[j]!, 0) / n));
    return A.map((row) => inner(row, m));
  });
  const moments = excessRisks(problems, [estimates], querySize);
  return { mean: moments.mean(0) + law.noise ** 2, standardError: moments.standardError(0) };
}

describe("formula (R) against an independent sampler", () => {
  test.each([
    ["gaussian", "gaussian" as const, 5],
    ["uniform", { uniform: Math.sqrt(3) }, 2],
    ["rademacher", "rademacher" as const, 2],
    ["student", { student: 9 }, 2],
  ])("%s inputs, correlated inputs, tasks and query, any preconditioner", (name, inputs, n) => {
    const law = { root: B, taskRoot: T, noise: 0.7, coordinate: coordinates[name]! };
    for (const [seed, A] of [oblique, transpose(oblique)].entries()) {
      const { mean, standardError } = sampledRisk(law, A, () => n, name === "student" ? 8000 : 20_000, 100 + seed);
      expect(Math.abs(risk(populationOf(inputs, 0.7), A, n) - mean)).toBeLessThan(4 * standardError);
    }
  });

  test.each([
    [0, 6],
    [1, 3],
    [4, 4],
  ])("lengths uniform from %d to %d, each prompt divided by its own", (from, to) => {
    const law = { root: B, taskRoot: T, noise: 0.7 };
    const { mean, standardError } = sampledRisk(law, oblique, (b) => from + (b % (to - from + 1)), 20_000, 7);
    const exact = risk(populationOf("gaussian", 0.7), oblique, { uniform: [from, to] });
    expect(Math.abs(exact - mean)).toBeLessThan(4 * standardError);
  });

  test("a range of one length is that length, and a range is the mean of the risks of its lengths", () => {
    const test = populationOf({ uniform: 2 }, 0.7);
    expectEqual(risk(test, oblique, { uniform: [4, 4] }), risk(test, oblique, 4));
    const mean = [0, 1, 2, 3].reduce((total, n) => total + risk(test, oblique, n), 0) / 4;
    expectEqual(risk(test, oblique, { uniform: [0, 3] }), mean);
  });
});

describe("the optimal preconditioner (A*)", () => {
  const kinds: readonly (readonly [string, LinearRegression, Lengths])[] = [
    ["Gaussian inputs", populationOf("gaussian", 0.7), 4],
    ["uniform inputs", populationOf({ uniform: 1 }, 0), 3],
    ["Rademacher inputs and one pair", populationOf("rademacher", 0.2), 1],
    ["Student t inputs over mixed lengths", populationOf({ student: 9 }, 1), { uniform: [0, 5] }],
  ];
  const entries = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => [i, j] as const));
  const moved = (A: Rows, i: number, j: number, by: number) =>
    A.map((row, r) => row.map((entry, c) => (r === i && c === j ? entry + by : entry)));

  test.each(kinds)("%s: the gradient of (R) vanishes there, and every way off it is uphill", (_, trained, context) => {
    const A = best(trained, context);
    const lowest = risk(trained, A, context);
    for (const [i, j] of entries) {
      // (R) is quadratic: a central difference over any distance is its derivative.
      const [up, down] = [risk(trained, moved(A, i, j, 1), context), risk(trained, moved(A, i, j, -1), context)];
      expect(Math.abs(up - down)).toBeLessThan(256 * Number.EPSILON * up);
      expect(Math.min(up, down)).toBeGreaterThan(lowest);
    }
    for (const way of [oblique, transpose(oblique), T, B, querySize])
      for (const size of [-0.1, 0.1]) expect(risk(trained, sum(A, scaled(way, size)), context)).toBeGreaterThan(lowest);
    expectEqual(least(trained, context), lowest, 256);
  });

  test.each(kinds)(
    "%s: the best step is stationary among multiples of I, never better than A*",
    (_, trained, context) => {
      const eta = step(trained, context);
      const at = (size: number) => risk(trained, scaled(identity(3), size), context);
      expect(Math.abs(at(eta + 1) - at(eta - 1))).toBeLessThan(256 * Number.EPSILON * at(eta + 1));
      expectEqual(leastStep(trained, context), at(eta), 256);
      expect(at(eta)).toBeGreaterThan(least(trained, context));
    },
  );

  test("is W [(1 + 1/n) L W + (tr(L W) + s2) / n]^-1, and does not see the query's covariance", () => {
    const trained = populationOf("gaussian", 0.7);
    const { covariance: L, taskCovariance: W, noise } = trained;
    const floor = (trace(product(L, W)) + noise ** 2) / 4;
    const A = product(W, inverse(sum(scaled(product(L, W), 1 + 1 / 4), scaled(identity(3), floor))));
    const found = best(trained, 4);
    for (const [i, j] of entries) expect(Math.abs(found[i]![j]! - A[i]![j]!)).toBeLessThan(1024 * Number.EPSILON);
    expect(best({ ...trained, queryCovariance: L }, 4)).toEqual(found);
  });

  test.each([
    ["two dead features", diagonal([1, 0, 2, 0])],
    [
      "a hidden direction",
      product(
        transpose([
          [1, 2, 2, 0],
          [0, 1, -1, 3],
        ]),
        [
          [1, 2, 2, 0],
          [0, 1, -1, 3],
        ],
      ),
    ],
    ["a feature of size 1e-9", diagonal([1, 1e-18, 2, 0])],
  ])("%s: finite, stationary, and right in the directions that are seen", (_, covariance) => {
    const trained = population({ features: 4, noise: 0.3, covariance });
    const A = best(trained, 6);
    expect(A.flat().every(Number.isFinite)).toBe(true);
    expectEqual(risk(trained, A, 6), least(trained, 6), 1024);
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) {
        const up = risk(trained, moved(A, i, j, 1), 6);
        expect(Math.abs(up - risk(trained, moved(A, i, j, -1), 6))).toBeLessThan(1024 * Number.EPSILON * up);
      }
  });

  test("inputs and tasks that multiply to a well-conditioned problem are not cut off", () => {
    const covariance = diagonal([1, 1e-16]);
    const trained = population({ features: 2, covariance, taskCovariance: diagonal([1, 1e16]) });
    expectEqual(least(trained, 10), least(iso(0, 2), 10));
  });

  test("a law of zero inputs has the risk of predicting 0 and a zero preconditioner", () => {
    const nothing = population({ features: 2, noise: 0.5, covariance: scaled(identity(2), 0) });
    expect([least(nothing, 3), leastStep(nothing, 3), step(nothing, 3)]).toEqual([0.25, 0.25, 0]);
    expect(best(nothing, 3)).toEqual(scaled(identity(2), 0));
  });
});

describe("domains", () => {
  const foreign = { family: "autoregressive", noise: 1 } as unknown as LinearRegression;
  const heavy = population({ features: 3, inputs: { student: 4 } });
  const at = { context: 5, preconditioner: identity(3) };

  test.each([leastRisk, leastStepRisk, optimalPreconditioner, optimalStep, preconditionerRisk])(
    "$name declines inputs without a fourth moment and other families by a sentence",
    (form) => {
      expect(form.applies(heavy, at)).toBe("the inputs have no fourth moment (Student t needs nu > 4)");
      expect(form.applies(foreign, at)).toBe("this is for linear regression in context, not for autoregressive");
      expect(form.applies(iso(), at)).toBe(true);
    },
  );

  test("the prior's risk needs no fourth moment, but the family", () => {
    expect(priorRisk.applies(heavy, {})).toBe(true);
    expectEqual(priorRisk.value(heavy, {}), 3);
    expect(priorRisk.applies(foreign, {})).toMatch("not for autoregressive");
    expect(hasLabelMoments(heavy)).not.toBe(true);
  });

  test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, { uniform: [3, 2] as const }])(
    "a context of %j is refused",
    (context) => {
      expect(() => risk(iso(), identity(5), context)).toThrow("a length is an integer, or a range");
    },
  );

  test("the trace form of the risk agrees with its parts", () => {
    const test = populationOf("gaussian", 0.7);
    expectEqual(priorRisk.value(test, {}), traceOfProduct(querySize, test.taskCovariance) + 0.49);
    expectEqual(risk(test, scaled(identity(3), 0), 4), priorRisk.value(test, {}));
  });
});
