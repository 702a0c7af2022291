import type { ScaleOptions } from "@observablehq/plot";
import { type Axis, FRAME } from "./frame.js";
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

/** Room beside the outermost numbers, in pixels, for symbols that stand beside each other. */
const INSET = 14;

/** Pixels that a tick's text needs: a letter's, and those between two texts. */
const [LETTER, BETWEEN] = [7.5, 10];

/**
 * Fits an axis to the numbers on it. Each number has a tick where there is room for all of them, else round numbers
 * have. A logarithmic axis has no 0, yet step 0 and a context of 0 are data: they stand at a tick `0` of their own left
 * of the smallest positive number, as far from it as the next one is (at most a decade).
 *
 * @param panels how many panels share the width, each with this axis
 */
export function horizontalAxis(axis: Axis, numbers: readonly number[], panels: number): Horizontal {
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  const width = (FRAME.width - FRAME.marginLeft - FRAME.marginRight) / panels - 2 * INSET;
  return axis.scale === "log" ? logarithmic(axis.label, distinct, width) : linear(axis.label, distinct, width);
}

function linear(label: string, distinct: readonly number[], width: number): Horizontal {
  const ticks = haveRoom(distinct, (x) => x, width) ? distinct : null;
  return { options: { type: "linear", label, inset: INSET }, ticks, tickText, place: (x) => x, notes: [] };
}

function logarithmic(label: string, distinct: readonly number[], width: number): Horizontal {
  const positive = distinct.filter((x) => x > 0);
  const [first = 1, second = 2] = positive;
  const last = positive.at(-1) ?? 10;
  const zero = distinct.includes(0) ? first / Math.min(10, Math.max(1.5, second / first)) : null;
  const lone = zero === null && first === last;
  const all = zero === null ? positive : [zero, ...positive];
  const round = zero === null ? logTicks(first, last) : [zero, ...logTicks(first, last)];
  return {
    options: { type: "log", label, inset: INSET, domain: lone ? [first / 2, first * 2] : [zero ?? first, last] },
    ticks: haveRoom(all, Math.log, width) ? all : round,
    tickText: (x) => (x === zero ? "0" : tickText(x)),
    place: (x) => (x > 0 ? x : x === 0 ? zero : null),
    notes: zero === null ? [] : ["The left end of the logarithmic axis is 0."],
  };
}

/** True where the texts of all numbers (ascending) fit beside each other below an axis of this width. */
function haveRoom(numbers: readonly number[], scale: (x: number) => number, width: number): boolean {
  const places = numbers.map(scale);
  const nearest = Math.min(...places.slice(1).map((place, k) => place - places[k]!));
  const length = places.at(-1)! - places[0]!;
  const letters = Math.max(...numbers.map((x) => tickText(x).length));
  return numbers.length > 0 && (length === 0 || (nearest / length) * width >= letters * LETTER + BETWEEN);
}
