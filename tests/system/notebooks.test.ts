import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { pngOf } from "../../src/report/png.js";
import { packageRoot } from "../../src/runner/package-root.js";
import { figures, lines, type Notebook, outputDifferences, sourceOf, words } from "../notebook-outputs.js";

const folder = join(packageRoot, "notebooks");
const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
/** All of them take minutes, so that a push executes the first. */
const executed = process.env.ICLAB_ALL ? names : names.slice(0, 1);
const read = (path: string): Notebook => JSON.parse(readFileSync(path, "utf8"));

/** Seconds that one cell, and that a whole notebook may take: several times what they take on two busy cores. */
const LIMIT = { cell: 240, notebook: 600 };

const out = mkdtempSync(join(tmpdir(), "iclab-notebooks-"));
afterAll(() => rmSync(out, { recursive: true }));

/** Executes a notebook as a person's Jupyter would, by the kernel that setup.sh registered. */
async function execute(name: string): Promise<Notebook> {
  const words = ["nbconvert", "--to", "notebook", "--execute", `--ExecutePreprocessor.timeout=${LIMIT.cell}`];
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const env = { ...environment, JUPYTER_DATA_DIR: join(folder, "node_modules", ".jupyter") };
  const limits = { timeout: 1000 * LIMIT.notebook, maxBuffer: 2 ** 26 };
  await promisify(execFile)("jupyter", [...words, "--output-dir", out, join(folder, name)], { env, ...limits });
  return read(join(out, name));
}

test("there are notebooks, numbered in the order of reading", () => {
  expect(names.map((name) => Number(name.slice(0, 2)))).toEqual(names.map((_, i) => i + 1));
  expect(names.length).toBeGreaterThan(0);
});

describe.each(executed)("%s, executed", (name) => {
  const stored = read(join(folder, name));
  let fresh: Notebook;
  beforeAll(async () => {
    fresh = await execute(name);
  }, 1000 * LIMIT.notebook);

  test("runs every cell of code, and none errs", () => {
    const code = (notebook: Notebook) => notebook.cells.filter(({ cell_type }) => cell_type === "code");
    const errors = code(fresh).flatMap(({ outputs }) => outputs!.filter(({ output_type }) => output_type === "error"));
    expect(errors).toEqual([]);
    expect(code(fresh).map(sourceOf)).toEqual(code(stored).map(sourceOf));
  });

  test("says, draws and measures what is stored, to the printed digits", () => {
    expect(outputDifferences(stored.cells, fresh.cells)).toEqual([]);
  });

  test("draws at least two figures, each of them a picture", () => {
    const drawn = fresh.cells.flatMap(figures);
    expect(drawn.length).toBeGreaterThanOrEqual(2);
    for (const svg of drawn) {
      expect(pngOf(svg).byteLength).toBeGreaterThan(10_000);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });
});

describe.each(names)("%s, as it lies there", (name) => {
  const { cells } = read(join(folder, name));
  const code = cells.filter(({ cell_type }) => cell_type === "code");

  test("is stored executed, with its figures, and no cell erred", () => {
    expect(cells.flatMap(figures).length).toBeGreaterThanOrEqual(2);
    expect(code.flatMap(({ outputs }) => outputs!.filter(({ output_type }) => output_type === "error"))).toEqual([]);
  });

  test("holds nothing of the clock or the machine that ran it", () => {
    const clock = /performance\.now|Date\b|console\.time|adapter|availableParallelism|node:os/;
    expect(code.map(sourceOf).filter((source) => clock.test(source))).toEqual([]);
    expect(cells.filter(({ metadata }) => Object.keys(metadata).length > 0)).toEqual([]);
  });

  test("imports from the package's public paths, the kernel and Node's files only", () => {
    const imported = code.flatMap((cell) => [...sourceOf(cell).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)]);
    const paths = imported.map((match) => match[1]!);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !["tslab", "node:fs"].includes(path) && !path.startsWith("iclab/"))).toEqual([]);
  });

  test("has short cells, and something to change and run again", () => {
    expect(code.filter((cell) => lines(cell).length > 30).map((cell) => lines(cell)[0])).toEqual([]);
    const asked = cells.filter(({ cell_type }) => cell_type === "markdown").map(words);
    expect(asked.filter((text) => text.includes("## change this and run again"))).toHaveLength(1);
  });
});
