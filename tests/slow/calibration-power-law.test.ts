import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FAMILY_LEVEL } from "../../src/claims/verdict.js";
import { Draws } from "../../src/math/draws.js";
import { foldIn, keyOf } from "../../src/math/keys.js";
import { loadCatalogue } from "../../src/runner/catalogue.js";
import { packageRoot } from "../../src/runner/package-root.js";
import { judgeStudy } from "../../src/studies/judge-study.js";
import { parseStudy } from "../../src/studies/parse-study.js";
import type { Measurement } from "../../src/types.js";
import { most } from "../binomial.js";

const catalogue = await loadCatalogue();
const page = readFileSync(join(packageRoot, "docs/statistics.md"), "utf8");

const contexts = [8, 16, 32, 64];
const [low, high] = [Math.log(8), Math.log(64)];

/** The claim is an exponent of -1, within 0.05. On the edge it is true and false at once, and any verdict is a wrong one. */
const truths = {
  "exponent on the edge": { exponent: -0.95, bend: 0, isTrue: null },
  "bend on the edge": { exponent: -1, bend: 0.1, isTrue: null },
  "a power law": { exponent: -1, bend: 0, isTrue: true },
  "a curve": { exponent: -1, bend: 0.3, isTrue: false },
} as const;

/** log y = e u + b / (2 (high - low)) (u - (low + high) / 2)^2: the exponent changes by b, and is e in the middle. */
function drawn(draws: Draws, seeds: number, { exponent, bend }: { exponent: number; bend: number }): Measurement[] {
  const [error, training] = [0.003, seeds === 1 ? 0 : 0.005];
  return contexts.flatMap((context) =>
    Array.from({ length: seeds }, (_, seed) => {
      const u = Math.log(context);
      const truth = Math.exp(exponent * u + (bend / (2 * (high - low))) * (u - (low + high) / 2) ** 2);
      const risk = truth * (1 + error * draws.normal() + training * draws.normal());
      const row = { name: "zero", kind: "predictor", exact: false, seed, context, testContext: context, prompts: 400 };
      return { ...row, risk, excess: risk, standardError: error * truth, status: "ok" } as Measurement;
    }),
  );
}

const cases = [1, 8].flatMap((seeds) => [FAMILY_LEVEL, 0.05].map((level) => [seeds, level] as const));

test.each(cases)("a thousand claims of a power law with %d seeds at level %d", async (seeds, level) => {
  const each = 250;
  const study = await parseStudy(
    `title: calibration
law: { kind: gaussian-linear, features: 2, noise: 0.5 }
context: [${contexts}]
predictors: [zero]
seeds: ${seeds}
hypotheses: [{ says: it, powerLaw: { of: "risk(zero)", over: context, exponent: -1 }, within: 0.05 }]`,
    "calibration.yaml",
    catalogue,
  );
  const draws = new Draws(foldIn(keyOf(9), `power law ${seeds}`));
  const counts = { held: 0, refuted: 0, right: 0, wrong: 0 };
  for (const { isTrue, ...truth } of Object.values(truths))
    for (let i = 0; i < each; i++) {
      const { holds } = judgeStudy(study, drawn(draws, seeds, truth), level)[0]!;
      if (isTrue === null) counts[holds === null ? "right" : holds ? "held" : "refuted"]++;
      else if (holds !== null) counts[holds === isTrue ? "right" : "wrong"]++;
    }
  const { held, refuted, wrong } = counts;
  const clear = counts.right - (2 * each - held - refuted);
  const row = `| ${seeds} | ${level} | ${refuted} of 500 | ${held} of 500 | ${wrong} of 500 | ${clear} of 500 |`;
  expect(page).toContain(row);
  expect(held).toBeLessThanOrEqual(most(2 * each, level / 2));
  expect(refuted).toBeLessThanOrEqual(most(2 * each, level / 2));
  expect(wrong).toBe(0);
  expect(clear).toBeGreaterThan(0.95 * 2 * each);
});
