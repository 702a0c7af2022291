import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseHTML } from "linkedom";
import { packageRoot } from "../../src/runner/package-root.js";
import { cellFiles, iclab, rowsOf, scratch, smallStudy, wordsOf } from "../command.js";

const folder = scratch();
const read = (...path: string[]) => readFileSync(join(...path), "utf8");

/** The commands that a page tells to compute its rows again. */
function commandsOn(page: string): string[] {
  const { document } = parseHTML(page);
  const terms = [...document.querySelectorAll("dt")].filter(({ textContent }) => textContent === "compute again");
  return terms.map((term) => term.nextElementSibling!.textContent!);
}

const hypotheses = '[{ says: better than nothing, expect: "risk(ridge) < risk(zero)" }]';
const out = join(folder, "it's here");
let printed: string;

beforeAll(async () => {
  const { stdout, status } = await iclab(
    ["run", "-", "--backend", "cpu", "--out", out, "--seed", "3"],
    smallStudy({ hypotheses }),
  );
  expect(status).toBe(0);
  printed = stdout;
});

test("a report of stored rows says what the run said, and writes the same page", async () => {
  const page = read(out, "index.html");
  rmSync(join(out, "index.html"));
  rmSync(join(out, "figures"), { recursive: true });
  expect(await iclab(["report", out])).toMatchObject({ status: 0, stdout: printed, stderr: "" });
  expect(read(out, "index.html")).toBe(page);
  expect(read(out, "figures", "study", "risk.svg")).toContain("<svg");
});

test("the command on the page computes the same rows again", async () => {
  const files = cellFiles(out);
  const before = files.map(rowsOf);
  const [command, ...others] = commandsOn(read(out, "index.html"));
  expect(others).toEqual([]);
  expect(command).toMatch(/ --backend cpu --seed 3 --out /);
  for (const file of files) rmSync(file);
  expect((await iclab(wordsOf(command!))).status).toBe(0);
  expect(cellFiles(out)).toEqual(files);
  expect(files.map(rowsOf)).toEqual(before);
});

test("of two studies run into one folder the last one is reported", async () => {
  const both = join(folder, "both");
  await iclab(
    ["run", "-", "--backend", "cpu", "--out", both],
    smallStudy({ title: "first", context: "[3, 6, 9]", hypotheses }),
  );
  await iclab(
    ["run", "-", "--backend", "cpu", "--out", both],
    smallStudy({ title: "second", evaluate: "{ prompts: 300 }" }),
  );
  expect(cellFiles(both)).toHaveLength(10);
  const { status, stdout } = await iclab(["report", both]);
  expect([status, stdout]).toEqual([0, expect.stringContaining("no claims were judged")]);
  const page = read(both, "index.html");
  expect(page).toContain("<h1>second</h1>");
  expect(page).toContain("<dt>cells</dt><dd>4</dd>");
});

test("a torn file is named and leaves the verdict undecided, and so do rows that were deleted", async () => {
  const torn = join(folder, "torn");
  cpSync(out, torn, { recursive: true });
  const [first, second, ...others] = cellFiles(torn) as [string, string, ...string[]];
  for (const file of [first, second]) truncateSync(file, 100);
  const report = await iclab(["report", torn]);
  expect([report.status, report.stdout]).toEqual([1, expect.stringContaining("1 undecided")]);
  for (const file of [first, second])
    expect(report.stderr).toContain(`${basename(file)} is not whole and was left out`);
  expect(report.stderr).toContain(
    "2 of 4 cells have rows, the verdicts speak of these; the command that made them computes the others\n",
  );
  for (const file of [first, second, ...others]) rmSync(file);
  const empty = await iclab(["report", torn]);
  expect([empty.status, empty.stdout]).toEqual([1, expect.stringContaining("0 hold, 0 refuted as expected, 0 unex")]);
  expect(empty.stdout).toContain("1 undecided");
});

test("rows that were all deleted end with status 1, also where no hypothesis asks for them", async () => {
  const bare = join(folder, "bare");
  mkdirSync(join(bare, "rows", "study"), { recursive: true });
  writeFileSync(join(bare, "rows", "study", "study.yaml"), smallStudy());
  expect((await iclab(["report", bare])).status).toBe(1);
});

test("papers and a study in one folder make one page, each with its own command", async () => {
  const mixed = join(folder, "mixed");
  const paper = "zhang2023-trained-layers";
  cpSync(out, mixed, { recursive: true });
  cpSync(join(packageRoot, "experiments", paper, "rows"), join(mixed, "rows", paper), { recursive: true });
  const { status, stdout } = await iclab(["report", mixed]);
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`\n${paper}\n.*\nstudy\n`, "s"));
  const commands = commandsOn(read(mixed, "index.html"));
  expect(commands).toEqual([
    `npx iclab reproduce ${paper} --scale full --backend cpu --seed 0 --out ${mixed}`,
    `npx iclab run ${join(mixed, "rows", "study", "study.yaml")} --backend cpu --seed 3 --out ${mixed}`,
  ]);
});

test("words of a grid get panels: no two cells share a place", async () => {
  const words = join(folder, "words");
  const grid = "{ law.covariance: [identity, { ar1: 0.9 }] }";
  await iclab(
    ["run", "-", "--backend", "cpu", "--out", words],
    smallStudy({ grid, predictors: "[zero, ridge]", seeds: "1" }),
  );
  const { document } = parseHTML(read(words, "figures", "study", "risk.svg"));
  const texts = [...document.querySelectorAll("text")].map(({ textContent }) => textContent);
  expect(texts).toEqual(expect.arrayContaining(["law.covariance: identity", "law.covariance: { ar1: 0.9 }"]));
});
