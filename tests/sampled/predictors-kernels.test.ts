import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { nonlinearTargetLaw } from "../../src/laws/nonlinear-target.js";
import { taskPoolLaw } from "../../src/laws/task-pool.js";
import { keyOf } from "../../src/math/keys.js";
import { applied, diagonal, identity, product, scaled, sum, transpose } from "../../src/math/matrix.js";
import { Moments } from "../../src/math/moments.js";
import { solve } from "../../src/math/solve.js";
import { eigen } from "../../src/math/symmetric.js";
import { softmaxAverage } from "../../src/predictors/algorithms/softmax-average.js";
import debiasedGradientStep from "../../src/predictors/debiased-gradient-step.js";
import gradientStep from "../../src/predictors/gradient-step.js";
import kernelRidge from "../../src/predictors/kernel-ridge.js";
import newton from "../../src/predictors/newton.js";
import ridge from "../../src/predictors/ridge.js";
import { bestOmega, softmaxFit } from "../../src/predictors/softmax-constants.js";
import softmaxHeads from "../../src/predictors/softmax-heads.js";
import type { Law, Nd, Prompts } from "../../src/types.js";
import {
  each,
  expectSame,
  normalEquations,
  population,
  site,
  skewed,
  skewedProblems,
  weights,
} from "../predicted-weights.js";
import { inner } from "../regression-sampler.js";

const key = keyOf(91);
/** The units of He et al.: d = 5, w ~ N(0, I / d), noise variance 0.1, 40 pairs. */
const published = linearRegressionLaw({
  ...{ features: 5, noise: Math.sqrt(0.1), taskCovariance: scaled(identity(5), 1 / 5) },
});

function errors(law: Law, n: number, count: number, ...predicts: ((prompts: Prompts) => Nd<["batch"]>)[]): Moments {
  const prompts = law.draw(key, { from: 0, count }, n);
  const lists = predicts.map((predict) => predict(prompts).data);
  const moments = new Moments(lists.length);
  for (let b = 0; b < count; b++) moments.add(lists.map((list) => (list[b]! - prompts.answer.data[b]!) ** 2));
  return moments;
}

describe("softmax heads", () => {
  const best = softmaxFit(published.population, 40);

  /** omega, mu and risk of another program, of 400,000 prompts; within the error of 4,000. */
  test.each([
    [2, 0.13, 3.393, 0.24374],
    [1, 0.4472, 1.6865, 0.40779],
    [1, 0.5177, 1.5008, 0.40432],
  ] as const)("%d with omega %d: the best mu is %d, and the risk %d", (heads, omega, mu, risk) => {
    expect(Math.abs(best(heads, omega).mu / mu - 1)).toBeLessThan(0.02);
    const moments = errors(published, 40, 5000, softmaxAverage({ heads, omega, mu }).predict);
    expect(Math.abs(moments.mean(0) - risk)).toBeLessThan(4 * moments.standardError(0));
    expect(Math.abs(best(heads, omega).risk / risk - 1)).toBeLessThan(0.08);
  });

  test("one has its best omega near .52, not at 1 / sqrt d", () => {
    // On as many prompts as omega is sought on for a study.
    const few = softmaxFit(published.population, 40, 1000);
    const omega = bestOmega(published.population, few);
    expect(Math.abs(omega - 0.518)).toBeLessThan(0.02);
    for (const factor of [0.9, 1.1]) expect(few(1, factor * omega).risk).toBeGreaterThan(few(1, omega).risk);
  });

  test("a pair of small omega is a debiased step of size 2 omega mu, whatever constant is added to labels", () => {
    const prompts = published.draw(key, { from: 0, count: 30 }, 10);
    const [omega, mu] = [1e-5, 1];
    const pair = softmaxAverage({ heads: 2, omega, mu }).predict(prompts).data;
    const { predict } = debiasedGradientStep.make({}, site).tune(published.population, 10);
    const step = predict(prompts).data;
    const ratio = pair[0]! / step[0]!;
    for (const [b, value] of pair.entries()) expect(value / step[b]!).toBeCloseTo(ratio, 3);
    const raised = { ...prompts, y: { ...prompts.y, data: prompts.y.data.map((label) => label + 3) } };
    const moved = softmaxAverage({ heads: 2, omega: 0.3, mu }).predict(raised).data;
    const before = softmaxAverage({ heads: 2, omega: 0.3, mu }).predict(prompts).data;
    for (const [b, value] of moved.entries()) expect(value).toBeCloseTo(before[b]!, 12);
    const [one, other] = [prompts, raised].map((given) => softmaxAverage({ heads: 1, omega: 0.3, mu }).predict(given));
    expect(other!.data[0]! - one!.data[0]!).toBeCloseTo(3, 12);
  });

  test("answer by the definition, and stay finite for scores of any size", () => {
    const prompts = published.draw(key, { from: 0, count: 3 }, 6);
    const found = softmaxAverage({ heads: 2, omega: 0.7, mu: 1.5 }).predict(prompts).data;
    for (let b = 0; b < 3; b++) {
      const query = [...prompts.query.data.subarray(b * 5, b * 5 + 5)];
      const scores = Array.from({ length: 6 }, (_, j) => {
        const row = [...prompts.x.data.subarray((b * 6 + j) * 5, (b * 6 + j + 1) * 5)];
        return 0.7 * inner(row, query);
      });
      const head = (sign: number) => {
        const powers = scores.map((score) => Math.exp(sign * score));
        const labels = prompts.y.data.subarray(b * 6, b * 6 + 6);
        return inner(powers, labels) / powers.reduce((a, c) => a + c);
      };
      expect(found[b]).toBeCloseTo(1.5 * (head(1) - head(-1)), 12);
    }
    const steep = softmaxAverage({ heads: 2, omega: 1e6, mu: 1 }).predict(prompts).data;
    expect([...steep].every(Number.isFinite)).toBe(true);
  });

  test("two have no best omega, and say so", () => {
    const { issues } = softmaxHeads.options.safeParse({ heads: 2 }).error!;
    expect(issues[0]!.message).toMatch("two heads have no best omega");
    expect(softmaxHeads.make({ heads: 2, omega: 0.13 }, site).name).toBe("softmax-heads-2-0-13");
  });

  test("are tuned for a pool of tasks by its second moments", () => {
    const pool = taskPoolLaw({ pool: [[1, 0, 0, 0, 0]], noise: 0.3 });
    const one = linearRegressionLaw({ features: 5, noise: 0.3, taskCovariance: diagonal([1, 0, 0, 0, 0]) });
    const make = (law: Law) => softmaxHeads.make({ heads: 2, omega: 0.2 }, site).tune(law.population as never, 8);
    const prompts = pool.draw(key, { from: 0, count: 5 }, 8);
    expect(make(pool as Law).predict(prompts)).toEqual(make(one as Law).predict(prompts));
  });
});

describe("kernel ridge regression", () => {
  test("with the linear kernel is ridge of that penalty: the dual is the primal", () => {
    const problems = skewedProblems(0.5, 6, 20);
    const dual = weights(
      kernelRidge.make({ kernel: { kind: "linear" }, penalty: 0.4 }, site),
      skewed(0.5),
      6,
      problems,
    );
    const primal = weights(ridge.make({ penalty: 0.4 }, site), skewed(0.5), 6, problems);
    const direct = each(problems, (b) => {
      const { S, moment } = normalEquations(problems, b);
      return applied(solve(sum(S, scaled(identity(4), 0.4)), identity(4)), moment);
    });
    expectSame(dual, primal, 1e-11);
    expectSame(primal, direct, 1e-11);
  });

  test.each([
    [{ kind: "gaussian" as const, width: 1.5 }, (a: number[], b: number[]) => Math.exp(-dist2(a, b) / 4.5)],
    [{ kind: "polynomial" as const, degree: 3 }, (a: number[], b: number[]) => (1 + inner(a, b)) ** 3],
  ])("with the kernel %j solves its normal equations", (kernel, k) => {
    const law = linearRegressionLaw({ features: 3, noise: 0.5 });
    const prompts = law.draw(key, { from: 0, count: 5 }, 4);
    const found = kernelRidge.make({ kernel, penalty: 0.3 }, site).tune(law.population, 4).predict(prompts).data;
    for (let b = 0; b < 5; b++) {
      const rows = [0, 1, 2, 3].map((j) => [...prompts.x.data.subarray((b * 4 + j) * 3, (b * 4 + j + 1) * 3)]);
      const query = [...prompts.query.data.subarray(b * 3, b * 3 + 3)];
      const K = rows.map((a, i) => rows.map((c, j) => k(a, c) + (i === j ? 0.3 : 0)));
      const labels = [...prompts.y.data.subarray(b * 4, b * 4 + 4)].map((label) => [label]);
      const [row] = transpose(solve(K, labels));
      expect(found[b]).toBeCloseTo(
        inner(
          row!,
          rows.map((a) => k(a, query)),
        ),
        10,
      );
    }
  });

  test("learns a cube that no gradient step can, from enough pairs", () => {
    const law = nonlinearTargetLaw(2, { target: "cube", tasks: "unit", noise: 0.1 });
    const cubic = kernelRidge.make({ kernel: { kind: "polynomial", degree: 3 }, penalty: 0.05 }, site);
    const step = gradientStep.make(undefined, site).tune(law.population, 40);
    const moments = errors(law as Law, 40, 400, cubic.tune(law.population, 40).predict, step.predict);
    expect(moments.mean(0)).toBeLessThan(0.1);
    expect(moments.mean(1)).toBeGreaterThan(2);
  });

  test("names its kernel and penalty, and refuses what is none", () => {
    const kernel = { kind: "gaussian" as const, width: 0.5 };
    expect(kernelRidge.make({ kernel, penalty: 0.1 }, site).name).toBe("kernel-ridge-gaussian-0-5-0-1");
    const refused = (given: object) => kernelRidge.options.safeParse(given).error!.issues[0]!.message;
    expect(refused({ kernel: { kind: "cosine" }, penalty: 1 })).toMatch("a kernel is { kind: linear }");
    expect(refused({ kernel, penalty: 0 })).toMatch(">0");
  });
});

const dist2 = (a: number[], b: number[]) => a.reduce((total, entry, i) => total + (entry - b[i]!) ** 2, 0);

test("ridge of penalty s2 is the posterior mean for tasks N(0, I), and of 0 least squares of minimum norm", () => {
  const law = population({ features: 4, noise: 0.6 });
  const problems = skewedProblems(0.5, 3, 20);
  const [posterior, equal, none] = [{}, { penalty: 0.36 }, { penalty: 0 }].map((option) =>
    weights(ridge.make(option, site), law, 3, problems),
  );
  expectSame(equal!, posterior!, 1e-12);
  const minimal = each(problems, (b) => {
    const rows = problems.x[b]!;
    const dual = solve(
      product(rows, transpose(rows)),
      problems.y[b]!.map((label) => [label]),
    );
    return transpose(product(transpose(rows), dual))[0]! as number[];
  });
  expectSame(none!, minimal, 1e-9);
  expect(ridge.make({ penalty: 0.36 }, site).name).toBe("ridge-0-36");
});

describe("Newton from the text's start, alpha = 2 / ||S||^2", () => {
  const problems = skewedProblems(0.5, 6, 20);

  test("makes 2^k steps of gradient descent on ||S w - X^T y||^2 / 2", () => {
    for (const k of [1, 3]) {
      const expected = each(problems, (b) => {
        const { S, moment } = normalEquations(problems, b);
        const alpha = 2 / eigen(S).values.at(-1)! ** 2;
        let M = scaled(S, alpha);
        for (let step = 0; step < k; step++) M = sum(scaled(M, 2), scaled(product(M, S, M), -1));
        return applied(M, moment);
      });
      expectSame(weights(newton.make({ edge: k }, site), skewed(0.5), 6, problems), expected, 1e-9);
    }
  });

  test("never learns the top direction, and every other one: its error stays where the code's start converges", () => {
    const found = weights(newton.make({ edge: 60 }, site), skewed(0.5), 6, problems);
    for (const [b, w] of found.entries()) {
      const { S, moment } = normalEquations(problems, b);
      const { values, vectors } = eigen(S);
      for (const [i, value] of values.entries()) {
        const exact = i === values.length - 1 ? 0 : inner(vectors[i]!, moment) / value;
        expect(inner(vectors[i]!, w)).toBeCloseTo(exact, 6);
      }
    }
    const law = linearRegressionLaw({ features: 4 });
    const [edge, code] = [{ edge: 20 }, 20].map((option) => newton.make(option, site).tune(law.population, 8).predict);
    const moments = errors(law as Law, 8, 300, edge!, code!);
    expect(moments.mean(0)).toBeGreaterThan(0.3);
    expect(moments.mean(1)).toBeLessThan(1e-3);
  });
});
