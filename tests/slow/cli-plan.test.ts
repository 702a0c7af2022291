import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cellFiles, iclab, scratch, smallStudy } from "../command.js";

const folder = scratch();

const study = (steps: number) =>
  smallStudy({
    models: `[{ name: lsa, mixer: linear-attention, train: { steps: ${steps}, batch: 256, rate: 0.01 } },
              { name: sm, mixer: softmax-attention, train: { steps: ${steps}, batch: 256, rate: 0.01 } }]`,
    evaluate: "{ prompts: 500 }",
    hypotheses: '[{ says: it, expect: "risk(ridge) < risk(zero)" }]',
  });

const planned = async (text: string) => {
  const ended = await iclab(["plan", "-", "--backend", "cpu", "--json"], text, { folder });
  expect([ended.status, ended.stderr]).toEqual([0, ""]);
  return JSON.parse(ended.stdout) as Record<string, number>;
};

test("a plan counts what there is to do, writes nothing, and foresees time and disk within the noise of a machine", async () => {
  // Long enough that training is most of the time: what is foreseen wrongly of it shows.
  const plan = await planned(study(4000));
  expect(plan).toMatchObject({ cells: 4, trials: 8, steps: 32_000, hypotheses: 1, probedCells: 3, backend: "cpu" });
  expect(plan.memory).toBeGreaterThan(50e6);
  expect(existsSync(join(folder, "report"))).toBe(false);

  const out = join(folder, "out");
  expect((await iclab(["run", "-", "--backend", "cpu", "--out", out], study(4000))).status).toBe(0);
  const texts = cellFiles(out).map((file) => readFileSync(file, "utf8"));
  const seconds = texts.map((text) => JSON.parse(text.split("\n")[0]!).provenance.seconds as number);
  expect(plan.trainingSeconds).toBeGreaterThan(plan.measuringSeconds!);
  const ratio = (plan.trainingSeconds! + plan.measuringSeconds!) / seconds.reduce((sum, one) => sum + one, 0);
  expect(ratio).toBeGreaterThan(1 / 6);
  expect(ratio).toBeLessThan(6);
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  expect(plan.disk! / bytes).toBeGreaterThan(0.5);
  expect(plan.disk! / bytes).toBeLessThan(1.1);
});

test("a hundred times the steps take about a hundred times the training", async () => {
  const [few, many] = [await planned(study(2000)), await planned(study(200_000))];
  const ratio = many!.trainingSeconds! / few!.trainingSeconds!;
  expect(ratio).toBeGreaterThan(100 / 5);
  expect(ratio).toBeLessThan(100 * 5);
});

test("a plan in words, also of a study that trains nothing", async () => {
  const none = smallStudy({ seeds: "1" }).replace(/^models:.*\n/m, "");
  const { stdout, status } = await iclab(["plan", "-", "--backend", "cpu"], none);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^trials {6}0 in 2 cells, 0 steps of training in all\nhypotheses {2}0\ntime {8}about /);
  expect(stdout).toMatch(/\nmemory {6}[\d.]+ MB\ndisk {8}\d+ kB of rows\nmeasured on 2 cells, shortened, on cpu \(/);
});

test("a mistake in the study is told as `run` tells it", async () => {
  expect(await iclab(["plan", "-"], smallStudy({ seeds: "0" }))).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/^standard input:7:8: `seeds` is 0/),
  });
});
