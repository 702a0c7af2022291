import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import ts from "typescript";
import { packageRoot } from "../src/runner/package-root.js";
import { checked, docExamples } from "./doc-examples.js";

const examples = docExamples();
const folder = mkdtempSync(join(tmpdir(), "iclab-examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What one promise of an example came to. */
interface Met {
  readonly expression: string;
  readonly found: unknown;
  readonly value: string;
}

/** Examples as modules of the built package, all run by one process: by title, what they promise, or what they threw. */
function run(all: readonly { readonly title: string; readonly text: string }[]): Record<string, Met[] | string> {
  const built = pathToFileURL(join(packageRoot, "dist/src/")).href;
  for (const [i, { text }] of all.entries()) {
    const resolved = checked(text).replace(/from "iclab\/([^"]+)"/g, `from "${built}$1.js"`);
    const { outputText } = ts.transpileModule(resolved, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    writeFileSync(join(folder, `${i}.mjs`), `const meets = globalThis.meets;\n${outputText}`);
  }
  const runner = `
const results = {};
for (const [i, title] of ${JSON.stringify(all.map(({ title }) => title))}.entries()) {
  const met = [];
  globalThis.meets = (expression, found, value) => met.push({ expression, found, value });
  try { await import("./" + i + ".mjs"); results[title] = met; } catch (error) { results[title] = String(error); }
}
process.stdout.write("\\n" + JSON.stringify(results));
process.exit(0);`;
  writeFileSync(join(folder, "runner.mjs"), runner);
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, "runner.mjs")], { encoding: "utf8" });
  const last = stdout.split("\n").at(-1)!;
  if (last === "") throw new Error(`the examples did not run: ${stderr}`);
  return JSON.parse(last) as Record<string, Met[] | string>;
}

/** Numbers are met to their printed digits, everything else exactly. */
function isMet({ found, value }: Met): boolean {
  const wanted = JSON.parse(value) as unknown;
  if (typeof wanted !== "number" || typeof found !== "number") return JSON.stringify(found) === JSON.stringify(wanted);
  const decimals = /\.(\d+)/.exec(value)?.[1]?.length ?? 0;
  return Math.abs(found - wanted) <= 0.5 * 10 ** -decimals * (1 + 1e-9);
}

let results: Record<string, Met[] | string>;
beforeAll(() => {
  results = run(examples);
}, 60_000);

test("every public room has an example that runs", () => {
  const rooms = new Set(examples.map(({ room }) => room));
  for (const room of [
    ...[
      "laws",
      "mixers",
      "theory",
      "predictors",
      "training",
      "backends",
      "engine",
      "studies",
      "evaluation",
      "identify",
    ],
    ...["math", "claims", "forecast", "weights"],
  ])
    expect([...rooms]).toContain(room);
});

describe("the example of", () => {
  test.each(examples.map(({ title }) => title))("%s runs, and every value is as printed", (title) => {
    const met = results[title]!;
    expect(met).toBeInstanceOf(Array);
    expect((met as Met[]).length).toBeGreaterThan(0);
    expect((met as Met[]).filter((one) => !isMet(one))).toEqual([]);
  });
});

test("a value that is not met, a throw and an expression without a value are found", () => {
  const wrong = run([
    { title: "a digit", text: "1 / 3; // 0.3334\n" },
    { title: "a throw", text: 'throw new Error("no");\n' },
  ]);
  expect((wrong["a digit"] as Met[]).map(isMet)).toEqual([false]);
  expect(wrong["a throw"]).toBe("Error: no");
  expect(() => checked("law.features;\n")).toThrow("promises nothing: law.features;");
  expect(() => checked("law.features; // three\n")).toThrow();
});
