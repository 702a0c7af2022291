import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { conditionOf, covarianceOf } from "../src/lab/state/conditions.js";
import { linkOf, stateOf } from "../src/lab/state/link.js";
import { withValues } from "../src/lab/state/paths.js";
import type { LabState } from "../src/lab/state/settings.js";
import { START } from "../src/lab/state/start.js";
import { lawStart, mixerStart } from "../src/lab/state/starts.js";
import { studyText } from "../src/lab/state/study-text.js";
import { choicesOf } from "../src/lab/work/choices.js";
import { resolve, trialOf } from "../src/lab/work/resolve.js";
import { keyOf } from "../src/math/keys.js";
import { loadCatalogue, loadExperiments } from "../src/runner/catalogue.js";
import { cellKey } from "../src/runner/cell-plan.js";
import { studyExperiment } from "../src/runner/study-experiment.js";
import { parseStudy } from "../src/studies/parse-study.js";
import type { Trial } from "../src/types.js";

const catalogue = await loadCatalogue();
const experiments = await loadExperiments();
const folder = new URL("../src/lab/presets/", import.meta.url);
const presets = readdirSync(folder).map((file) => ({ file, text: readFileSync(new URL(file, folder), "utf8") }));
const studies = [...presets, { file: "the page that is opened first", text: studyText(START.settings) }];

/** What a trial's numbers depend on, beside its key. */
const contents = ({ law, context, mixer, schedule, prompts, random }: Trial) => ({
  ...{ context, schedule, prompts, random, population: law.population, structure: mixer.program.structure },
  initial: mixer.init(keyOf(3), law.features),
});

describe("a study", () => {
  test.each(studies)("of $file comes back from its own text, with every default in its place", async ({ text }) => {
    const { settings, leftOut } = await resolve(text, catalogue);
    expect(leftOut).toEqual([]);
    expect((await resolve(studyText(settings), catalogue)).settings).toEqual(settings);
  });

  test.each(studies)("of $file is trained by `iclab run` with the lab's own key and numbers", async ({ text }) => {
    const resolved = await resolve(text, catalogue);
    const study = await parseStudy(studyText(resolved.settings), "study", catalogue);
    const optimum = catalogue.predictors.get("lsa-optimum")!.make({}, { features: 1, context: 1 });
    const { cells, trials } = studyExperiment(study, optimum);
    const [cell, ...others] = cells("full");
    expect(others).toEqual([]);
    const [trial] = trials(cell!, cellKey("study", 7, cell!));
    const ours = trialOf(resolved, 7);
    expect(ours.key).toEqual(trial!.key);
    expect(contents(ours)).toEqual(contents(trial!));
  });

  test("says what a page has no place for", async () => {
    const more = `
title: t
law: { kind: gaussian-linear, features: 2 }
context: [4, 8]
models: [{ name: a, mixer: linear-attention, train: { steps: 9 } }, { name: b, mixer: linear-attention, train: { steps: 9 } }]
predictors: [zero]
hypotheses: [{ says: s, expect: risk(a) < risk(zero) }]
`;
    const { settings, leftOut } = await resolve(more, catalogue);
    expect(settings.context).toBe(4);
    expect(leftOut).toEqual(["1 further cells of its grid", "1 further models", "its hypotheses"]);
    const nothing = "title: t\nlaw: { kind: gaussian-linear, features: 2 }\ncontext: 4\npredictors: [zero]\n";
    await expect(resolve(nothing, catalogue)).rejects.toThrow("trains nothing");
    await expect(resolve("title: t\nlaw: 3", catalogue)).rejects.toThrow(/^study:2:/);
  });
});

test.each(presets)("preset $file is a cell of its paper", async ({ file, text }) => {
  const paper = [...experiments.keys()].find((name) => name.startsWith(`${file.split("-")[0]}-`))!;
  const experiment = experiments.get(paper)!;
  const ours = contents(trialOf(await resolve(text, catalogue), 0));
  const theirs = experiment.cells("full").flatMap((cell) => experiment.trials(cell, keyOf(0)).map(contents));
  expect(theirs).toContainEqual(ours);
});

describe("an address", () => {
  const changed: LabState = {
    ...START,
    changes: [
      { step: 12, set: { "law.noise": 0.5 } },
      { step: 400, set: { "law.covariance": { power: 0.301 }, context: 31 } },
    ],
    ...({ seed: 2 ** 52, backend: "webgpu", speed: 100, axis: "linear", until: 500, playing: true } as const),
  };
  const strange = withValues(START, {
    "settings.title": "12",
    "settings.law": { kind: "true", text: 'a & b = "c" # + %20 é', list: [[1, 2], []], nothing: null, empty: {} },
  });

  test.each([START, changed, strange])("gives its state back (%#)", (state) => {
    expect(stateOf(`#${linkOf(state)}`, { ...START, seed: 99 })).toEqual(state);
  });

  test("that names no settings has those of the page that is opened first, and an empty one says nothing", () => {
    expect(stateOf("#seed=5", START)).toEqual({ ...START, seed: 5 });
    expect(stateOf("", START)).toBeNull();
    expect(stateOf("#__proto__.x=1&a b=2", START)).toBeNull();
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test("that makes no sense in a place has what the page begins with there", () => {
    const odd =
      'seed=-1&backend=tpu&speed=0&axis=log10&until=1.5&playing=1&changes=[{"step":3}]&settings.law=7&other=1';
    expect(stateOf(odd, START)).toEqual(START);
  });

  test("reads as text where it can", () => {
    expect(linkOf(START)).toContain("settings.law.kind=gaussian-linear&settings.law.features=4");
  });
});

describe("what can be chosen", () => {
  const { laws, mixers } = choicesOf(catalogue);
  const { law, context, model, ...rest } = START.settings;

  test("is every law but those that read a file, and every mixer", () => {
    expect(laws.map(({ name }) => name)).toEqual([...catalogue.laws.keys()].filter((name) => name !== "series"));
    expect(mixers.map(({ name }) => name)).toEqual([...catalogue.mixers.keys()]);
  });

  test.each(laws)("law $name begins with options that it takes", async ({ name, options }) => {
    const begun = lawStart(name, options.required ?? [], 4);
    const { settings } = await resolve(studyText({ ...rest, law: begun, context, model }), catalogue);
    expect(settings.law.kind).toBe(name);
  });

  test.each(mixers)("mixer $name begins with options that it takes", async ({ name }) => {
    const begun = mixerStart(name, model.train!);
    const { settings } = await resolve(studyText({ ...rest, law, context, model: begun }), catalogue);
    expect(settings.model.mixer).toBe(name);
  });
});

test.each([
  [1, 5],
  [3.7, 4],
  [100, 20],
])("the condition number %d of %d features comes back from its covariance", (condition, features) => {
  const set = { "law.features": features, "law.covariance": covarianceOf(condition, features) };
  expect(conditionOf(withValues(START.settings, set))! / condition).toBeCloseTo(1, 5);
});
