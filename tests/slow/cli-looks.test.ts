import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { Measurement } from "../../src/types.js";
import { cellFiles, iclab, rowsOf, scratch } from "../command.js";

const folder = scratch();

const text = (seeds: number, more = "") => `title: looks
law: { kind: gaussian-linear, features: 2, noise: 0.5 }
context: 6
models: [{ name: lsa, mixer: linear-attention, train: { steps: 20, batch: 64, rate: 0.01 } }]
predictors: [zero, ols, ridge]
evaluate: { prompts: 200 }
seeds: ${seeds}
hypotheses: [{ says: "ridge is better", expect: "risk(ridge) < risk(ols)" }]
${more}`;

const run = (out: string, study: string, ...words: string[]) =>
  iclab(["run", "-", "--backend", "cpu", "--json", "--out", out, ...words], study);
const files = (out: string) => Object.fromEntries(cellFiles(out).map((file) => [basename(file), rowsOf(file)]));

interface Document {
  readonly looks?: {
    readonly made: number[];
    readonly stopped: string;
    readonly bound: string;
    readonly planned: number;
  };
  readonly verdicts: readonly { readonly holds: boolean | null; readonly about: string }[];
  readonly rows: readonly Measurement[];
}

test.each([
  [3, "training", "precision: decided"],
  [1, "weights", "precision: { risk: 4% }"],
])("a study of %d seeds looks until enough is known, and again from its folder", async (seeds, about, more) => {
  const out = join(folder, `looks-${seeds}`);
  const looked = await run(out, text(seeds, more));
  const document = JSON.parse(looked.stdout) as Document;
  expect(looked.status).toBe(0);
  expect(document.looks).toMatchObject({ stopped: "enough is known", bound: expect.stringMatching("alpha spending") });
  expect(document.looks!.made.length).toBeGreaterThan(1);
  expect(document.verdicts).toMatchObject([{ holds: true, about }]);
  expect(looked.stderr).toMatch(/look 1 of at most \d+: \d of 1 hypotheses undecided, risk known to \S+ %; on to \d+ /);

  // Its first look is the study without looks, row for row.
  const plain = join(folder, `plain-${seeds}`);
  expect(JSON.parse((await run(plain, text(seeds))).stdout)).not.toHaveProperty("looks");
  expect(files(out)).toMatchObject(files(plain));

  // What is lost is computed again, to the same rows: the models of further looks are trained once more.
  const whole = files(out);
  rmSync(cellFiles(out).at(-1)!);
  rmSync(cellFiles(out)[0]!);
  const again = JSON.parse((await run(out, text(seeds, more), "--resume")).stdout) as Document;
  expect(files(out)).toEqual(whole);
  expect(again).toMatchObject({ looks: document.looks, verdicts: document.verdicts });

  // A report judges the same looks; without a cell of the last one, those before.
  const { made, planned } = document.looks!;
  const told = (looks: number) => `${looks} of at most ${planned} looks were made`;
  expect((await iclab(["report", out])).stdout).toContain(told(made.length));
  const last = about === "training" ? `seed=${made.at(-1)! - 1}-` : `look=${made.length}-`;
  rmSync(cellFiles(out).find((file) => basename(file).includes(last))!);
  const torn = await iclab(["report", out]);
  expect(torn.stdout).toContain(told(made.length - 1));
  if (about === "training")
    expect(torn.stderr).toMatch(/\d+ of \d+ cells are of a look that is not whole, and were left out/);
});
