import type { Key } from "../types.js";
import { PARITY } from "./keys.js";

/** Half a step and a step of the 32-bit grid of (0, 1): (k + 1/2) / 2^32 is never 0 and never 1. */
const STEP = 2 ** -32;
const TWO_PI = 2 * Math.PI;

/**
 * The random numbers of one prompt: Threefry-2x32 with 20 rounds at the counters (index, 0), (index, 1), ...
 *
 *   key ──▶ counter (index, block) ──▶ two words ──▶ uniforms, normals, ...
 *
 * As the prompt's index lies in the counter, neither the size of a batch, nor the number of workers, nor the order in
 * which prompts are drawn changes a number. `restart` moves the same object to another prompt, so a batch allocates
 * nothing. A stream has 2^33 words and must not be used beyond them.
 */
export class Draws {
  private readonly key0: number;
  private readonly key1: number;
  private index = 0;
  private block = 0;
  /** The words of the latest block (int32, which V8 keeps unboxed), and whether the second is still unused. */
  private first = 0;
  private second = 0;
  private hasSecond = false;
  /** The second half of a Box-Muller pair. */
  private spare = 0;
  private hasSpare = false;

  /** @throws RangeError unless the index is an integer from 0 to 2^32 - 1. */
  constructor(key: Key, index = 0) {
    this.key0 = key[0] | 0;
    this.key1 = key[1] | 0;
    this.restart(index);
  }

  /** Goes to the start of prompt `index`. @throws RangeError unless it is an integer from 0 to 2^32 - 1. */
  restart(index: number): void {
    if (!(index >= 0 && index < 2 ** 32 && Number.isInteger(index)))
      throw new RangeError(`the index of a prompt is an integer from 0 to 2^32 - 1, not ${index}`);
    this.index = index | 0;
    this.block = 0;
    this.hasSecond = false;
    this.hasSpare = false;
  }

  /** The next 32 random bits, as an unsigned integer. */
  word(): number {
    return this.next() >>> 0;
  }

  /** Uniform on the open interval (0, 1): (k + 1/2) / 2^32. */
  uniform(): number {
    return ((this.next() >>> 0) + 0.5) * STEP;
  }

  /**
   * Standard normal by Box-Muller, sqrt(-2 ln u) (cos, sin)(2 pi v), from two 32-bit open uniforms: always finite,
   * |z| <= sqrt(66 ln 2) = 6.7637, beyond which a normal lies once in 7e10 draws.
   */
  normal(): number {
    if (this.hasSpare) {
      this.hasSpare = false;
      return this.spare;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    const angle = TWO_PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    this.hasSpare = true;
    return radius * Math.cos(angle);
  }

  /** -1 or 1 with equal probability: the top bit of a word. */
  rademacher(): number {
    return this.next() < 0 ? -1 : 1;
  }

  /** Exponential of mean 1. */
  exponential(): number {
    return -Math.log(this.uniform());
  }

  /**
   * Student's t with `nu` > 0 degrees of freedom (not scaled: its variance is nu / (nu - 2) where nu > 2), as a
   * coordinate of a bivariate t: sqrt(nu (u^(-2 / nu) - 1)) cos(2 pi v). The radius uses a 64-bit uniform, since for
   * nu near 2 much of the variance lies beyond its 2^-32 quantile.
   * Source: Bailey, "Polar generation of random variates with the t-distribution", Math. Comp. 62 (1994), Section 2.
   */
  student(nu: number): number {
    const high = this.next() >>> 0;
    const u = (high + this.uniform()) * STEP;
    const radius = Math.sqrt(nu * Math.expm1((-2 / nu) * Math.log(u)));
    return radius * Math.cos(TWO_PI * this.uniform());
  }

  /**
   * Uniform on {0, ..., below - 1} without bias: words beyond the last whole multiple of `below` are drawn again.
   *
   * @throws RangeError unless `below` is an integer from 1 to 2^32.
   */
  integer(below: number): number {
    if (!(Number.isInteger(below) && below >= 1 && below <= 2 ** 32))
      throw new RangeError(`an integer is drawn below an integer from 1 to 2^32, not ${below}`);
    const whole = 2 ** 32 - (2 ** 32 % below);
    let word = this.word();
    while (word >= whole) word = this.word();
    return word % below;
  }

  private next(): number {
    if (this.hasSecond) {
      this.hasSecond = false;
      return this.second;
    }
    this.advance();
    this.hasSecond = true;
    return this.first;
  }

  /** `threefry2x32` of keys.ts with its 20 rounds written out: several times the speed of the loop, same words. */
  private advance(): void {
    const k0 = this.key0;
    const k1 = this.key1;
    const k2 = PARITY ^ k0 ^ k1;
    let x = (this.index + k0) | 0;
    let y = (this.block + k1) | 0;
    x = (x + y) | 0;
    y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0;
    y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0;
    y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0;
    y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + k1) | 0;
    y = (y + k2 + 1) | 0;
    x = (x + y) | 0;
    y = ((y << 17) | (y >>> 15)) ^ x;
    x = (x + y) | 0;
    y = ((y << 29) | (y >>> 3)) ^ x;
    x = (x + y) | 0;
    y = ((y << 16) | (y >>> 16)) ^ x;
    x = (x + y) | 0;
    y = ((y << 24) | (y >>> 8)) ^ x;
    x = (x + k2) | 0;
    y = (y + k0 + 2) | 0;
    x = (x + y) | 0;
    y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0;
    y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0;
    y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0;
    y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + k0) | 0;
    y = (y + k1 + 3) | 0;
    x = (x + y) | 0;
    y = ((y << 17) | (y >>> 15)) ^ x;
    x = (x + y) | 0;
    y = ((y << 29) | (y >>> 3)) ^ x;
    x = (x + y) | 0;
    y = ((y << 16) | (y >>> 16)) ^ x;
    x = (x + y) | 0;
    y = ((y << 24) | (y >>> 8)) ^ x;
    x = (x + k1) | 0;
    y = (y + k2 + 4) | 0;
    x = (x + y) | 0;
    y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0;
    y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0;
    y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0;
    y = ((y << 6) | (y >>> 26)) ^ x;
    this.first = (x + k2) | 0;
    this.second = (y + k0 + 5) | 0;
    this.block = (this.block + 1) | 0;
  }
}

/** `count` standard normals of a key, for weights: the stream of index 0. */
export function normals(key: Key, count: number): Float64Array {
  const draws = new Draws(key);
  return Float64Array.from({ length: count }, () => draws.normal());
}
