import { join } from "node:path";
import type { Measurement, Row } from "../../src/types.js";
import { ended, iclab, scratch, smallStudy, start } from "../command.js";

const folder = scratch();

interface Document {
  readonly rows: readonly Measurement[];
  readonly verdicts: readonly Row[];
  readonly provenance: { readonly settings: Row; readonly cells: readonly Row[] };
}

test("stdout is one document of rows, verdicts and provenance; progress is on stderr", async () => {
  const hypotheses = '[{ says: better than nothing, expect: "risk(ridge) < risk(zero)" }]';
  const { status, stdout, stderr } = await iclab(
    ["run", "-", "--backend", "cpu", "--json", "--seed", "7", "--out", join(folder, "document")],
    smallStudy({ hypotheses }),
  );
  const { rows, verdicts, provenance } = JSON.parse(stdout) as Document;
  expect(status).toBe(0);
  expect(stderr.split("\n").filter((line) => /^study: \d\/4 cells, about \d+ s left \(/.test(line))).toHaveLength(4);
  expect(Object.keys(rows[0]!)).toEqual(
    expect.arrayContaining(["context", "testContext", "seed", "name", "kind", "risk", "status", "standardError"]),
  );
  // Sampled rows of each context and seed, exact rows of each context.
  expect(rows.filter(({ exact }) => !exact)).toHaveLength(2 * 2 * 4);
  expect(rows.filter(({ exact }) => exact).map(({ seed }) => seed)).toEqual([null, null, null, null]);
  expect(verdicts).toEqual([
    expect.objectContaining({ says: "better than nothing", expect: "risk(ridge) < risk(zero)", holds: true }),
  ]);
  expect(Object.keys(verdicts[0]!)).toEqual(expect.arrayContaining(["margin", "standardErrors", "about"]));
  expect(provenance.cells).toHaveLength(4);
  expect(provenance.cells[0]).toMatchObject({ seed: 7, backend: "cpu", version: expect.any(String) });
  expect(provenance.settings).toMatchObject({ title: "small", seeds: 2 });
});

test("what is undefined is null with a status, never a number and never a verdict that holds", async () => {
  const { status, stdout } = await iclab(
    ["run", "-", "--backend", "cpu", "--json", "--out", join(folder, "undefined")],
    smallStudy({
      context: "2",
      models: "[{ name: lsa, mixer: linear-attention, train: { steps: 50, batch: 8, optimizer: sgd, rate: 1e9 } }]",
      predictors: "[zero, ols]",
      hypotheses: '[{ says: it, expect: "risk(lsa) < 1e9" }, { says: it, expect: "exact(ols) > exact(zero)" }]',
    }),
  );
  const { rows, verdicts } = JSON.parse(stdout) as Document;
  expect(status).toBe(1);
  const trained = rows.filter(({ name }) => name === "lsa");
  expect(trained).toHaveLength(2);
  for (const row of trained) expect(row).toMatchObject({ risk: null, status: "diverged", standardError: null });
  // With as many pairs as features the inverse Wishart has no mean.
  expect(rows.filter(({ name, exact }) => name === "ols" && exact)).toEqual([
    expect.objectContaining({ risk: null, status: "infinite" }),
  ]);
  expect(verdicts.map(({ holds }) => holds)).not.toContain(true);
});

test("a document of a megabyte arrives whole at a reader that is slow", async () => {
  const contexts = Array.from({ length: 60 }, (_, n) => n);
  const study = smallStudy({
    context: JSON.stringify(contexts),
    models: "[{ name: lsa, mixer: linear-attention, train: { steps: 1, batch: 8 } }]",
    predictors: "[zero, gradient-step, preconditioned-gradient-step, ridge, ols, lsa-optimum]",
    evaluate: "{ prompts: 2, context: [3, 6, 9] }",
  });
  const child = start(["run", "-", "--backend", "cpu", "--json", "--out", join(folder, "large")]);
  child.stdin!.end(study);
  child.stderr!.resume();
  const chunks: Buffer[] = [];
  child.stdout!.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    child.stdout!.pause();
    setTimeout(() => child.stdout!.resume(), 10);
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  const text = Buffer.concat(chunks).toString("utf8");
  expect(text.length).toBeGreaterThan(1e6);
  const { rows } = JSON.parse(text) as Document;
  expect(new Set(rows.map(({ context }) => context))).toEqual(new Set(contexts));
  expect(rows.filter(({ exact }) => !exact)).toHaveLength(60 * 2 * 3 * 7);
  expect(status).toBe(0);
});

test("a reader that goes away early is no failure", async () => {
  const child = start(["run", "-", "--backend", "cpu", "--json", "--out", join(folder, "closed")]);
  child.stdin!.end(smallStudy());
  child.stdout!.destroy();
  expect(await ended(child)).toMatchObject({ status: 0, stderr: expect.not.stringMatching(/EPIPE|Error/) });
});

test.each([
  [
    ["list", "--json"],
    ["experiments", "laws", "mixers", "predictors"],
  ],
  [
    ["doctor", "--json"],
    ["iclab", "node", "platform", "backends"],
  ],
  [["schema"], ["$schema", "type", "properties", "required"]],
])("%j prints one document", async (words, keys) => {
  const { status, stdout } = await iclab(words);
  expect(status).toBe(0);
  expect(Object.keys(JSON.parse(stdout) as object)).toEqual(expect.arrayContaining(keys));
});
