import { float64 } from "../../src/kernels/float64.js";
import { program } from "../../src/kernels/program.js";
import { addWord, cosTurn, mulWord, sinTurn } from "../../src/kernels/words.js";

const roundoff = 2 ** -53;
const turn = 2 ** 32;

test("in float64 the cosine and sine of a turn's 2^-32nd part are right to two roundoffs of 1, in all quarters", () => {
  // Words that lie evenly, by the golden section of 2^32, and the edges of the eighths with their neighbours.
  const rays: readonly (readonly [factor: number, first: number, count: number])[] = [
    [2654435761, 12345, 200_000],
    ...[-1, 0, 1].map((by) => [turn / 8, by >>> 0, 8] as const),
  ];
  const words = rays.flatMap(([factor, first, count]) =>
    Array.from({ length: count }, (_, k) => (Math.imul(k, factor) + first) >>> 0),
  );
  const found = rays.flatMap(([factor, first, count]) => {
    const text = program({}, ({ prompt }) => {
      const word = addWord(mulWord(prompt, factor), first);
      return [cosTurn(word), sinTurn(word)];
    });
    return [...float64(text).each({ parameters: [], key: [0, 0] }, 0, count)];
  });
  let worst = 0;
  for (const [k, word] of words.entries()) {
    const [cosine, sine] = reduced(word);
    worst = Math.max(worst, Math.abs(found[2 * k]! - cosine), Math.abs(found[2 * k + 1]! - sine));
  }
  expect(words.length).toBe(200_024);
  expect(worst).toBeGreaterThan(0);
  expect(worst).toBeLessThanOrEqual(2 * roundoff);
});

/** By the engine's own functions at an angle below pi / 4, where its rounding is no more than theirs. */
function reduced(word: number): readonly [number, number] {
  const eighth = Math.floor(word / (turn / 8));
  const quarter = Math.floor((eighth + 1) / 2);
  const angle = (word - quarter * (turn / 4)) * ((2 * Math.PI) / turn);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return (
    [
      [c, s],
      [-s, c],
      [-c, -s],
      [s, -c],
    ] as const
  )[(quarter % 4) as 0 | 1 | 2 | 3];
}
