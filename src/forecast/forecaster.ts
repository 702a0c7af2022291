/** What every forecaster of one backtest is asked for. */
export interface Setting {
  /** Values p that a prediction sees. */
  readonly window: number;
  /** Steps after which the seasonal naive forecast repeats; 1 where there is no season. */
  readonly season: number;
  /** Steps H ahead. */
  readonly horizon: number;
}

/** Forecasts of x_(t+1) .. x_(t+H) from x_1 .. x_t. */
export type Forecast = (history: Float64Array) => Float64Array;

/** A way to forecast a series: constants from the training part, all else from the history at the origin. */
export interface Forecaster {
  readonly name: string;
  /** One sentence. */
  readonly says: string;
  fit(training: Float64Array, setting: Setting): Forecast;
}
