import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { iclab, scratch, smallStudy } from "../command.js";

const folder = scratch();
let runs = 0;

/** Runs a study given as text; each run has a folder of its own. */
const run = (study: string, ...words: string[]) =>
  iclab(["run", "-", "--backend", "cpu", "--out", join(folder, String(runs++)), ...words], study);

const hypotheses = (...expressions: string[]) =>
  smallStudy({ hypotheses: `[${expressions.map((text) => `{ says: it, ${text} }`).join(", ")}]` });

describe("the exit status of a study", () => {
  test.each([
    [0, "every hypothesis holds", hypotheses('expect: "risk(ridge) < risk(zero)"')],
    [0, "there is no hypothesis", smallStudy()],
    [1, "one is refuted", hypotheses('expect: "risk(ridge) < risk(zero)"', 'expect: "exact(zero) < 1"')],
    [1, "one is undecided", hypotheses('equals: ["risk(lsa)", "risk(zero)"], within: 1e-9')],
    [1, "one reads a number that is not there", hypotheses('expect: "exact(ridge) < 10"')],
  ])("is %d where %s", async (status, _, study) => {
    const ended = await run(study);
    expect([ended.status, ended.stderr]).toEqual([status, expect.stringContaining("training on cpu")]);
    expect(ended.stdout).toMatch(/report: .*index\.html\n$/);
  });
});

describe("bad input ends with status 2 and one line that says what is allowed", () => {
  test.each([
    ["an unknown command", ["reprduce"], /unknown command 'reprduce'\n\(Did you mean reproduce\?\)\n$/],
    ["an unknown option", ["list", "--jsn"], /unknown option '--jsn'\n\(Did you mean --json\?\)\n$/],
    [
      "an unknown scale",
      ["reproduce", "all", "--scale", "tiny"],
      /'tiny' is invalid. Allowed choices are smoke, full, pub/,
    ],
    [
      "an unknown backend",
      ["run", "-", "--backend", "gpu"],
      /'gpu' is invalid. Allowed choices are auto, webgpu, cpu, t/,
    ],
    [
      "a seed that is no number",
      ["run", "-", "--seed", "1e3"],
      /argument '1e3' is invalid. Allowed is a whole number from 0 to 2\^53 - 1\.\n$/,
    ],
    ["a negative seed", ["run", "-", "--seed", "-1"], /argument '-1' is invalid. Allowed is a whole/],
    ["an unknown paper", ["reproduce", "ahn2032"], /^no experiment is called `ahn2032`; did you mean `ahn2023`\?/],
    ["a study that is not there", ["run", "none.yaml"], /^none\.yaml: cannot read the study: there is no such file\n$/],
    ["a study that is a folder", ["run", folder], /: cannot read the study: it is a folder\n$/],
    [
      "a report of nothing",
      ["report", join(folder, "none")],
      /none holds no rows; `iclab reproduce` and `iclab run` w/,
    ],
  ])("%s", async (_, words, sentence) => {
    const ended = await iclab(words);
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr).not.toMatch(/\n {2,}at /);
  });
});

describe("a mistake in a study ends with status 2 and one sentence with file, line and column", () => {
  const bad = (key: string, value: string) => smallStudy({ [key]: value });
  test.each([
    ["a misspelt key", bad("sedes", "3"), "8:1: `sedes` is not a key here; did you mean `seeds`?"],
    ["a quoted number", bad("seeds", '"10"'), '7:8: `seeds` is the text "10" (write 10, unquoted'],
    ["a key twice", `${smallStudy()}seeds: 3\n`, "8:1: `seeds` is written twice; first on line 7"],
    [
      "sizes that contradict each other",
      bad("law", "{ kind: gaussian-linear, features: 2, covariance: { diagonal: [1] } }"),
      "2:68: a covariance of 1 variance contradicts features: 2 (features is at standard input:2:31)",
    ],
    [
      "an indefinite covariance",
      bad("law", "{ kind: gaussian-linear, features: 2, covariance: [[1, 2], [2, 1]] }"),
      "2:56: a covariance is symmetric and positive semidefinite; this one is",
    ],
    ["a negative context", bad("context", "[3, -1]"), "3:14: `context` is -1; allowed: a whole number of pairs"],
    ["a fractional context", bad("context", "2.5"), "3:10: `context` is 2.5; allowed: a whole number of pairs"],
    [
      "a hypothesis on a name that is not there",
      hypotheses('expect: "risk(rigde) < 1"'),
      "8:40: `rigde` is not known here; did you mean `ridge`?",
    ],
    [
      "an expression that reaches for the host",
      hypotheses(`expect: 'risk.constructor("return process")() < 1'`),
      "8:35: `risk.constructor` is not known here",
    ],
  ])("%s", async (_, study, sentence) => {
    const ended = await run(study);
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    const expected = `standard input:${sentence}`;
    expect(ended.stderr.slice(0, expected.length)).toBe(expected);
    expect(ended.stderr).toMatch(/^[^\n]+\n$/);
  });

  test("the file is called by the name that was given", async () => {
    const file = join(folder, "my study.yaml");
    writeFileSync(file, bad("seeds", "0"));
    const ended = await iclab(["run", file, "--out", join(folder, "bad")]);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(`${file}:7:8: \`seeds\` is 0; allowed: a whole number >= 1`);
  });
});

describe("what a machine cannot do ends with status 3 and one sentence", () => {
  /** As on a machine without a GPU, also where there is one. */
  const environment = { VK_ICD_FILENAMES: "/dev/null", VK_DRIVER_FILES: "/dev/null" };

  test.each(["webgpu", "tfjs-webgpu"])("%s, named where it does not open, is not replaced by another", async (name) => {
    const words = ["run", "-", "--backend", name, "--out", join(folder, name)];
    const ended = await iclab(words, smallStudy(), { environment });
    expect(ended).toMatchObject({ status: 3, stdout: "" });
    expect(ended.stderr).toMatch(new RegExp(`(^|\n)backend ${name}: no [^\n]+\n$`));
    expect(ended.stderr).not.toContain("training on");
  });

  test.each([
    ["a file in the way", () => join(folder, "file", "out"), "a file is in the way"],
    ["a folder that takes no files", () => "/proc/iclab", "no folder can be made there"],
  ])("%s", async (_, out, why) => {
    writeFileSync(join(folder, "file"), "");
    const ended = await iclab(["run", "-", "--backend", "cpu", "--out", out()], smallStudy());
    expect(ended).toMatchObject({ status: 3, stdout: "" });
    expect(ended.stderr).toMatch(/^cannot write rows to [^\n]+\n$/);
    expect(ended.stderr).toContain(why);
  });
});

test("0, .5, 1e-3 and a semidefinite covariance are in order", async () => {
  const law = "{ kind: gaussian-linear, features: 2, noise: .5, covariance: [[1, 1], [1, 1]] }";
  const models = "[{ name: lsa, mixer: linear-attention, train: { steps: 5, batch: 32, rate: 1e-3 } }]";
  const ended = await run(smallStudy({ law, models, context: "[0, 3]" }), "--json");
  expect(ended.status).toBe(0);
  const { rows } = JSON.parse(ended.stdout) as { rows: { context: number; name: string; risk: number }[] };
  // With no pairs every estimator says 0: E y^2 = tr(covariance) + noise^2 = 2.25.
  const empty = rows.filter(({ context }) => context === 0);
  expect(new Set(empty.filter((row) => "exact" in row && row.exact).map(({ risk }) => risk))).toEqual(new Set([2.25]));
  expect(empty.map(({ name }) => name)).toEqual(expect.arrayContaining(["lsa", "ridge", "lsa-optimum"]));
});

test("--help names every command, and each command's help has an example", async () => {
  const { status, stdout } = await iclab(["--help"]);
  expect(status).toBe(0);
  for (const command of [
    "list",
    "reproduce",
    "run",
    "report",
    "plan",
    "rows",
    "status",
    "diff",
    "bench",
    "doctor",
    "schema",
  ])
    expect(stdout).toMatch(new RegExp(`^ +${command}\\b`, "m"));
  expect((await iclab(["run", "--help"])).stdout).toContain("Example:\n  iclab run");
});
