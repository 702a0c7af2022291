/**
 * Steps for `record` that are even on a logarithmic axis: 0, then round(10^(i / perDecade)), each once, and the last.
 *
 * @throws RangeError unless `steps` is a whole number from 0 and `perDecade` is positive.
 */
export function logSpaced(steps: number, perDecade: number): readonly number[] {
  if (!Number.isInteger(steps) || steps < 0 || !(perDecade > 0))
    throw new RangeError(
      `log-spaced steps need a whole number of steps and marks per decade, not ${steps}, ${perDecade}`,
    );
  const marks = steps === 0 ? 0 : Math.floor(perDecade * Math.log10(steps)) + 1;
  const spaced = Array.from({ length: marks }, (_, i) => Math.round(10 ** (i / perDecade)));
  return [...new Set([0, ...spaced.filter((step) => step < steps), steps])];
}
