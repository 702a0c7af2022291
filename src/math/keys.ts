import type { Key } from "../types.js";

/** Rotation distances of Threefry-2x32, one a round, repeating after eight rounds. */
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/** The third word of the key schedule is the exclusive or of the key with this constant (Skein 1.3). */
export const PARITY = 0x1bd11bda;

/**
 * What a key is asked for. Each purpose has its own constant on the key, so that a child of a key is never a word
 * of the stream drawn from the same key, nor `split` the same as `foldIn`, nor a number the same as a string.
 */
const Purpose = { number: 0x243f6a88, split: 0x13198a2e, text: 0x299f31d0, textEnd: 0x452821e6 } as const;

/**
 * Threefry-2x32: a keyed bijection of 64-bit counters whose values pass for random; 20 rounds are the published safe
 * number. Words are unsigned 32-bit integers (any int32 or uint32 is accepted). After every fourth round the key is
 * added in. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, Section 4.2.
 */
export function threefry2x32(key: Key, counter: readonly [number, number], rounds = 20): [number, number] {
  const schedule = [key[0] | 0, key[1] | 0, PARITY ^ key[0] ^ key[1]];
  let x = (counter[0] + schedule[0]!) | 0;
  let y = (counter[1] + schedule[1]!) | 0;
  for (let round = 0; round < rounds; round++) {
    const distance = ROTATIONS[round % 8]!;
    x = (x + y) | 0;
    y = ((y << distance) | (y >>> (32 - distance))) ^ x;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x = (x + schedule[injection % 3]!) | 0;
      y = (y + schedule[(injection + 1) % 3]! + injection) | 0;
    }
  }
  return [x >>> 0, y >>> 0];
}

/**
 * The key of a seed: its 64 bits in two's complement, so that distinct seeds have distinct keys.
 *
 * @throws RangeError unless the seed is an integer between -(2^53 - 1) and 2^53 - 1.
 *
 * @example
 * import { foldIn, keyOf } from "iclab/math/keys";
 *
 * const key = keyOf(7);
 * foldIn(key, "prompts"); // [657537423, 1442333698]
 * foldIn(key, "init")[0] === foldIn(key, "prompts")[0]; // false
 */
export function keyOf(seed: number): Key {
  return words(seed, "a seed");
}

/**
 * `count` keys that are independent of each other and of everything drawn from `key`. Child i does not depend on
 * `count`. Distinct indices always give distinct keys, as the generator is a bijection.
 *
 * @throws RangeError unless the count is an integer from 0 to 2^32.
 */
export function split(key: Key, count: number): Key[] {
  if (!Number.isInteger(count) || count < 0 || count > 2 ** 32)
    throw new RangeError(`a key splits into an integer number of keys from 0 to 2^32, not ${count}`);
  return Array.from({ length: count }, (_, i) => child(key, Purpose.split, [0, i]));
}

/**
 * The key of one use of `key`: an index (any safe integer, all 64 bits count) or a name, of which every UTF-16 unit
 * counts (role names such as "evaluation", cells as canonical JSON).
 *
 * @throws RangeError on a number that is not a safe integer.
 */
export function foldIn(key: Key, data: number | string): Key {
  if (typeof data === "number") return child(key, Purpose.number, words(data, "a number folded into a key"));
  let folded = key;
  for (let at = 0; at < data.length; at += 4) {
    const unit = (offset: number) => (at + offset < data.length ? data.charCodeAt(at + offset) : 0);
    folded = child(folded, Purpose.text, [unit(0) | (unit(1) << 16), unit(2) | (unit(3) << 16)]);
  }
  // The length tells "a" from "a\0", which have the same padded block.
  return child(folded, Purpose.textEnd, [0, data.length]);
}

function child(key: Key, purpose: number, counter: readonly [number, number]): Key {
  return threefry2x32([key[0] ^ purpose, key[1]], counter);
}

/** The high and low 32 bits of an integer in two's complement. */
function words(value: number, what: string): [number, number] {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${what} is an integer of at most 53 bits, not ${value}`);
  return [Math.floor(value / 2 ** 32) >>> 0, value >>> 0];
}
