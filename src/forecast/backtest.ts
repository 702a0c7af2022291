import type { Forecaster, Setting } from "./forecaster.js";

/** Errors at successive origins: entry [o][h] is the forecast of x_(t+h+1) from x_1 .. x_t less its value. */
export interface Backtest {
  /** Values before the first origin: what maps are fitted to, and scales are taken from. */
  readonly training: Float64Array;
  /** t of each origin, in order. */
  readonly origins: readonly number[];
  readonly errors: ReadonlyMap<string, readonly Float64Array[]>;
}

/**
 * Forecasts from a rolling origin: every t from the end of the training part to H values before the end of the series,
 * or the last `most` of them. A forecast from t sees x_1 .. x_t and nothing later.
 */
export function backtest(
  values: Float64Array,
  trained: number,
  forecasters: readonly Forecaster[],
  setting: Setting,
  most: number,
): Backtest {
  const last = values.length - setting.horizon;
  const first = Math.max(trained, last - most + 1);
  const origins = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  const training = values.slice(0, trained);
  const errors = forecasters.map((forecaster): [string, Float64Array[]] => {
    const forecast = forecaster.fit(training, setting);
    const each = (t: number) => forecast(values.slice(0, t)).map((value, h) => value - values[t + h]!);
    return [forecaster.name, origins.map(each)];
  });
  return { training, origins, errors: new Map(errors) };
}
