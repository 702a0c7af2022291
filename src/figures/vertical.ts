import type { ScaleOptions } from "@observablehq/plot";
import type { Axis } from "./frame.js";
import { logTicks, tickText } from "./ticks.js";

/** One number on a vertical axis with the ends of its error bar (both equal to it where it has none). */
export interface Span {
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/** A vertical axis. Numbers outside its domain are drawn as triangles at its edges. */
export interface Vertical {
  readonly options: ScaleOptions;
  /** Null where Plot's own ticks serve. */
  readonly ticks: readonly number[] | null;
  tickText(y: number): string;
  readonly bottom: number;
  readonly top: number;
  /** True where a number is no higher than the axis can show: rounding noise, zero or negative on a logarithmic axis. */
  below(y: number): boolean;
  /** What `below` means, for the caption. */
  readonly floorText: string;
}

/** Where numbers of order 1 (or, if all are smaller, of the largest's order) are differences, this much is rounding:
 *  1e-29 is then a zero, and stretches no axis. A series that explodes to 1e30 does not raise the level. */
const ROUNDING = 16 * Number.EPSILON;

/** Share of the axis's length left free above and below. */
const ROOM = 0.05;

/**
 * Fits an axis to the numbers on it. On a logarithmic axis an error bar lengthens the axis only within a factor 10 of
 * its number; the rest of it is cut at the edge. On a linear axis 0 is always shown.
 */
export function verticalAxis({ label, scale = "linear" }: Axis, spans: readonly Span[]): Vertical {
  return scale === "log" ? logarithmic(label, spans) : linear(label, spans);
}

function logarithmic(label: string, spans: readonly Span[]): Vertical {
  const largest = extreme(
    Math.max,
    spans.map(({ y }) => Math.abs(y)),
    0,
  );
  const floor = ROUNDING * Math.min(1, largest);
  const shown = spans.filter(({ y }) => y > floor);
  const lowest = extreme(
    Math.min,
    shown.map(({ y, low }) => (low > y / 10 ? low : y)),
    0.1,
  );
  const highest = extreme(
    Math.max,
    shown.map(({ high }) => high),
    1,
  );
  const room = Math.max(1.1, (highest / lowest) ** ROOM);
  const [bottom, top] = [lowest / room, highest * room];
  const text = floor === 0 ? "0 or negative" : `0, negative or rounding (below ${floor.toExponential(0)})`;
  const options = { type: "log", label, domain: [bottom, top] } as const;
  const ticks = logTicks(bottom, top);
  return { options, ticks, tickText, bottom, top, below: (y) => y <= floor, floorText: text };
}

function linear(label: string, spans: readonly Span[]): Vertical {
  const lowest = extreme(
    Math.min,
    spans.map(({ low }) => low),
    0,
  );
  const highest = extreme(
    Math.max,
    spans.map(({ high }) => high),
    0,
  );
  const room = ROOM * (Math.max(0, highest) - Math.min(0, lowest) || 1);
  const [bottom, top] = [lowest < 0 ? lowest - room : 0, highest > 0 || lowest === 0 ? highest + room : 0];
  const options = { type: "linear", label, domain: [bottom, top] } as const;
  return { options, ticks: null, tickText, bottom, top, below: () => false, floorText: "" };
}

/** The largest or smallest of any number of values, or `none` where there are none. */
function extreme(of: (a: number, b: number) => number, values: readonly number[], none: number): number {
  return values.length === 0 ? none : values.reduce((a, b) => of(a, b));
}
