/** Dark blue, grey, pale yellow: the lightness rises all the way, so that minus and plus differ in grey, too. */
const [LOW, ZERO, HIGH] = [
  [16, 41, 92],
  [150, 152, 156],
  [255, 238, 176],
] as const;

/** The colour of a number in [-1, 1], 0 in grey. Beyond either end it is the end's. */
export function diverging(share: number): string {
  const [end, t] = share < 0 ? [LOW, Math.min(1, -share)] : [HIGH, Math.min(1, share)];
  const channels = ZERO.map((from, i) => Math.round(from + t * (end[i]! - from)));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** Black or white, whichever reads better on `diverging(share)`. */
export function onDiverging(share: number): string {
  return share < -0.3 ? "#ffffff" : "#000000";
}
