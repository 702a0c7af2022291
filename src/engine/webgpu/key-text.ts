/**
 * WGSL of `foldIn(key, step)` of math/keys.ts for whole numbers below 2^32: a trial's key of prompts and the update's
 * number give the key that the update's prompts are drawn by, the same as on the CPU.
 */
const rotations = [13, 15, 26, 6, 17, 29, 16, 24];

/** Five groups of four rounds, after each of which the key is added in. */
const rounds = Array.from({ length: 5 }, (_, group) => {
  const four = [0, 1, 2, 3].map((round) => {
    const distance = rotations[(4 * group + round) % 8]!;
    return `x += y; y = ((y << ${distance}u) | (y >> ${32 - distance}u)) ^ x;`;
  });
  const schedule = ["first", "second", "third"];
  const [a, b] = [schedule[(group + 1) % 3], schedule[(group + 2) % 3]];
  return `  ${four.join(" ")}\n  x += ${a}; y += ${b} + ${group + 1}u;`;
}).join("\n");

export const foldInText = `
/* The child of a key by a number, its upper word 0: threefry2x32, 20 rounds. */
fn fold_in(high: u32, second: u32, number: u32) -> vec2u {
  let first = high ^ 0x243f6a88u;
  let third = 0x1bd11bdau ^ first ^ second;
  var x = first;
  var y = number + second;
${rounds}
  return vec2u(x, y);
}
`;
