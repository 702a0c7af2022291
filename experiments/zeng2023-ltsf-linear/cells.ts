import { type Autoregression, autoregressiveLaw } from "../../src/laws/autoregressive.js";
import { fixedCoefficients } from "../../src/laws/series-coefficients.js";
import type { Law, Row, Scale } from "../../src/types.js";

/**
 * `fitted`: maps of several windows fitted to one stretch of the series by least squares. `shifted`: the best maps on prompts
 * whose level has moved since.
 */
export interface Cell extends Row {
  readonly part: "fitted" | "shifted";
  /** The series' coefficients in words. */
  readonly series: string;
  readonly seed: number;
}

/** Coefficients by their name: none near a unit root, one, and one whose values swing. */
export const SERIES: Readonly<Record<string, readonly number[]>> = {
  "(.5)": [0.5],
  "(.5, .3)": [0.5, 0.3],
  "(1.2, -.5)": [1.2, -0.5],
  "(.98)": [0.98],
};
/** Values p of a window. DLinear's trend spans 25. */
export const WINDOWS = [1, 2, 4, 8, 16, 32];
/** Values of the stretch that maps are fitted to. */
export const LENGTH = 800;
/** The window of shifted prompts, and what their level has moved by, in standard deviations of the series. */
export const [WINDOW, SHIFTS] = [8, [0, 0.25, 0.5, 1, 2]];

/**
 * Twenty stretches. Smoke: two series, two seeds of prompts. Full and published: four and ten. Nothing is
 * trained by gradient.
 */
export function cells(scale: Scale): readonly Cell[] {
  const [names, stretches, seeds] =
    scale === "smoke" ? [Object.keys(SERIES).slice(0, 2), 20, 2] : [Object.keys(SERIES), 20, 10];
  return (["fitted", "shifted"] as const).flatMap((part) =>
    names.flatMap((series) =>
      Array.from({ length: part === "fitted" ? stretches : seeds }, (_, seed) => ({ part, series, seed })),
    ),
  );
}

export function lawOf(series: string, window: number): Law<Autoregression> {
  return autoregressiveLaw({ coefficients: fixedCoefficients(SERIES[series]!), window });
}
