import { join } from "node:path";
import { iclab, scratch, smallStudy } from "../command.js";

const folder = scratch();

const run = async (name: string, study: string, ...words: string[]) => {
  const out = join(folder, name);
  expect((await iclab(["run", "-", "--backend", "cpu", "--out", out, ...words], study)).status).toBe(0);
  return out;
};

test("two runs of one study are the same to the last bit; another learning rate shows in the models alone", async () => {
  const models = (rate: number) =>
    `[{ name: lsa, mixer: linear-attention, train: { steps: 300, batch: 256, rate: ${rate} } }]`;
  const study = (rate: number) => smallStudy({ models: models(rate), evaluate: "{ prompts: 4000 }" });
  const [a, b, c] = [await run("a", study(0.02)), await run("b", study(0.02)), await run("c", study(0.00001))];
  const same = await iclab(["diff", a!, b!]);
  expect([same.status, same.stderr]).toEqual([0, ""]);
  expect(same.stdout).toBe("20 rows in both: 20 the same to the last bit, 0 beyond their error (3.76 SE over all)\n");

  const other = await iclab(["diff", a!, c!]);
  expect(other.status).toBe(1);
  expect(other.stdout).toMatch(/^study context 3, seed 0: risk of lsa is [\d.]+ here and [\d.]+ there \([\d.]+ SE\)\n/);
  expect(other.stdout).toContain("20 rows in both: 16 the same to the last bit, 4 beyond their error");
  expect(other.stdout).toContain("perhaps because training.0.schedule.rate is 0.02 here and 0.00001 there\n");
  const { different } = JSON.parse((await iclab(["diff", a!, c!, "--json"])).stdout);
  expect(different).toHaveLength(4);
});

test("a folder without rows ends with status 2", async () => {
  const none = join(folder, "none");
  expect(await iclab(["diff", none, none])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/holds no rows/),
  });
});
