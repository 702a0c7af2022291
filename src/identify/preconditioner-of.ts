import { Draws } from "../math/draws.js";
import { keyOf } from "../math/keys.js";
import { nd } from "../math/nd.js";
import type { Nd, Prompts, Rows } from "../types.js";

/** Prompts on which a prediction is held to the form that one pair suggests. */
const CHECKED = 16;
const PAIRS = 3;

/**
 * The matrix A of a predictor of the form y = x_q^T A m, m = (1/n) sum_j y_j x_j, read off prompts of one pair
 * (x = e_b, y = 1, x_q = e_c give A_cb); null where it has another form.
 */
export function preconditionerOf(predict: (prompts: Prompts) => Nd<["batch"]>, d: number): Rows | null {
  const unit = (at: number) => Array.from({ length: d }, (_, i) => (i === at ? 1 : 0));
  const cells = Array.from({ length: d * d }, (_, at) => [Math.floor(at / d), at % d] as const);
  const read = predict(
    promptsOf(
      cells.map(([, b]) => [unit(b)]),
      cells.map(() => [1]),
      cells.map(([c]) => unit(c)),
    ),
  ).data;
  const A = Array.from({ length: d }, (_, c) => Array.from(read.subarray(c * d, (c + 1) * d)));
  const draws = new Draws(keyOf(0));
  const normals = (count: number) => Array.from({ length: count }, () => draws.normal());
  const x = Array.from({ length: CHECKED }, () => Array.from({ length: PAIRS }, () => normals(d)));
  const [y, query] = [x.map(() => normals(PAIRS)), x.map(() => normals(d))];
  const said = predict(promptsOf(x, y, query)).data;
  const expected = x.map((pairs, p) => {
    const m = unit(0).map((_, i) => pairs.reduce((sum, pair, j) => sum + (y[p]![j]! * pair[i]!) / PAIRS, 0));
    return A.reduce((sum, row, c) => sum + query[p]![c]! * row.reduce((part, entry, i) => part + entry * m[i]!, 0), 0);
  });
  const scale = Math.max(...expected.map(Math.abs));
  return expected.every((value, p) => Math.abs(value - said[p]!) <= 2 ** -30 * scale) ? A : null;
}

function promptsOf(x: readonly Rows[], y: Rows, query: Rows): Prompts {
  const [batch, pairs, d] = [x.length, x[0]!.length, query[0]!.length];
  return {
    x: nd(["batch", "context", "feature"], [batch, pairs, d], Float64Array.from(x.flat(2))),
    y: nd(["batch", "context", "output"], [batch, pairs, 1], Float64Array.from(y.flat())),
    query: nd(["batch", "feature"], [batch, d], Float64Array.from(query.flat())),
    answer: nd(["batch", "output"], [batch, 1]),
  };
}
