import type { PlainPrompts } from "./plain-prompts.js";
import type { Problem } from "./problem.js";

/** The mean squared error and its derivatives, in the order of the weights: KQ (heads, D, D), then OV (heads, D). */
export interface PlainGradient {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/**
 * One layer of attention by plain loops over arrays of float32, with its derivative written out by hand. Per head h,
 * with u = KQ_h e_q, scores s_j = e_j . u and values v_j = OV_h . e_j:
 *
 *   prediction = sum_h sum_j a_j v_j,      a_j = s_j / n (linear)   or   exp(s_j - max s) / sum (softmax)
 *   d prediction / d OV_h = sum_j a_j e_j,       d prediction / d KQ_h = (sum_j b_j e_j) e_q^T
 *   b_j = v_j / n (linear)   or   a_j (v_j - sum_k a_k v_k) (softmax)
 */
export function plainGradient(problem: Problem, weights: Float64Array, prompts: PlainPrompts): PlainGradient {
  const { batch, context, features, heads, attention } = problem;
  const { tokens, query, answer } = prompts;
  const D = features + 1;
  const w = Float32Array.from(weights);
  const sums = new Float64Array(w.length);
  const [toScores, toValues] = [new Float32Array(heads * D), new Float32Array(heads * D)];
  const [u, scores, values] = [new Float32Array(D), new Float32Array(context), new Float32Array(context)];
  let loss = 0;
  for (let b = 0; b < batch; b++) {
    const asked = query.subarray(b * D, (b + 1) * D);
    const own = tokens.subarray(b * context * D, (b + 1) * context * D);
    let prediction = 0;
    toScores.fill(0);
    toValues.fill(0);
    for (let h = 0; h < heads; h++) {
      for (let c = 0; c < D; c++) u[c] = dot(w, (h * D + c) * D, asked, 0, D);
      for (let j = 0; j < context; j++) {
        scores[j] = dot(own, j * D, u, 0, D);
        values[j] = dot(own, j * D, w, heads * D * D + h * D, D);
      }
      prediction += attend[attention](scores, values);
      for (let j = 0; j < context; j++) addTo(toValues, h * D, scores[j]!, own, j * D, D);
      for (let j = 0; j < context; j++) addTo(toScores, h * D, values[j]!, own, j * D, D);
    }
    const residual = prediction - answer[b]!;
    loss += residual * residual;
    for (let k = 0; k < heads * D; k++) addTo(sums, k * D, 2 * residual * toScores[k]!, asked, 0, D);
    addTo(sums, heads * D * D, 2 * residual, toValues, 0, heads * D);
  }
  return { loss: loss / batch, gradient: sums.map((sum) => sum / batch) };
}

/** Turns scores into the shares a_j and values into the derivatives b_j, in place; returns sum_j a_j v_j. */
const attend = {
  linear(scores: Float32Array, values: Float32Array): number {
    const n = scores.length;
    let mean = 0;
    for (let j = 0; j < n; j++) {
      scores[j] = scores[j]! / n;
      mean += scores[j]! * values[j]!;
      values[j] = values[j]! / n;
    }
    return mean;
  },
  softmax(scores: Float32Array, values: Float32Array): number {
    let [largest, total, mean] = [Number.NEGATIVE_INFINITY, 0, 0];
    for (let j = 0; j < scores.length; j++) largest = Math.max(largest, scores[j]!);
    for (let j = 0; j < scores.length; j++) {
      scores[j] = Math.exp(scores[j]! - largest);
      total += scores[j]!;
    }
    for (let j = 0; j < scores.length; j++) {
      scores[j] = scores[j]! / total;
      mean += scores[j]! * values[j]!;
    }
    for (let j = 0; j < scores.length; j++) values[j] = scores[j]! * (values[j]! - mean);
    return mean;
  },
} as const;

function dot(a: Float32Array, atA: number, b: Float32Array, atB: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[atA + i]! * b[atB + i]!;
  return sum;
}

type Floats = Float32Array | Float64Array;

function addTo(into: Floats, at: number, factor: number, from: Float32Array, atFrom: number, length: number): void {
  for (let i = 0; i < length; i++) into[at + i] = into[at + i]! + factor * from[atFrom + i]!;
}
