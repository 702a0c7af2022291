import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/runner/package-root.js";
import type { Measurement, Verdict } from "../../src/types.js";
import { iclab, scratch } from "../command.js";

const folder = scratch();

test("a layer on several series is the best prediction from all of them, as docs/several-series.md says", async () => {
  const page = readFileSync(join(packageRoot, "docs/several-series.md"), "utf8");
  const study = /```yaml\n([\s\S]*?)```/.exec(page)![1]!;
  const words = ["run", "-", "--backend", "cpu", "--out", join(folder, "out"), "--json"];
  const { status, stdout } = await iclab(words, study);
  const { rows, verdicts } = JSON.parse(stdout) as { readonly rows: Measurement[]; readonly verdicts: Verdict[] };
  expect(verdicts.map(({ holds, why }) => ({ holds, why }))).toEqual(verdicts.map(({ why }) => ({ holds: true, why })));
  expect(verdicts).toHaveLength(3);
  expect(status).toBe(0);
  const exact = (name: string, coupling: number) =>
    rows.find((row) => row.exact && row.name === name && row["law.matrix.coupling"] === coupling)!.risk!;
  expect(exact("own-past", 0.5)).toBeCloseTo(1.479, 3);
  expect([exact("best-linear", 0.5), exact("best-linear", 0)]).toEqual([1, 1]);
  expect(exact("own-past", 0)).toBeCloseTo(1, 12);
});
