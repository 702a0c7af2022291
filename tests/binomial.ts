/** The largest count that `draws` draws of probability `level` exceed with less than 1 in 10,000. */
export function most(draws: number, level: number): number {
  let [term, total, count] = [(1 - level) ** draws, (1 - level) ** draws, 0];
  while (1 - total > 1e-4) {
    term *= ((draws - count) / (count + 1)) * (level / (1 - level));
    total += term;
    count++;
  }
  return count;
}
