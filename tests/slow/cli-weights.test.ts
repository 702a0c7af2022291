import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { iclab, scratch } from "../command.js";

const folder = scratch();
const brought = (file: string) => join(import.meta.dirname, "../brought", file);
const expected = JSON.parse(readFileSync(brought("expected.json"), "utf8")) as Readonly<
  Record<string, { readonly risk: number; readonly first: readonly number[] }>
>;
const law = ["--law", "{ kind: gaussian-linear, features: 3, noise: 0.5 }", "--context", "8"];

describe("iclab predict", () => {
  test("gives a brought model's own predictions and risk on prompts of a file", async () => {
    const words = ["predict", brought("factored.npz"), "--layout", "factored", "--prompts", brought("prompts.npz")];
    const { status, stdout } = await iclab([...words, "--json"]);
    expect(status).toBe(0);
    const { prompts, risk, predictions } = JSON.parse(stdout) as {
      readonly prompts: number;
      readonly risk: number;
      readonly predictions: readonly number[];
    };
    expect(prompts).toBe(64);
    expect(risk).toBeCloseTo(expected.factored!.risk, 12);
    for (const [b, prediction] of expected.factored!.first.entries())
      expect(predictions[b]).toBeCloseTo(prediction, 12);
    const lines = (await iclab(words)).stdout.trimEnd().split("\n").map(Number);
    expect(lines).toEqual(predictions);
  });
});

describe("iclab export, and what reads it", () => {
  const study = `
title: exported
law: { kind: gaussian-linear, features: 3, noise: 0.5 }
context: [8, 10]
models:
  - { name: lsa, mixer: linear-attention, train: { steps: 400, batch: 256, rate: 0.02 } }
  - { name: two, mixer: stack, depth: 2, train: { steps: 4, batch: 8, rate: 0.01 } }
predictors: [zero]
seeds: 1
`;

  test("writes every model of every cell in both formats, and identify says what was learned", async () => {
    const out = join(folder, "weights");
    const { status, stdout } = await iclab(["export", "-", "--backend", "cpu", "--out", out], study);
    expect(status).toBe(0);
    const names = ["lsa", "two"].flatMap((model) => [8, 10].map((n) => `${model}-context-${n}-seed-0`));
    const files = names.flatMap((name) => [`${name}.npz`, `${name}.safetensors`]).sort();
    expect(readdirSync(out).sort()).toEqual(files);
    expect(stdout.trimEnd().split("\n").sort()).toEqual(files.map((file) => join(out, file)));

    const words = [...law, "--steps", "1", "--prompts", "150"];
    const both = [".npz", ".safetensors"].map((ending) =>
      iclab(["identify", join(out, `lsa-context-8-seed-0${ending}`), ...words]),
    );
    const [npz, safetensors] = await Promise.all(both);
    expect(npz!.status).toBe(0);
    expect(npz!.stdout).toMatch(
      /^best: gradient-step .*; next: .*; cannot be told apart from: preconditioned-gradient-step/,
    );
    expect(npz!.stdout).toMatch(
      /\nweights, distance from: gradient-step 0\.\d+; preconditioned-gradient-step 0\.\d+.*\n$/,
    );
    expect(safetensors!.stdout).toBe(npz!.stdout);
    const stacked = await iclab(["identify", join(out, "two-context-8-seed-0.npz"), ...words, "--json"]);
    const { says, weights } = JSON.parse(stacked.stdout) as { readonly says: string; readonly weights: unknown[] };
    expect(says).toMatch(/^best: zero: its predictions have \S+ of the labels' mean square$/);
    expect(weights).toMatchObject([
      { optimum: "descent in every layer", constants: { steps: [expect.any(Number), expect.any(Number)] } },
      { optimum: "GD++ in every layer" },
    ]);
    const again = await iclab([
      ...["predict", join(out, "two-context-8-seed-0.npz"), "--prompts", brought("prompts.npz"), "--json"],
    ]);
    expect((JSON.parse(again.stdout) as { readonly predictions: unknown[] }).predictions).toHaveLength(64);
  });
});

describe("bad input ends with status 2 and one line that says what is allowed", () => {
  test.each([
    [
      "a file that does not say what it is",
      ["identify", brought("merged.npz"), ...law],
      /merged\.npz does not say what it holds weights of: name a --layout; allowed: merged, factored, softmax, stack\n$/,
    ],
    [
      "tensors of another size",
      [
        ...["identify", brought("merged.npz"), "--layout", "merged", "--context", "8"],
        ...["--law", "{ kind: gaussian-linear, features: 4 }"],
      ],
      /merged\.npz: tensor KQ has shape \(2, 4, 4\); with 4 features it is \(head, key, query\) = \(2, 5, 5\)\n$/,
    ],
    [
      "an unknown layout",
      ["identify", brought("merged.npz"), "--layout", "torch", ...law],
      /'torch' is invalid\. Allowed choices are merged, factored, softmax, stack\./,
    ],
    [
      "options that the mixer refuses",
      ["identify", brought("softmax.npz"), "--layout", "softmax", "--options", "{ scale: big }", ...law],
      /^options of softmax-attention: scale: Invalid option: expected one of/,
    ],
    [
      "options that are no map",
      ["identify", brought("softmax.npz"), "--layout", "softmax", "--options", "big", ...law],
      /^--options is a YAML map such as '\{ normalize: none \}', not big\n$/,
    ],
    [
      "a law that is none",
      [
        "identify",
        brought("merged.npz"),
        "--layout",
        "merged",
        "--law",
        "{ kind: gauss, features: 3 }",
        "--context",
        "8",
      ],
      /^--law:1:14: `gauss` is not a law; allowed: .*gaussian-linear/,
    ],
    [
      "no context",
      ["identify", brought("merged.npz"), "--layout", "merged", "--law", "{ kind: gaussian-linear, features: 3 }"],
      /^--law:2:10: `context` is null; allowed: a whole number of pairs/,
    ],
    [
      "prompts that are not there",
      ["predict", brought("merged.npz"), "--layout", "merged", "--prompts", join(folder, "none.npz")],
      /none\.npz: cannot read the prompts: there is no such file\n$/,
    ],
    [
      "weights for prompts",
      ["predict", brought("merged.npz"), "--layout", "merged", "--prompts", brought("merged.npz")],
      /merged\.npz: prompts have x \(batch, context, feature\), y and query\n$/,
    ],
  ])("%s", async (_, words, sentence) => {
    const ended = await iclab(words);
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr).not.toMatch(/^ {4}at /m);
  });

  test("a study without models, and a model that it has not", async () => {
    const none = await iclab(
      ["export", "-"],
      "title: t\nlaw: { kind: gaussian-linear, features: 2 }\ncontext: 3\npredictors: [zero]\n",
    );
    expect([none.status, none.stderr]).toEqual([
      2,
      "the study has no models, so that there are no weights to export\n",
    ]);
  });
});
