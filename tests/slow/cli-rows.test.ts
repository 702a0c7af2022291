import { join } from "node:path";
import { identity, product, scaled, sum, traceOfProduct, transpose } from "../../src/math/matrix.js";
import { inverse } from "../../src/math/solve.js";
import type { Measurement, Rows } from "../../src/types.js";
import { type Ended, iclab, scratch, smallStudy } from "../command.js";

const folder = scratch();

const noise = 0.5;
const context = 4;
const tests = [4, 10];
const covariances: Readonly<Record<string, Rows>> = {
  identity: identity(3),
  "{ ar1: 0.9 }": [
    [1, 0.9, 0.81],
    [0.9, 1, 0.9],
    [0.81, 0.9, 1],
  ],
  "{ diagonal: [2, 1, 0] }": [
    [2, 0, 0],
    [0, 1, 0],
    [0, 0, 0],
  ],
};
const taskCovariances: Readonly<Record<string, Rows>> = {
  identity: identity(3),
  "[[2, 1, 0], [1, 2, 0], [0, 0, 1]]": [
    [2, 1, 0],
    [1, 2, 0],
    [0, 0, 1],
  ],
};
const study = smallStudy({
  law: `{ kind: gaussian-linear, features: 3, noise: ${noise} }`,
  context: String(context),
  grid: `{ law.covariance: [${Object.keys(covariances)}], law.taskCovariance: [${Object.keys(taskCovariances)}] }`,
  predictors: "[zero, gradient-step, preconditioned-gradient-step, lsa-optimum]",
  evaluate: `{ prompts: 4000, context: [${tests}] }`,
  seeds: "1",
});

/** E m m^T of m = sum_j y_j x_j / n over n pairs: (1 + 1/n) L W L + ((tr L W + noise^2) / n) L. */
const secondMoment = (L: Rows, W: Rows, n: number): Rows =>
  sum(scaled(product(L, W, L), 1 + 1 / n), scaled(L, (traceOfProduct(L, W) + noise ** 2) / n));

/** Risk of the prediction x_q^T A m: tr L W - 2 tr L A L W + tr L A G A^T + noise^2. */
const risk = (A: Rows, L: Rows, W: Rows, n: number): number =>
  traceOfProduct(L, W) -
  2 * traceOfProduct(L, A, L, W) +
  traceOfProduct(L, A, secondMoment(L, W, n), transpose(A)) +
  noise ** 2;

/** What each predictor, tuned at the training context, multiplies m with. */
const preconditioners: Readonly<Record<string, (L: Rows, W: Rows) => Rows>> = {
  zero: () => scaled(identity(3), 0),
  "gradient-step": (L, W) =>
    scaled(identity(3), traceOfProduct(L, L, W) / traceOfProduct(L, secondMoment(L, W, context))),
  "preconditioned-gradient-step": optimum,
  "lsa-optimum": optimum,
};

/** W ((1 + 1/n) L W + ((tr L W + noise^2) / n) I)^-1. */
function optimum(L: Rows, W: Rows): Rows {
  const ridge = scaled(identity(3), (traceOfProduct(L, W) + noise ** 2) / context);
  return product(W, inverse(sum(scaled(product(L, W), 1 + 1 / context), ridge)));
}

const run = (out: string, ...words: string[]) =>
  iclab(["run", "-", "--backend", "cpu", "--json", "--out", join(folder, out), ...words], study);
const rowsIn = ({ stdout }: Ended) => (JSON.parse(stdout) as { rows: Measurement[] }).rows;

let first: Ended;
beforeAll(async () => {
  first = await run("first");
});

describe.each(Object.entries(covariances))("inputs with covariance %s", (covariance, L) => {
  test.each(Object.entries(taskCovariances))("and tasks with %s", (taskCovariance, W) => {
    const cell = rowsIn(first).filter(
      (row) => row["law.covariance"] === covariance && row["law.taskCovariance"] === taskCovariance,
    );
    for (const [name, preconditioner] of Object.entries(preconditioners))
      for (const testContext of tests) {
        const rows = cell.filter((row) => row.name === name && row.testContext === testContext);
        const expected = risk(preconditioner(L, W), L, W, testContext);
        const [exact, sampled] = [rows.find((row) => row.exact)!, rows.find((row) => !row.exact)!];
        expect(rows).toHaveLength(2);
        expect(Math.abs(exact.risk! / expected - 1)).toBeLessThan(1e-9);
        expect(Math.abs(sampled.risk! - expected) / sampled.standardError!).toBeLessThan(4);
        expect(exact.excess! - (exact.risk! - noise ** 2)).toBeCloseTo(0, 12);
      }
  });
});

test("the same seed gives the same rows bit for bit", async () => {
  expect(rowsIn(await run("second"))).toEqual(rowsIn(first));
});

test("another seed changes every sampled number and no exact one", async () => {
  const other = rowsIn(await run("other", "--seed", "1"));
  for (const [i, row] of rowsIn(first).entries()) {
    expect({ ...other[i]!, risk: 0 }).toMatchObject({ name: row.name, exact: row.exact, testContext: row.testContext });
    expect([row.name, other[i]!.risk === row.risk]).toEqual([row.name, row.exact]);
  }
});
