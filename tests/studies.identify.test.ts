import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { loadCatalogue } from "../src/runner/catalogue.js";
import { identifications } from "../src/runner/identifications.js";
import { parseStudy } from "../src/studies/parse-study.js";
import type { Study } from "../src/studies/study.js";
import type { Measurement } from "../src/types.js";
import { cellFiles, iclab, rowsOf, scratch, smallStudy } from "./command.js";

const folder = scratch();
const models = `
  - { name: lsa, mixer: linear-attention, train: { steps: 600, batch: 128, rate: 0.03 } }
  - { name: wild, mixer: linear-attention, train: { steps: 600, batch: 8, rate: 1e30, optimizer: sgd } }`;
const asked = { predictors: "[zero, gradient-step, { newton: 2 }]", context: "6", seeds: "1", models };

test("a study says which of its predictors each model is, in its rows and in words", async () => {
  const out = join(folder, "asked");
  const study = smallStudy({ ...asked, identify: "{ prompts: 150 }" });
  const { status, stdout } = await iclab(["run", "-", "--backend", "cpu", "--out", out], study);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^lsa \(context 6, seed 0\): best: gradient-step.*; next: .*distance.*\n/);
  expect(stdout).toContain("wild (context 6, seed 0): undefined: its training diverged\n");
  const rows = cellFiles(out).flatMap(rowsOf);
  const lsa = rows.find(({ name }) => name === "lsa")!;
  expect(lsa).toMatchObject({ identified: "gradient-step", identifiedDistance: expect.any(Number) });
  expect(lsa.identifiedDistance).toBeLessThan(0.1);
  expect(rows.find(({ name }) => name === "wild")).toMatchObject({ identified: null, identifiedDistance: null });
  expect(Object.keys(rows.find(({ name }) => name === "zero")!)).not.toContain("identified");
  const json = await iclab(["run", "-", "--backend", "cpu", "--out", out, "--json"], study);
  expect((JSON.parse(json.stdout) as { readonly identify: unknown }).identify).toMatchObject([
    { model: "lsa", at: "context 6, seed 0", name: "gradient-step", distance: lsa.identifiedDistance },
    { model: "wild", name: null, says: "undefined: its training diverged" },
  ]);
  const { document } = parseHTML(readFileSync(join(out, "index.html"), "utf8"));
  const told = [...document.querySelectorAll("table.identified tbody tr")].map((row) =>
    [...row.querySelectorAll("td")].map(({ textContent }) => textContent),
  );
  expect(told).toEqual([
    ["lsa", "context 6, seed 0", ...Array.from({ length: 5 }, () => expect.any(String))],
    ["wild", "context 6, seed 0", "undefined: its training diverged"],
  ]);
  expect(told[0]![2]).toMatch(/^gradient-step/);
  expect(told[0]![4]).toBe(lsa.identifiedNext);
  expect(lsa.identifiedSays).toContain(`next: ${lsa.identifiedNext}, distance`);
});

test("models are told apart by every column of the grid; rows that hold the sentence only show it", () => {
  const cells = [0.1, 0.5].map((noise) => ({
    columns: { context: 6, "law.noise": noise },
  })) as unknown as Study["cells"];
  const row = {
    ...{ name: "lsa", kind: "model", exact: false, context: 6, status: "ok", prompts: 9, risk: 1, excess: 1 },
    ...{ standardError: 0.1, identified: "ridge", identifiedDistance: 0.02, identifiedError: 0.001 },
    ...{ identifiedConstant: null, identifiedNext: "zero", identifiedNextDistance: 1, identifiedNextError: null },
    ...{ identifiedNextConstant: null, identifiedAlike: "ols, newton-3", identifiedSays: "best: ridge" },
  } as unknown as Measurement;
  const at = (noise: number, testContext: number): Measurement => {
    return { ...row, "law.noise": noise, testContext, seed: 1 };
  };
  const { identifiedAlike: _, identifiedNext: __, ...old } = at(0.5, 6);
  const found = identifications({ cells }, [
    at(0.1, 6),
    at(0.1, 12),
    old,
    { ...at(0.5, 6), name: "zero", identifiedSays: null },
  ]);
  expect(found).toEqual([
    {
      ...{ model: "lsa", cell: "context 6, law.noise 0.1, seed 1", is: "ridge", says: "best: ridge" },
      alike: ["ols", "newton-3"],
      best: { name: "ridge", distance: 0.02, standardError: 0.001, constant: null },
      next: { name: "zero", distance: 1, standardError: null, constant: null },
    },
    expect.objectContaining({ cell: "context 6, law.noise 0.5, seed 1", alike: null, next: null, says: "best: ridge" }),
  ]);
});

test("a study that does not ask has the settings that it always had", async () => {
  const catalogue = await loadCatalogue();
  const cells = async (study: string) => (await parseStudy(study, "s", catalogue)).cells;
  const [without] = await cells(smallStudy(asked));
  const [having] = await cells(smallStudy({ ...asked, identify: "true" }));
  expect(without!.identify).toBeNull();
  expect(Object.keys(without!.settings as object)).not.toContain("identify");
  expect(having!.settings).toEqual({ ...(without!.settings as object), identify: 500 });
});

test.each([
  ["false", /^s:\d+:11: `identify` is false; allowed: true/],
  ["{ prompts: 1 }", /^s:\d+:\d+: `(identify.)?prompts` is 1; allowed: .*2/],
])("identify: %s is refused with what is allowed", async (identify, sentence) => {
  const catalogue = await loadCatalogue();
  await expect(parseStudy(smallStudy({ ...asked, identify }), "s", catalogue)).rejects.toThrow(sentence);
});

test("identify without models is refused", async () => {
  const study =
    "title: t\nlaw: { kind: gaussian-linear, features: 2 }\ncontext: 3\npredictors: [zero]\nidentify: true\n";
  await expect(parseStudy(study, "s", await loadCatalogue())).rejects.toThrow(
    "s:5:11: `identify` tells which of the `predictors` each of the `models` is: name both",
  );
});
