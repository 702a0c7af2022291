import { z } from "zod";
import { type Missing, missingWays } from "../data/missing.js";
import { readSeries } from "../data/read-series.js";
import { foldIn } from "../math/keys.js";
import { LeastSquares } from "../math/least-squares.js";
import type { Excerpt, Law, Unit } from "../types.js";
import { type SeriesWindows, seriesWindowsLaw, type WindowSettings } from "./series-windows.js";

/** Windows of one part of a real series. */
export interface RealSeries extends SeriesWindows {
  /** Least squares on all windows of the earlier part: one weight an input, of least norm. */
  readonly pooled: readonly number[];
}

export interface RealSeriesSettings extends WindowSettings {
  /** Share of the values, from the first on, that training prompts are cut out of; tests are from the rest. */
  readonly split: number;
  /** Whether values are taken in units of the earlier part's mean and standard deviation. */
  readonly standardize: boolean;
}

/**
 * Windows of a real series as prompts, as `seriesWindowsLaw` cuts them: training prompts lie wholly in the earlier part
 * of the series and test prompts wholly in the later one. There are few different windows in a short series: errors of
 * risks are those of drawing among them, and not of how much another stretch of the same series would differ.
 *
 * @throws RangeError where a part has no prompt without pairs, p + 1 values
 */
export function seriesLaw(values: Float64Array, settings: RealSeriesSettings): Law<RealSeries> {
  const { split, standardize, ...windows } = settings;
  const cut = Math.floor(split * values.length);
  for (const [part, count] of [
    ["earlier", cut],
    ["later", values.length - cut],
  ] as const)
    if (count < windows.window + 1)
      throw new RangeError(
        `the ${part} part of the series has ${count} of its ${values.length} values, and a window of ${windows.window} ` +
          `with what comes next needs ${windows.window + 1}`,
      );
  const [mean, spread] = standardize ? scaleOf(values.subarray(0, cut)) : [0, 1];
  const part = (from: number, to?: number) => values.slice(from, to).map((value) => (value - mean) / spread);
  const [earlier, later] = [part(0, cut), part(cut)];
  const excerpt = (part: Float64Array): Excerpt => ({
    digest: digestOf(values),
    longest: part.length - windows.window - 1,
  });
  const pooled = pooledWeights(earlier, windows);
  const tested = real(seriesWindowsLaw(later, windows), pooled, excerpt(later));
  return real(seriesWindowsLaw(earlier, windows), pooled, { ...excerpt(earlier), later: tested as Law });
}

/** The pooled weights map a series to itself in any unit; with a constant row there is but one unit. */
function real(law: Law<SeriesWindows>, pooled: readonly number[], excerpt: Excerpt): Law<RealSeries> {
  return {
    ...law,
    name: "series",
    population: { ...law.population, pooled },
    shifted: (shift) => real(law.shifted(shift), pooled, excerpt),
    excerpt,
  };
}

/** Mean and standard deviation. @throws RangeError for values without spread */
function scaleOf(values: Float64Array): readonly [mean: number, spread: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  if (spread > 0) return [mean, spread];
  throw new RangeError(`the earlier part of the series is constant: all ${values.length} values are ${values[0]}`);
}

function pooledWeights(values: Float64Array, { window, constant = false }: WindowSettings): readonly number[] {
  const rows = values.length - window;
  const leastSquares = new LeastSquares(rows, constant ? window + 1 : window);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < window; j++) leastSquares.x[j * rows + i] = values[i + j]!;
    if (constant) leastSquares.x[window * rows + i] = 1;
    leastSquares.y[i] = values[i + window]!;
  }
  return Array.from(leastSquares.solve(rows));
}

/** 64 bits of all digits of all values. */
function digestOf(values: Float64Array): string {
  return foldIn([0, values.length], values.join(" "))
    .map((word) => word.toString(16).padStart(8, "0"))
    .join("");
}

const options = z.strictObject({
  file: z.string().min(1).describe("csv, tsv, tsf or jsonl, gzipped or not, beside the study; or sunspots, lynx"),
  column: z.string().min(1).optional().describe("the column's name or number; needed where there are several"),
  time: z.string().min(1).optional().describe("the column of times; the first that looks like one where left out"),
  missing: z
    .enum(missingWays as [Missing, ...Missing[]])
    .default("refuse")
    .describe("what is done about missing values"),
  header: z.boolean().optional().describe("whether the first row has names; told by its content where left out"),
  window: z.int().min(1).max(1024).describe("values p that a prediction sees"),
  constant: z.boolean().default(false).describe("whether a constant 1 stands below the window"),
  split: z.number().gt(0).lt(1).default(0.8).describe("share of the values, the first ones, that training sees"),
  standardize: z.boolean().default(true).describe("in units of the earlier part's mean and standard deviation"),
});

export type Options = z.infer<typeof options>;

const series: Unit<Options, Law<RealSeries>> = {
  name: "series",
  says: "Windows of a real series in a file: training on its earlier part, tests on its later part.",
  options,
  make({ file, column, time, missing, header, ...settings }, { read }) {
    if (!read) throw new RangeError("a file of data is read beside a study's file, and this study is in none");
    const choices = {
      missing,
      ...(column && { column }),
      ...(time && { time }),
      ...(header !== undefined && { header }),
    };
    return seriesLaw(readSeries(read(file), file, choices).values, settings);
  },
};

export default series;
