import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Row } from "../../src/types.js";
import { cellFiles, iclab, rowsOf, scratch, smallStudy, wordsOf } from "../command.js";

const folder = scratch();
const out = join(folder, "out");
let stored: Row[];
beforeAll(async () => {
  expect((await iclab(["run", "-", "--backend", "cpu", "--out", out], smallStudy())).status).toBe(0);
  stored = cellFiles(out).flatMap(rowsOf);
});

const query = async (...words: string[]) => {
  const ended = await iclab(["rows", out, ...words]);
  expect([ended.status, ended.stderr]).toEqual([0, ""]);
  return ended.stdout;
};

test("all rows come out as they were stored, value for value, each with where it is from", async () => {
  const rows = JSON.parse(await query("--json")) as Row[];
  expect(rows).toHaveLength(stored.length);
  for (const [i, row] of rows.entries()) {
    expect(row).toMatchObject(stored[i]!);
    expect(row).toMatchObject({ experiment: "study", backend: "cpu", baseSeed: 0, numerics: expect.any(Number) });
    expect(row.cell).toMatch(/^context=\d,seed=\d-[0-9a-f]{12}$/);
  }
});

test("a query is answered as DuckDB answers it, as CSV where nothing else is said", async () => {
  const sql = "SELECT name, count(*) AS many, max(risk) AS most FROM rows WHERE NOT exact GROUP BY name ORDER BY name";
  const of = (name: string) => stored.filter((row) => row.name === name && row.exact === false);
  const most = (name: string) => Math.max(...of(name).map(({ risk }) => risk as number));
  const names = ["lsa", "lsa-optimum", "ridge", "zero"];
  const lines = names.map((name) => `${name},${of(name).length},${most(name)}\n`).join("");
  expect(await query("--sql", `${sql};`)).toBe(`name,many,most\n${lines}`);
  const json = JSON.parse(await query("--sql", sql, "--json")) as Row[];
  expect(json).toEqual(names.map((name) => ({ name, many: of(name).length, most: most(name) })));
});

test("Parquet has right types, and in its metadata units, provenance, and a command that makes the rows again", async () => {
  const file = join(folder, "rows.parquet");
  await query("--parquet", "--out", file);
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const ask = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson() as Row[];
  const types = await ask(`SELECT name, type, converted_type FROM parquet_schema('${file}')`);
  const typeOf = Object.fromEntries(types.map(({ name, type }) => [name, type]));
  expect(typeOf).toMatchObject({ risk: "DOUBLE", excess: "DOUBLE", seed: "INT64", context: "INT64" });
  expect(typeOf).toMatchObject({ prompts: "INT64", exact: "BOOLEAN", name: "BYTE_ARRAY", "covariance.zero": "DOUBLE" });
  const [sums] = await ask(`SELECT count(*)::INT AS many, sum(risk) AS risks FROM '${file}' WHERE seed IS NOT NULL`);
  const sampled = stored.filter(({ seed }) => seed !== null);
  expect(sums!.many).toBe(sampled.length);
  expect(sums!.risks).toBeCloseTo(
    sampled.reduce((sum, { risk }) => sum + (risk as number), 0),
    9,
  );

  const pairs = await ask(`SELECT decode(key) AS k, decode(value) AS v FROM parquet_kv_metadata('${file}')`);
  const metadata = Object.fromEntries(pairs.map(({ k, v }) => [k, JSON.parse(v as string)])) as Record<string, never>;
  expect(metadata["iclab.units"]).toMatchObject({ risk: "label units squared", context: "labelled pairs" });
  expect(metadata["iclab.provenance"]).toHaveLength(4);
  const commands = metadata["iclab.commands"] as unknown as string[];
  expect(commands).toHaveLength(1);
  const again = join(folder, "again");
  const words = wordsOf(commands[0]!);
  words[words.indexOf("--out") + 1] = again;
  expect((await iclab(words)).status).toBe(0);
  expect(cellFiles(again).flatMap(rowsOf)).toEqual(stored);
});

test.each([
  [["--sql", "SELEC"], /^--sql: Parser Error: [^\n]*; the table is called rows\n$/],
  [["--sql", "SELECT rsk FROM rows"], /^--sql: Binder Error: [^\n]*rsk[^\n]*\n$/],
  [["--csv", "--json"], /^one format at a time; allowed: --csv/],
])("%j ends with status 2 and one sentence", async (words, sentence) => {
  const ended = await iclab(["rows", out, ...words]);
  expect(ended).toMatchObject({ status: 2, stdout: "" });
  expect(ended.stderr).toMatch(sentence);
});

describe("status", () => {
  const standing = async (where: string) => {
    const { stdout, status } = await iclab(["status", where, "--json"]);
    expect(status).toBe(0);
    return JSON.parse(stdout)[0] as { counts: Row; runners: number; cells: { cell: string; state: string }[] };
  };

  test("says of a finished run that all is done, and stops to watch", async () => {
    const { stdout, status } = await iclab(["status", out, "--watch"]);
    expect([status, stdout]).toEqual([
      0,
      "study: 4 cells, 4 done, 0 diverged, 0 running, 0 failed, 0 pending; no run is at work\n",
    ]);
  });

  test("derives each state from what lies in the folder", async () => {
    const rows = join(out, "rows", "study");
    const [torn, diverged, failed, running] = cellFiles(out) as [string, string, string, string];
    const texts = [torn, diverged, failed, running].map((file) => readFileSync(file, "utf8"));
    const nameOf = (file: string) => file.slice(rows.length + 1, -".jsonl".length);
    writeFileSync(torn, texts[0]!.slice(0, 500));
    writeFileSync(
      diverged,
      texts[1]!.replace(/^\{"digest":"\w+",/, "{").replace('"status":"ok"', '"status":"diverged"'),
    );
    writeFileSync(failed, "");
    writeFileSync(join(rows, `${nameOf(failed)}.failed`), JSON.stringify({ message: "too hot", stack: "" }));
    writeFileSync(running, "");
    const { thisRunner } = await import("../../src/runner/presence.js");
    writeFileSync(join(rows, ".runners", `${nameOf(running)}.1.reserved`), JSON.stringify(thisRunner()));
    const found = await standing(out);
    expect(Object.fromEntries(found.cells.map(({ cell, state }) => [cell, state]))).toEqual({
      [nameOf(torn)]: "pending",
      [nameOf(diverged)]: "diverged",
      [nameOf(failed)]: "failed",
      [nameOf(running)]: "running",
    });
    const { stdout } = await iclab(["status", out]);
    expect(stdout).toContain("study: 4 cells, 0 done, 1 diverged, 1 running, 1 failed, 1 pending");
    expect(stdout).toContain(`failed    ${nameOf(failed)}: too hot`);
    expect(stdout).toContain(`(process ${process.pid} on `);
  });

  test("of a folder that holds no run ends with status 2", async () => {
    expect(await iclab(["status", join(folder, "none")])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/none holds no run; `iclab run` and `iclab reproduce` make one there\n$/),
    });
  });
});
