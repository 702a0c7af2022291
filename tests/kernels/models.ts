/** Small laws and mixers for the tests, written in the language as a user would. */
import { add, div, exp, max, mul, sub } from "../../src/kernels/arithmetic.js";
import type { Block } from "../../src/kernels/inputs.js";
import { type Count, loop } from "../../src/kernels/loop.js";
import type { F32, Node, U32 } from "../../src/kernels/node.js";
import { type Inputs, type Program, program } from "../../src/kernels/program.js";
import { defaultRandom, type RandomName, randomStream } from "../../src/kernels/random.js";
import { dot, keep, matrix, scan, sum, type Vector, vector } from "../../src/kernels/vector.js";
import { addWord, mulWord, toReal } from "../../src/kernels/words.js";

export interface Pair {
  readonly x: Vector;
  readonly y: Node<"f32">;
}
export interface Problem {
  readonly features: number;
  readonly count: Count;
  /** How many pairs this prompt has. */
  readonly length: F32;
  context(j: U32): Pair;
  readonly query: Vector;
  readonly answer: Node<"f32">;
}
export interface Sizes {
  readonly d: number;
  readonly n: number;
  readonly random?: RandomName;
  /** Keep the context in memory instead of drawing it in every loop that reads it. */
  readonly kept?: boolean;
  /** Setting 0 is the standard deviation of the labels' noise. */
  readonly noise?: boolean;
  /** Prompts of 1 to `most` pairs; with `ignored` the length is drawn and n is used. */
  readonly lengths?: { readonly most: number; readonly ignored: boolean };
}

/** y = w . x (+ noise), w, x standard normal. */
export function gaussian(inputs: Inputs, sizes: Sizes): Problem {
  const { d, n, random = defaultRandom, kept = false, noise = false, lengths } = sizes;
  const stream = randomStream(random, inputs);
  const drawn = lengths ? addWord(stream.integer(lengths.most), 1) : n;
  const own = lengths && !lengths.ignored;
  const count: Count = own ? { length: drawn, most: n } : n;
  const task = stream.normals(d);
  const query = stream.normals(d);
  const draw = (j: U32): readonly [Vector, Node<"f32">] => {
    const here = stream.at(j);
    const x = here.normals(d);
    const clean = dot(x, task);
    return [x, noise ? add(clean, mul(inputs.settings.at(0), here.normals(1).at(0))) : clean];
  };
  const read = kept ? keep(count, draw) : draw;
  return {
    features: d,
    count,
    length: own ? toReal(drawn) : n,
    query,
    answer: dot(query, task),
    context: (j) => {
      const [x, y] = read(j) as readonly [Vector, Node<"f32">];
      return { x, y };
    },
  };
}

/** A token (x, y) against a vector of d + 1. */
const against = (u: Vector | Block, { x, y }: Pair): Node<"f32"> => {
  const features = sum(x.length, (i) => mul(x.at(i), u.at(i)));
  return add(features, mul(y, u.at(x.length)));
};

const entry = (weights: Block, a: U32, b: U32, columns: number): Node<"f32"> =>
  weights.at(addWord(mulWord(a, columns), b));

/** A matrix of d + 1 columns against the query token (x, 0). */
const project = (weights: Block, query: Vector, rows: number): Vector =>
  vector(rows, (a) => sum(query.length, (b) => mul(entry(weights, a, b, query.length + 1), query.at(b))));

export type Mix = (problem: Problem, parameters: Block) => Node<"f32">;

export const linearSize = (d: number): number => (d + 1) * (d + 1) + d + 1;

/** (1/n) sum_j (e_j . p) (e_j . W q). */
export const linearAttention: Mix = ({ features: d, count, length, context, query }, parameters) => {
  const D = d + 1;
  const u = project(parameters.block(0, D * D), query, D);
  const p = parameters.block(D * D, D);
  const [total] = loop(count, [0], (j, [acc]) => {
    const e = context(j);
    return [add(acc!, mul(against(u, e), against(p, e)))];
  });
  return div(total!, length);
};

export const softmaxSize = (heads: number, d: number): number => heads * linearSize(d);

/** sum over heads of the softmax-weighted mean of e_j . p with logits sharpness * e_j . W q. */
export const softmaxAttention =
  (heads: number, subtract: boolean, sharpness = 1): Mix =>
  ({ features: d, count, context, query }, parameters) => {
    const D = d + 1;
    const each = Array.from({ length: heads }, (_, h) => {
      const own = parameters.block(h * linearSize(d), linearSize(d));
      return { u: project(own.block(0, D * D), query, D), p: own.block(D * D, D) };
    });
    const logit = (h: number, e: Pair): Node<"f32"> => mul(sharpness, against(each[h]!.u, e));
    const lowest = each.map(() => -3e38);
    const tops = subtract
      ? loop(count, lowest, (j, top) => {
          const e = context(j);
          return top.map((m, h) => max(m, logit(h, e)));
        })
      : each.map(() => 0);
    const none = each.flatMap(() => [0, 0]);
    const sums = loop(count, none, (j, acc) => {
      const e = context(j);
      return each.flatMap(({ p }, h) => {
        const weight = exp(sub(logit(h, e), tops[h]!));
        return [add(acc[2 * h]!, weight), add(acc[2 * h + 1]!, mul(weight, against(p, e)))];
      });
    });
    return each.map((_, h) => div(sums[2 * h + 1]!, sums[2 * h]!)).reduce((a, b) => add(a, b));
  };

export const deltaSize = (m: number, d: number): number => 3 * m * (d + 1) + m + 1;

/** S <- S + beta (v - S k) k^T over the context, prediction o . S q with k, v, q linear in the tokens. */
export const deltaRule =
  (m: number): Mix =>
  ({ features: d, count, context, query }, parameters) => {
    const D = d + 1;
    const [key, value, ask] = [0, 1, 2].map((k) => parameters.block(k * m * D, m * D)) as [Block, Block, Block];
    const out = parameters.block(3 * m * D, m);
    const beta = parameters.at(3 * m * D + m);
    const token = (weights: Block, { x, y }: Pair): Vector =>
      vector(m, (a) => {
        const features = sum(d, (b) => mul(entry(weights, a, b, D), x.at(b)));
        return add(features, mul(entry(weights, a, d, D), y));
      });
    const at = (S: Vector, a: U32, b: U32): Node<"f32"> => S.at(addWord(mulWord(a, m), b));
    const nothing = matrix(m, m, () => () => 0);
    const [state] = scan(count, [nothing], (j, [S]) => {
      const e = context(j);
      const k = token(key, e);
      const v = token(value, e);
      const next = matrix(m, m, (a) => {
        const error = mul(
          beta,
          sub(
            v.at(a),
            sum(m, (b) => mul(at(S!, a, b), k.at(b))),
          ),
        );
        return (b) => add(at(S!, a, b), mul(error, k.at(b)));
      });
      return [next];
    });
    const q = vector(m, (a) => sum(d, (b) => mul(entry(ask, a, b, D), query.at(b))));
    return sum(m, (a) =>
      mul(
        out.at(a),
        sum(m, (b) => mul(at(state!, a, b), q.at(b))),
      ),
    );
  };

/** [prediction, answer] of a mixer on the Gaussian law. */
export function model(mix: Mix, parameters: number, sizes: Sizes): Program {
  return program({ parameters, settings: sizes.noise ? 1 : 0 }, (inputs) => {
    const problem = gaussian(inputs, sizes);
    return [mix(problem, inputs.parameters), problem.answer];
  });
}

/** The prompts themselves: x and y of every pair, then the query and the answer. */
export function prompts(sizes: Sizes): Program {
  return program({ settings: sizes.noise ? 1 : 0 }, (inputs) => {
    const problem = gaussian(inputs, sizes);
    const list = (x: Vector): readonly F32[] => Array.from({ length: sizes.d }, (_, i) => x.at(i));
    const pairs = Array.from({ length: sizes.n }, (_, j) => j);
    const read = keep(sizes.n, (j) => {
      const { x, y } = problem.context(j);
      return [...list(x), y];
    });
    return [...pairs.flatMap((j) => read(j) as readonly Node<"f32">[]), ...list(problem.query), problem.answer];
  });
}

/** Numbers in (-scale, scale), representable in float32, that are the same every time. */
export function fixedNumbers(length: number, scale: number): Float64Array {
  let state = 123;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.fround((state / 2 ** 31) * scale);
  });
}
