/**
 * The loss beyond which a trial has diverged, from the mean squared label of the batch: a root mean squared prediction
 * 2^24 times the labels' leaves no digit of them in float32. Without labels, the largest finite number.
 */
export function largestLoss(meanSquaredLabel: number, lossFactor: number): number {
  return meanSquaredLabel > 0 ? lossFactor * meanSquaredLabel * 2 ** 48 : Number.MAX_VALUE;
}
