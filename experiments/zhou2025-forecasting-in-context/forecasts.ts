import { nd } from "../../src/math/nd.js";
import type { Nd, Prompts } from "../../src/types.js";

type Predict = (prompts: Prompts) => Nd<["batch"]>;

/** How a forecast goes on: with the values that came, or with what was forecast. */
export type Mode = "teacher" | "rollout";

/**
 * Forecasts of x_(n+1) .. x_(n+H) of every series, a row a series: each from all values before it (`teacher`), or from the
 * first n values and the forecasts since (`rollout`, the paper's Definition 4.8). The prompt grows by a pair a step.
 *
 * @param series a row a series, n + H values @param window values p of a token @param known n
 * @param told steps that are wanted; the others are NaN where nothing needs them
 */
export function forecasts(
  predict: Predict,
  series: readonly Float64Array[],
  at: { readonly window: number; readonly known: number; readonly mode: Mode; readonly told: readonly number[] },
): readonly Float64Array[] {
  const { window, known, mode, told } = at;
  const steps = series[0]!.length - known;
  const made = series.map(() => new Float64Array(steps).fill(Number.NaN));
  const prompt = new GrowingPrompt(series, window);
  for (let h = 0; h < steps; h++) {
    if (mode === "teacher" && !told.includes(h + 1)) continue;
    const predictions = predict(prompt.of(known + h)).data;
    for (const [b, row] of made.entries()) {
      row[h] = predictions[b]!;
      if (mode === "rollout") prompt.write(b, known + h, predictions[b]!);
    }
  }
  return made;
}

/** Hankel prompts of all values, of which those behind the known ones are padding. */
class GrowingPrompt {
  private readonly prompts: Prompts & { readonly length: Nd<["batch"]> };

  constructor(
    series: readonly Float64Array[],
    private readonly window: number,
  ) {
    const [count, most] = [series.length, series[0]!.length - window];
    this.prompts = {
      x: nd(["batch", "context", "feature"], [count, most, window]),
      y: nd(["batch", "context", "output"], [count, most, 1]),
      query: nd(["batch", "feature"], [count, window]),
      answer: nd(["batch", "output"], [count, 1]),
      length: nd(["batch"], [count]),
    };
    for (const [b, row] of series.entries()) for (const [t, value] of row.entries()) this.write(b, t, value);
  }

  /** Sets value t of series b in every pair that shows it. */
  write(b: number, t: number, value: number): void {
    const { x, y } = this.prompts;
    const [, most] = x.shape;
    if (t >= this.window) y.data[b * most + t - this.window] = value;
    for (let j = Math.max(0, t - this.window + 1); j <= Math.min(t, most - 1); j++)
      x.data[(b * most + j) * this.window + t - j] = value;
  }

  /** The prompts of the first `known` values: their last window is the query, and what is before it the pairs. */
  of(known: number): Prompts {
    const { x, query, length } = this.prompts;
    const pairs = known - this.window;
    const [count, most] = x.shape;
    for (let b = 0; b < count; b++) {
      const from = (b * most + pairs) * this.window;
      query.data.set(x.data.subarray(from, from + this.window), b * this.window);
    }
    length.data.fill(pairs);
    return this.prompts;
  }
}
