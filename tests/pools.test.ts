import { constant } from "../src/claims/dual.js";
import { errorParts } from "../src/claims/error-parts.js";
import { estimateOf, type Quantity } from "../src/claims/estimate.js";
import { inequality } from "../src/claims/inequality.js";
import { meansOf } from "../src/claims/means.js";
import { verdictOf } from "../src/claims/verdict.js";
import { warningsOf } from "../src/claims/warnings.js";
import { Draws } from "../src/math/draws.js";
import { keyOf } from "../src/math/keys.js";
import { errorsText } from "../src/report/errors-text.js";
import { textTable } from "../src/report/verdict-table.js";
import { loadCatalogue } from "../src/runner/catalogue.js";
import { cellKey } from "../src/runner/cell-plan.js";
import { studyExperiment } from "../src/runner/study-experiment.js";
import { judgeStudy } from "../src/studies/judge-study.js";
import { parseStudy } from "../src/studies/parse-study.js";
import type { Measurement, Predictor } from "../src/types.js";
import { most } from "./binomial.js";

const catalogue = await loadCatalogue();

interface Spread {
  readonly pools: number;
  readonly seeds: number;
  readonly prompts: number;
}

/** Rows of one name in pools and seeds: 1 + A_p + B_ps + e_ps. */
function nested(draws: Draws, pools: number, seeds: number, spread: Spread): Measurement[] {
  return Array.from({ length: pools }, (_, pool) => {
    const own = 1 + spread.pools * draws.normal();
    return Array.from({ length: seeds }, (__, seed) => {
      const risk = own + spread.seeds * draws.normal() + spread.prompts * draws.normal();
      const row = { name: "a", kind: "model", exact: false, seed, context: 8, testContext: 8, status: "ok" };
      return {
        ...row,
        "law.pool": pool,
        prompts: 100,
        risk,
        excess: risk,
        standardError: spread.prompts,
      } as Measurement;
    });
  }).flat();
}

const risk: Quantity = (cell) => cell!.risk("a");
const groupOf = (rows: readonly Measurement[]) => {
  const numbers = [...new Set(rows.map((row) => row["law.pool"]))];
  const pools = numbers.map((pool) => [{ columns: {}, rows: rows.filter((row) => row["law.pool"] === pool) }]);
  return { label: "", cells: pools.flat(), pools };
};

describe("the error of a mean over pools, seeds and prompts", () => {
  test("is made of what each of them varies, which add up to it in squares", () => {
    const [pools, seeds, spread] = [6, 4, { pools: 0.3, seeds: 0.4, prompts: 0.2 }];
    const draws = new Draws(keyOf(1));
    const samples = 2000;
    const squares = { pools: 0, seeds: 0, prompts: 0, whole: 0 };
    const signed = { pools: 0, seeds: 0 };
    for (let sample = 0; sample < samples; sample++) {
      const found = estimateOf(risk, groupOf(nested(draws, pools, seeds, spread)));
      if ("why" in found) throw new Error(found.why);
      const parts = found.errors!;
      squares.whole += found.standardError ** 2 / samples;
      for (const name of ["pools", "seeds", "prompts"] as const) squares[name] += parts[name]! ** 2 / samples;
      if (parts.pools === 0) signed.pools++;
      if (parts.seeds === 0) signed.seeds++;
    }
    // Cut at 0 in a few samples, which raises the means a little: 10 % covers that and the sampling.
    expect(squares.prompts).toBeCloseTo(spread.prompts ** 2 / (pools * seeds), 12);
    expect(Math.abs((squares.seeds / spread.seeds ** 2) * pools * seeds - 1)).toBeLessThan(0.1);
    expect(Math.abs((squares.pools / spread.pools ** 2) * pools - 1)).toBeLessThan(0.1);
    const whole = spread.pools ** 2 / pools + (spread.seeds ** 2 + spread.prompts ** 2) / (pools * seeds);
    expect(Math.abs(squares.whole / whole - 1)).toBeLessThan(4 * Math.sqrt(2 / (pools - 1) / samples));
    expect(signed.pools / samples).toBeLessThan(0.2);
  });

  test("is told apart exactly in an example by hand, and not at all where there is nothing to tell by", () => {
    // Means 2 and 5, variances 2 and 8 over two seeds: V = 4.5, sum v / S / P^2 = (1 + 4) / 4.
    const two = [
      { values: [1, 3], promptErrors: [0.5, 0.5] },
      { values: [3, 7], promptErrors: [0.5, 0.5] },
    ];
    const parts = errorParts(two);
    expect(parts.prompts).toBeCloseTo(Math.sqrt(4 * 0.25) / 4, 12);
    expect(parts.seeds! ** 2).toBeCloseTo(1.25 - 1 / 16, 12);
    expect(parts.pools! ** 2).toBeCloseTo(4.5 / 2 - 1.25, 12);
    expect(errorParts([two[0]!])).toMatchObject({ pools: null, seeds: expect.closeTo(Math.sqrt(1 - 1 / 8), 12) });
    const single = two.map(({ values, promptErrors }) => ({
      values: values.slice(0, 1),
      promptErrors: promptErrors.slice(0, 1),
    }));
    expect(errorParts(single)).toMatchObject({ seeds: null, pools: expect.closeTo(Math.sqrt(2 / 2 - 0.5 / 4), 12) });
    expect(errorParts([{ values: [1, 2], promptErrors: [null, 1] }])).toEqual({
      pools: null,
      seeds: null,
      prompts: null,
    });
    expect(errorsText({ pools: 0.0203, seeds: 0.011, prompts: null })).toBe("pools 0.02, seeds 0.011");
  });

  test("keeps the level where pools are few, which an error over all seeds would break", () => {
    const draws = new Draws(keyOf(2));
    const judge = inequality(risk, () => constant(1));
    const [samples, level] = [2000, 0.05];
    let [decided, naive] = [0, 0];
    for (let sample = 0; sample < samples; sample++) {
      // On the edge: whatever is decided is wrong.
      const rows = nested(draws, 4, 4, { pools: 0.3, seeds: 0.1, prompts: 0.05 });
      const lumped = rows.map((row, i) => ({ ...row, seed: i }));
      if (verdictOf([judge(groupOf(rows))], level).holds !== null) decided++;
      if (verdictOf([judge({ label: "", cells: [{ columns: {}, rows: lumped }] })], level).holds !== null) naive++;
    }
    expect(decided).toBeLessThanOrEqual(most(samples, level));
    expect(decided).toBeGreaterThan(0.5 * level * samples);
    expect(naive).toBeGreaterThan(2 * most(samples, level));
  });
});

test("means are over pools, with all three errors, and a pool may carry them", () => {
  const rows = nested(new Draws(keyOf(3)), 5, 3, { pools: 0.01, seeds: 0.001, prompts: 0.001 });
  const by = ["context", "testContext", "law.pool"];
  const [mean] = meansOf(rows, by, "law.pool");
  expect(mean).toMatchObject({
    name: "a",
    cell: "context 8",
    pools: [0, 1, 2, 3, 4],
    seeds: [0, 1, 2],
    carriedBy: null,
  });
  expect(mean!.errorOverPrompts).toBeCloseTo(0.001 / Math.sqrt(15), 12);
  expect(mean!.errorOverPools!).toBeGreaterThan(mean!.errorOverSeeds!);
  const odd = rows.map((row) => (row["law.pool"] === 3 ? { ...row, risk: row.risk! + 5 } : row));
  expect(warningsOf(odd, meansOf(odd, by, "law.pool"), by)[0]).toMatch(
    /^a \(context 8\): its mean risk 1\.\d+ is carried by pool 3; it is .* without pool 3, /,
  );
});

describe("a study of several pools", () => {
  const studyOf = (more: string, law = "{ kind: task-pool, features: 2, noise: 0.5, tasks: 2 }") =>
    parseStudy(
      `title: pools
law: ${law}
context: [2, 4]
predictors: [ridge, task-pool-posterior]
evaluate: { prompts: 200 }
seeds: 2
${more}`,
      "study.yaml",
      catalogue,
    );
  const hypotheses = `hypotheses:
  - { says: mean, expect: "risk(task-pool-posterior) < risk(ridge)" }
  - { says: one, expect: "risk(task-pool-posterior) < risk(ridge)", at: { law.pool: 1 } }
  - { says: slope, expect: "slope(risk(ridge), context) < 0" }`;

  test("speaks of their mean, with the error over pools told apart, or of one that it names", async () => {
    const study = await studyOf(`pools: 6\n${hypotheses}`);
    expect(study).toMatchObject({ pools: "law.pool", cells: { length: 12 } });
    const experiment = studyExperiment(study, {} as Predictor);
    const rows: Measurement[] = [];
    for (const cell of experiment.cells("full"))
      rows.push(...((await experiment.measure(cell, [], { key: cellKey("study", 0, cell) })) as Measurement[]));
    const verdicts = judgeStudy(study, rows, 0.05);
    const [mean, one, slope] = verdicts;
    expect(mean).toMatchObject({ about: "training", rows: 2 * 6 * 2 * 2 });
    expect(mean!.errors).toMatchObject({
      pools: expect.any(Number),
      seeds: expect.any(Number),
      prompts: expect.any(Number),
    });
    expect(mean!.why).toMatch(/context [24]$/);
    expect(one).toMatchObject({ about: "weights", why: expect.stringMatching("law.pool 1") });
    expect(slope).toMatchObject({ about: "training", rows: 2 * 6 * 2, holds: true });
    const judged = verdicts.map(({ says, ...verdict }) => ({
      claim: { id: says, says, expected: "holds" as const },
      verdict,
    }));
    expect(textTable(judged)).toMatch(/\n {4}error from pools \S+, seeds \S+, prompts \S+\n/);
  });

  test.each([
    ["pools: 2", "study.yaml:7:8: `pools` is 2; allowed: a whole number >= 3 and <= 1000"],
    ["pools: 4\nprecision: { risk: 1% }", "study.yaml:8:12: seeds and prompts do not narrow an error over pools"],
  ])("with %j is told its fault", async (more, expected) => {
    await expect(studyOf(more)).rejects.toThrow(expected);
  });

  test("needs a law that draws them, and numbers them itself", async () => {
    await expect(studyOf("pools: 4", "{ kind: gaussian-linear, features: 2 }")).rejects.toThrow(
      "study.yaml:7:8: the law gaussian-linear draws no pool of tasks; allowed: a law with `pool`",
    );
    await expect(studyOf("pools: 4", "{ kind: task-pool, features: 2, tasks: 2, pool: 7 }")).rejects.toThrow(
      "study.yaml:2:54: `pools` numbers the pools; leave out `pool`",
    );
  });
});
