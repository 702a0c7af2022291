import type { U32 } from "./node.js";
import { addWord, rotateLeft, xor } from "./words.js";

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
/** The parity constant of the Threefish key schedule. */
const parity = 0x1bd11bda;

/**
 * Threefry2x32: two random words from a key and a counter of two words each. 20 rounds are the published default; 13
 * are the fewest that passed BigCrush.
 *
 * Source: Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC11), Section 4.2 and Table 2.
 */
export function threefry2x32(key: readonly [U32, U32], counter: readonly [U32, U32], rounds: 13 | 20): [U32, U32] {
  const schedule = [key[0], key[1], xor(xor(key[0], key[1]), parity)];
  let x = addWord(counter[0], key[0]);
  let y = addWord(counter[1], key[1]);
  for (let round = 0; round < rounds; round++) {
    x = addWord(x, y);
    y = xor(rotateLeft(y, rotations[round % 8] as number), x);
    if (round % 4 < 3) continue;
    const injection = (round + 1) / 4;
    x = addWord(x, schedule[injection % 3] as U32);
    y = addWord(y, addWord(schedule[(injection + 1) % 3] as U32, injection));
  }
  return [x, y];
}
