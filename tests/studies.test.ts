import { loadCatalogue } from "../src/runner/catalogue.js";
import { parseStudy } from "../src/studies/parse-study.js";

const catalogue = await loadCatalogue();

const read = (text: string) => parseStudy(text, "study.yaml", catalogue);

/** The message without the file's name. */
async function fault(text: string): Promise<string> {
  try {
    await read(text);
  } catch (error) {
    expect(error).toMatchObject({ name: "StudyError", file: "study.yaml" });
    return (error as Error).message.replace(/^study\.yaml:/, "");
  }
  return "no fault";
}

const design = `# a study
title: one linear-attention layer is one step of gradient descent
law: { kind: gaussian-linear, features: 10, noise: 0.1 }
context: [10, 20, 40]
models:
  - { name: lsa, mixer: linear-attention, train: { steps: 3000, batch: 512, optimizer: adam, rate: 0.002 } }
predictors: [zero, gradient-step, preconditioned-gradient-step, { newton: 3 }, ridge, ols, lsa-optimum]
evaluate: { prompts: 20000, context: same }
seeds: 5
hypotheses:
  - { says: "trained LSA is within 2 % of the best gradient step", expect: "risk(lsa) <= 1.02 * risk(gradient-step)" }
  - { says: "and no better than theory allows", equals: ["risk(lsa)", "exact(lsa-optimum)"], within: 1%, at: { context: 40 } }
`;

/** A small valid study in which one line can be replaced. */
function small(lines: { readonly [line: string]: string } = {}): string {
  const all: { [line: string]: string } = {
    title: "title: small",
    law: "law: { kind: gaussian-linear, features: 10 }",
    context: "context: 10",
    predictors: "predictors: [zero, gradient-step]",
    ...lines,
  };
  return Object.values(all).join("\n");
}

describe("the study of the design", () => {
  test("parses to three cells with everything made and every default filled in", async () => {
    const study = await read(design);
    expect(study.cells.map(({ columns }) => columns)).toEqual([{ context: 10 }, { context: 20 }, { context: 40 }]);
    expect(study).toMatchObject({ title: "one linear-attention layer is one step of gradient descent", seeds: 5 });
    const cell = study.cells[1]!;
    expect(cell.predictors.map(({ name }) => name)).toEqual([
      ...["zero", "gradient-step", "preconditioned-gradient-step", "newton-3", "ridge", "ols", "lsa-optimum"],
    ]);
    expect(cell).toMatchObject({ context: 20, prompts: 20000, law: { features: 10, population: { noise: 0.1 } } });
    expect(cell.tests).toMatchObject([{ columns: { testContext: 20 }, context: 20 }]);
    expect(cell.models[0]).toMatchObject({ name: "lsa", until: null, mixer: { name: "linear-attention" } });
    expect(cell.models[0]!.schedule).toEqual({
      steps: 3000,
      batch: 512,
      rate: 0.002,
      optimizer: { kind: "adam", betas: [0.9, 0.999], epsilon: 1e-8 },
      clip: null,
      warmup: 0,
      decay: "constant",
      lossFactor: 1,
    });
    expect(cell.models[0]!.record.slice(0, 4)).toEqual([0, 1, 2, 3]);
    expect(cell.models[0]!.record.at(-1)).toBe(3000);
    expect(study.hypotheses.map(({ expect }) => expect)).toEqual([
      "risk(lsa) <= 1.02 * risk(gradient-step)",
      "risk(lsa) = exact(lsa-optimum) within 1% (context 40)",
    ]);
  });

  test("has settings that JSON keeps, and that a longer grid or another seed count does not change cell by cell", async () => {
    const study = await read(design);
    expect(JSON.parse(JSON.stringify(study.settings))).toEqual(study.settings);
    const longer = await read(design.replace("[10, 20, 40]", "[5, 10, 20, 40]").replace("seeds: 5", "seeds: 9"));
    expect(longer.cells.slice(1).map(({ settings }) => settings)).toEqual(study.cells.map(({ settings }) => settings));
    expect(study.cells[0]!.settings).toMatchObject({
      law: { kind: "gaussian-linear", inputs: "gaussian", covariance: "identity" },
      models: [{ heads: 1, train: { optimizer: { epsilon: 1e-8 }, until: null } }],
      predictors: [
        { zero: {} },
        { "gradient-step": null },
        expect.anything(),
        { newton: 3 },
        ...Array(3).fill(expect.anything()),
      ],
    });
  });
});

describe("a grid", () => {
  const columns = async (text: string) => (await read(text)).cells.map((cell) => cell.columns);

  test("crosses lists on scalar fields of the law, of models and of their training with the contexts", async () => {
    const text = small({
      law: "law: { kind: gaussian-linear, features: 4, noise: [0, 0.5] }",
      context: "context: [4, 8]",
      models:
        "models: [{ name: sm, mixer: softmax-attention, heads: [1, 2], train: { steps: 10, rate: [1e-3], optimizer: [sgd, adam] } }]",
    });
    const found = await columns(text);
    expect(found).toHaveLength(16);
    expect(found[0]).toEqual({ context: 4, "law.noise": 0, "models.sm.heads": 1, "models.sm.train.optimizer": "sgd" });
    const last = (await read(text)).cells.at(-1)!;
    expect(last.law.population).toMatchObject({ noise: 0.5 });
    expect(last.models[0]!.schedule).toMatchObject({ rate: 1e-3, optimizer: { kind: "adam" } });
    expect(last.settings).toMatchObject({ models: [{ heads: 2 }] });
  });

  test("takes matrices, diagonals, betas and steps to record as values", async () => {
    const text = small({
      law: "law: { kind: gaussian-linear, features: 2, covariance: [[1, 0.5], [0.5, 1]], taskCovariance: { diagonal: [1, 2] } }",
      models:
        "models: [{ name: a, mixer: linear-attention, train: { steps: 100, betas: [0.9, 0.95], record: [0, 50] } }]",
    });
    const { cells } = await read(text);
    expect(cells).toHaveLength(1);
    expect(cells[0]!.law.population).toMatchObject({
      covariance: [
        [1, 0.5],
        [0.5, 1],
      ],
    });
    expect(cells[0]!.models[0]).toMatchObject({ record: [0, 50], schedule: { optimizer: { betas: [0.9, 0.95] } } });
  });

  test("varies by path what is no scalar", async () => {
    const text = small({
      grid: "grid: { law.covariance: [identity, { ar1: 0.9 }], models.lsa.init: [{ scale: 0.1 }, { scale: 1 }] }",
      models: "models: [{ name: lsa, mixer: linear-attention, train: { steps: 10 } }]",
    });
    expect(await columns(text)).toEqual([
      { context: 10, "law.covariance": "identity", "models.lsa.init": "{ scale: 0.1 }" },
      { context: 10, "law.covariance": "identity", "models.lsa.init": "{ scale: 1 }" },
      { context: 10, "law.covariance": "{ ar1: 0.9 }", "models.lsa.init": "{ scale: 0.1 }" },
      { context: 10, "law.covariance": "{ ar1: 0.9 }", "models.lsa.init": "{ scale: 1 }" },
    ]);
    expect(await fault(small({ grid: "grid: { law.covariance: [{ ar1: 0.5 }, { ar1: 2 }] }" }))).toBe(
      "5:47: `ar1` is 2; allowed: a number >= -1 and <= 1 (entry (i, j) is ar1^|i - j|, from -1 to 1)",
    );
    expect(await fault(small({ grid: "grid: { evaluate.prompts: [10, 20] }" }))).toMatch(
      /^5:9: `evaluate.prompts` cannot/,
    );
    expect(await fault(small({ grid: "grid: { models.lsa.heads: [1, 2] }" }))).toMatch(/^5:9: there is no model `lsa`/);
    const twice = small({ context: "context: [1, 2]", grid: "grid: { context: [3, 4] }" });
    expect(await fault(twice)).toBe("5:9: context is a list at study.yaml:3:1 already");
  });

  test("makes one cell of what is written twice (case C13)", async () => {
    expect(await columns(small({ context: "context: [10, 10, 20]" }))).toEqual([{ context: 10 }, { context: 20 }]);
    const noise = "law: { kind: gaussian-linear, features: 4, noise: [0.1, 0.10] }";
    expect(await columns(small({ law: noise }))).toEqual([{ context: 10 }]);
    expect(await columns(small({ context: "context: [40, 40.0, { timesFeatures: 4 }]" }))).toEqual([{ context: 40 }]);
  });

  test("is bounded", async () => {
    const many = `[${Array.from({ length: 200 }, (_, i) => i / 1000)}]`;
    const law = `law: { kind: gaussian-linear, features: 2, noise: ${many} }`;
    expect(await fault(small({ law, context: `context: [${Array.from({ length: 60 }, (_, i) => i)}]` }))).toMatch(
      /^3:10: a grid of 12000 cells; allowed: at most 10000$/,
    );
    expect(await fault(small({ context: "context: 1e12" }))).toMatch(
      /^3:10: `context` is 1000000000000; allowed: a whole/,
    );
    const heavy = small({ law: "law: { kind: gaussian-linear, features: 1024 }", context: "context: 100000" });
    expect(await fault(heavy)).toMatch(
      /^3:10: a batch of 1024 prompts with 100000 pairs of 1024 features is too large/,
    );
  });
});

describe("contexts", () => {
  test("may be a multiple of the features, a whole one (case C22)", async () => {
    const law = "law: { kind: gaussian-linear, features: 100 }";
    const context = (value: string) => small({ law, context: `context: { timesFeatures: ${value} }` });
    expect((await read(context("9.62"))).cells[0]).toMatchObject({ context: 962, columns: { context: 962 } });
    expect((await read(context("2.35"))).cells[0]!.context).toBe(235);
    expect(await fault(context("5.555"))).toBe("3:10: 5.555 x 100 features is 555.5; allowed: a whole number of pairs");
  });

  test("may be 0, or drawn per prompt; not negative, fractional or descending", async () => {
    expect((await read(small({ context: "context: 0" }))).cells[0]!.context).toBe(0);
    const drawn = (await read(small({ context: "context: { uniform: [1, 40] }" }))).cells[0]!;
    expect(drawn).toMatchObject({ context: { uniform: [1, 40] }, columns: { context: "1..40" } });
    expect(drawn.tests).toMatchObject([{ columns: { testContext: "1..40" } }]);
    for (const value of ["-1", "2.5"])
      expect(await fault(small({ context: `context: [10, ${value}]` }))).toMatch(
        new RegExp(`^3:15: \`context\` is ${value}; allowed: a whole number of pairs from 0 to 100000`),
      );
    expect(await fault(small({ context: "context: { uniform: [40, 1] }" }))).toMatch(
      /^3:10: `uniform` needs the smaller/,
    );
  });
});

test("evaluate makes tests within a cell: other contexts, scales, another covariance", async () => {
  const text = small({
    evaluate:
      "evaluate: { prompts: 100, context: [10, { timesFeatures: 2 }, 10], shift: { inputScale: [0.5, 1], law: { covariance: { ar1: 0.5 } } } }",
  });
  const [cell] = (await read(text)).cells;
  expect(cell!.columns).toEqual({ context: 10 });
  expect(cell!.tests.map(({ columns }) => columns)).toEqual([
    { testContext: 10, inputScale: 0.5 },
    { testContext: 10, inputScale: 1 },
    { testContext: 20, inputScale: 0.5 },
    { testContext: 20, inputScale: 1 },
  ]);
  expect(cell!.tests[0]!.law.population).toMatchObject({ covariance: { 0: { 0: 0.25, 1: 0.125 } } });
  expect(cell!.law.population).toMatchObject({ covariance: { 0: { 0: 1, 1: 0 } } });
});

test("training knows percentages and every optimizer's own constants", async () => {
  const train = (text: string) =>
    small({ models: `models: [{ name: a, mixer: linear-attention, train: { ${text} } }]` });
  const model = async (text: string) => (await read(train(text))).cells[0]!.models[0]!;
  expect(await model("steps: 9, until: { excess: 1% }")).toMatchObject({ until: 0.01 });
  expect((await model("steps: 9, optimizer: sgd, momentum: 0.9")).schedule.optimizer).toEqual({
    kind: "sgd",
    momentum: 0.9,
  });
  expect((await model("steps: 9, optimizer: adamw")).schedule.optimizer).toMatchObject({ weightDecay: 0.01 });
  expect((await model("steps: 9, decay: { halveEvery: 3 }, clip: 10")).schedule).toMatchObject({
    decay: { halveEvery: 3 },
    clip: 10,
  });
  expect((await model("steps: 9")).drawing).toEqual({});
  expect((await model("steps: 9, prompts: pairs, random: threefry13-boxmuller")).drawing).toEqual({});
  const drawing = { prompts: "gram", random: "threefry20-erfinv" };
  expect((await model("steps: 9, prompts: gram, random: threefry20-erfinv")).drawing).toEqual(drawing);
  // What is not said is no part of what a cell's identity is made of.
  const settings = async (text: string) => (await read(train(text))).cells[0]!.settings;
  const told = await settings("steps: 9, prompts: gram, random: threefry20-erfinv");
  expect(told).toMatchObject({ models: [{ train: drawing }] });
  const [untold, usual] = [await settings("steps: 9"), await settings("steps: 9, prompts: pairs")];
  expect(usual).toEqual(untold);
  const { models } = untold as unknown as { models: readonly { train: object }[] };
  expect(Object.keys(models[0]!.train)).toEqual([
    ...["steps", "batch", "rate", "clip", "warmup", "decay", "lossFactor", "optimizer", "until", "record"],
  ]);
  const place = (text: string, written: string) => `5:${train(text).split("\n")[4]!.indexOf(written) + 1}`;
  const betas = "steps: 9, optimizer: sgd, betas: [0.9, 0.99]";
  expect(await fault(train(betas))).toBe(
    `${place(betas, "[0.9")}: optimizer sgd has no \`betas\`; allowed: only with adam and adamw (optimizer is at study.yaml:${place(betas, "optimizer:")})`,
  );
  const warmup = "steps: 9, warmup: 10";
  expect(await fault(train(warmup))).toBe(
    `${place(warmup, "10 }")}: warmup is longer than steps, 9 (steps is at study.yaml:${place(warmup, "steps")})`,
  );
  const record = "steps: 9, record: [1, 10]";
  expect(await fault(train(record))).toMatch(`${place(record, "10]")}: there are only 9 steps (steps is at`);
  expect(await fault(train("rate: 1"))).toMatch(/^5:53: `steps` is missing; allowed: a whole number >= 1/);
});
