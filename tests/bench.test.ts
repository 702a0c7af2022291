import { describe, expect, test } from "@jest/globals";
import tfjsCpu from "../src/backends/tfjs-cpu.js";
import { plainGradient } from "../src/cli/bench/plain-gradient.js";
import type { PlainPrompts } from "../src/cli/bench/plain-prompts.js";
import { plainPrompts } from "../src/cli/bench/plain-prompts.js";
import { powerLaw } from "../src/cli/bench/power-law.js";
import { type Problem, trialOf } from "../src/cli/bench/problem.js";
import { pythonContestant } from "../src/cli/bench/python-contestant.js";
import { race } from "../src/cli/bench/race.js";
import { spreadOf } from "../src/cli/bench/spread.js";
import { table } from "../src/cli/bench/table.js";
import { keyOf } from "../src/math/keys.js";
import { nd } from "../src/math/nd.js";
import { flatten, layoutOf } from "../src/training/flat-weights.js";
import { lossAndGradient } from "../src/training/loss-gradient.js";
import type { Prompts } from "../src/types.js";

const size = { batch: 37, context: 5, features: 3 } as const;
const problems: readonly Problem[] = [
  { name: "linear", attention: "linear", heads: 1, ...size },
  { name: "linear, two heads", attention: "linear", heads: 2, ...size },
  { name: "softmax", attention: "softmax", heads: 2, ...size },
];

/** The same prompts as tfjs takes them. */
function asPrompts({ tokens, query, answer }: PlainPrompts): Prompts {
  const { batch, context, features } = size;
  const D = features + 1;
  const pairs = Array.from({ length: batch * context }, (_, k) => tokens.subarray(k * D, (k + 1) * D));
  return {
    x: nd(
      ["batch", "context", "feature"],
      [batch, context, features],
      Float64Array.from(pairs.flatMap((pair) => [...pair.subarray(0, features)])),
    ),
    y: nd(["batch", "context", "output"], [batch, context, 1], Float64Array.from(pairs.map((pair) => pair[features]!))),
    query: nd(["batch", "feature"], [batch, features], Float64Array.from(query.filter((_, k) => k % D < features))),
    answer: nd(["batch", "output"], [batch, 1], Float64Array.from(answer)),
  };
}

test.each(problems)("the plain loops' loss and gradient of $name are tfjs's", async (problem) => {
  const tfjs = await tfjsCpu.open();
  if (typeof tfjs === "string") throw new Error(tfjs);
  const { mixer } = trialOf(problem, 1);
  const weights = mixer.init(keyOf(3), size.features);
  const layout = layoutOf(weights);
  const flat = flatten(layout, weights).map((weight) => 30 * weight);
  const prompts = plainPrompts(keyOf(1), 4, problem);
  const right = await lossAndGradient(tfjs.tf, mixer, layout, flat, asPrompts(prompts), 1);
  const { loss, gradient } = plainGradient(problem, flat, prompts);
  await tfjs.close();
  expect(Math.abs(loss / right.loss - 1)).toBeLessThan(32 * tfjs.roundoff);
  const largest = Math.max(...right.gradient.map(Math.abs));
  expect(largest).toBeGreaterThan(0.1);
  for (const [i, slope] of right.gradient.entries())
    expect(Math.abs(gradient[i]! - slope)).toBeLessThan(32 * tfjs.roundoff * largest);
});

test("plain prompts are noiseless linear regression of unit variance, afresh every step", () => {
  const many = { batch: 20_000, context: 2, features: 2 };
  const { tokens, query, answer } = plainPrompts(keyOf(5), 0, many);
  expect(plainPrompts(keyOf(5), 1, many).answer).not.toEqual(answer);
  let [squares, cubes] = [0, 0];
  for (let b = 0; b < many.batch; b++) {
    const [x1, x2, y1, z1, z2, y2] = tokens.subarray(b * 6, b * 6 + 6) as unknown as number[];
    // Cramer's rule: two labelled inputs give the task, and the task the answer.
    const determinant = x1! * z2! - x2! * z1!;
    const task = [(y1! * z2! - x2! * y2!) / determinant, (x1! * y2! - y1! * z1!) / determinant];
    const [q1, q2, zero] = query.subarray(b * 3, b * 3 + 3) as unknown as number[];
    const scale = (Math.abs(y1!) + Math.abs(y2!)) * 4 * (Math.abs(q1!) + Math.abs(q2!));
    const distance = Math.abs(task[0]! * q1! + task[1]! * q2! - answer[b]!) * Math.abs(determinant);
    expect(distance).toBeLessThan(64 * 2 ** -24 * (scale + Math.abs(answer[b]! * determinant)));
    expect(zero).toBe(0);
    squares += x1! ** 2;
    cubes += answer[b]! ** 2;
  }
  // Var x^2 = 2; the answer's square has mean d = 2 and variance 3 d (d + 2) - d^2 = 20.
  expect(Math.abs(squares / many.batch - 1)).toBeLessThan(4 * Math.sqrt(2 / many.batch));
  expect(Math.abs(cubes / many.batch - 2)).toBeLessThan(4 * Math.sqrt(20 / many.batch));
});

describe("what is printed", () => {
  test("is the median and the range", () => {
    expect(spreadOf([3, 1, 10])).toEqual({ median: 3, least: 1, most: 10, runs: 3 });
    expect(spreadOf([4, 1, 2, 10])).toEqual({ median: 3, least: 1, most: 10, runs: 4 });
    expect(() => spreadOf([])).toThrow(RangeError);
  });

  test("is an exponent with its standard error", () => {
    const exact = powerLaw([1, 2, 4, 8], [3, 12, 48, 192]);
    expect(exact.exponent).toBeCloseTo(2, 12);
    expect(exact.error).toBeCloseTo(0, 12);
    // Residuals of (0, 0), (1, 1), (2, 0) are -1/3, 2/3, -1/3 about a level line: error sqrt((2/3) / 1 / 2).
    const bent = powerLaw([1, Math.E, Math.E ** 2], [1, Math.E, 1]);
    expect(bent.exponent).toBeCloseTo(0, 12);
    expect(bent.error).toBeCloseTo(Math.sqrt(1 / 3), 12);
    expect(powerLaw([1, 2], [1, 2]).error).toBeNull();
    expect(() => powerLaw([1, 1], [1, 2])).toThrow(RangeError);
    expect(() => powerLaw([1, 2], [0, 2])).toThrow(RangeError);
  });

  test("is a Markdown table that also reads as text", () => {
    expect(table(["", "ms"], [["a name", "1.5"]]).split("\n")).toEqual([
      "|        |  ms |",
      "|:-------|----:|",
      "| a name | 1.5 |",
    ]);
  });
});

describe("a race", () => {
  const runner = (name: string, log: string[]) => ({
    name,
    open: async () => ({ run: async () => log.push(name), close: async () => void log.push(`close ${name}`) }),
  });

  test("runs in turn, closes everyone, and says who could not start", async () => {
    const log: string[] = [];
    const absent = { name: "absent", open: async () => "not on this machine" };
    const results = await race([runner("a", log), absent, runner("b", log)], problems[0]!, 2);
    expect(log).toEqual(["a", "b", "a", "b", "close a", "close b"]);
    expect(results[1]).toEqual({ name: "absent", why: "not on this machine" });
    expect(results[2]).toEqual({ name: "b", ms: { median: 3, least: 2, most: 4, runs: 2 } });
  });

  test("without a Python, or without its script, has a sentence in its place", async () => {
    const missing = pythonContestant("", "jax_cpu.py", {}, "no-such-python");
    expect(await missing.open(problems[0]!)).toBe(
      "the no-such-python on the PATH cannot run tests/bench/jax_cpu.py: spawn no-such-python ENOENT",
    );
    const absent = pythonContestant("", "absent.py");
    expect(await absent.open(problems[0]!)).toBe("tests/bench/absent.py is in the repository only");
  });
});
