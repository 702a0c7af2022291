import { join } from "node:path";
import { loadCatalogue } from "../src/runner/catalogue.js";
import { parseStudy } from "../src/studies/parse-study.js";
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
