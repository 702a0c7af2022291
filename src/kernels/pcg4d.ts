import type { U32 } from "./node.js";
import { addWord, mulWord, shiftRight, xor } from "./words.js";

type Four = [U32, U32, U32, U32];

/** One round of the 4-dimensional PCG mixer: each word takes the product of two others. */
function mix([x, y, z, w]: Four): Four {
  const a = addWord(x, mulWord(y, w));
  const b = addWord(y, mulWord(z, a));
  const c = addWord(z, mulWord(a, b));
  const d = addWord(w, mulWord(b, c));
  return [a, b, c, d];
}

/**
 * Four random words from four words: cheaper than threefry and weaker, for screens and sketches rather than figures.
 *
 * Source: Jarzynski & Olano, "Hash functions for GPU rendering" (JCGT 2020), Section 4.
 */
export function pcg4d(words: Four): Four {
  const seeded = words.map((word) => addWord(mulWord(word, 1664525), 1013904223)) as Four;
  return mix(mix(seeded).map((word) => xor(word, shiftRight(word, 16))) as Four);
}
