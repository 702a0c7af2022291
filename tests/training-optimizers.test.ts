import { describe, expect, test } from "@jest/globals";
import { clip } from "../src/training/clip.js";
import { logSpaced } from "../src/training/log-spaced.js";
import { noMemory, update } from "../src/training/optimizers.js";
import { rateAt } from "../src/training/rate.js";
import type { Optimizer, Schedule } from "../src/types.js";

/** Moves weights by the given gradients, one after another, and returns where they are in the end. */
function run(optimizer: Optimizer, start: number[], gradients: number[][], rate: number): Float64Array {
  let weights: Float64Array = Float64Array.from(start);
  let memory = noMemory(start.length);
  for (const gradient of gradients)
    ({ weights, memory } = update(optimizer, weights, Float64Array.from(gradient), memory, rate));
  return weights;
}

const times = (count: number, gradient: number[]): number[][] => Array.from({ length: count }, () => gradient);

/** Relative agreement to 4096 roundoffs of float64: a thousand updates round a few thousand times. */
const expectClose = (actual: number, right: number): void =>
  expect(Math.abs(actual / right - 1)).toBeLessThan(4096 * 2 ** -53);

describe("adam under a constant gradient 1e-7 at rate 1e-3, where both bias corrections cancel", () => {
  const adam = (epsilon: number): Optimizer => ({ kind: "adam", betas: [0.9, 0.999], epsilon });

  test.each([1, 10, 1000])("moves by t rate g / (g + epsilon) in t = %i updates, epsilon 1e-8", (t) => {
    expectClose(-run(adam(1e-8), [0], times(t, [1e-7]), 1e-3)[0]!, (t * 1e-3 * 1e-7) / (1e-7 + 1e-8));
  });

  test("moves by the published digits: 9.090909e-4, 9.090909e-3, 0.9090909, and 5e-4 with epsilon 1e-7", () => {
    const moved = (t: number, epsilon: number) => -run(adam(epsilon), [0], times(t, [1e-7]), 1e-3)[0]!;
    expect(moved(1, 1e-8)).toBeCloseTo(9.090909e-4, 10);
    expect(moved(10, 1e-8)).toBeCloseTo(9.090909e-3, 9);
    expect(moved(1000, 1e-8)).toBeCloseTo(0.9090909, 7);
    expect(moved(1, 1e-7)).toBeCloseTo(5e-4, 10);
  });

  test("sees a gradient of 1e-23, whose square float32 cannot hold", () => {
    expectClose(-run(adam(1e-30), [0], [[1e-23]], 1e-3)[0]!, (1e-3 * 1e-23) / (1e-23 + 1e-30));
  });
});

test("adam follows its recursion under a changing gradient", () => {
  // t = 1: M = 3, V = 9. t = 2: m = .9 * .3 - .1 = .17, M = .17 / .19; v = .99 * .09 + .01 = .0991, V = .0991 / .0199.
  const moved = run({ kind: "adam", betas: [0.9, 0.99], epsilon: 0.5 }, [1], [[3], [-1]], 0.1)[0]!;
  expectClose(moved, 1 - (0.1 * 3) / (3 + 0.5) - (0.1 * 0.17) / 0.19 / (Math.sqrt(0.0991 / 0.0199) + 0.5));
});

test("adamw shrinks weights by rate times decay beside adam's step, and adam does not", () => {
  const settings = { betas: [0.9, 0.999], epsilon: 1e-8 } as const;
  const decayed = run({ kind: "adamw", ...settings, weightDecay: 0.1 }, [2, -4], [[1, 0]], 0.01);
  expectClose(decayed[0]!, 2 * (1 - 0.01 * 0.1) - 0.01 / (1 + 1e-8));
  expectClose(decayed[1]!, -4 * (1 - 0.01 * 0.1));
  expect([...run({ kind: "adamw", ...settings, weightDecay: 0 }, [2, -4], [[1, 3]], 0.01)]).toEqual([
    ...run({ kind: "adam", ...settings }, [2, -4], [[1, 3]], 0.01),
  ]);
});

test("sgd adds momentum times what it moved by before", () => {
  // m = 1, then .5 * 1 + 2 = 2.5, then .5 * 2.5 - 4 = -2.75: the sum is .75.
  expectClose(run({ kind: "sgd", momentum: 0.5 }, [1], [[1], [2], [-4]], 0.1)[0]!, 1 - 0.1 * 0.75);
  expectClose(run({ kind: "sgd", momentum: 0 }, [1], [[1], [2], [-4]], 0.1)[0]!, 1 + 0.1);
});

test("an update changes none of its arguments", () => {
  const memory = noMemory(1);
  const [weights, gradient] = [Float64Array.of(1), Float64Array.of(2)];
  update({ kind: "adamw", betas: [0.9, 0.9], epsilon: 1e-8, weightDecay: 1 }, weights, gradient, memory, 1);
  expect([weights[0], gradient[0], memory]).toEqual([1, 2, noMemory(1)]);
});

test("a gradient longer than the limit is scaled to it as a whole, a shorter one or no limit leaves it", () => {
  const gradient = Float64Array.of(3, -4);
  const clipped = clip(gradient, 1);
  expectClose(clipped[0]!, 0.6);
  expectClose(clipped[1]!, -0.8);
  expect(clip(gradient, 5)).toBe(gradient);
  expect(clip(gradient, null)).toBe(gradient);
  expect([...clip(Float64Array.of(0, 0), 0)]).toEqual([0, 0]);
});

describe("the learning rate", () => {
  const schedule: Schedule = {
    ...{ steps: 12, batch: 1, rate: 2, optimizer: { kind: "sgd", momentum: 0 }, clip: null, warmup: 0 },
    ...{ decay: "constant", lossFactor: 1 },
  };
  const rates = (change: Partial<Schedule>): number[] =>
    Array.from({ length: 12 }, (_, i) => rateAt({ ...schedule, ...change }, i + 1));

  test("is constant where nothing else is said", () => expect(rates({})).toEqual(new Array(12).fill(2)));

  test("rises linearly and reaches its full height with the last update of the warm-up", () => {
    expect(rates({ warmup: 4 })).toEqual([0.5, 1, 1.5, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
  });

  test("falls linearly after the warm-up, towards 0 at the update after the last", () => {
    const expected = [0.5, 1, 1.5, 2, 2, 1.75, 1.5, 1.25, 1, 0.75, 0.5, 0.25];
    expect(rates({ warmup: 4, decay: "linear" })).toEqual(expected);
  });

  test("falls along half a cosine: full, half at mid-way, towards 0", () => {
    const fall = rates({ decay: "cosine" });
    expect(fall[0]).toBe(2);
    expectClose(fall[6]!, 1);
    expectClose(fall[3]!, 1 + Math.SQRT1_2);
    expectClose(fall[11]!, 2 * Math.sin(Math.PI / 24) ** 2);
  });

  test("is halved every so many steps", () => {
    expect(rates({ decay: { halveEvery: 5 } })).toEqual([2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 0.5, 0.5]);
  });
});

describe("log-spaced steps", () => {
  test("start at 0, are even on a log axis and end with the last step", () => {
    expect(logSpaced(1000, 1)).toEqual([0, 1, 10, 100, 1000]);
    expect(logSpaced(50, 3)).toEqual([0, 1, 2, 5, 10, 22, 46, 50]);
  });

  test("name no step twice, however dense", () => {
    const steps = logSpaced(200, 100);
    expect(new Set(steps).size).toBe(steps.length);
    expect([...steps].sort((a, b) => a - b)).toEqual(steps);
    expect(steps.slice(0, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("of no steps or one are these", () => {
    expect(logSpaced(0, 10)).toEqual([0]);
    expect(logSpaced(1, 10)).toEqual([0, 1]);
  });

  test.each([
    [1.5, 10],
    [-1, 10],
    [10, 0],
    [10, Number.NaN],
  ])("of %d steps with %d a decade are refused", (steps, perDecade) => {
    expect(() => logSpaced(steps, perDecade)).toThrow(/whole number/);
  });
});
