import { describe, expect, test } from "@jest/globals";
import { claimContract } from "../src/contracts/claim.js";
import { Breach, type Clause } from "../src/contracts/clause.js";
import { lawContract } from "../src/contracts/law.js";
import { predictorContract } from "../src/contracts/predictor.js";
import { features } from "../src/contracts/predictor-laws.js";
import { restoreHere } from "../src/contracts/restore.js";
import { unitContract } from "../src/contracts/unit.js";
import { add } from "../src/kernels/arithmetic.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import gradientStep from "../src/predictors/gradient-step.js";
import type { Claim, Key, Law, Nd, Predictor, Prompts, Row, Tuned, Verdict } from "../src/types.js";

/** What is broken of a contract: the clauses' sentences. @throws what is no breach */
async function broken(clauses: readonly Clause[]): Promise<string[]> {
  const found: string[] = [];
  for (const { says, check } of clauses)
    try {
      await check();
    } catch (error) {
      if (!(error instanceof Breach)) throw error;
      found.push(says);
    }
  return found;
}

/** Every entry of an array changed; its shape stays. */
const mapped = <N extends Nd>(array: N, change: (value: number, i: number) => number): N => ({
  ...array,
  data: Float64Array.from(array.data, change),
});

// Broken mixers, and broken units as people bring them: `tests/slow/cli-own-units.test.ts`.
describe("a law breaks the clause that it is wrong in:", () => {
  const law = linearRegressionLaw({ features: 2, noise: 0.5 }) as Law;
  const drawing = (change: (prompts: Prompts, key: Key, from: number) => Prompts): Partial<Law> => ({
    draw: (key, slice, context) => change(law.draw(key, slice, context), key, slice.from),
  });
  const other = linearRegressionLaw({ features: 2, noise: 2 }) as Law;

  /** Its answer grows with each time that the text is built. */
  const changing = ({ program }: Law): Law["program"] => {
    let built = 0;
    return {
      ...program,
      build(inputs, random, context) {
        const prompt = program.build(inputs, random, context);
        return { ...prompt, answer: add(prompt.answer, ++built) };
      },
    };
  };

  test("a right one breaks none", async () => {
    expect(await broken(lawContract(law, restoreHere))).toEqual([]);
  });

  test.each<[string, Partial<Law>, RegExp]>([
    ["negative noise", { population: { ...law.population, noise: -1 } }, /names a family, and the noise/],
    [
      "a NaN",
      drawing((prompts) => ({ ...prompts, x: mapped(prompts.x, (x, i) => (i === 3 ? Number.NaN : x)) })),
      /finite numbers/,
    ],
    [
      "a flat query",
      drawing((prompts) => ({ ...prompts, query: { ...prompts.query, shape: [1, 24] } })),
      /shapes that they state/,
    ],
    [
      "rubbish behind a prompt",
      drawing((prompts) => (prompts.length ? { ...prompts, y: mapped(prompts.y, (y) => y || 7) } : prompts)),
      /zeros behind/,
    ],
    [
      "numbers that hear of their slice",
      drawing((prompts, _, from) => ({
        ...prompts,
        answer: mapped(prompts.answer, (y, i) => (i === 0 ? y + from : y)),
      })),
      /in any slices/,
    ],
    ["one key for all", { draw: (_, slice, context) => law.draw([1, 2], slice, context) }, /another key others/],
    [
      "labels that know the context's length",
      drawing((prompts) => ({ ...prompts, y: mapped(prompts.y, (y) => y * prompts.x.shape[1]) })),
      /longer context continues/,
    ],
    ["a text that is another at every target", { program: changing(law) }, /float32 on WebAssembly/],
    ["a recipe of another law", { recipe: (context) => other.recipe!(context) }, /recipe can be posted/],
    ["a shift that does nothing", { shifted: () => law }, /a shift of nothing/],
    [
      "answers smaller than their noise",
      drawing((prompts) => ({ ...prompts, answer: mapped(prompts.answer, (y) => y / 9) })),
      /mean square of answers/,
    ],
    ["another law's population", { population: other.population }, /has the moments of its prompts/],
  ])("%s", async (_, change, clause) => {
    const found = await broken(lawContract({ ...law, ...change }, restoreHere));
    expect(found.some((says) => clause.test(says))).toBe(true);
  });
});

describe("a predictor breaks the clause that it is wrong in:", () => {
  const right = gradientStep.make(undefined, { features, context: 5 }) as Predictor;
  const laws = [
    ["regression", linearRegressionLaw({ features, noise: 0.5 }) as Law],
    [
      "anisotropic",
      linearRegressionLaw({
        features,
        covariance: [
          [2, 0, 0],
          [0, 1, 0],
          [0, 0, 0.5],
        ],
      }) as Law,
    ],
  ] as const;
  const contract = (predictor: Predictor) =>
    predictorContract(predictor, { laws, contexts: [0, 2, { uniform: [0, 5] }] }, restoreHere);
  const tuned = (change: (tuned: Tuned) => Partial<Tuned>): Partial<Predictor> => ({
    tune: (population, context) => {
      const made = right.tune(population, context);
      return { ...made, ...change(made) };
    },
  });

  test("a right one breaks none", async () => {
    expect(await broken(contract(right))).toEqual([]);
  });

  test.each<[string, Partial<Predictor>, RegExp]>([
    ["a name with a capital", { name: "Step" }, /row name, a source/],
    ["a source without a year", { source: { paper: "my notes", where: "Section 1" } }, /row name, a source/],
    ["no reason", { applies: () => "no" }, /applies to a law/],
    [
      "a NaN",
      tuned(({ predict }) => ({ predict: (p) => mapped(predict(p), (y, i) => (i === 2 ? Number.NaN : y)) })),
      /answers finite numbers/,
    ],
    [
      "prompts that it changes",
      tuned(({ predict }) => ({
        predict: (p) => {
          p.y.data.fill(0);
          return predict(p);
        },
      })),
      /leaves the prompts/,
    ],
    [
      "a risk below the noise",
      tuned(() => ({ risk: (_, context) => ({ value: -context, kind: "upper-bound", source: right.source }) })),
      /none below the noise/,
    ],
    [
      "a batch whose mean it subtracts",
      tuned(({ predict }) => ({
        predict: (p) => {
          const all = predict(p);
          const mean = Array.from(all.data).reduce((a, b) => a + b, 0) / all.data.length;
          return mapped(all, (y) => y - mean);
        },
      })),
      /the same in any batch/,
    ],
    [
      "two outputs that it takes",
      tuned(({ predict }) => ({
        predict: (p) => predict({ ...p, y: { ...p.y, shape: [p.y.shape[0], p.y.shape[1], 1] } }),
      })),
      /one output only/,
    ],
    [
      "a recipe with other constants",
      tuned(() => {
        const { recipe } = right.tune(laws[1][1].population, 1);
        return recipe ? { recipe } : {};
      }),
      /recipe can be posted/,
    ],
    [
      "a risk that is a little too large",
      tuned(({ risk }) => ({
        risk: (test, context) => {
          const answer = risk(test, context);
          return "why" in answer ? answer : { ...answer, value: 1.5 * answer.value };
        },
      })),
      /exact risk is the sampled one/,
    ],
  ])("%s", async (_, change, clause) => {
    const found = await broken(contract({ ...right, ...change }));
    expect(found.some((says) => clause.test(says))).toBe(true);
  });
});

describe("a claim breaks the clause that it is wrong in:", () => {
  const verdict = (holds: boolean | null, rows: number): Verdict => ({
    ...{ holds, rows, measured: null, expected: null, standardError: null, margin: null, standardErrors: null },
    ...{ about: "weights", why: "" },
  });
  const rows: readonly Row[] = [{ name: "layer", risk: 0.5 }];
  const right: Claim = {
    id: "small",
    says: "The risk is below 1.",
    source: { paper: "Somebody 2020", where: "Section 1" },
    expected: "holds",
    judge: (all) => {
      const [first] = all;
      return verdict(typeof first?.risk === "number" ? first.risk < 1 : null, all.length);
    },
    refuted: (all) => all.map((row) => ({ ...row, risk: 2.5 })),
  };

  test("a right one breaks none", async () => {
    expect(await broken(claimContract(right, rows))).toEqual([]);
  });

  test.each<[string, Partial<Claim>, RegExp]>([
    ["an id with blanks", { id: "very small" }, /kebab-case id/],
    ["no full stop", { says: "The risk is below 1" }, /a sentence/],
    ["the other expectation", { expected: "refuted" }, /comes out as expected/],
    ["refuted rows that hold", { refuted: (all) => all }, /comes out otherwise/],
    ["truth over nothing", { judge: (all) => verdict(true, all.length) }, /undecided over no rows/],
    [
      "null that is less than 1",
      { judge: (all) => verdict(all.length === 0 ? null : Number(all[0]!.risk) < 1, all.length) },
      /what was measured is undefined/,
    ],
  ])("%s", async (_, change, clause) => {
    const found = await broken(claimContract({ ...right, ...change }, rows));
    expect(found.some((says) => clause.test(says))).toBe(true);
  });
});

test("a unit breaks its clauses by its name, its options and its examples", async () => {
  expect(await broken(unitContract(gradientStep, [undefined, "retuned"]))).toEqual([]);
  const found = await broken(unitContract({ ...gradientStep, name: "Step" }, ["tuned"]));
  expect(found).toEqual([expect.stringMatching(/^has a name/), expect.stringMatching(/^has examples/)]);
});
