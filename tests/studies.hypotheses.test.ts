import { estimate } from "../src/claims/estimate.js";
import { predictorEntrant } from "../src/evaluation/entrant.js";
import { measure } from "../src/evaluation/measure.js";
import { keyOf } from "../src/math/keys.js";
import { loadCatalogue } from "../src/runner/catalogue.js";
import { expressionParser } from "../src/studies/expression.js";
import { judgeStudy } from "../src/studies/judge-study.js";
import { parseStudy } from "../src/studies/parse-study.js";
import { quantityOf } from "../src/studies/term.js";
import type { Measurement } from "../src/types.js";

const catalogue = await loadCatalogue();

type Numbers = { readonly [name: string]: number };

/** Sampled rows of one cell and seed, every pair with a correlation. */
function sampled(columns: object, seed: number, risks: Numbers, error: number, correlation = 0): Measurement[] {
  const names = Object.keys(risks);
  return names.map((name) => ({
    ...{ name, kind: "predictor", exact: false, seed, context: 0, testContext: 0, status: "ok", prompts: 1000 },
    ...{ risk: risks[name]!, excess: risks[name]! - 0.01, standardError: error },
    ...Object.fromEntries(
      names.map((other) => [`covariance.${other}`, (other === name ? 1 : correlation) * error ** 2]),
    ),
    ...columns,
  }));
}

function exact(columns: object, risks: Numbers): Measurement[] {
  return Object.entries(risks).map(([name, risk]) => ({
    ...{ name, kind: "predictor", exact: true, seed: null, context: 0, testContext: 0, prompts: null },
    ...{ risk, excess: risk - 0.01, status: "ok", standardError: null },
    ...columns,
  }));
}

const at = (context: number) => ({ context, testContext: context });

/** A study over three contexts with these hypotheses. */
const study = (hypotheses: string, more = "") =>
  parseStudy(
    `title: judged
law: { kind: gaussian-linear, features: 5 }
context: [10, 20, 40]
models: [{ name: lsa, mixer: linear-attention, train: { steps: 10 } }]
predictors: [zero, gradient-step, ridge, { newton: 3 }]
${more}
hypotheses: [${hypotheses}]`,
    "study.yaml",
    catalogue,
  );

describe("an expression", () => {
  const vocabulary = {
    names: ["lsa", "lsa-optimum", "gradient-step", "log"],
    columns: ["context", "law.noise"],
    functions: ["risk", "exact", "excess", "distance", "cosine", "slope", "log", "min", "max", "abs"],
  };
  const rows = [
    ...sampled({}, 0, { lsa: 2, "lsa-optimum": 3, "gradient-step": 5, log: 7 }, 0.1),
    ...exact({}, { "lsa-optimum": 2.5 }),
  ];
  const cell = { columns: { context: 20, "law.noise": 0.5 }, rows };

  test.each([
    ["risk(lsa)", 2],
    ["risk(gradient-step)", 5],
    ['risk("gradient-step") - risk(lsa)', 3],
    ["risk(lsa-optimum)-1", 2],
    ["risk(lsa) + context-1", 21],
    ["risk(lsa)+context-log(risk(lsa)^0)", 22],
    ["exact(lsa-optimum)", 2.5],
    ["excess(lsa)", 1.99],
    ["risk(log) + log(risk(lsa) / risk(lsa))", 7],
    ["risk(lsa) + 2 * 3 ^ 2 - -1", 21],
    ["102% * risk(lsa)", 2.04],
    ["min(risk(lsa), 1, risk(log)) + max(1, risk(lsa))", 3],
    ["abs(risk(lsa) - risk(log))", 5],
    ["(risk(lsa) + 1e-3) * .5", 1.0005],
    ["risk(lsa) / law.noise", 4],
    ["-risk(lsa) ^ 2", -4],
  ])("%s is %d", async (text, value) => {
    const quantity = quantityOf((await expressionParser()).single(text, vocabulary));
    expect(estimate(quantity, [cell])).toMatchObject({ value: expect.closeTo(value, 12) });
  });

  test("may be a chain, and reads > as a turned <", async () => {
    const parser = await expressionParser();
    const chain = parser.comparisons("1 < risk(lsa) <= risk(gradient-step)", vocabulary);
    expect(chain).toMatchObject([
      { strict: true, less: { value: 1 } },
      { strict: false, than: { names: ["gradient-step"] } },
    ]);
    expect(parser.comparisons("risk(lsa) > 1", vocabulary)).toMatchObject([{ strict: true, less: { value: 1 } }]);
  });
});

describe("a study is judged", () => {
  const within = `{ says: close, equals: ["risk(lsa)", "exact(ridge)"], within: 1% }`;
  const below = `{ says: below, expect: "risk(lsa) < risk(zero)" }`;
  const rows = [10, 20, 40].flatMap((context) => [
    ...[0, 1, 2, 3, 4].flatMap((seed) =>
      sampled(
        at(context),
        seed,
        { lsa: 1 + seed / 5000, zero: 2 + seed / 3000, "gradient-step": 1, ridge: 1, "newton-3": 1 },
        0.001,
      ),
    ),
    ...exact(at(context), { ridge: 1, zero: 2 }),
  ]);

  test("in every cell, and says what it is about", async () => {
    const verdicts = judgeStudy(await study(`${within}, ${below}`), rows);
    expect(verdicts).toMatchObject([
      { says: "close", expect: "risk(lsa) = exact(ridge) within 1%", holds: true, about: "training", rows: 18 },
      { says: "below", expect: "risk(lsa) < risk(zero)", holds: true, about: "training", rows: 30 },
    ]);
  });

  test("by the rows there are: none, or one cell less, leave it undecided (case C11)", async () => {
    const judged = await study(`${within}, ${below}`);
    expect(judgeStudy(judged, []).map(({ holds, rows }) => [holds, rows])).toEqual([
      [null, 0],
      [null, 0],
    ]);
    const partial = rows.filter((row) => row.context !== 20);
    expect(judgeStudy(judged, partial)[1]).toMatchObject({
      holds: null,
      why: "undecided by context 20: there is no row for risk(zero)",
    });
  });

  test("between closed forms by <= and < as they are written", async () => {
    const tie = (sign: string) => `{ says: tie, expect: "exact(ridge) ${sign} exact(ridge)" }`;
    const verdicts = judgeStudy(await study(["<=", "<", ">=", ">"].map(tie).join(", ")), rows);
    expect(verdicts.map(({ holds, about }) => [holds, about])).toEqual(
      [true, false, true, false].map((holds) => [holds, "exact"]),
    );
  });

  test("where `at` says, and only there", async () => {
    const bad = rows.map((row) => (row.context === 20 && row.name === "lsa" ? { ...row, risk: 9 } : row));
    expect(judgeStudy(await study(below), bad)[0]).toMatchObject({
      holds: false,
      why: "refuted by context 20",
    });
    const some = below.replace(" }", ", at: { context: [10, 40] } }");
    expect(judgeStudy(await study(some), bad)[0]).toMatchObject({
      holds: true,
      expect: "risk(lsa) < risk(zero) (context 10, 40)",
    });
  });

  test("with a diverged seed as undecided", async () => {
    const bad = rows.map((row) =>
      row.context === 20 && row.name === "lsa" && row.seed === 3
        ? { ...row, risk: null, status: "diverged" as const }
        : row,
    );
    for (const verdict of judgeStudy(await study(`${within}, ${below}`), bad))
      expect(verdict).toMatchObject({ holds: null, why: expect.stringContaining("risk(lsa) of seed 3 is diverged") });
  });

  test("test by test where it is evaluated under a shift", async () => {
    const shifted = await study(below, "evaluate: { shift: { inputScale: [1, 2] } }");
    const both = rows.flatMap((row) => [1, 2].map((inputScale) => ({ ...row, inputScale })));
    expect(judgeStudy(shifted, both)[0]).toMatchObject({ holds: true, rows: 60 });
    expect(judgeStudy(shifted, both.slice(1))[0]!.holds).toBeNull();
    const at2 = await study(
      below.replace(" }", ", at: { inputScale: 2 } }"),
      "evaluate: { shift: { inputScale: [1, 2] } }",
    );
    expect(judgeStudy(at2, both)[0]).toMatchObject({ holds: true, rows: 30 });
  });

  test("by a slope over its cells", async () => {
    const decaying = [10, 20, 40].flatMap((context) =>
      [0, 1, 2, 3, 4].flatMap((seed) => sampled(at(context), seed, { lsa: context ** (-1 + seed / 1e4) }, 0.001)),
    );
    const slope = (power: number) => `{ says: slope, equals: ["slope(risk(lsa), context)", ${power}], within: 0.05 }`;
    const verdicts = judgeStudy(await study(`${slope(-1)}, ${slope(-0.5)}`), decaying);
    expect(verdicts).toMatchObject([
      { holds: true, about: "training", rows: 15, measured: expect.closeTo(-0.9998, 10) },
      { holds: false, why: "refuted by all context" },
    ]);
  });

  test("paired on common prompts: a real difference that single errors hide (case C09 a)", async () => {
    const [a, b] = [{ zero: 1.2, "gradient-step": 1.1538462 }, 2.5 / Math.sqrt(20000)];
    const one = (correlation: number) => [10, 20, 40].flatMap((context) => sampled(at(context), 0, a, b, correlation));
    const hypothesis = await study(`{ says: it, expect: "risk(zero) > risk(gradient-step)" }`);
    expect(judgeStudy(hypothesis, one(0.969))[0]).toMatchObject({ holds: true, about: "weights" });
    expect(judgeStudy(hypothesis, one(0))[0]).toMatchObject({ holds: null });
  });
});

test("a study of two predictors, drawn and measured, tells them apart by pairing alone (case C09 a)", async () => {
  const two = await parseStudy(
    `title: removing the bias of the best step costs variance
law: { kind: gaussian-linear, features: 5 }
context: 20
predictors: [gradient-step, debiased-gradient-step]
seeds: 1
hypotheses: [{ says: it costs, expect: "risk(debiased-gradient-step) > risk(gradient-step)" }]`,
    "study.yaml",
    catalogue,
  );
  const [cell] = two.cells;
  const [place] = cell!.tests;
  const here = { population: cell!.law.population, context: cell!.context };
  const entrants = cell!.predictors.map((predictor) => predictorEntrant(predictor, here, here));
  const columns = { ...cell!.columns, context: 20 };
  const rows = await measure(entrants, { ...place!, prompts: cell!.prompts, key: keyOf(9), seed: 0, columns });
  const [verdict] = judgeStudy(two, rows);
  expect(verdict).toMatchObject({ holds: true, about: "weights", rows: 2 });
  expect(Math.abs(verdict!.margin! - (1.2 - 1.1538462))).toBeLessThan(4 * verdict!.standardError!);
  expect(verdict!.standardError).toBeLessThan(0.3 * rows[0]!.standardError!);
});
