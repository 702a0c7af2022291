import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cellFiles, ended, iclab, scratch, smallStudy, start, until } from "../command.js";

const folder = scratch();

/** One cell of two trainings, a second or two on a quiet machine; the first ends soon, by its excess. */
const study = smallStudy({
  law: "{ kind: gaussian-linear, features: 5, noise: 0.1 }",
  context: "20",
  models:
    "[{ name: soon, mixer: linear-attention, train: { until: { excess: 50% }, record: log, steps: 3000, batch: 256, rate: 0.003 } }, " +
    "{ name: late, mixer: linear-attention, train: { record: log, steps: 3000, batch: 512, rate: 0.002 } }]",
  seeds: "1",
});

const words = (out: string) => ["run", "-", "--backend", "cpu", "--out", out, "--checkpoint", "0.03"];
const rowsOf = (out: string) => cellFiles(out).map((file) => readFileSync(file, "utf8").replace(/^.*\n/, ""));
const kept = (out: string) => {
  const at = join(out, "rows", "study", ".checkpoints");
  const files = existsSync(at) ? readdirSync(at).filter((file) => /\.\d+$/.test(file)) : [];
  const numberOf = (file: string) => Number(file.split(".").at(-1));
  return files.sort((a, b) => numberOf(a) - numberOf(b)).map((file) => join(at, file));
};
const madeIn = (stderr: string) =>
  Number(/ goes on from its checkpoint, (\d+) of 6000 updates are made/.exec(stderr)?.[1]);

/** Starts the study and kills it in the middle of its trainings, after some checkpoints. */
async function killed(out: string, checkpoints = 2): Promise<void> {
  const child = start(words(out));
  child.stdin!.end(study);
  const before = Number(kept(out).at(-1)?.split(".").at(-1) ?? 0);
  await until(child, () => Number(kept(out).at(-1)?.split(".").at(-1) ?? 0) >= before + checkpoints);
  child.kill("SIGKILL");
  expect(await ended(child)).toMatchObject({ signal: "SIGKILL" });
  expect(cellFiles(out)).toEqual([]);
  expect(kept(out)).toHaveLength(2);
}

let right: string[];
beforeAll(async () => {
  const out = join(folder, "whole");
  expect((await iclab(words(out), study)).status).toBe(0);
  right = rowsOf(out);
  expect(kept(out)).toEqual([]);
});

test("a run killed twice in the middle of a training goes on from its checkpoints to the same bytes", async () => {
  const out = join(folder, "killed");
  await killed(out);
  await killed(out, 1);
  const again = await iclab(words(out), study);
  expect(again.status).toBe(0);
  expect(madeIn(again.stderr)).toBeGreaterThan(0);
  expect(rowsOf(out)).toEqual(right);
  expect(kept(out)).toEqual([]);
});

test.each([
  ["cut", (file: string) => truncateSync(file, Math.floor(readFileSync(file).length / 2))],
  [
    "changed in one bit",
    (file: string) => {
      const bytes = readFileSync(file);
      bytes[Math.floor(0.8 * bytes.length)]! ^= 16;
      writeFileSync(file, bytes);
    },
  ],
])("a newest checkpoint that was %s is told, and the one before is used", async (how, damage) => {
  const out = join(folder, how);
  await killed(out);
  damage(kept(out)[1]!);
  const { stderr } = await iclab(words(out), study);
  expect(stderr).toContain("its newest checkpoint is not whole, the one before is used\n");
  expect(madeIn(stderr)).toBeGreaterThan(0);
  expect(rowsOf(out)).toEqual(right);
});

test("--fresh begins again, without a word of checkpoints", async () => {
  const out = join(folder, "fresh");
  await killed(out);
  const fresh = await iclab([...words(out), "--fresh"], study);
  expect(fresh.stderr).not.toContain("checkpoint");
  expect(rowsOf(out)).toEqual(right);
  expect(kept(out)).toEqual([]);
});
