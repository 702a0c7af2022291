import type { Missing } from "../data/missing.js";
import { readSeries, type Series } from "../data/read-series.js";
import { type ForecastReport, type ForecastRow, forecastReport } from "../forecast/report.js";
import type { Scored } from "../forecast/scores.js";
import { foldIn, keyOf } from "../math/keys.js";
import { numberText } from "../report/plus-minus.js";
import { UsageError } from "./failure.js";
import { seriesBytes } from "./series-file.js";

export interface ForecastCommandOptions {
  readonly column?: string;
  readonly time?: string;
  readonly missing: Missing;
  /** Undefined where the file's first row is to tell. */
  readonly header?: boolean;
  readonly horizon: number;
  readonly season: number;
  readonly window?: number;
  readonly split: number;
  readonly origins: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** `iclab forecast`: a rolling-origin backtest of every forecaster on one series of a file. */
export async function forecast(file: string, options: ForecastCommandOptions): Promise<void> {
  const { column, time, missing, header } = options;
  const choices = {
    missing,
    ...(column && { column }),
    ...(time && { time }),
    ...(header !== undefined && { header }),
  };
  const series = readSeries(seriesBytes(file), file === "-" ? "standard input" : file, choices);
  const report = made(series, () => forecastReport(series.values, options, foldIn(keyOf(options.seed), "forecast")));
  const { file: name, column: of, times, notes } = series;
  const span = times && [times[0]!, times.at(-1)!];
  if (options.json)
    process.stdout.write(`${JSON.stringify({ file: name, column: of, span, notes, ...report }, null, 2)}\n`);
  else process.stdout.write(`${asText(series, report)}\n`);
}

function made<T>({ file }: Series, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`${file}: ${error.message}`) : error;
  }
}

const HEADER = ["forecast", "MASE", "95 % of resamples", "RMSE", "95 % of resamples"];

function asText(series: Series, report: ForecastReport): string {
  const { window, horizon, season, trained, origins, block, scale, reference, rows, whiteness } = report;
  const span = series.times ? `, ${series.times[0]} to ${series.times.at(-1)}` : "";
  const lines = [HEADER.concat(`against ${reference} (Diebold-Mariano)`), ...rows.map(cells)];
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  const table = lines.map((line) => `  ${line.map((text, i) => text.padEnd(widths[i]!)).join("  ")}`.trimEnd());
  const steps = `${horizon} step${horizon > 1 ? "s" : ""}`;
  return [
    `${series.file}, column ${series.column}: ${series.values.length} values${span}`,
    ...series.notes.map((note) => `  ${note}`),
    `${origins} origins after the first ${trained} values, ${steps} ahead, windows of ${window}, season ${season}`,
    "",
    ...table,
    "",
    `MASE in units of ${numberText(scale, 4)}, the mean error of ${reference} in the training part; resamples of blocks of ${block} origins.`,
    `${whiteness.says}.`,
  ].join("\n");
}

function cells({ name, mase, rmse, comparison }: ForecastRow): string[] {
  const { statistic, p, why } = comparison;
  const verdict = p === null ? "" : p >= 0.05 ? "not told apart" : statistic! < 0 ? "better" : "worse";
  const against = p === null ? why! : `${verdict} (${statistic!.toFixed(2)}, p = ${p.toPrecision(2)})`;
  return [name, numberText(mase.value, 3), between(mase), numberText(rmse.value, 4), between(rmse), against];
}

function between({ interval }: Scored): string {
  return interval ? `${numberText(interval[0], 3)} to ${numberText(interval[1], 3)}` : "–";
}
