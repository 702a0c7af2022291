import { applied, diagonal, identity, product, scaled, sum } from "../../src/math/matrix.js";
import { solve } from "../../src/math/solve.js";
import { eigen } from "../../src/math/symmetric.js";
import newton from "../../src/predictors/newton.js";
import ols from "../../src/predictors/ols.js";
import type { Rows } from "../../src/types.js";
import {
  each,
  expectSame,
  isotropic,
  normalEquations,
  population,
  site,
  skewed,
  skewedProblems,
  weights,
} from "../predicted-weights.js";
import { excessRisks, inner, sample } from "../regression-sampler.js";

describe("Newton's iteration", () => {
  const problems = skewedProblems(0.5, 6, 20);
  const power = (matrix: Rows, exponent: number): Rows =>
    exponent === 0 ? identity(matrix.length) : product(matrix, power(matrix, exponent - 1));
  const scale = (S: Rows) => 1 / Math.hypot(...product(S, S).flat());

  test.each([1, 2, 3, 6])("I - M_k S = (I - alpha S^2)^(2^k): k = %d steps are 2^k of gradient descent", (k) => {
    const expected = each(problems, (b) => {
      const { S, moment } = normalEquations(problems, b);
      let residual = sum(identity(4), scaled(product(S, S), -scale(S)));
      for (let doubling = 0; doubling < k; doubling++) residual = product(residual, residual);
      const learned = sum(identity(4), scaled(residual, -1));
      return applied(learned, applied(solve(S, identity(4)), moment));
    });
    const descended = each(problems, (b) => {
      const { S, moment } = normalEquations(problems, b);
      let w = [0, 0, 0, 0];
      for (let step = 0; step < 2 ** k; step++) {
        const slope = applied(
          S,
          applied(S, w).map((entry, i) => entry - moment[i]!),
        );
        w = w.map((entry, i) => entry - scale(S) * slope[i]!);
      }
      return w;
    });
    const found = weights(newton.make(k, site), skewed(0.5), 6, problems);
    expectSame(found, expected, 1e-9);
    expectSame(found, descended, 1e-12);
  });

  test("one and two steps are 2 a S - a^2 S^3 and 4 a S - 6 a^2 S^3 + 4 a^3 S^5 - a^4 S^7", () => {
    for (const [k, coefficients] of [
      [1, [2, -1]],
      [2, [4, -6, 4, -1]],
    ] as const) {
      const expected = each(problems, (b) => {
        const { S, moment } = normalEquations(problems, b);
        const terms = coefficients.map((c, j) => scaled(power(S, 2 * j + 1), c * scale(S) ** (j + 1)));
        return applied(sum(terms[0]!, ...terms.slice(1)), moment);
      });
      expectSame(weights(newton.make(k, site), skewed(0.5), 6, problems), expected, 1e-12);
    }
  });

  test("ends at least squares of minimum norm, of full rank or not, and stays there to its last step", () => {
    const cases = [
      sample(isotropic(4, 0.3), () => 3, 20, 1),
      sample(isotropic(4, 0.3), () => 9, 20, 2),
      sample({ ...isotropic(4, 0.3), coordinate: (draws) => draws.rademacher() }, () => 6, 40, 3),
      sample({ ...isotropic(4, 0.3), root: diagonal([1, 0, 2, 0]) }, () => 8, 20, 4),
    ];
    for (const sampled of cases) {
      const law = population({ features: 4 });
      const end = weights(ols.make({}, site), law, 6, sampled);
      expectSame(weights(newton.make(60, site), law, 6, sampled), end, 1e-9);
    }
  });

  test("at the edge alpha = 2 / ||S||^2, as the text has it, the top direction is never learned; here it is", () => {
    const { S, moment } = normalEquations(problems, 0);
    const { values, vectors } = eigen(S);
    const [top, direction] = [values.at(-1)!, vectors.at(-1)!];
    let M = scaled(S, 2 / top ** 2);
    for (let step = 0; step < 15; step++) M = sum(scaled(M, 2), scaled(product(M, S, M), -1));
    const exact = inner(direction, moment) / top;
    expect(Math.abs(inner(direction, applied(M, moment)) / exact)).toBeLessThan(1e-6);
    const [found] = weights(newton.make(15, site), skewed(0.5), 6, problems);
    expect(inner(direction, found!) / exact).toBeCloseTo(1, 12);
  });

  /** Another program's excess over d, from 2,000 draws at d = 20 without noise. */
  test.each([
    [10, [1, 5, 9], [0.799, 0.597, 0.512]],
    [20, [1, 5, 9, 13], [0.733, 0.411, 0.215, 0.114]],
    [35, [1, 5, 9], [0.675, 0.257, 0.0414]],
  ])("d = 20, n = %d: after %j steps the excess over d is %j", (n, steps, excesses) => {
    const law = population({ features: 20 });
    const sampled = sample(isotropic(20), () => n, 80, n);
    const lists = steps.map((k) => weights(newton.make(k, site), law, n, sampled));
    const moments = excessRisks(sampled, lists, scaled(identity(20), 1 / 20));
    for (const [i, excess] of excesses.entries()) {
      // The table's own error, of 2,000 draws, beside ours of 80.
      const error = moments.standardError(i) * Math.sqrt(1 + 80 / 2000);
      expect(Math.abs(moments.mean(i) - excess)).toBeLessThan(4 * error);
    }
  });
});
