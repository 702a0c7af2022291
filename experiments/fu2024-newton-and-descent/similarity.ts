import { foldIn } from "../../src/math/keys.js";
import { Moments } from "../../src/math/moments.js";
import type { Env, Measurement, Prompts } from "../../src/types.js";
import { blankRow } from "./blank-row.js";
import { type Cell, lawOf } from "./cells.js";
import { CODE_STEP, descentSteps, newtonSteps } from "./iterations.js";
import { decomposed, predictionOf } from "./spectrum.js";

/** Sequences of a seed: the code's batch. */
const SEQUENCES = 64;

export const NEWTON = Array.from({ length: 21 }, (_, k) => k + 1);
/** Four numbers of steps an octave up to 2^12, so that the best match is known to 9 %. */
const DESCENT = [...new Set(Array.from({ length: 49 }, (_, j) => Math.round(2 ** (j / 4))))];

/**
 * The paper's map: SimE(A, B) = E cos(e_A, e_B) over sequences, e_A the errors of A along one sequence, A(x_{t+1}) - y_{t+1}
 * after t = 1 .. n pairs. Rows of `part` `similarity` (Newton's steps beside gradient descent's), of `part` `match` (for
 * each of Newton's the number of gradient steps that is most similar) and of `part` `least-squares` (how similar it is to
 * the end of both).
 */
export async function similarityRows(cell: Cell, { key }: Env): Promise<Measurement[]> {
  const iterations = [...NEWTON.map((k) => newtonSteps(k)), ...DESCENT.map((k) => descentSteps(k, CODE_STEP))];
  // Sequences of n + 1 pairs, of which the last is only asked for.
  const prompts = lawOf(cell).draw(foldIn(key, "sequences"), { from: 0, count: SEQUENCES }, cell.context + 1);
  const sums = new Moments(NEWTON.length * (DESCENT.length + 1));
  for (let b = 0; b < SEQUENCES; b++) {
    const [end, ...errors] = errorVectors(prompts, b, cell.context, [
      () => new Array<number>(cell.features).fill(0),
      ...iterations.map(({ left }) => left),
    ]);
    const [newton, descent] = [errors.slice(0, NEWTON.length), errors.slice(NEWTON.length)];
    sums.add(newton.flatMap((one) => [...descent, end!].map((other) => cosine(one, other))));
  }
  return NEWTON.flatMap((newtonSteps, i) => {
    const at = i * (DESCENT.length + 1);
    const similar = DESCENT.map((gradientSteps, j) => ({ gradientSteps, similarity: sums.mean(at + j) }));
    const best = similar.reduce((a, b) => (b.similarity > a.similarity ? b : a));
    const name = `newton-${newtonSteps}`;
    return [
      ...similar
        .filter(({ gradientSteps }) => Number.isInteger(Math.log2(gradientSteps)))
        .map((each) => ({ ...blankRow(cell, "similarity", name), newtonSteps, ...each })),
      { ...blankRow(cell, "match", name), newtonSteps, ...best },
      { ...blankRow(cell, "least-squares", name), newtonSteps, similarity: sums.mean(at + DESCENT.length) },
    ];
  });
}

/** For each iteration its errors along sequence b, after 1 .. n pairs. */
function errorVectors(
  prompts: Prompts,
  b: number,
  n: number,
  lefts: readonly ((eigenvalues: readonly number[]) => number[])[],
): number[][] {
  const errors = lefts.map((): number[] => []);
  for (let pairs = 1; pairs <= n; pairs++) {
    const prompt = decomposed(prompts, b, pairs);
    // Directions that no pair has shown have eigenvalues of rounding's size, and no sign of their own.
    const values = prompt.values.map((value) => Math.max(0, value));
    for (const [i, left] of lefts.entries()) errors[i]!.push(predictionOf(prompt, left(values)) - prompt.answer);
  }
  return errors;
}

export function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (u: readonly number[], v: readonly number[]) => u.reduce((total, entry, i) => total + entry * v[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
