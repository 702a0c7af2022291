import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { packageRoot } from "../../src/runner/package-root.js";
import { cellFiles, iclab, rowsOf, scratch, wordsOf } from "../command.js";

const page = readFileSync(join(packageRoot, "docs/own-units.md"), "utf8");
const blocks = [...page.matchAll(/```(\w+)\n(.*?)```/gs)].map(([, language, text]) => ({ language, text: text! }));
const named = blocks.flatMap(({ text }) => {
  const [, name] = /^(?:\/\/|#) (\S+\.(?:ts|yaml))\n/.exec(text) ?? [];
  return name === undefined ? [] : [[name, text] as const];
});
const files = new Map(named);
const commands = blocks.flatMap(({ language, text }) => (language === "sh" ? text.trimEnd().split("\n") : []));

const folder = scratch();
/** A folder with the page's files, some changed. */
function place(name: string, changed: Readonly<Record<string, (text: string) => string>> = {}): string {
  const where = join(folder, name);
  mkdirSync(where);
  for (const [file, text] of files) writeFileSync(join(where, file), (changed[file] ?? ((same) => same))(text));
  return where;
}

/** Every occurrence of one text replaced by another. @throws Error where there is none: a test would change nothing. */
const swap = (from: string, to: string) => (text: string) => {
  if (!text.includes(from)) throw new Error(`the page has no longer ${from}`);
  return text.replaceAll(from, to);
};

test("the page has a file for each kind of unit, and a study in YAML and in TypeScript", () => {
  expect([...files.keys()].sort()).toEqual(
    ["below-the-prior.ts", "relu-attention.ts", "shrunken-step.ts", "sign-tasks.ts", "study.ts", "study.yaml"].sort(),
  );
});

describe("the page's commands on its files", () => {
  const home = place("home");
  const [check, run, runCode] = commands.map(wordsOf);

  test("check finds every promise kept", async () => {
    const { status, stdout, stderr } = await iclab(check!, "", { folder: home });
    expect(stdout).toMatch(/\n\d+ promises kept, 0 broken\n$/);
    expect([status, stderr]).toEqual([0, ""]);
    for (const unit of ["law sign-tasks", "mixer relu-attention", "predictor shrunken-step", "claim below-the-prior"])
      expect(stdout).toContain(unit);
  });

  test("the study with its own law, mixer, predictor and claim holds", async () => {
    const { status, stdout } = await iclab([...run!, "--backend", "cpu", "--json"], "", { folder: home });
    expect(status).toBe(0);
    const { verdicts, claims, rows } = JSON.parse(stdout);
    expect(verdicts.map(({ holds }: { holds: boolean }) => holds)).toEqual([true, true]);
    expect(claims).toMatchObject([{ claim: { id: "below-the-prior" }, verdict: { holds: true }, asExpected: true }]);
    expect(rows.filter(({ name, exact }: { name: string; exact: boolean }) => name === "relu" && !exact)).toHaveLength(
      12,
    );
  });

  test("a study in TypeScript runs, is kept as YAML, and a report reads it again", async () => {
    const { status, stdout } = await iclab([...runCode!, "--backend", "cpu"], "", { folder: home });
    expect([status, stdout]).toEqual([0, expect.stringContaining("1 holds")]);
    expect(readFileSync(join(home, "rates/rows/study/study.yaml"), "utf8")).toMatch(/^title: the rate does not matter/);
    expect(await iclab(["report", "rates"], "", { folder: home })).toMatchObject({ status: 0, stdout });
  });

  test("threads that measure have an own predictor too, by its recipe", async () => {
    const said = 'import { isMainThread } from "node:worker_threads";\n';
    const told = swap(
      "  return eachPrompt",
      '  if (!isMainThread) process.stderr.write("restored in a thread\\n");\n  return eachPrompt',
    );
    const where = place("threads", { "shrunken-step.ts": (text) => said + told(text) });
    const study = [
      "title: many prompts",
      "use: ./shrunken-step.ts",
      "law: { kind: gaussian-linear, features: 3, noise: 0.2 }",
      "context: 16",
      "predictors: [zero, gradient-step, { shrunken-step: { penalty: 4 } }]",
      "evaluate: { prompts: 500000 }",
      "seeds: 1",
    ].join("\n");
    const { status, stderr } = await iclab(["run", "-", "--out", "many", "--backend", "cpu"], study, { folder: where });
    expect(stderr).toContain("restored in a thread");
    expect(status).toBe(0);
  });

  describe("afterwards", () => {
    let before: readonly string[];
    beforeAll(() => {
      before = cellFiles(join(home, "signs"));
    });

    test("the folder alone is enough to report it, and to compute it again, bit for bit", async () => {
      const elsewhere = join(folder, "elsewhere");
      cpSync(join(home, "signs"), elsewhere, { recursive: true });
      const report = await iclab(["report", elsewhere]);
      expect([report.status, report.stdout]).toEqual([0, expect.stringContaining("3 hold")]);
      const study = join(elsewhere, "rows/study/study.yaml");
      const again = join(folder, "again");
      expect((await iclab(["run", study, "--out", again, "--backend", "cpu"])).status).toBe(0);
      expect(cellFiles(again).map(rowsOf)).toEqual(before.map(rowsOf));
      expect(cellFiles(again).map((file) => file.split("/").at(-1))).toEqual(before.map((f) => f.split("/").at(-1)));
    });

    test("a change of a unit's source, or of what it imports, is another cell; of nothing else", async () => {
      const names = async (where: string, words: readonly string[] = []) => {
        const { status, stderr } = await iclab(
          ["run", "study.yaml", "--out", "out", "--backend", "cpu", ...words],
          "",
          {
            folder: where,
          },
        );
        expect(stderr).not.toMatch(/Error/);
        expect(status).toBeLessThan(2);
        return cellFiles(join(where, "out")).map((file) => file.split("/").at(-1));
      };
      const small = swap("prompts: 20000", "prompts: 20");
      const fast = (text: string) => small(swap("steps: 1000", "steps: 2")(swap("seeds: 6", "seeds: 1")(text)));
      const plain = await names(place("plain", { "study.yaml": fast }));
      expect(plain).toHaveLength(2);
      const comment = await names(
        place("comment", { "study.yaml": fast, "sign-tasks.ts": (text) => `${text}// said otherwise\n` }),
      );
      expect(comment).not.toEqual(plain);
      const side = place("side", {
        "study.yaml": fast,
        "shrunken-step.ts": (text) => `import { worth } from "./worth.js";\n${text}\nvoid worth;\n`,
      });
      writeFileSync(join(side, "worth.ts"), "export const worth: number = 4;\n");
      const one = await names(side);
      writeFileSync(join(side, "worth.ts"), "export const worth: number = 5;\n");
      rmSync(join(side, "out"), { recursive: true });
      expect(await names(side)).not.toEqual(one);
      expect(await names(place("same", { "study.yaml": fast, "study.ts": () => "export default {};\n" }))).toEqual(
        plain,
      );
    }, 120_000);
  });
});

test("a model of an own mixer is exported, named by identify and described by the schema, with --use", async () => {
  const where = place("weights", { "study.yaml": swap("seeds: 6", "seeds: 1") });
  const used = ["--use", "relu-attention.ts"];
  const exported = await iclab(["export", "study.yaml", "--out", "weights", "--backend", "cpu"], "", { folder: where });
  expect(exported.stdout.split("\n")).toHaveLength(5);
  const words = ["identify", "weights/relu-context-4-seed-0.npz", "--law", "study.yaml", "--prompts", "50"];
  const unknown = await iclab(words, "", { folder: where });
  expect([unknown.status, unknown.stderr]).toEqual([
    2,
    expect.stringMatching(/`relu-attention` is no mixer here; .* --use names\n$/),
  ]);
  expect((await iclab([...words, ...used], "", { folder: where })).stdout).toMatch(/^best: /);
  const { stdout } = await iclab(["schema", ...used, "--use", "sign-tasks.ts"], "", { folder: where });
  for (const name of ["relu-attention", "sign-tasks"]) expect(stdout).toContain(`"const": "${name}"`);
});

describe("what breaks a contract is told, with status 1:", () => {
  test.each<[string, string, string, string, RegExp]>([
    [
      "two forms that differ",
      "relu-attention.ts",
      "tf.relu(",
      "tf.abs(",
      /✗ apply agrees with forward.*\n {4}predictions of apply and of forward differ by \S+, which is \S+ roundoffs/,
    ],
    [
      "a symmetry that does not hold",
      "relu-attention.ts",
      '["context-permutation"]',
      '["context-permutation", "label-linear"]',
      /label-linear is declared and broken by/,
    ],
    [
      "a symmetry that is not declared",
      "relu-attention.ts",
      '["context-permutation"]',
      "[]",
      /context-permutation holds and is not declared in `symmetries`/,
    ],
    [
      "padding that is read",
      "relu-attention.ts",
      "tf.mul(scores, kept)",
      "tf.mul(scores, values)",
      /✗ a prompt's answer depends neither on its batch nor on its padding/,
    ],
    [
      "a risk that is wrong",
      "shrunken-step.ts",
      "context / (context + penalty)",
      "context / (context + penalty + 1)",
      /✗ its exact risk is the sampled one.*\n {4}under .* with 4 pairs the risk is \S+ ± \S+, the closed form says/,
    ],
    [
      "a recipe that makes another function",
      "shrunken-step.ts",
      "shrunken({ penalty })",
      "shrunken({ penalty }), recipe: { module: import.meta.url, constants: { penalty: penalty + 1 } }",
      /✗ its recipe can be posted to a thread.*\n {4}answers by the recipe: number 0 is/,
    ],
    [
      "a population that is another law's",
      "sign-tasks.ts",
      "linearRegressionLaw({ features, noise })",
      "linearRegressionLaw({ features, noise: 2 * noise })",
      /E y_q\^2 with 1 pairs, shifted by \{\}, is \S+ ± \S+; the population says/,
    ],
    [
      "a name that is none",
      "sign-tasks.ts",
      'name: "sign-tasks"',
      'name: "Sign tasks"',
      /✗ has a name of small letters.*\n {4}the name is "Sign tasks"/,
    ],
    [
      "options that take anything",
      "sign-tasks.ts",
      "z.strictObject",
      "z.object",
      /"no-such-option":1\} is taken; z.strictObject refuses it/,
    ],
    [
      "a claim that its refuted rows do not refute",
      "below-the-prior.ts",
      "risk: 9.5",
      "risk: 0.5",
      /of the refuted rows it says holds true over/,
    ],
    [
      "code that throws",
      "shrunken-step.ts",
      "labelSum(problem, sum);",
      'throw new Error("not today");',
      /it throws: not today \(.*shrunken-step\.ts:\d+:\d+\)/,
    ],
  ])("%s", async (title, file, from, to, told) => {
    // One example is enough to break.
    const changed = (text: string) => swap(from, to)(text).replace("examples: [{}, { heads: 2 }]", "examples: [{}]");
    const where = place(title.replaceAll(" ", "-"), { [file]: changed });
    const { status, stdout } = await iclab(["check", file], "", { folder: where });
    expect(stdout).toMatch(told);
    expect(status).toBe(1);
  });
});

describe("what is no unit is bad input, told in a sentence with status 2:", () => {
  test.each<[string, string, RegExp]>([
    ["no file", "", /^absent\.ts: |absent\.ts: cannot read it: there is no such file\n$/],
    ["no default export", "export const law = 1;\n", /^brought\.ts has no default export; allowed: /],
    [
      "no kind",
      "export default { name: 'x' };\n",
      /^brought\.ts does not say its kind; allowed: law, mixer, predictor, claim\n$/,
    ],
    ["a kind that is none", "export default { kind: 'lawn' };\n", /^brought\.ts is of the kind "lawn"; allowed/],
    [
      "no options",
      "export default { kind: 'law', name: 'x', says: 'x', make: () => 1 };\n",
      /^brought\.ts: the law has no `options`/,
    ],
    [
      "no judge",
      "export default [{ kind: 'claim', id: 'x', says: 'X.' }];\n",
      /^brought\.ts: the claim has no function `judge`/,
    ],
    ["a syntax error", "export default {{;\n", /^\S*brought\.ts cannot be loaded: .*\n$/],
    [
      "a module that is not there",
      'import "iclab/laws/none";\nexport default 1;\n',
      /cannot be loaded: .*; iclab's own modules are imported as "iclab\/<room>\/<file>"\n$/,
    ],
  ])("%s", async (title, text, told) => {
    const where = join(folder, `bad-${title.replaceAll(" ", "-")}`);
    mkdirSync(where);
    const file = text === "" ? "absent.ts" : "brought.ts";
    if (text !== "") writeFileSync(join(where, file), text);
    const { status, stderr, stdout } = await iclab(["check", file], "", { folder: where });
    expect(stderr).toMatch(told);
    expect([status, stdout]).toEqual([2, ""]);
  });

  test.each<[string, Readonly<Record<string, (text: string) => string>>, string, RegExp]>([
    [
      "in a study, with the place where it is named",
      { "study.yaml": swap("./sign-tasks.ts", "./sign-task.ts") },
      "study.yaml",
      /^study\.yaml:3:7: \S+sign-task\.ts: cannot read it: there is no such file\n$/,
    ],
    [
      "a name that iclab has",
      { "sign-tasks.ts": swap('name: "sign-tasks"', 'name: "mixture"') },
      "study.yaml",
      /^study\.yaml:3:7: there is a law `mixture` already; give yours a name of its own\n$/,
    ],
    [
      "an option of an own unit",
      { "study.yaml": swap("{ penalty: 4 }", "{ penality: 4 }") },
      "study.yaml",
      /^study\.yaml:8:54: `penality` is not a key here; did you mean `penalty`\? allowed: penalty\n$/,
    ],
    [
      "in a study in TypeScript, with its path",
      { "study.ts": swap("steps: 2000", "steps: -1") },
      "study.ts",
      /^study\.ts: models\[0\]\.train\.steps: `steps` is -1; allowed: a whole number >= 1/,
    ],
    [
      "what no YAML holds",
      { "study.ts": swap("seeds: 5", "seeds: () => 5") },
      "study.ts",
      /^study\.ts: seeds: a function; allowed: finite numbers, texts/,
    ],
    [
      "an expression in TypeScript",
      { "study.ts": swap("risk(lsa) <", "risk(lsaa) <") },
      "study.ts",
      /^study\.ts: hypotheses\[0\]\.expect: character 6: `lsaa` is not known here; did you mean `lsa`\?/,
    ],
    [
      "a study without a default export",
      { "study.ts": swap("export default", "export const study =") },
      "study.ts",
      /^study\.ts has no default export/,
    ],
  ])("%s", async (title, changed, file, told) => {
    const where = place(`study-${title.replaceAll(/\W/g, "-")}`, changed);
    const { status, stderr } = await iclab(["run", file, "--out", "out"], "", { folder: where });
    expect(stderr).toMatch(told);
    expect(status).toBe(2);
    expect(existsSync(join(where, "out"))).toBe(false);
  });
});
