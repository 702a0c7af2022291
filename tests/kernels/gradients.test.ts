import {
  add,
  cos,
  div,
  exp,
  less,
  log,
  max,
  min,
  mul,
  neg,
  select,
  sin,
  sqrt,
  stop,
  sub,
} from "../../src/kernels/arithmetic.js";
import { type Differentiable, derivatives, type Reading, type Rules } from "../../src/kernels/derivatives.js";
import { float64 } from "../../src/kernels/float64.js";
import { gradient } from "../../src/kernels/gradient.js";
import { instantiate } from "../../src/kernels/instance.js";
import { loop } from "../../src/kernels/loop.js";
import type { F32, Node, U32 } from "../../src/kernels/node.js";
import { type Program, program, squaredError, trace } from "../../src/kernels/program.js";
import { randomStream } from "../../src/kernels/random.js";
import { keep, matrix, scan, sum, type Vector, vector } from "../../src/kernels/vector.js";
import { wasm } from "../../src/kernels/webassembly.js";
import { addWord, mulWord } from "../../src/kernels/words.js";
import { gradientError } from "./finite-differences.js";
import {
  deltaRule,
  deltaSize,
  fixedNumbers,
  linearAttention,
  linearSize,
  model,
  prompts,
  softmaxAttention,
  softmaxSize,
} from "./models.js";

const d = 4;
const n = 5;
const mixers: [string, Program][] = [false, true].flatMap((kept): [string, Program][] => {
  const sizes = { d, n, kept, noise: true };
  const how = kept ? "kept" : "drawn where it is read";
  return [
    [`linear attention, ${how}`, model(linearAttention, linearSize(d), sizes)],
    [`two-head softmax attention, ${how}`, model(softmaxAttention(2, false), softmaxSize(2, d), sizes)],
    [`the same with the maximum subtracted, ${how}`, model(softmaxAttention(2, true), softmaxSize(2, d), sizes)],
    [`a delta-rule scan, ${how}`, model(deltaRule(4), deltaSize(4, d), sizes)],
  ];
});

describe.each([["unrolled", 32] as const, ["rolled", 1] as const])("%s", (_, unroll) => {
  test.each(mixers)("the gradient of %s equals finite differences to 1e-6", (_name, of) => {
    const parameters = fixedNumbers(of.parameters, 0.3);
    expect(gradientError(of, { parameters, settings: [0.7], options: { unroll } })).toBeLessThan(1e-6);
  });
});

/** Loops in loops: a scan whose step sums over an inner loop that reads the carried scalar and a kept array. */
const nested = program({ parameters: 4 }, (inputs) => {
  const p = inputs.parameters;
  const stream = randomStream("threefry13-boxmuller", inputs);
  const kept = keep(12, (k) => [stream.at(k).normals(1).at(0)]);
  const [state, total] = loop(4, [p.at(0), 0], (i, [t, acc]) => {
    const [inner, wide] = loop(3, [0, t!], (j, [s, u]) => {
      const x = kept(addWord(mulWord(i, 3), j))[0] as Node<"f32">;
      const angle = add(mul(u!, p.at(1)), mul(x, p.at(2)));
      return [add(s!, sin(angle)), mul(cos(mul(u!, angle)), 0.9)];
    });
    return [add(mul(t!, 0.5), mul(inner!, p.at(3))), add(acc!, mul(wide!, inner!))];
  });
  return [add(state!, total!), 1];
});

/** A carried vector that is read after it was written, in the same iteration. */
const readAfterWrite = program({ parameters: 6 }, ({ parameters }) => {
  const start = vector(3, (i) => parameters.at(i));
  const rest = parameters.block(3, 3);
  const [last, seen] = scan(5, [start, vector(1, () => 0)], (_, [x, acc]) => {
    const next = vector(3, (i) =>
      sin(
        add(
          mul(x!.at(i), rest.at(i)),
          sum(3, (k) => mul(x!.at(k), 0.2)),
        ),
      ),
    );
    return [
      next,
      vector(1, () =>
        add(
          acc!.at(0),
          sum(3, (i) => mul(next.at(i), next.at(i))),
        ),
      ),
    ];
  });
  return [
    add(
      sum(3, (i) => last!.at(i)),
      seen!.at(0),
    ),
    0.3,
  ];
});

/** A matrix of parameters kept in memory and read by two later loops. */
const storedMatrix = program({ parameters: 12 }, ({ parameters }) => {
  const squared = matrix(3, 4, (a) => (b) => {
    const entry = parameters.at(addWord(mulWord(a, 4), b));
    return mul(entry, entry);
  });
  const row = (a: number): Node<"f32"> => sum(4, (b) => squared.at(addWord(mulWord(a, 4), b)));
  const all: Vector = vector(12, (i) => exp(neg(squared.at(i))));
  return [
    add(
      mul(row(0), row(2)),
      sum(12, (i) => all.at(i)),
    ),
    0.1,
  ];
});

/** Scores that vary with the parameters, kept for all pairs and read by two loops, the prompts of mixed lengths. */
const keptScores = program({ parameters: 6 }, (inputs) => {
  const p = inputs.parameters;
  const stream = randomStream("threefry13-boxmuller", inputs);
  const count = { length: addWord(stream.integer(4), 1), most: 4 };
  const read = keep(count, (j) => {
    const x = stream.at(j).normals(3);
    const scaled = vector(3, (i) => mul(x.at(i), p.at(i)));
    return [sum(3, (i) => sin(scaled.at(i))), scaled, x.at(1)];
  });
  const at = (j: U32) => read(j) as readonly [Node<"f32">, Vector, Node<"f32">];
  const [top] = loop(count, [-1e9], (j, [m]) => [max(m!, at(j)[0])]);
  const [norm, mixed] = loop(count, [0, 0], (j, [a, b]) => {
    const [score, scaled, x] = at(j);
    const weight = exp(sub(score, top!));
    const value = sum(3, (i) => mul(scaled.at(i), p.at(addWord(i, 3))));
    return [add(a!, weight), add(b!, mul(weight, add(value, x)))];
  });
  return [div(mixed!, norm!), 0.2];
});

/** A scan over rows that each pair picks from trained numbers by a random integer: an embedding. */
const embedded = program({ parameters: 13 }, (inputs) => {
  const stream = randomStream("threefry13-boxmuller", inputs);
  const p = inputs.parameters;
  const [last] = loop(5, [0.1], (j, [x]) => {
    const row = mulWord(stream.at(j).integer(4), 3);
    const [a, b, c] = [0, 1, 2].map((k) => p.at(addWord(row, k))) as [F32, F32, F32];
    return [add(mul(sin(add(a, x!)), b), mul(mul(x!, x!), c))];
  });
  return [mul(last!, p.at(12)), 0.3];
});

const composed: [string, Program][] = [
  ["kept scores", keptScores],
  ["an embedding", embedded],
  ["loops in a scan", nested],
  ["a carried vector read after it was written", readAfterWrite],
  ["a stored matrix of parameters", storedMatrix],
];

test.each(composed)("the gradient of %s is the same in float32 WebAssembly, to roundoff", (_, of) => {
  const given = { parameters: fixedNumbers(of.parameters, 0.8), key: [7, 3] as const };
  for (const unroll of [32, 0]) {
    const expected = float64(squaredError(of), { unroll }).each(given, 0, 9);
    const found = instantiate(wasm(squaredError(of), { unroll })).each(given, 0, 9);
    const off = Math.hypot(...expected.map((x, k) => x - found[k]!)) / Math.hypot(...expected);
    expect(off).toBeLessThan(40 * 2 ** -24);
  }
});

describe.each([["unrolled", 32] as const, ["rolled", 1] as const, ["all rolled", 0] as const])("%s", (_, unroll) => {
  test.each(composed)("the gradient of %s equals finite differences to 1e-6", (_name, of) => {
    const parameters = fixedNumbers(of.parameters, 0.8);
    expect(gradientError(of, { parameters, options: { unroll } })).toBeLessThan(1e-6);
  });
});

/** One program an operation, in which every differentiable argument counts. `u` and `v` are data in (0.5, 1.5). */
const uses: Record<Differentiable, (a: F32, b: F32, u: F32) => F32> = {
  add: (a, b) => add(a, b),
  sub: (a, b) => sub(a, b),
  mul: (a, b) => mul(a, b),
  div: (a, b) => div(a, b),
  neg: (a) => neg(a),
  max: (a, b) => max(a, b),
  min: (a, b) => min(a, b),
  sqrt: (a) => sqrt(a),
  exp: (a) => exp(a),
  log: (a) => log(a),
  sin: (a) => sin(a),
  cos: (a) => cos(a),
  select: (a, b, u) => select(less(u, 1), a, b),
};

const using = (op: Differentiable): Program =>
  program({ parameters: 2 }, (inputs) => {
    const draws = randomStream("threefry13-boxmuller", inputs).uniforms(12);
    const terms = Array.from({ length: 4 }, (_, k) => {
      const [u, v, w] = [0, 1, 2].map((c) => add(draws.at(3 * k + c), 0.5)) as [F32, F32, F32];
      return uses[op](mul(inputs.parameters.at(0), u), mul(inputs.parameters.at(1), v), w);
    });
    return [terms.reduce((sum, term) => add(sum, term)), 0.5];
  });

/** The rules with the adjoint of one argument off by a hundredth. */
function mutated(op: Differentiable, argument: number): Rules {
  const wrong = derivatives[op];
  return {
    ...derivatives,
    [op]: (at: Reading) => wrong(at).map((g, k) => (k === argument && g !== null ? mul(g, 1.01) : g)),
  };
}

const operations = Object.keys(uses) as Differentiable[];
const unary: readonly Differentiable[] = ["neg", "sqrt", "exp", "log", "sin", "cos"];
const argumentsOf = (op: Differentiable): readonly number[] =>
  unary.includes(op) ? [0] : op === "select" ? [1, 2] : [0, 1];
const parameters = Float64Array.of(1.3, 1.2);

test.each(operations)("the rule of %s equals finite differences to 1e-6", (op) => {
  expect(gradientError(using(op), { parameters })).toBeLessThan(1e-6);
});

test.each(operations.flatMap((op) => argumentsOf(op).map((k) => [op, k] as const)))(
  "a rule of %s that is off by a hundredth in argument %i is caught",
  (op, argument) => {
    expect(gradientError(using(op), { parameters, rules: mutated(op, argument) })).toBeGreaterThan(1e-3);
  },
);

test("stop passes the value and holds it constant", () => {
  const of = program({ parameters: 1 }, ({ parameters: p }) => [mul(p.at(0), stop(p.at(0))), 0]);
  const [loss, slope] = float64(squaredError(of)).sums({ parameters: [3], key: [0, 0] }, 0, 1);
  // d (p stop(p) - 0)^2 = 2 p^2 * p.
  expect([loss, slope]).toEqual([81, 54]);
});

test("an operation without a rule says so", () => {
  const { exp: _, ...rest } = derivatives;
  expect(() => float64(squaredError(using("exp"), rest as unknown as Rules))).toThrow("exp has no derivative rule");
});

test("reductions are reversed in their forward loop, scans in a second one", () => {
  const manners = (mix: Parameters<typeof model>[0], size: number): readonly string[] => {
    let found: readonly string[] = [];
    trace(
      program({ parameters: size }, (inputs) => {
        const [prediction] = model(mix, size, { d, n }).body(inputs);
        found = gradient(prediction as Node<"f32">, size).manners;
        return [];
      }),
    );
    return found;
  };
  expect(manners(linearAttention, linearSize(d))).toEqual(["fused, 1 adjoints known before"]);
  expect(manners(softmaxAttention(2, false), softmaxSize(2, d))).toEqual(["fused, 4 unit adjoints"]);
  expect(manners(deltaRule(3), deltaSize(3, d))[0]).toMatch("second loop, 9 carried scalars");
});

/** Softmax attention by plain loops: loss and gradient with the maximum subtracted. */
function plainSoftmax(row: Float64Array, weights: Float64Array, size: { d: number; n: number; sharpness: number }) {
  const D = size.d + 1;
  const tokens = Array.from({ length: size.n }, (_, j) => [...row.slice(j * D, (j + 1) * D)]);
  const query = [...row.slice(size.n * D, size.n * D + size.d), 0];
  const answer = row[size.n * D + size.d]!;
  const dotted = (x: readonly number[], y: ArrayLike<number>): number => x.reduce((s, xi, i) => s + xi * y[i]!, 0);
  const u = Array.from({ length: D }, (_, a) => dotted(query, weights.slice(a * D, (a + 1) * D)));
  const p = weights.slice(D * D);
  const logits = tokens.map((e) => size.sharpness * dotted(e, u));
  const top = Math.max(...logits);
  const powers = logits.map((z) => Math.exp(z - top));
  const share = powers.map((z) => z / powers.reduce((a, b) => a + b));
  const scores = tokens.map((e) => dotted(e, p));
  const prediction = dotted(share, scores);
  const residual = 2 * (prediction - answer);
  const slope = (a: number): number =>
    tokens.reduce((s, e, j) => s + size.sharpness * share[j]! * (scores[j]! - prediction) * e[a]!, 0);
  const slopes = Array.from({ length: D * D }, (_, k) => residual * slope(Math.floor(k / D)) * query[k % D]!);
  const direct = Array.from({ length: D }, (_, a) => residual * tokens.reduce((s, e, j) => s + share[j]! * e[a]!, 0));
  return {
    loss: (prediction - answer) ** 2,
    slopes: [...slopes, ...direct],
    largest: Math.max(...logits.map(Math.abs)),
  };
}

test.each([1, 3e3])(
  "softmax with a running maximum is right, gradient too, at logits of the size of %d",
  (sharpness) => {
    const size = { d, n, sharpness };
    const of = model(softmaxAttention(1, true, sharpness), softmaxSize(1, d), { d, n });
    const given = { parameters: fixedNumbers(of.parameters, 1), key: [5, 6] as const };
    const rows = float64(prompts({ d, n })).each({ parameters: [], key: given.key }, 0, 8);
    const training = squaredError(of);
    const doubles = float64(training).each(given, 0, 8);
    const singles = instantiate(wasm(training)).each(given, 0, 8);
    const width = of.parameters + 1;
    let largest = 0;
    for (let prompt = 0; prompt < 8; prompt++) {
      const row = rows.slice(prompt * (rows.length / 8), (prompt + 1) * (rows.length / 8));
      const plain = plainSoftmax(row, given.parameters, size);
      largest = Math.max(largest, plain.largest);
      const expected = [plain.loss, ...plain.slopes];
      const scale = Math.hypot(...expected);
      const off = (found: ArrayLike<number>): number =>
        Math.hypot(...expected.map((x, k) => x - found[prompt * width + k]!)) / scale;
      expect(off(doubles)).toBeLessThan(100 * plain.largest * 2 ** -53 + 1e-13);
      // A logit is good to its own size times roundoff, and so is the logarithm of a weight.
      expect(off(singles)).toBeLessThan(64 * (1 + plain.largest) * 2 ** -24);
    }
    if (sharpness > 1) expect(largest).toBeGreaterThan(1e4);
  },
);
