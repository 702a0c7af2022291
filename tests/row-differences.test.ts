import type { Provenance } from "../src/runner/provenance.js";
import { folderDifference } from "../src/runner/row-differences.js";
import type { StoredCell } from "../src/runner/store.js";
import type { Row } from "../src/types.js";

const base = {
  ...{ experiment: "study", cell: "a", settings: { context: 10, seed: 0 }, identity: "1", seed: 0, numerics: 1 },
  ...{ backend: "cpu", adapter: "SIMD", version: "1", commit: "c", node: "v20", rows: 1 },
  training: [{ mixer: "linear-attention", schedule: { steps: 10, rate: 0.1 } }],
} as unknown as Provenance;

const cell = (risk: Row[string], more: object = {}, provenance: object = {}): StoredCell => ({
  provenance: { ...base, ...provenance },
  rows: [{ name: "lsa", exact: false, testContext: 10, risk, status: "ok", standardError: 0.1, ...more } as Row],
});

const compare = (a: StoredCell, b: StoredCell) => folderDifference([a], [b]);

test("one row differs beyond 3 sigma of both errors, and not within", () => {
  // 3.0000 standard errors of 0.1 sqrt 2 are 0.42426.
  expect(compare(cell(1), cell(1.42)).different).toEqual([]);
  const { different, threshold, compared, identical } = compare(cell(1), cell(1.43));
  expect([threshold, compared, identical]).toEqual([expect.closeTo(3, 4), 1, 0]);
  expect(different).toEqual([
    {
      ...{ experiment: "study", settings: base.settings, name: "lsa", exact: false, testContext: 10 },
      ...{ here: 1, there: 1.43, standardErrors: expect.closeTo(-0.43 / Math.hypot(0.1, 0.1), 9) },
    },
  ]);
});

test("many rows need more, so that all together are called different as seldom", () => {
  const many = (shift: number): StoredCell[] =>
    Array.from({ length: 100 }, (_, seed) =>
      cell(1 + (seed === 0 ? shift : 0), {}, { settings: { context: 10, seed } }),
    );
  // Two-sided 0.0027 / 100: 4.2 standard errors.
  expect(folderDifference(many(0), many(0.58)).different).toEqual([]);
  expect(folderDifference(many(0), many(0.61)).different).toHaveLength(1);
});

test("closed forms differ beyond roundoff", () => {
  const exact = { exact: true, standardError: null };
  expect(compare(cell(1, exact), cell(1 + 1e-11, exact)).different).toEqual([]);
  expect(compare(cell(1, exact), cell(1 + 1e-8, exact)).different).toHaveLength(1);
});

test("what is diverged or infinite on one side only differs, and on both does not", () => {
  const diverged = cell(null, { status: "diverged", standardError: null });
  expect(compare(cell(1), diverged).different).toMatchObject([{ here: 1, there: "diverged", standardErrors: null }]);
  expect(compare(diverged, diverged)).toMatchObject({ different: [], identical: 1 });
});

test("rows that one folder has alone are counted", () => {
  const other = cell(1, {}, { settings: { context: 20, seed: 0 } });
  expect(folderDifference([cell(1), other], [cell(1)])).toMatchObject({ compared: 1, onlyHere: 1, onlyThere: 0 });
});

test.each([
  ["numerics", { numerics: 2 }, ["the version of the numerics is 1 here and 2 there"]],
  ["base seed", { seed: 7 }, ["the base seed is 0 here and 7 there"]],
  ["backend", { backend: "webgpu" }, ["the backend is cpu here and webgpu there"]],
  [
    "training",
    { identity: "2", training: [{ mixer: "linear-attention", schedule: { steps: 10, rate: 0.2 } }] },
    ["training.0.schedule.rate is 0.1 here and 0.2 there"],
  ],
  ["study", { identity: "2" }, ["the settings of the study differ (law, predictors or evaluation)"]],
  ["unknown", {}, ["nothing that is stored: code that changed without a commit, or a fault"]],
])("a difference may be because of the %s, which is said", (_, provenance, reasons) => {
  expect(compare(cell(1), cell(2, {}, provenance)).reasons).toEqual(reasons);
  expect(compare(cell(1), cell(1, {}, provenance)).reasons).toEqual([]);
});
