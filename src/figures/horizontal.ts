import type { ScaleOptions } from "@observablehq/plot";
import type { Axis } from "./frame.js";
import { logTicks, tickText } from "./ticks.js";

/** A horizontal axis: where each number stands on it, and what the caption must say. */
export interface Horizontal {
  readonly options: ScaleOptions;
  /** Null where Plot's own ticks serve. */
  readonly ticks: readonly number[] | null;
  tickText(x: number): string;
  /** The number to draw at, or null where it has no place (a negative number on a logarithmic axis). */
  place(x: number): number | null;
  readonly notes: readonly string[];
}

/** More distinct numbers than this are not each given a tick. */
const TICKS = 8;

/** Room beside the outermost numbers, in pixels, for symbols that stand beside each other. */
const INSET = 14;

/**
 * Fits an axis to the numbers on it. A logarithmic axis has no 0, yet step 0 and a context of 0 are data: they stand
 * at a tick `0` of their own left of the smallest positive number, as far from it as the next one is (at most a decade).
 */
export function horizontalAxis({ label, scale = "linear" }: Axis, numbers: readonly number[]): Horizontal {
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  if (scale === "linear") {
    const options = { type: "linear", label, inset: INSET } as const;
    return { options, ticks: null, tickText, place: (x) => x, notes: [] };
  }
  const positive = distinct.filter((x) => x > 0);
  const [first = 1, second = 2] = positive;
  const last = positive.at(-1) ?? 10;
  const zero = distinct.includes(0) ? first / Math.min(10, Math.max(1.5, second / first)) : null;
  const lone = zero === null && first === last;
  const ticks = positive.length > TICKS ? logTicks(first, last) : positive;
  return {
    options: { type: "log", label, inset: INSET, domain: lone ? [first / 2, first * 2] : [zero ?? first, last] },
    ticks: zero === null ? ticks : [zero, ...ticks],
    tickText: (x) => (x === zero ? "0" : tickText(x)),
    place: (x) => (x > 0 ? x : x === 0 ? zero : null),
    notes: zero === null ? [] : ["The left end of the logarithmic axis is 0."],
  };
}
