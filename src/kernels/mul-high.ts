import type { U32 } from "./node.js";
import { addWord, and, mulWord, shiftRight } from "./words.js";

/** The upper word of the 64-bit product of two words, by 16-bit halves: no target multiplies 64 bits cheaply. */
export function mulHigh(a: U32, b: U32): U32 {
  const [aLow, aHigh] = [and(a, 0xffff), shiftRight(a, 16)];
  const [bLow, bHigh] = [and(b, 0xffff), shiftRight(b, 16)];
  const middle = addWord(mulWord(aHigh, bLow), shiftRight(mulWord(aLow, bLow), 16));
  const other = addWord(mulWord(aLow, bHigh), and(middle, 0xffff));
  return addWord(mulWord(aHigh, bHigh), addWord(shiftRight(middle, 16), shiftRight(other, 16)));
}
