import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FAMILY_LEVEL } from "../../src/claims/verdict.js";
import { Draws } from "../../src/math/draws.js";
import { foldIn, keyOf } from "../../src/math/keys.js";
import { loadCatalogue } from "../../src/runner/catalogue.js";
import { cellKey } from "../../src/runner/cell-plan.js";
import { packageRoot } from "../../src/runner/package-root.js";
import { studyExperiment } from "../../src/runner/study-experiment.js";
import { judgeStudy } from "../../src/studies/judge-study.js";
import type { Measurement, Predictor } from "../../src/types.js";
import { most } from "../binomial.js";
import { type Counts, counted, drawnRows, sentences, studyOf, type Training, truths } from "../calibration.js";

const catalogue = await loadCatalogue();
const page = readFileSync(join(packageRoot, "docs/statistics.md"), "utf8");

/** 250 studies of four true and four false hypotheses: a thousand of each. */
const STUDIES = 250;

const trainings: Readonly<Record<string, { seeds: number; training: Training }>> = {
  "one seed, error over prompts": { seeds: 1, training: () => 1 },
  "three seeds, Student's t": { seeds: 3, training: (draws) => 1 + 0.1 * draws.normal() },
  "eight seeds, Student's t": { seeds: 8, training: (draws) => 1 + 0.1 * draws.normal() },
  "eight seeds of long tail": { seeds: 8, training: (draws) => 0.9 + 0.1 * draws.exponential() },
};

const text = (counts: Counts) =>
  `${counts.falselyRefuted} of 1000 | ${counts.falselyHeld} of 1000 | ${counts.right} of 2000 |`;

const cases = Object.keys(trainings).flatMap((name) => [FAMILY_LEVEL, 0.05].map((level) => [name, level] as const));

/** Seeds of a long tail are beyond what Student's t promises; the page says what they cost. */
const isPromised = (name: string) => name !== "eight seeds of long tail";

test.each(cases)(
  "each of a thousand true and a thousand false hypotheses alone: %s, at level %d",
  async (name, level) => {
    const { seeds, training } = trainings[name]!;
    const draws = new Draws(foldIn(keyOf(8), `alone ${name}`));
    const verdicts: (boolean | null)[][] = Array.from({ length: STUDIES }, () => []);
    for (const sentence of sentences) {
      const study = await studyOf(seeds, [4], [sentence]);
      for (const all of verdicts) all.push(judgeStudy(study, drawnRows(draws, [4], seeds, training), level)[0]!.holds);
    }
    const counts = counted(verdicts, truths);
    expect(page).toContain(`| ${name} | ${level} | ${text(counts)}`);
    // Six of the eight lie on an edge, from which a two-sided test strays to the wrong side half the time.
    const wrong = counts.falselyRefuted + counts.falselyHeld;
    if (isPromised(name)) expect(wrong).toBeLessThanOrEqual(most(6 * STUDIES, level / 2));
    if (isPromised(name) && level === 0.05) expect(wrong).toBeGreaterThan(0.5 * 6 * STUDIES * (level / 2));
  },
);

test.each(cases)("250 studies of eight such hypotheses in two cells: %s, at level %d", async (name, level) => {
  const { seeds, training } = trainings[name]!;
  const study = await studyOf(seeds, [4, 8], sentences);
  const draws = new Draws(foldIn(keyOf(8), name));
  const verdicts = Array.from({ length: STUDIES }, () =>
    judgeStudy(study, drawnRows(draws, [4, 8], seeds, training), level).map(({ holds }) => holds),
  );
  const counts = counted(verdicts, truths);
  expect(page).toContain(
    `| ${name} | ${level} | ${counts.wrongStudies} of ${STUDIES} | ${most(STUDIES, level)} | ${text(counts)}`,
  );
  if (isPromised(name)) expect(counts.wrongStudies).toBeLessThanOrEqual(most(STUDIES, level));
  // A level that is kept by never deciding is worth nothing: the two clear sentences of eight are decided.
  if (seeds !== 3) expect(counts.right).toBeGreaterThanOrEqual(2 * STUDIES);
});

test("sampled risks against their closed forms, drawn and predicted for real, are decided wrongly within the level", async () => {
  const [studies, level] = [100, 0.05];
  const edge: typeof sentences = [
    [true, 'expect: "risk(zero) <= exact(zero)"'],
    [true, 'expect: "risk(zero) >= exact(zero)"'],
    [false, 'expect: "risk(zero) < exact(zero)"'],
    [false, 'expect: "risk(zero) > exact(zero)"'],
    [true, 'expect: "risk(ridge) < risk(zero)"'],
  ];
  const study = await studyOf(1, [4, 8], edge);
  const optimum = catalogue.predictors.get("lsa-optimum")!.make({}, { features: 1, context: 1 }) as Predictor;
  const experiment = studyExperiment(study, optimum);
  const verdicts: (boolean | null)[][] = [];
  for (let seed = 0; seed < studies; seed++) {
    const rows: Measurement[] = [];
    for (const cell of experiment.cells("full"))
      rows.push(...((await experiment.measure(cell, [], { key: cellKey("study", seed, cell) })) as Measurement[]));
    verdicts.push(judgeStudy(study, rows, level).map(({ holds }) => holds));
  }
  const counts = counted(
    verdicts,
    edge.map(([isTrue]) => isTrue),
  );
  expect(page).toContain(
    `wrong in ${counts.wrongStudies} of ${studies} studies (at most ${most(studies, level)} for 5 %)`,
  );
  expect(counts.wrongStudies).toBeLessThanOrEqual(most(studies, level));
  expect(verdicts.filter((all) => all[4] === true).length).toBeGreaterThan(0.9 * studies);
});
