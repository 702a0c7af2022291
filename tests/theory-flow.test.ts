import { type LinearRegression, linearRegressionLaw, type Settings } from "../src/laws/gaussian-linear.js";
import { diagonal, identity, product, scaled, sum, trace, traceOfProduct, transpose } from "../src/math/matrix.js";
import { inverse } from "../src/math/solve.js";
import { flowLimit } from "../src/theory/flow-limit.js";
import { type AtFlow, gradientFlow } from "../src/theory/gradient-flow.js";
import { optimalPreconditioner } from "../src/theory/optimal-preconditioner.js";
import { preconditionerRisk } from "../src/theory/preconditioner-risk.js";
import { testLengthError } from "../src/theory/test-length-error.js";
import { halfTime, timeCourse } from "../src/theory/time-course.js";
import type { Rows } from "../src/types.js";
import { excessRisks, inner, sample } from "./regression-sampler.js";

const population = (settings: Settings) => linearRegressionLaw(settings).population;
const expectPrinted = (value: number, printed: string) =>
  expect(value.toFixed(printed.split(".")[1]!.length)).toBe(printed);
const relative = (a: number, b: number) => Math.abs(a / b - 1);
const frobenius = (matrix: Rows) => Math.sqrt(traceOfProduct(matrix, transpose(matrix)));
const normed = (matrix: Rows) => scaled(matrix, 1 / frobenius(matrix));
const distance = (a: Rows, b: Rows) => frobenius(sum(a, scaled(b, -1)));

const iso = population({ features: 5 });
const aniso = population({ features: 5, covariance: diagonal([1, 1, 0.25, 0.0625, 1]) });
const correlated = population({
  features: 3,
  noise: 0.6,
  covariance: [
    [1.2, 0.4, 0.1],
    [0.4, 0.9, -0.2],
    [0.1, -0.2, 0.7],
  ],
});
const root: Rows = [
  [1, 0.3, 0],
  [-0.5, 0.8, 0.2],
  [0.4, 0, 0.6],
];
/** Theta Theta^T of Frobenius norm 1 that commutes with nothing here. */
const tilted = normed(product(root, transpose(root)));
const level = (d: number) => scaled(identity(d), 1 / Math.sqrt(d));

describe("the time course of the isotropic flow", () => {
  test.each([
    [0.5, "0.039905", "2.3057"],
    [1, "0.26046", "1.41818"],
    [1.5, "0.63637", "0.63429"],
    [2, "0.75244", "0.57784"],
    [3, "0.7690", "0.57692"],
  ])("d = 5, n = 20, sigma = 0.1: at t = %d the product is %s and the loss %s", (time, p, loss) => {
    const growth = timeCourse.value(iso, { context: 20, sigma: 0.1, time });
    expectPrinted(growth.p, p);
    expectPrinted(growth.loss, loss);
  });

  test("half of the optimal step is reached at t = 1.1497, from a start of p = 0.0044721", () => {
    const at = { context: 20, sigma: 0.1 };
    expectPrinted(halfTime.value(iso, at), "1.1497");
    expectPrinted(timeCourse.value(iso, { ...at, time: 0 }).p, "0.0044721");
    expect(relative(timeCourse.value(iso, { ...at, time: halfTime.value(iso, at) }).p, 1 / 2.6)).toBeLessThan(1e-14);
  });

  test.each([
    [5, 1, 0, 20],
    [4, 0.5, 0.7, 3],
    [3, 2, 1.5, 8],
  ])("is the flow's own solution to 1e-9: d = %d, variance %d, noise %d, n = %d", (features, v, noise, context) => {
    const trained = population({ features, noise, covariance: scaled(identity(features), v) });
    const sigma = 0.1;
    const half = halfTime.value(trained, { context, sigma });
    const times = [0, 0.3, 0.9, 1, 1.4, 3].map((share) => share * half);
    const accuracy = { relative: 1e-12, absolute: 1e-14 };
    const flow = gradientFlow.value(trained, { context, sigma, direction: level(features), times, accuracy });
    for (const [k, time] of times.entries()) {
      const { p, loss } = timeCourse.value(trained, { context, sigma, time });
      expect(relative(flow[k]!.u * flow[k]!.U[0]![0]!, p)).toBeLessThan(1e-9);
      expect(relative(flow[k]!.loss, loss)).toBeLessThan(1e-9);
    }
  });

  test("ends at the optimal step and half of the least excess risk", () => {
    const trained = population({ features: 4, noise: 0.7, covariance: scaled(identity(4), 0.5) });
    const { p, loss } = timeCourse.value(trained, { context: 6, sigma: 0.1, time: Number.POSITIVE_INFINITY });
    const best = optimalPreconditioner.value(trained, { context: 6 });
    expect(relative(p, best[0]![0]!)).toBeLessThan(1e-14);
    const risk = preconditionerRisk.value(trained, { preconditioner: best, context: 6 });
    expect(relative(loss, (risk - 0.49) / 2)).toBeLessThan(1e-13);
  });
});

describe("the gradient flow", () => {
  const start = { context: 4, sigma: 0.2, direction: tilted };

  test("keeps u^2 = ||U||_F^2 and never raises the loss", () => {
    const times = [0, 0.5, 1, 2, 4, 8, 16, 64];
    const states = gradientFlow.value(correlated, { ...start, times });
    for (const { U, u } of states) expect(Math.abs(u ** 2 - frobenius(U) ** 2)).toBeLessThan(1e-8);
    for (const [k, { loss }] of states.slice(1).entries()) expect(loss).toBeLessThanOrEqual(states[k]!.loss);
  });

  test("has for its loss half of the excess risk (R) of the preconditioner u U^T", () => {
    for (const { U, u, loss } of gradientFlow.value(correlated, { ...start, times: [0, 1, 3, 20] })) {
      const preconditioner = scaled(transpose(U), u);
      const risk = preconditionerRisk.value(correlated, { preconditioner, context: 4 });
      expect(relative(loss, (risk - 0.36) / 2)).toBeLessThan(1e-13);
    }
  });

  test("moves against the gradient of (R) in U and in u", () => {
    const half = (U: Rows, u: number) =>
      preconditionerRisk.value(correlated, { preconditioner: scaled(transpose(U), u), context: 4 }) / 2;
    const h = 1e-4;
    const [, before, here, after] = gradientFlow.value(correlated, { ...start, times: [0, 2 - h, 2, 2 + h] });
    const { U, u } = here!;
    // Quadratic in U and in u: central differences over 1 are derivatives. The second-order error in h is about h^2.
    const slope = (a: number, b: number) => (b - a) / (2 * h);
    expect(Math.abs(slope(before!.u, after!.u) + (half(U, u + 1) - half(U, u - 1)) / 2)).toBeLessThan(10 * h ** 2);
    for (const i of [0, 1, 2])
      for (const j of [0, 1, 2]) {
        const moved = (by: number) => U.map((row, r) => row.map((e, c) => (r === i && c === j ? e + by : e)));
        const gradient = (half(moved(1), u) - half(moved(-1), u)) / 2;
        expect(Math.abs(slope(before!.U[i]![j]!, after!.U[i]![j]!) + gradient)).toBeLessThan(10 * h ** 2);
      }
  });

  test("anisotropic inputs, n = 20: the loss ends at 0.340878 and u at 2.26212, the small eigenvalue last", () => {
    const direction = normed(sum(identity(5), scaled(aniso.covariance, 0.5)));
    const times = [0, 10, 100, 1000, 4000];
    const states = gradientFlow.value(aniso, { context: 20, sigma: 0.1, direction, times });
    const limit = flowLimit.value(aniso, { context: 20, sigma: 0.1 });
    expectPrinted(limit.loss, "0.340878");
    expectPrinted(limit.u, "2.26212");
    expectPrinted(states[3]!.loss, "0.340878");
    const gaps = states.map(({ loss }) => loss - limit.loss);
    expect(gaps[1]!).toBeGreaterThan(0.01);
    expect(gaps[2]!).toBeGreaterThan(0.001);
    expect(Math.abs(gaps[4]!)).toBeLessThan(1e-9);
    expect(Math.abs(states[4]!.u - limit.u)).toBeLessThan(1e-6);
    expect(distance(states[4]!.U, limit.U)).toBeLessThan(1e-6);
  });

  test("with noise and correlation it ends at its limit too", () => {
    const [state] = gradientFlow.value(correlated, { ...start, times: [400] });
    const limit = flowLimit.value(correlated, start);
    expect(distance(state!.U, limit.U)).toBeLessThan(1e-8);
    expect(Math.abs(state!.u - limit.u)).toBeLessThan(1e-8);
    expect(Math.abs(state!.loss - limit.loss)).toBeLessThan(1e-9);
  });

  test("its limit multiplies to the optimal preconditioner and is balanced", () => {
    const { U, u, loss } = flowLimit.value(correlated, start);
    const best = optimalPreconditioner.value(correlated, { context: 4 });
    expect(distance(scaled(U, u), best)).toBeLessThan(1e-14);
    expect(relative(u, frobenius(U))).toBeLessThan(1e-14);
    const risk = preconditionerRisk.value(correlated, { preconditioner: best, context: 4 });
    expect(relative(loss, (risk - 0.36) / 2)).toBeLessThan(1e-13);
  });
});

describe("domains of the flow", () => {
  const at: AtFlow = { context: 20, sigma: 0.1, direction: level(5), times: [1] };
  const foreign = { family: "autoregressive", noise: 1 } as unknown as LinearRegression;
  const law = linearRegressionLaw({ features: 5 });
  const outside: readonly (readonly [string, LinearRegression, number, string])[] = [
    ["another family", foreign, 20, "not for autoregressive"],
    ["uniform inputs", population({ features: 5, inputs: { uniform: 1 } }), 20, "not for uniform ones"],
    ["an empty prompt", iso, 0, "1 or more pairs, not 0"],
    ["half a pair", iso, 1.5, "1 or more pairs, not 1.5"],
    ["a scaled query", law.shifted({ queryScale: 2 }).population, 20, "a query of the same covariance"],
    ["other tasks", law.shifted({ taskScale: 2 }).population, 20, "tasks w ~ N(0, I)"],
    [
      "inputs that are zero",
      population({ features: 5, covariance: scaled(identity(5), 0) }),
      20,
      "all inputs are zero",
    ],
  ];

  test.each(outside)("%s is declined by a sentence", (_, test, context, sentence) => {
    const task = [1, 1, 1, 1, 1];
    expect(gradientFlow.applies(test, { ...at, context })).toMatch(sentence);
    expect(flowLimit.applies(test, { context, sigma: 0.1 })).toMatch(sentence);
    expect(timeCourse.applies(test, { context, sigma: 0.1, time: 1 })).toMatch(sentence);
    expect(halfTime.applies(test, { context, sigma: 0.1 })).toMatch(sentence);
    expect(testLengthError.applies(test, { context, trained: 20, task })).toMatch(sentence);
    expect(testLengthError.applies(test, { context: 20, trained: context, task })).toMatch(sentence);
  });

  test("scaled inputs are inside, as context and query scale together", () => {
    expect(gradientFlow.applies(law.shifted({ inputScale: 3 }).population, at)).toBe(true);
  });

  test.each([
    ["not of norm 1", identity(5), "has Frobenius norm 1 (Assumption 3.3), not 2.23"],
    ["of another size", level(4), "not d x d"],
    ["not symmetric", level(5).map((row, i) => (i === 0 ? [...row.slice(0, 4), 0.1] : row)), "not symmetric"],
    ["indefinite", diagonal([1, -1, 0, 0, 0].map((v) => v / Math.sqrt(2))), "indefinite"],
  ])("a direction that is %s is declined", (_, direction, sentence) => {
    expect(gradientFlow.applies(iso, { ...at, direction })).toMatch(sentence);
    expect(gradientFlow.applies(iso, at)).toBe(true);
  });

  test("the limit is declared for 0 < sigma^2 ||Gamma|| sqrt(d) < 2 and definite inputs only", () => {
    const edge = Math.sqrt(2 / (1.3 * Math.sqrt(5)));
    expect(flowLimit.applies(iso, { context: 20, sigma: 0.999 * edge })).toBe(true);
    expect(flowLimit.applies(iso, { context: 20, sigma: 1.001 * edge })).toMatch("starts of sigma below 0.829");
    expect(flowLimit.applies(iso, { context: 20, sigma: 0 })).toMatch("positive sigma only, not of 0");
    const flat = population({ features: 2, covariance: diagonal([1, 0]) });
    expect(flowLimit.applies(flat, { context: 20, sigma: 0.1 })).toMatch("inputs that span the space");
  });

  test("the time course is closed for isotropic inputs and positive starts, its half time for starts below half", () => {
    expect(timeCourse.applies(aniso, { context: 20, sigma: 0.1, time: 1 })).toMatch("covariance v I only");
    expect(timeCourse.applies(iso, { context: 20, sigma: 0, time: 1 })).toMatch("positive sigma only, not of 0");
    expect(halfTime.applies(iso, { context: 20, sigma: 0.1 })).toBe(true);
    expect(halfTime.applies(iso, { context: 20, sigma: 1 })).toMatch("beyond half of the optimal step");
  });
});

describe("the error of one task at another length", () => {
  /** Zhang, Frei, Bartlett 2024, Theorem 4.2 for y = w . x + noise, with explicit inverses and products. */
  function theorem(L: Rows, noise: number, N: number, M: number, w: readonly number[]): number {
    const column = w.map((entry) => [entry]);
    const gamma = sum(scaled(L, 1 + 1 / N), scaled(identity(w.length), trace(L) / N));
    const inverseSquare = product(inverse(gamma), inverse(gamma));
    const on = (...factors: Rows[]) => traceOfProduct(transpose(column), inverseSquare, ...factors, column);
    const label = traceOfProduct(transpose(column), L, column) + noise ** 2;
    const Sigma = sum(scaled(L, label), product(L, column, transpose(column), L));
    const bias = on(L, L, L) + 2 * trace(L) * on(L, L) + trace(L) ** 2 * on(L);
    return noise ** 2 + traceOfProduct(Sigma, inverseSquare, L) / M + bias / N ** 2;
  }
  const L = correlated.covariance;
  const noiseless = population({ features: 3, covariance: L });
  const task = [0.9, -1.4, 0.3];

  test("is Theorem 4.2 to roundoff, with and without noise at test", () => {
    for (const test of [noiseless, correlated])
      expect(
        relative(testLengthError.value(test, { context: 7, trained: 4, task }), theorem(L, test.noise, 4, 7, task)),
      ).toBeLessThan(1e-13);
  });

  test("its mean over tasks is (R) at the optimal preconditioner to 1e-12", () => {
    const preconditioner = optimalPreconditioner.value(noiseless, { context: 4 });
    // Quadratic in w: its mean over w ~ N(0, I) is its mean over the three axes at w = sqrt(3) e_i.
    const axes = diagonal([3, 3, 3].map(Math.sqrt));
    for (const test of [noiseless, correlated])
      for (const context of [2, 4, 50]) {
        const risk = preconditionerRisk.value(test, { preconditioner, context });
        const mean = (error: (w: readonly number[]) => number) => axes.reduce((total, w) => total + error(w) / 3, 0);
        expect(
          relative(
            mean((w) => theorem(L, test.noise, 4, context, w)),
            risk,
          ),
        ).toBeLessThan(1e-12);
        const form = mean((w) => testLengthError.value(test, { context, trained: 4, task: w }));
        expect(relative(form, risk)).toBeLessThan(1e-12);
      }
  });

  test("is the sampled error of that task", () => {
    const B: Rows = [
      [1.05, 0.2, 0.05],
      [0.2, 0.9, -0.1],
      [0.05, -0.1, 0.8],
    ];
    const test = population({ features: 3, noise: 0.6, covariance: product(B, B) });
    const trained = population({ features: 3, covariance: product(B, B) });
    const A = optimalPreconditioner.value(trained, { context: 4 });
    // T = 0 draws w = 0; labels are then made for the one task.
    const problems = sample({ root: B, taskRoot: scaled(B, 0), noise: 0.6 }, () => 7, 10_000, 5);
    const estimates = problems.x.map((rows, b) => {
      const y = rows.map((row, j) => problems.y[b]![j]! + inner(row, task));
      return A.map((row) =>
        inner(
          row,
          [0, 1, 2].map((i) => rows.reduce((t, r, j) => t + (r[i]! * y[j]!) / 7, 0)),
        ),
      );
    });
    const moments = excessRisks({ ...problems, w: problems.w.map(() => task) }, [estimates], product(B, B));
    const exact = testLengthError.value(test, { context: 7, trained: 4, task }) - 0.36;
    expect(Math.abs(moments.mean(0) - exact)).toBeLessThan(4 * moments.standardError(0));
  });
});
