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
 */
export function forecasts(
  predict: Predict,
  series: readonly Float64Array[],
  at: { readonly window: number; readonly known: number; readonly mode: Mode },
): readonly Float64Array[] {
  const { window, known, mode } = at;
  const steps = series[0]!.length - known;
  const values = series.map((row) =>
    mode === "teacher" ? row : Float64Array.of(...row.subarray(0, known), ...new Float64Array(steps)),
  );
  const told = series.map(() => new Float64Array(steps));
  for (let h = 0; h < steps; h++) {
    const predictions = predict(promptsOf(values, window, known + h, series[0]!.length - window)).data;
    for (const [b, row] of told.entries()) {
      row[h] = predictions[b]!;
      if (mode === "rollout") values[b]![known + h] = predictions[b]!;
    }
  }
  return told;
}

/** Hankel prompts of the first `known` values, of one shape whatever their number. */
function promptsOf(values: readonly Float64Array[], window: number, known: number, most: number): Prompts {
  const [count, pairs] = [values.length, known - window];
  const x = nd(["batch", "context", "feature"], [count, most, window]);
  const y = nd(["batch", "context", "output"], [count, most, 1]);
  const query = nd(["batch", "feature"], [count, window]);
  for (const [b, row] of values.entries()) {
    for (let j = 0; j < pairs; j++) {
      x.data.set(row.subarray(j, j + window), (b * most + j) * window);
      y.data[b * most + j] = row[j + window]!;
    }
    query.data.set(row.subarray(known - window, known), b * window);
  }
  const answer = nd(["batch", "output"], [count, 1]);
  return { x, y, query, answer, length: nd(["batch"], [count], new Float64Array(count).fill(pairs)) };
}
