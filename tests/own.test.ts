import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { withOwn } from "../src/own/brought.js";
import { ownUnits } from "../src/own/own-unit.js";
import { digestOf, sourcesOf } from "../src/own/sources.js";
import { loadCatalogue } from "../src/runner/catalogue.js";
import { parseStudy } from "../src/studies/parse-study.js";
import { pathText, ValueDocument } from "../src/studies/value-document.js";

const folder = mkdtempSync(join(tmpdir(), "iclab-own-"));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

// What a process says of each: `tests/slow/cli-own-units.test.ts`.
describe("a default export that is no unit is told what it lacks", () => {
  const law = { kind: "law", name: "mine", says: "a law of mine", options: z.strictObject({}), make: () => ({}) };
  test.each<[unknown, string]>([
    [undefined, "mine.ts has no default export; allowed"],
    [[], "mine.ts exports an empty list"],
    ["law", "mine.ts is no unit"],
    [{ ...law, kind: undefined }, "mine.ts does not say its kind; allowed: law, mixer, predictor, claim"],
    [{ ...law, kind: "toString" }, 'mine.ts is of the kind "toString"'],
    [{ ...law, says: undefined }, "mine.ts: the law has no text `says`"],
    [{ ...law, make: 1 }, "mine.ts: the law has no function `make`"],
    [{ ...law, options: {} }, "mine.ts: the law has no `options`, a schema of zod"],
    [[law, { ...law, name: 3 }], "mine.ts, unit 2: the law has no text `name`"],
    [{ kind: "claim", id: "x", says: "X." }, "mine.ts: the claim has no function `judge`"],
  ])("%j", (exported, sentence) => {
    expect(() => ownUnits("mine.ts", exported)).toThrow(sentence);
  });

  test("and one that is a unit joins the catalogue with its source's digest, under a name of its own", async () => {
    const catalogue = await loadCatalogue();
    const brought = { units: ownUnits("mine.ts", law), digest: "d1" };
    const { catalogue: larger } = withOwn(catalogue, brought);
    expect(larger.laws.get("mine")).toMatchObject({ name: "mine", source: "d1" });
    expect(larger.laws.size).toBe(catalogue.laws.size + 1);
    expect(catalogue.laws.has("mine")).toBe(false);
    expect(() => withOwn(larger, brought)).toThrow("there is a law `mine` already");
  });
});

test("a digest changes with any file that is imported by a relative path, and with nothing else", () => {
  const main = write(
    "main.ts",
    'import { a } from "./a";\nimport "./b.js";\nimport { z } from "zod";\nexport default a;\n',
  );
  write("a.ts", 'export * from "./c.ts";\n');
  write("b.ts", "export {};\n");
  write("c.ts", "export const a = 1;\n");
  write("other.ts", "export const a = 1;\n");
  const digest = () => digestOf(sourcesOf(main), main);
  const before = digest();
  expect([...sourcesOf(main).keys()].map((file) => file.slice(folder.length + 1))).toEqual([
    "main.ts",
    "a.ts",
    "c.ts",
    "b.ts",
  ]);
  write("other.ts", "export const a = 2;\n");
  expect(digest()).toBe(before);
  for (const file of ["b.ts", "c.ts", "main.ts"]) {
    const last = digest();
    write(file, `// said otherwise in ${file}\n`);
    expect(digest()).not.toBe(last);
  }
});

describe("a study that is a value", () => {
  const study = {
    title: "a value",
    law: { kind: "gaussian-linear", features: 2 },
    context: [4, 8],
    predictors: ["zero", { newton: 2 }],
    hypotheses: [{ says: "better than nothing", expect: "exact(newton-2) < exact(zero)" }],
  };
  const parsed = async (value: unknown) => parseStudy(new ValueDocument("s.ts", value), "s.ts", await loadCatalogue());

  test("is the study that its YAML is", async () => {
    const value = await parsed(study);
    const yaml = await parseStudy(new ValueDocument("s.ts", study).yaml(), "s.yaml", await loadCatalogue());
    expect(value.settings).toEqual(yaml.settings);
    expect(value.cells).toHaveLength(2);
  });

  test.each<[object, string]>([
    [{ context: [4, -1] }, "s.ts: context[1]: `context` is -1; allowed: a whole number of pairs"],
    [{ tilte: 1 }, "s.ts: tilte: `tilte` is not a key here; did you mean `title`?"],
    [
      { predictors: ["zero", { newtn: 2 }] },
      "s.ts: predictors[1].newtn: `newtn` is not a predictor; did you mean `newton`?",
    ],
    [{ "law.kind": 1 }, 's.ts: ["law.kind"]: `law.kind` is not a key here'],
    [{ seeds: Number.NaN }, "s.ts: seeds: the number NaN; allowed: finite numbers, texts, true, false, null"],
    [{ seeds: undefined }, "s.ts: seeds: undefined; allowed"],
    [{ law: new Map() }, "s.ts: law: an object of the class Map; allowed"],
    [
      { hypotheses: [{ says: "x", expect: "risk(zro) > 1" }] },
      "s.ts: hypotheses[0].expect: character 6: `zro` is not known here; did you mean `zero`?",
    ],
    [{ use: "./mine.ts" }, "s.ts: use: own units cannot be loaded here"],
    [{ use: "./mine.py" }, 's.ts: use: `use` is the text "./mine.py"; allowed: a file of your own'],
  ])("%j is told with its path", async (changed, sentence) => {
    await expect(parsed({ ...study, ...changed })).rejects.toThrow(sentence);
  });

  test("that contains itself is refused", async () => {
    const law: Record<string, unknown> = { kind: "gaussian-linear" };
    law.law = law;
    await expect(parsed({ ...study, law })).rejects.toThrow("s.ts: law.law: a value that contains itself");
  });

  test("has paths as code has them", () => {
    expect(pathText(["models", 0, "train", "rate"])).toBe("models[0].train.rate");
    expect([pathText([]), pathText(["grid", "law.noise"])]).toEqual(["the study", 'grid["law.noise"]']);
  });
});
