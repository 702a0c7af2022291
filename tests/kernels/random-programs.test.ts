/** Programs put together at random from every construction of the language: what no one thought of trying. */
import { add, cos, div, exp, less, mul, neg, select, sin, sub } from "../../src/kernels/arithmetic.js";
import { array, load } from "../../src/kernels/array.js";
import { float64 } from "../../src/kernels/float64.js";
import { instantiate } from "../../src/kernels/instance.js";
import { type Count, loop } from "../../src/kernels/loop.js";
import type { F32, Node, U32 } from "../../src/kernels/node.js";
import { type Inputs, type Program, program, squaredError } from "../../src/kernels/program.js";
import { randomStream, type Stream } from "../../src/kernels/random.js";
import { keep, scan, sum, type Vector, vector } from "../../src/kernels/vector.js";
import { wasm } from "../../src/kernels/webassembly.js";
import { addWord } from "../../src/kernels/words.js";
import { gradientError } from "./finite-differences.js";
import { roundoff } from "./float32.js";
import { fixedNumbers } from "./models.js";

type Real = Node<"f32">;
const parameters = 6;

/** Writes one random program; the same seed writes the same one. Nothing is chosen in the callbacks of vectors, which
 *  run once or once an element. */
class Author {
  #state: number;
  readonly #length: U32;

  constructor(
    seed: number,
    readonly inputs: Inputs,
    readonly stream: Stream,
    /** Numbers that no parameter moves: what a condition may look at without making a jump. */
    readonly data: readonly Real[],
  ) {
    this.#state = seed * 7919 + 17;
    this.#length = stream.integer(4);
  }

  /** A whole number below `count`. */
  #below(count: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * count);
  }

  #of<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  #count(): Count {
    return this.#below(3) === 0 ? { length: this.#length, most: 3 } : this.#below(4) + 1;
  }

  /** Values made of those in `pool`, all of size 1 or so. */
  write(pool: readonly Real[], indices: readonly U32[], depth: number): readonly Real[] {
    const known = [...pool];
    const statements = 3 + this.#below(4);
    for (let k = 0; k < statements; k++) known.push(...this.#statement(known, indices, depth));
    return known.slice(pool.length);
  }

  #statement(pool: readonly Real[], indices: readonly U32[], depth: number): readonly Real[] {
    const kind = depth > 0 ? this.#below(9) : this.#below(3);
    if (kind < 3) return [this.#expression(pool, indices)];
    if (kind < 5) return this.#loop(pool, indices, depth - 1);
    if (kind < 6) return this.#array(pool, indices, depth - 1);
    if (kind < 7) return this.#keep(pool, indices, depth - 1);
    return this.#scan(pool, indices, depth - 1);
  }

  #expression(pool: readonly Real[], indices: readonly U32[]): Real {
    const [a, b] = [this.#of(pool), this.#of(pool)];
    const p = this.inputs.parameters;
    const choices: readonly (() => F32)[] = [
      () => mul(0.7, add(a, b)),
      () => sub(a, mul(0.5, b)),
      () => mul(a, b),
      () => mul(sin(a), b),
      () => cos(add(a, b)),
      () => div(a, add(1.5, mul(b, b))),
      () => exp(neg(mul(a, a))),
      () => select(less(this.#of(this.data), 0.3), a, mul(b, 0.5)),
      () => mul(a, p.at(this.#below(parameters))),
      () => mul(a, p.at(indices.length > 0 ? this.#of(indices) : 2)),
    ];
    return sin(this.#of(choices)());
  }

  /** What a carried scalar becomes: a sum of terms, or anything. */
  #next(now: Real, made: readonly Real[]): Real {
    const [a, b] = [this.#of(made), this.#of(made)];
    return this.#of<() => Real>([
      () => add(now, a),
      () => add(b, add(now, a)),
      () => sin(add(mul(now, a), b)),
      () => a,
      () => now,
    ])();
  }

  #loop(pool: readonly Real[], indices: readonly U32[], depth: number): readonly Real[] {
    const init = Array.from({ length: 1 + this.#below(3) }, () => (this.#below(2) === 0 ? 0 : this.#of(pool)));
    const result = loop(this.#count(), init, (j, now) => {
      const made = this.write([...pool, ...now], [...indices, j], depth);
      return now.map((x) => this.#next(x, made));
    });
    return result.map((x) => sin(x));
  }

  #array(pool: readonly Real[], indices: readonly U32[], depth: number): readonly Real[] {
    const made = array(3, (i) => this.#of(this.write(pool, [...indices, i], depth)));
    const [later] = loop(3, [0], (i, [x]) => [add(x as Real, mul(load(made, i), this.#of(pool)))]);
    return [load(made, this.#below(3)), sin(later as Real)];
  }

  #keep(pool: readonly Real[], indices: readonly U32[], depth: number): readonly Real[] {
    const count = this.#count();
    const read = keep(count, (j) => {
      const made = this.write(pool, [...indices, j], depth);
      const factor = this.#of(made);
      return [this.#of(made), vector(2, (i) => mul(factor, this.inputs.parameters.at(addWord(i, 1))))];
    });
    const weight = this.#of(pool);
    const [later] = loop(count, [0], (j, [x]) => {
      const [scalar, pair] = read(j) as readonly [Real, Vector];
      return [
        add(
          x as Real,
          mul(
            scalar,
            sum(2, (i) => mul(pair.at(i), weight)),
          ),
        ),
      ];
    });
    return [sin(later as Real)];
  }

  #scan(pool: readonly Real[], indices: readonly U32[], depth: number): readonly Real[] {
    const factor = this.#of(pool);
    const start = vector(3, (i) => mul(factor, this.inputs.parameters.at(i)));
    const [state, seen] = scan(this.#count(), [start, vector(1, () => 0)], (j, [x, total]) => {
      const before = x as Vector;
      const inside = this.#of(this.write([...pool, before.at(1)], [...indices, j], depth));
      const next = vector(3, (i) =>
        sin(
          add(
            mul(before.at(i), inside),
            mul(
              0.5,
              sum(3, (k) => before.at(k)),
            ),
          ),
        ),
      );
      const read = this.#below(2) === 0 ? next : before;
      return [
        next,
        vector(1, (i) =>
          add(
            (total as Vector).at(i),
            sum(3, (k) => mul(read.at(k), inside)),
          ),
        ),
      ];
    });
    return [(state as Vector).at(0), sin((seen as Vector).at(0))];
  }
}

/** [prediction, answer] of a random program. */
const written = (seed: number): Program =>
  program({ parameters }, (inputs) => {
    const stream = randomStream("threefry13-boxmuller", inputs);
    const data = [stream.normals(1).at(0), stream.normals(1).at(0)];
    const author = new Author(seed, inputs, stream, data);
    const pool = [inputs.parameters.at(0), inputs.parameters.at(3), ...data];
    return [author.write(pool, [], 2).reduce((total, x) => add(total, x)), 0.3];
  });

const seeds = Array.from({ length: 30 }, (_, k) => k);

test.each(seeds)("program %i: gradients equal finite differences, WebAssembly float64, rolled unrolled", (seed) => {
  const of = written(seed);
  const given = { parameters: fixedNumbers(parameters, 0.8), key: [7, 3] as const };
  const expected = float64(squaredError(of)).each(given, 0, 7);
  const size = Math.hypot(...expected);
  const distance = (found: ArrayLike<number>): number =>
    Math.hypot(...expected.map((x, k) => x - (found[k] as number))) / size;
  for (const unroll of [32, 0]) {
    expect(gradientError(of, { parameters: given.parameters, options: { unroll } })).toBeLessThan(1e-6);
    expect(distance(float64(squaredError(of), { unroll }).each(given, 0, 7))).toBeLessThan(1e-12);
    expect(distance(instantiate(wasm(squaredError(of), { unroll })).each(given, 0, 7))).toBeLessThan(400 * roundoff);
  }
});
