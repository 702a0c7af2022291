import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { cellFiles, ended, iclab, scratch, smallStudy, start, until } from "../command.js";
import { SlurmCluster } from "./slurm-cluster.js";

jest.setTimeout(180_000);

const folder = scratch();
let cluster: SlurmCluster;

beforeAll(async () => {
  cluster = await SlurmCluster.start();
});
afterAll(() => cluster.stop());

const study = smallStudy({ context: "[1, 2, 3, 4, 5, 6]" });

/** Rows by file, byte by byte, without the line that says when they were computed. */
const results = (out: string) =>
  new Map(cellFiles(out).map((file) => [basename(file), readFileSync(file, "utf8").replace(/^.*\n/, "")]));

const onSlurm = (...words: string[]) => [...words, "--on", "slurm", "--every", "1"];

test("a grid is computed by an array, and ends with the rows, verdicts and status of a local run", async () => {
  const [local, out] = [join(folder, "local"), join(folder, "on slurm $HOME 100%a 'x'")];
  const whole = await iclab(["run", "-", "--backend", "cpu", "--out", local], study);
  const words = onSlurm("run", "-", "--out", out, "--chunk", "3", "--time", "5");
  const there = await iclab(words, study, { environment: cluster.environment });
  console.log(there.stderr, there.stdout);
  expect(there.status).toBe(whole.status);
  expect(results(out)).toEqual(results(local));
});
