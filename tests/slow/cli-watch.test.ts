import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cellFiles, ended, iclab, scratch, smallStudy, start, until } from "../command.js";

const folder = scratch();

test("report --watch follows a run with a page that loads itself again, and ends with the page that report writes", async () => {
  const out = join(folder, "run");
  const page = () => (existsSync(join(out, "index.html")) ? readFileSync(join(out, "index.html"), "utf8") : "");
  const watch = start(["report", out, "--watch"]);
  const watched = ended(watch);
  const run = start(["run", "-", "--backend", "cpu", "--out", out]);
  run.stdin!.end(smallStudy({ seeds: "60", hypotheses: '[{ says: it, expect: "risk(ridge) < risk(zero)" }]' }));
  const computed = ended(run);
  await until(watch, () => /http-equiv="refresh".* of 120 cells have rows/s.test(page()));
  expect((await computed).status).toBe(0);
  await until(watch, () => page().includes("120 of 120 cells have rows, no run is at work"));
  expect(cellFiles(out)).toHaveLength(120);
  watch.kill("SIGINT");
  const { status, stdout, stderr } = await watched;
  expect([status, stdout]).toEqual([0, expect.stringContaining("1 holds, 0 refuted as expected")]);
  expect(stderr).toMatch(/^watching .*; Ctrl-C ends it\n/);
  const left = page();
  expect(left).not.toContain("refresh");
  await iclab(["report", out]);
  expect(page()).toBe(left);
}, 240_000);
