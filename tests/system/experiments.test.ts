import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { keyOf } from "../../src/math/keys.js";
import { canonical } from "../../src/runner/canonical.js";
import { loadExperiments } from "../../src/runner/catalogue.js";
import { packageRoot } from "../../src/runner/package-root.js";
import { Store } from "../../src/runner/store.js";
import type { Row } from "../../src/types.js";
import { differences } from "../same-rows.js";

const experiments = [...(await loadExperiments())];
const out = mkdtempSync(join(tmpdir(), "iclab-smoke-"));
let run: ReturnType<typeof spawnSync>;

beforeAll(() => {
  const command = [join(packageRoot, "dist/src/cli/main.js"), "reproduce", "all", "--scale", "smoke", "--out", out];
  run = spawnSync(process.execPath, command, { encoding: "utf8" });
}, 600_000);
afterAll(() => rmSync(out, { recursive: true }));

test("the first command of the README ends with every claim as expected", () => {
  expect(run.stderr).toContain("training on");
  expect(run.stdout).toContain(" 0 unexpected, 0 undecided");
  expect(run.status).toBe(0);
});

test.each(experiments)("every smoke cell of %s has the committed rows", (id, experiment) => {
  const cells = (folder: string) => new Store(folder).all().cells;
  const [committed, again] = [cells(join(packageRoot, "experiments", id, "rows")), cells(join(out, "rows", id))];
  const rowsOf = (stored: typeof again, cell: Row) =>
    stored.find(({ provenance }) => canonical(provenance.settings) === canonical(cell))!.rows;
  for (const cell of experiment.cells("smoke")) {
    const steps = Math.max(0, ...experiment.trials(cell, keyOf(0)).map(({ schedule }) => schedule.steps));
    expect([cell, ...differences(rowsOf(committed, cell), rowsOf(again, cell), steps)]).toEqual([cell]);
  }
});
