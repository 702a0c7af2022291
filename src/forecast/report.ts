import type { Key } from "../types.js";
import { chosenOrder } from "./autoregression.js";
import { backtest } from "./backtest.js";
import { type Comparison, dieboldMariano } from "./diebold-mariano.js";
import type { Setting } from "./forecaster.js";
import { forecastersFor, reference } from "./forecasters.js";
import { blockLength, meansOf, type Scores, scoresOf, seasonalScale, square } from "./scores.js";
import { type Whiteness, whitenessOf } from "./whiteness.js";

export interface ForecastOptions {
  readonly horizon: number;
  readonly season: number;
  /** The order that Akaike's criterion takes on the training part where left out. */
  readonly window?: number;
  /** Share of the values before the first origin. */
  readonly split: number;
  /** Origins at most: the last ones. */
  readonly origins: number;
}

export interface ForecastRow extends Scores {
  readonly says: string;
  /** Against the seasonal naive, on mean squared errors over the steps. */
  readonly comparison: Comparison;
}

export interface ForecastReport extends Setting {
  readonly values: number;
  readonly trained: number;
  readonly origins: number;
  /** Length of the bootstrap's blocks, in origins. */
  readonly block: number;
  /** Mean absolute error of the seasonal naive in the training part: the unit of MASE. */
  readonly scale: number;
  readonly reference: string;
  readonly rows: readonly ForecastRow[];
  readonly whiteness: Whiteness;
}

/**
 * The backtest of one series: every forecaster from a rolling origin in the later part, with its scores, intervals and
 * comparisons; and whether an autoregression is plausible as the law of the training part.
 *
 * @throws RangeError where there are too few values, with how many are needed
 *
 * @example
 * import { forecastReport } from "iclab/forecast/report";
 * import { keyOf } from "iclab/math/keys";
 *
 * const months = Float64Array.from({ length: 240 }, (_, month) => Math.sin((2 * Math.PI * month) / 12) + 0.01 * (month % 7));
 * const { rows } = forecastReport(months, { horizon: 1, season: 12, split: 0.8, origins: 40 }, keyOf(1));
 * rows.length > 5; // true
 */
export function forecastReport(values: Float64Array, options: ForecastOptions, key: Key): ForecastReport {
  const { horizon, season, split } = options;
  const trained = Math.floor(split * values.length);
  const training = values.slice(0, trained);
  refuseShort(values.length, trained, options.window ?? 1, options);
  const window = options.window ?? chosenOrder(training, mostOrder(trained, horizon));
  const setting: Setting = { window, season, horizon };
  const forecasters = forecastersFor(season);
  const tested = backtest(values, trained, forecasters, setting, options.origins);
  const scores = scoresOf(tested, season, horizon, key);
  const losses = (name: string) => meansOf(tested.errors.get(name)!, square);
  const base = losses(reference.name);
  const rows = scores.map((score, i): ForecastRow => {
    const differences = losses(score.name).map((loss, o) => loss - base[o]!);
    const self = score.name === reference.name;
    const comparison = self
      ? { statistic: null, p: null, variance: null, why: "it is the reference" }
      : dieboldMariano(differences, horizon);
    return { ...score, says: forecasters[i]!.says, comparison };
  });
  return {
    ...{ window, season, horizon, values: values.length, trained, origins: tested.origins.length },
    block: blockLength(tested.origins.length, horizon),
    scale: seasonalScale(training, season),
    ...{ reference: reference.name, rows, whiteness: whitenessOf(training, window, season) },
  };
}

/** Orders that are tried: 10 log10 n as is usual, and so few that two windows and a horizon fit in. */
function mostOrder(trained: number, horizon: number): number {
  const usual = Math.floor(10 * Math.log10(trained));
  return Math.max(1, Math.min(usual, Math.floor((trained - horizon) / 4)));
}

function refuseShort(count: number, trained: number, window: number, { horizon, season }: ForecastOptions): void {
  const needed = Math.max(2 * window + horizon + 5, season + 1);
  if (trained < needed)
    throw new RangeError(
      `${count} values are too few: windows of ${window}, ${horizon} steps and a season of ${season} need ${needed} before ` +
        `the split, and ${trained} are there`,
    );
  if (count - trained < horizon + 1)
    throw new RangeError(
      `${count} values are too few: two origins of ${horizon} steps need ${horizon + 1} values behind the split, and ` +
        `${count - trained} are there`,
    );
}
