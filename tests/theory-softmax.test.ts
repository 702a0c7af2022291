import { type LinearRegression, linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { Draws } from "../src/math/draws.js";
import { keyOf } from "../src/math/keys.js";
import { identity, scaled } from "../src/math/matrix.js";
import { minimum } from "../src/math/minimum.js";
import { Moments } from "../src/math/moments.js";
import { gradientStepLimit, singleHeadLimit } from "../src/theory/gradient-step-limit.js";
import { slowManifold } from "../src/theory/slow-manifold.js";
import { softmaxFlow } from "../src/theory/softmax-flow.js";
import { softmaxLoss } from "../src/theory/softmax-loss.js";
import { inner, sample } from "./regression-sampler.js";

/** d = 5, n = 40 and noise variance 0.1 in He et al.'s units: w ~ N(0, I / d). */
const law = linearRegressionLaw({
  features: 5,
  noise: Math.sqrt(0.1),
  taskCovariance: scaled(identity(5), 1 / 5),
}).population;
const context = 40;
const lossOf = (omega: readonly number[], mu: readonly number[], test = law) =>
  softmaxLoss.value(test, { context, omega, mu }).loss;
const expectPrinted = (value: number, printed: string) =>
  expect(value.toFixed(printed.split(".")[1]!.length)).toBe(printed);
const relative = (a: number, b: number) => Math.abs(a / b - 1);

describe("the approximate risk of softmax heads", () => {
  test("one head is best at omega = 1 / sqrt(d), mu = 1.6277, where it is the single head's limit, 0.37207", () => {
    const bestMu = (omega: number) => minimum((mu) => lossOf([omega], [mu]), 0, 10);
    const best = minimum((omega) => bestMu(omega).f, 0.05, 2);
    expect(Math.abs(best.x - 1 / Math.sqrt(5))).toBeLessThan(1e-6);
    expectPrinted(bestMu(best.x).x, "1.6277");
    expectPrinted(best.f, "0.37207");
    expect(relative(best.f, singleHeadLimit.value(law, { context }))).toBeLessThan(1e-12);
  });

  test("two heads of opposite signs come down to the gradient step's limit, 0.22088, as omega goes to 0", () => {
    const limit = gradientStepLimit.value(law, { context });
    expectPrinted(limit, "0.22088");
    const best = (omega: number) => minimum((mu) => lossOf([omega, -omega], [mu, -mu]), 0, 2 / omega);
    const losses = [0.4, 0.2, 0.1, 0.05].map((omega) => best(omega).f);
    for (const [k, loss] of losses.slice(1).entries()) expect(loss).toBeLessThan(losses[k]!);
    expect(losses[3]!).toBeGreaterThan(limit);
    // The excess is of fourth order.
    expect((losses[3]! - limit) / (losses[2]! - limit)).toBeCloseTo(1 / 16, 2);
    expect(2 * 0.05 * best(0.05).x).toBeCloseTo(0.87912, 3);
  });

  test("its slopes are those of finite differences, with other scales of inputs and tasks", () => {
    const other = linearRegressionLaw({
      ...{ features: 3, noise: 0.7, covariance: scaled(identity(3), 0.6) },
      taskCovariance: scaled(identity(3), 1.4),
    }).population;
    const [omega, mu] = [
      [0.3, -0.5, 0.8],
      [1.1, -0.4, 0.2],
    ] as const;
    const { omega: turned, mu: weighed } = softmaxLoss.value(other, { context, omega, mu });
    const h = 1e-5;
    const moved = (values: readonly number[], i: number, by: number) => values.map((v, k) => (k === i ? v + by : v));
    for (const i of [0, 1, 2]) {
      const slope = (lossOf(moved(omega, i, h), mu, other) - lossOf(moved(omega, i, -h), mu, other)) / (2 * h);
      expect(Math.abs(slope - turned[i]!)).toBeLessThan(1e3 * h ** 2);
      const weight = (lossOf(omega, moved(mu, i, h), other) - lossOf(omega, moved(mu, i, -h), other)) / (2 * h);
      expect(Math.abs(weight - weighed[i]!)).toBeLessThan(1e3 * h ** 2);
    }
  });

  test("scales: inputs times k with omega / k^2, tasks times k with mu times k", () => {
    const loss = lossOf([0.3, -0.2], [1, -0.5]);
    const wide = { ...law, covariance: scaled(law.covariance, 4), queryCovariance: scaled(law.queryCovariance, 4) };
    const quiet = { ...wide, taskCovariance: scaled(law.taskCovariance, 1 / 4) };
    expect(relative(lossOf([0.3 / 4, -0.2 / 4], [1, -0.5], quiet), loss)).toBeLessThan(1e-14);
    const loud = { ...law, taskCovariance: scaled(law.taskCovariance, 9), noise: 3 * law.noise };
    expect(relative(lossOf([0.3, -0.2], [1, -0.5], loud), 9 * loss)).toBeLessThan(1e-14);
  });

  /** Risk of the heads themselves on sampled prompts. */
  function sampled(omega: readonly number[], mu: readonly number[], n: number, count: number): Moments {
    const roots = { root: identity(5), taskRoot: scaled(identity(5), 1 / Math.sqrt(5)), noise: law.noise };
    const problems = sample(roots, () => n, count, 77);
    const draws = new Draws(keyOf(78));
    const moments = new Moments(1);
    for (const [b, x] of problems.x.entries()) {
      const query = [0, 1, 2, 3, 4].map(() => draws.normal());
      let prediction = 0;
      for (const [h, scale] of omega.entries()) {
        const shares = x.map((row) => Math.exp(scale * inner(row, query)));
        const total = shares.reduce((sum, share) => sum + share, 0);
        prediction += (mu[h]! * inner(shares, problems.y[b]!)) / total;
      }
      moments.add([(prediction - inner(problems.w[b]!, query)) ** 2 + 0.1]);
    }
    return moments;
  }

  test.each([
    ["two heads at omega = 0.13, mu = 3.393", [0.13, -0.13], [3.393, -3.393], 0.24374, 0.2213],
    ["one head at omega = 0.4472, mu = 1.6865", [1 / Math.sqrt(5)], [1.6865], 0.40779, 0.373],
  ])(
    "%s: below the true risk, which prompts of 40 pairs show within 4 standard errors",
    (_, omega, mu, risk, approximate) => {
      const moments = sampled(omega, mu, 40, 2500);
      expect(Math.abs(moments.mean(0) - risk)).toBeLessThan(4 * moments.standardError(0));
      expect(lossOf(omega, mu)).toBeCloseTo(approximate, 3);
      expect(lossOf(omega, mu)).toBeLessThan(moments.mean(0) - moments.standardError(0));
    },
  );
});

describe("the flow of softmax heads", () => {
  test.each([
    [2, "0.489", "0.493", null],
    [5, "0.541", "0.722", "0.2652"],
    [10, "0.476", "0.859", "0.2461"],
    [50, "0.350", "1.229", "0.2278"],
    [200, "0.272", "1.603", "0.2233"],
    [1000, "0.2057", "2.1314", "0.22168"],
  ])("from omega = mu = (0.1, -0.1): at t = %d omega is %s, mu %s, the loss %s", (time, omega, mu, loss) => {
    const start = { context, omega: [0.1, -0.1], mu: [0.1, -0.1], times: [time] };
    const [state] = softmaxFlow.value(law, start);
    // Printed by another integrator, good to one of the last digit.
    expect(Math.abs(state!.omega[0]! - Number(omega))).toBeLessThan(1.5 * 10 ** -omega.split(".")[1]!.length);
    expect(Math.abs(state!.mu[0]! - Number(mu))).toBeLessThan(1.5 * 10 ** -mu.split(".")[1]!.length);
    if (loss) expectPrinted(state!.loss, loss);
    expect(state!.omega[1]! + state!.omega[0]!).toBeCloseTo(0, 8);
  });

  test("from an uneven start signs agree, then |omega| evens out, then the sum of mu vanishes, and the loss only falls", () => {
    const start = { context, omega: [0.2, 0.05, -0.1, 0.02], mu: [0.02, 0.1, -0.2, -0.1] };
    const states = softmaxFlow.value(law, { ...start, times: [0, 2, 5, 20, 100, 1000] });
    for (const [k, { loss }] of states.slice(1).entries()) expect(loss).toBeLessThan(states[k]!.loss);
    const last = states.at(-1)!;
    for (const [h, omega] of last.omega.entries()) expect(Math.sign(omega)).toBe(Math.sign(last.mu[h]!));
    const sizes = last.omega.map(Math.abs);
    expect(Math.max(...sizes) / Math.min(...sizes) - 1).toBeLessThan(0.01);
    expect(Math.abs(last.mu.reduce((sum, mu) => sum + mu, 0))).toBeLessThan(0.01);
    expect(inner(last.omega, last.mu)).toBeCloseTo(0.87912, 1);
  });

  test.each([
    [2, 20_000, "0.1240"],
    [4, 20_000, "0.1105"],
  ])(
    "%d heads drift along the slow manifold, at t = %d to omega = %s, the nearer the later",
    (heads, time, printed) => {
      const theory = (t: number) => slowManifold.value(law, { context, heads, time: t });
      expectPrinted(theory(time), printed);
      const signs = Array.from({ length: heads }, (_, h) => (h % 2 === 0 ? 0.1 : -0.1));
      const times = [1250, 5000];
      const accuracy = { relative: 1e-7, absolute: 1e-10 };
      const states = softmaxFlow.value(law, { context, omega: signs, mu: signs, times, accuracy });
      const gaps = states.map(({ omega }, k) => Math.abs(omega[0]! / theory(times[k]!) - 1));
      expect(gaps[1]!).toBeLessThan(0.005);
      expect(gaps[1]!).toBeLessThan(gaps[0]!);
    },
  );

  test("heads without their mu, other units, odd heads and other laws are declined", () => {
    expect(softmaxLoss.applies(law, { context, omega: [1, 2], mu: [1] })).toMatch("2 are not 1");
    const foreign = { family: "autoregressive", noise: 1 } as unknown as LinearRegression;
    expect(softmaxFlow.applies(foreign, { context, omega: [1], mu: [1], times: [1] })).toMatch(
      "not for autoregressive",
    );
    const at = { context, heads: 2, time: 10 };
    expect(slowManifold.applies(law, at)).toBe(true);
    expect(slowManifold.applies(linearRegressionLaw({ features: 5 }).population, at)).toMatch("w ~ N(0, I / d)");
    expect(slowManifold.applies(law, { ...at, heads: 3 })).toMatch("not of 3");
    expect(slowManifold.applies(law, { ...at, time: 0 })).toMatch("late times, not of 0");
    expect([softmaxLoss.kind, softmaxFlow.kind, slowManifold.kind]).toEqual([
      "approximation",
      "approximation",
      "asymptotic",
    ]);
  });
});
