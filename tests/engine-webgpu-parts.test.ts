import { describe, expect, test } from "@jest/globals";
import { operationsOf } from "../src/engine/operations.js";
import { checkAnswer } from "../src/engine/webgpu/check-answer.js";
import { DispatchClock } from "../src/engine/webgpu/dispatch-clock.js";
import { entrantOf, initialModels, modelsAt, recordsOf, structureOf } from "../src/engine/webgpu/entrants.js";
import { paceTable } from "../src/engine/webgpu/paces.js";
import { Word } from "../src/engine/webgpu/record.js";
import { roundsOf } from "../src/engine/webgpu/reduction.js";
import { add, mul } from "../src/kernels/arithmetic.js";
import { loop } from "../src/kernels/loop.js";
import { program } from "../src/kernels/program.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { foldIn, keyOf } from "../src/math/keys.js";
import { rateAt } from "../src/training/rate.js";
import { features, trialOf } from "./engine-trials.js";

describe("roundsOf", () => {
  const outputs = [
    { left: "r", right: "r" },
    { left: "0.0", right: null },
    { left: "u", right: "v" },
    { left: "u", right: "w" },
    { left: "r", right: "g" },
    { left: "h", right: null },
  ];

  test("makes one round where there is room, each factor a row once", () => {
    expect(roundsOf(outputs, 100)).toEqual([
      {
        rows: ["r", "u", "v", "w", "g", "h", "1.0"],
        sums: [
          { output: 0, rows: [0, 0] },
          { output: 1, rows: null },
          { output: 2, rows: [1, 2] },
          { output: 3, rows: [1, 3] },
          { output: 4, rows: [0, 4] },
          { output: 5, rows: [5, 6] },
        ],
      },
    ]);
  });

  test("makes more rounds where there is less, none of more rows than fit", () => {
    const rounds = roundsOf(outputs, 3);
    expect(rounds.map(({ rows }) => rows)).toEqual([
      ["r", "u", "v"],
      ["u", "w"],
      ["r", "g"],
      ["h", "1.0"],
    ]);
    expect(rounds.flatMap(({ sums }) => sums.map(({ output }) => output))).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe("DispatchClock", () => {
  test("begins with one update, grows eightfold at most, and settles at a quarter of a second", () => {
    const clock = new DispatchClock();
    const made: number[] = [];
    for (let i = 0; i < 6; i++) {
      const steps = clock.next(1_000_000);
      made.push(steps);
      clock.made(steps, 0.5 * steps);
    }
    expect(made).toEqual([1, 8, 64, 500, 500, 500]);
  });

  test("makes shorter dispatches where updates turn out dearer, never fewer than one update", () => {
    const clock = new DispatchClock();
    clock.made(clock.next(1), 900);
    expect(clock.next(1000)).toBe(1);
  });

  test("sends no more than a quarter of a million paces with a dispatch", () => {
    const clock = new DispatchClock(1024);
    for (let i = 0; i < 9; i++) clock.made(clock.next(1_000_000), 1e-3 * clock.next(1_000_000));
    expect(clock.next(1_000_000)).toBe(256);
  });

  test("is not slowed down by a dispatch that a snapshot cut short", () => {
    const clock = new DispatchClock();
    for (let i = 0; i < 5; i++) clock.made(clock.next(1_000_000), 0.5 * clock.next(1_000_000));
    clock.made(3, 1.5);
    expect(clock.next(1_000_000)).toBe(500);
  });
});

describe("what a kernel reads", () => {
  test("paces are the schedule's rates over the rate, and the moments' corrections in all digits of float32", () => {
    const { schedule } = trialOf({}, { warmup: 3, decay: "cosine", steps: 9, rate: 0.25 });
    const table = paceTable([schedule], 2, 5);
    expect(table.length).toBe(12);
    for (let step = 2; step <= 5; step++) {
      const row = [...table.subarray(3 * (step - 2), 3 * (step - 1))];
      const right = [rateAt(schedule, step) / 0.25, 1 / (1 - 0.9 ** step), 1 / (1 - 0.999 ** step)];
      expect(row).toEqual(right.map(Math.fround));
    }
  });

  test("trials of equal numbers share them; each has its own key, last step and batch", () => {
    const law = linearRegressionLaw({ features, noise: 0.7 });
    const entrants = [trialOf(), trialOf({ key: keyOf(2) }, { steps: 7, batch: 64 }), trialOf({ law })].map(entrantOf);
    expect(new Set(entrants.map(structureOf)).size).toBe(1);
    const { trials, words, numbers, paces } = recordsOf(entrants);
    const of = (m: number) => [...new Uint32Array(trials.buffer).subarray(m * words, (m + 1) * words)];
    expect(of(1).slice(0, 4)).toEqual([...foldIn(keyOf(2), "prompts"), 7, 64]);
    expect(of(0)[Word.settings]).toBe(of(1)[Word.settings]);
    expect(of(2)[Word.settings]).not.toBe(of(1)[Word.settings]);
    expect(numbers[of(2)[Word.settings]!]).toBe(Math.fround(0.7));
    expect(paces.length).toBe(1);
  });

  test("the two halves of a weight add up to it far beyond float32, and rows of models can be chosen", () => {
    const entrants = [1, 2, 3].map((seed) => entrantOf(trialOf({ key: keyOf(seed) }), seed));
    const size = entrants[0]!.initial.length;
    const chosen = modelsAt(initialModels(entrants), [2, 0], 3);
    expect(chosen.weights.length).toBe(2 * size);
    entrants[2]!.initial.forEach((weight, q) => {
      const sum = chosen.weights[q]! + chosen.memory[4 * q]!;
      expect(Math.abs(sum - weight)).toBeLessThan(Math.abs(weight) * 2 ** -46);
    });
  });
});

test("operations are counted with all iterations of their loops, shared values once, leaves not at all", () => {
  const of = program({ settings: 3 }, ({ settings: s }) => {
    const twice = mul(s.at(0), s.at(1));
    const [sum] = loop(7, [0], (_, [x]) => [add(mul(x!, s.at(2)), twice)]);
    return [add(sum!, twice)];
  });
  expect(operationsOf(of, 32)).toBe(1 + 7 * 2 + 1);
});

describe("checkAnswer", () => {
  const entrant = entrantOf(trialOf({}, { steps: 12 }), 0);
  const weights: Float32Array<ArrayBufferLike> = Float32Array.from(entrant.initial);
  const check = (standing: object, found: Float32Array = weights) =>
    checkAnswer(entrant, { status: 0, step: 5, loss: 1, ...standing }, found, 5);

  test("takes what a training gives", () => {
    expect(() => check({})).not.toThrow();
    expect(() => check({ status: 1, step: 3 })).not.toThrow();
  });

  test.each<[string, object, Float32Array, RegExp]>([
    ["the weights it was given", { step: 0, loss: 0 }, weights, /did not train: asked for 5 .* weights after update 0/],
    ["zeros", { step: 0, loss: 0 }, weights.map(() => 0), /did not train: asked for 5 .* zeros/],
    ["fewer updates", { step: 4 }, weights, /after update 4/],
    ["a weight that is no number", {}, weights.map((weight, q) => (q === 1 ? Number.NaN : weight)), /did not notice/],
    ["an infinite loss", { loss: Number.POSITIVE_INFINITY }, weights, /did not notice/],
    ["a divergence at no update", { status: 1, step: 0 }, weights, /makes no sense/],
  ])("refuses %s with a sentence", (_, standing, found, sentence) => {
    expect(() => check(standing, found)).toThrow(sentence);
  });
});
