import { join } from "node:path";
import { iclab, scratch, smallStudy } from "./command.js";

const folder = scratch();
const hypothesis = (text: string) => smallStudy({ hypotheses: `[{ says: it, expect: "${text}" }]` });

// Every kind of bad input and of verdict: `tests/slow/cli-status.test.ts`.
test.each([
  [0, "where every hypothesis holds", hypothesis("risk(ridge) < risk(zero)"), /^/],
  [1, "where one is refuted", hypothesis("exact(zero) < 1"), /^/],
  [2, "at a mistake in the study", smallStudy({ sedes: "3" }), /^standard input:8:1: `sedes` is not a key here/],
])("a study ends with status %d %s", async (status, where, study, error) => {
  const ended = await iclab(["run", "-", "--backend", "cpu", "--out", join(folder, where)], study);
  expect(ended.status).toBe(status);
  expect(ended.stderr).toMatch(error);
  if (status < 2) expect(ended.stdout).toMatch(/report: .*index\.html\n$/);
});
