import type { Cell } from "../src/claims/cell.js";
import { type Dual, variable } from "../src/claims/dual.js";
import { estimate, type Quantity } from "../src/claims/estimate.js";
import { inEveryCurve } from "../src/claims/in-every.js";
import { bendOf, exponentOf, powerLaw } from "../src/claims/power-law.js";
import { promptError } from "../src/claims/prompt-error.js";
import { Draws } from "../src/math/draws.js";
import { keyOf } from "../src/math/keys.js";
import { loadCatalogue } from "../src/runner/catalogue.js";
import { judgeStudy } from "../src/studies/judge-study.js";
import { parseStudy } from "../src/studies/parse-study.js";
import type { Measurement } from "../src/types.js";

const catalogue = await loadCatalogue();

const contexts = [8, 16, 32, 64, 128];

function sampled(context: number, risk: number, standardError: number, seed = 0): Measurement {
  const base = { name: "a", kind: "predictor", exact: false, status: "ok", prompts: 1000, testContext: context };
  return { ...base, seed, context, risk, excess: risk, standardError } as Measurement;
}

const cellsOf = (rows: readonly Measurement[]): Cell[] =>
  contexts.map((context) => ({
    columns: { context },
    rows: rows.filter((row) => row.context === context),
    stream: `context ${context}`,
  }));

const curve =
  (curved: typeof exponentOf): Quantity =>
  (...cells) =>
    curved(cells.map((cell) => ({ x: cell.columns.context, y: cell.risk("a") })));

/** exp(1 + p u + c u^2) with u = log x: a power law where c is 0. */
const value = (x: number, exponent: number, bent = 0) => Math.exp(1 + exponent * Math.log(x) + bent * Math.log(x) ** 2);

describe("the fit of a power law", () => {
  test("has the exponent of one, and no bend, whatever the weights", () => {
    const rows = contexts.map((x, i) => sampled(x, value(x, -1.5), 0.01 * (i + 1) * value(x, -1.5)));
    expect(estimate(curve(exponentOf), cellsOf(rows))).toMatchObject({ value: expect.closeTo(-1.5, 12) });
    expect(estimate(curve(bendOf), cellsOf(rows))).toMatchObject({ value: expect.closeTo(0, 12) });
  });

  test("tells by how much the exponent of a parabola changes over the range, whatever the weights", () => {
    const bent = 0.07;
    const rows = contexts.map((x, i) => sampled(x, value(x, -1, bent), 0.01 * (i + 1) * value(x, -1, bent)));
    // d log y / d log x = p + 2 c log x.
    const change = 2 * bent * Math.log(128 / 8);
    expect(estimate(curve(bendOf), cellsOf(rows))).toMatchObject({ value: expect.closeTo(change, 12) });
  });

  test("weighs by 1 / s^2: residuals are orthogonal, and the error is that of weighted least squares", () => {
    const draws = new Draws(keyOf(1));
    const errors = contexts.map((_, i) => 0.02 * (i + 1));
    const ys = contexts.map((x, i) => value(x, -1) * Math.exp(errors[i]! * draws.normal()));
    const rows = contexts.map((x, i) => sampled(x, ys[i]!, errors[i]! * ys[i]!));
    const found = estimate(curve(exponentOf), cellsOf(rows));
    if ("why" in found) throw new Error(found.why);
    const total = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);
    const [u, v, w] = [contexts.map(Math.log), ys.map(Math.log), errors.map((error) => error ** -2)];
    const mean = (of: readonly number[]) => total(of.map((one, i) => w[i]! * one)) / total(w);
    const residuals = v.map((one, i) => one - mean(v) - found.value * (u[i]! - mean(u)));
    expect(Math.abs(total(residuals.map((r, i) => w[i]! * r * u[i]!)))).toBeLessThan(1e-9 * total(w));
    const expected = 1 / Math.sqrt(total(u.map((one, i) => w[i]! * (one - mean(u)) ** 2)));
    expect(found.standardError / expected).toBeCloseTo(1, 6);
    // Where it is not known that cells have prompts of their own, the error is the most that it can be.
    const alike = cellsOf(rows).map(({ columns, rows: own }) => ({ columns, rows: own }));
    const bound = estimate(curve(exponentOf), alike);
    const most = total(u.map((one, i) => Math.sqrt(w[i]!) * Math.abs(one - mean(u)))) * expected ** 2;
    expect(bound).toMatchObject({ standardError: expect.closeTo(most, 6) });
  });

  test("is exact where y is, and undefined for too few x, one that is no positive number, and a y that is not positive", () => {
    const point = (x: number | string, y: number) => ({ x, y: ofValue(y) });
    expect(exponentOf([point(1, 2), point(4, 1)]).value).toBeCloseTo(-0.5, 14);
    expect(exponentOf([point(2, 2), point(2, 1)]).why).toBe("a slope needs at least two different x");
    expect(bendOf([point(1, 2), point(4, 1)]).why).toBe("a bend needs at least three different x");
    expect(exponentOf([point(0, 2), point(4, 1)]).why).toMatch("over positive numbers, not over 0");
    expect(exponentOf([point("1 to 9", 2), point(4, 1)]).why).toMatch("not over 1 to 9");
    expect(exponentOf([point(1, -2), point(4, 1)]).why).toBe("the logarithm of -2");
  });

  test("has standard errors that cover a thousand samples, of exponent and bend", () => {
    const draws = new Draws(keyOf(2));
    const [samples, relative] = [1000, 0.02];
    const scores = { slope: [] as number[], bend: [] as number[] };
    for (let sample = 0; sample < samples; sample++) {
      const rows = contexts.map((x) =>
        sampled(x, value(x, -1) * (1 + relative * draws.normal()), relative * value(x, -1)),
      );
      for (const [name, fit, truth] of [["slope", exponentOf, -1] as const, ["bend", bendOf, 0] as const]) {
        const found = estimate(curve(fit), cellsOf(rows));
        if ("why" in found) throw new Error(found.why);
        scores[name].push((found.value - truth) / found.standardError);
      }
    }
    for (const all of Object.values(scores)) {
      const square = all.reduce((sum, score) => sum + score ** 2, 0) / samples;
      expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / samples));
    }
  });
});

describe("a claim of a power law", () => {
  const judged = (rows: readonly Measurement[], exponent?: number) => {
    const claim = { y: ((cell) => cell!.risk("a")) as Quantity, x: "context", within: { absolute: 0.05 } };
    return inEveryCurve(
      rows,
      ["context"],
      "context",
      powerLaw({ ...claim, ...(exponent !== undefined && { exponent }) }),
    );
  };
  const rows = (exponent: number, bent: number, relative: number) =>
    contexts.map((x) => sampled(x, value(x, exponent, bent), relative * value(x, exponent, bent)));

  test("holds of one, with its exponent or with any, and says exponent and bend with their errors", () => {
    const verdict = judged(rows(-1, 0, 0.001), -1);
    expect(verdict).toMatchObject({ holds: true, about: "weights", rows: 5 });
    expect(verdict.why).toMatch(/exponent -1 ± 0\.000\d+, bent by -?\S+ ± 0\.00\d+ over the range$/);
    expect(judged(rows(-1.3, 0, 0.001))).toMatchObject({ holds: true });
  });

  test("is refuted by another exponent, and by a curvature where the exponent of the line is right", () => {
    expect(judged(rows(-1.1, 0, 0.001), -1)).toMatchObject({ holds: false, expected: -1 });
    // The exponent goes from -1.2 to -0.8: -1 in the middle of the range.
    const middle = Math.log(32);
    const bent = 0.2 / Math.log(128 / 32) / 2;
    const curved = rows(-1 - 2 * bent * middle, bent, 0.001);
    expect(judged(curved, -1)).toMatchObject({ holds: false, measured: expect.closeTo(-0.8, 2) });
    expect(judged(curved)).toMatchObject({ holds: false });
  });

  test("is undecided where noise hides the curvature, though the exponent is known", () => {
    const noisy = rows(-1, 0, 0.03);
    expect(judged(noisy, -1)).toMatchObject({ holds: null, why: expect.stringMatching("too noisy") });
    expect(judged(rows(-1, 0, 0.001).slice(0, 2), -1)).toMatchObject({ holds: null });
  });
});

describe("a study", () => {
  const study = (hypothesis: string) =>
    parseStudy(
      `title: power law
law: { kind: gaussian-linear, features: 2, noise: 0.5 }
context: [200, 400, 800]
predictors: [ols]
hypotheses: [{ says: it, ${hypothesis} }]`,
      "study.yaml",
      catalogue,
    );
  /** Excess of least squares, s2 d / (n - d - 1): a power of n far from n = 3. */
  const exact = (context: number) =>
    ({
      ...{ name: "ols", kind: "predictor", exact: true, seed: null, context, testContext: context, status: "ok" },
      ...{ risk: 0.25 + 0.5 / (context - 3), excess: 0.5 / (context - 3), standardError: null, prompts: null },
    }) as Measurement;
  const rows = [200, 400, 800].map(exact);
  const law = 'powerLaw: { of: "exact(ols) - 0.25", over: context, exponent: -1 }';

  test("claims a power law of closed forms, exactly", async () => {
    const [verdict] = judgeStudy(await study(`${law}, within: 5%`), rows);
    expect(verdict).toMatchObject({
      ...{ holds: true, about: "exact", standardError: null },
      expect: "exact(ols) - 0.25 = c context^-1, exponent within 5%",
    });
    expect(judgeStudy(await study(`${law}, within: 0.001`), rows)).toMatchObject([{ holds: false }]);
  });

  test("may also say the bend", async () => {
    const bend = 'expect: "-0.02 < bend(exact(ols) - 0.25, context) < 0.02"';
    expect(judgeStudy(await study(bend), rows)).toMatchObject([{ holds: true, about: "exact" }]);
  });

  test.each([
    [law, "study.yaml:5:36: `powerLaw` needs `within`, such as 5% or 0.05"],
    [
      `${law.replace("over: context", "over: contxt")}, within: 5%`,
      "study.yaml:5:69: `contxt` is no column here; did you mean",
    ],
    [
      `${law.replace("exponent: -1", "exponent: 0")}, within: 5%`,
      "study.yaml:5:101: a part of the exponent 0 is no margin",
    ],
    [
      'powerLaw: { of: "slope(exact(ols), context)", over: context }, within: 5%',
      "study.yaml:5:42: a slope or bend inside a power law",
    ],
    [
      `${law}, expect: "risk(ols) < 1", within: 5%`,
      "study.yaml:5:14: a hypothesis has either `expect`, a comparison, or",
    ],
  ])("with %s is told its fault", async (hypothesis, expected) => {
    const message = await study(hypothesis).then(
      () => "no fault",
      (error: Error) => error.message,
    );
    expect(message.slice(0, expected.length)).toBe(expected);
  });
});

function ofValue(y: number): Dual {
  const operand = { row: { exact: true } as Measurement, standardError: 0, covariance: () => null };
  const dual = variable(y, operand);
  expect(promptError(dual)).toBe(0);
  return dual;
}
