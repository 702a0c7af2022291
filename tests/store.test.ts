import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiskError } from "../src/runner/disk.js";
import type { Provenance } from "../src/runner/provenance.js";
import { Store } from "../src/runner/store.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "iclab-store-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const rows = [
  { name: "σ-step", risk: 0.75, exact: true },
  { name: "zero", risk: null, exact: false },
];
const provenance = {
  cell: "context=10-abc",
  settings: { context: 10 },
  rows: rows.length,
  finished: "2026-01-01T00:00:00Z",
} as unknown as Provenance;

test("a cell that was written is read back, value for value", () => {
  const store = new Store(folder);
  store.open();
  store.write({ provenance, rows });
  expect(store.read("context=10-abc")).toEqual({ provenance, rows });
  expect(store.all()).toEqual({ cells: [{ provenance, rows }], torn: [] });
});

test("a cell that is written while others are computed is there, whole, when it is said to be", async () => {
  const store = new Store(folder);
  store.open();
  store.fail("context=10-abc", { message: "no", stack: "no" });
  const written = store.writeLater({ provenance, rows });
  expect(store.read("context=10-abc")).toBeUndefined();
  await written;
  expect(store.read("context=10-abc")).toEqual({ provenance, rows });
  store.settle();
  expect(readdirSync(folder)).toEqual(["context=10-abc.jsonl"]);
});

test("a cell that cannot be written while others are computed is a DiskError, and leaves nothing behind", async () => {
  const store = new Store(join(folder, "gone"));
  await expect(store.writeLater({ provenance, rows })).rejects.toThrow(DiskError);
  mkdirSync(join(folder, "gone"));
  mkdirSync(join(folder, "gone", "context=10-abc.jsonl"));
  await expect(store.writeLater({ provenance, rows })).rejects.toThrow(DiskError);
  expect(readdirSync(join(folder, "gone"))).toEqual(["context=10-abc.jsonl"]);
});

test("nothing but finished files is left beside a written cell", () => {
  const store = new Store(folder);
  store.open();
  store.write({ provenance, rows });
  expect(readdirSync(folder)).toEqual(["context=10-abc.jsonl"]);
});

test("a file cut at any byte counts as not finished, and costs no other cell", () => {
  const store = new Store(folder);
  store.write({ provenance, rows });
  store.write({ provenance: { ...provenance, cell: "context=20-def", settings: { context: 20 } }, rows });
  const file = join(folder, "context=10-abc.jsonl");
  const whole = readFileSync(file);
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(file, whole.subarray(0, length));
    expect(store.read("context=10-abc")).toBeUndefined();
  }
  expect(store.all().torn).toEqual(["context=10-abc.jsonl"]);
  expect(store.all().cells).toHaveLength(1);
});

test("a file with a bit changed in any byte counts as not finished", () => {
  const store = new Store(folder);
  store.write({ provenance, rows });
  const file = join(folder, "context=10-abc.jsonl");
  const whole = readFileSync(file);
  for (let at = 0; at < whole.length; at++) {
    const changed = Buffer.from(whole);
    changed[at]! ^= 1 << (at % 8);
    writeFileSync(file, changed);
    expect([at, store.read("context=10-abc")]).toEqual([at, undefined]);
  }
});

test("a file from before there were digests is read", () => {
  const lines = [{ provenance }, ...rows].map((line) => JSON.stringify(line));
  writeFileSync(join(folder, "context=10-abc.jsonl"), `${lines.join("\n")}\n`);
  expect(new Store(folder).read("context=10-abc")).toEqual({ provenance, rows });
});

test("a cell that failed keeps its message until it is written", () => {
  const store = new Store(folder);
  expect(store.failure("context=10-abc")).toBeUndefined();
  store.fail("context=10-abc", { message: "no room on the card", stack: "Error: no room on the card\n at ..." });
  expect(store.failure("context=10-abc")).toBe("no room on the card");
  store.write({ provenance, rows });
  expect(store.failure("context=10-abc")).toBeUndefined();
});

test("a file that lost whole lines in the middle counts as not finished", () => {
  const store = new Store(folder);
  store.write({ provenance, rows });
  const file = join(folder, "context=10-abc.jsonl");
  const [, , last] = readFileSync(file, "utf8").split("\n");
  const first = JSON.stringify({ provenance });
  writeFileSync(file, `${first}\n${last}\n`);
  expect(store.read("context=10-abc")).toBeUndefined();
});

test("a cell written again replaces the one before", () => {
  const store = new Store(folder);
  store.write({ provenance, rows });
  store.write({ provenance: { ...provenance, rows: 1 }, rows: rows.slice(0, 1) });
  expect(store.read("context=10-abc")?.rows).toEqual(rows.slice(0, 1));
});

test("of two files for one cell the one that was finished last is read", () => {
  const store = new Store(folder);
  const later = { ...provenance, cell: "context=10-zzz", finished: "2026-01-02T00:00:00Z" };
  store.write({ provenance: later, rows: rows.slice(0, 1).concat(rows.slice(0, 1)) });
  store.write({ provenance, rows });
  expect(store.all().cells.map((cell) => cell.provenance.cell)).toEqual(["context=10-zzz"]);
});

test("a folder that cannot be made is refused with its name and the reason", () => {
  writeFileSync(join(folder, "file"), "");
  const store = new Store(join(folder, "file", "rows"));
  expect(() => store.open()).toThrow(DiskError);
  expect(() => store.open()).toThrow(/cannot write rows to .*file\/rows: /);
});

test("a folder that does not exist holds no cells", () => {
  expect(new Store(join(folder, "none")).all()).toEqual({ cells: [], torn: [] });
});
