import { linearMap } from "../../math/linear-map.js";
import { nd } from "../../math/nd.js";
import type { Rows, Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { restore as layered } from "./layered-descent.js";

interface Constants {
  /** The inverse root of the inputs' covariance, d x d. */
  readonly inverseRoot: Rows;
  /** a_k, one a step. */
  readonly steps: readonly number[];
}

/** Steps w <- w - a_k L^-1 (S w - X^T y) / n: plain ones on inputs and query times L^(-1/2). */
export function restore({ inverseRoot, steps }: Constants): Tuned["predict"] {
  const predict = layered({ steps, curvatures: steps.map(() => 0) });
  const whiten = linearMap(inverseRoot);
  return (prompts) => {
    const d = inverseRoot.length;
    const input = new Float64Array(d);
    const mapped = (data: Float64Array | Float32Array) => {
      const out = new Float64Array(data.length);
      for (let at = 0; at < data.length; at += d) {
        input.set(data.subarray(at, at + d));
        whiten(input, out, at);
      }
      return out;
    };
    const { x, query } = prompts;
    return predict({
      ...prompts,
      x: nd(["batch", "context", "feature"], x.shape, mapped(x.data)),
      query: nd(["batch", "feature"], query.shape, mapped(query.data)),
    });
  };
}

export const whitenedDescent = algorithm(import.meta.url, restore);
