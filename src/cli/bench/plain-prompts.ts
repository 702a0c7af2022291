import { Draws } from "../../math/draws.js";
import { foldIn } from "../../math/keys.js";
import type { Key } from "../../types.js";
import type { Size } from "./problem.js";

/** A batch of noiseless linear regression in float32, as tokens: (x_j, y_j) and (x_q, 0) of D = d + 1 numbers. */
export interface PlainPrompts {
  /** (batch, context, D) */
  readonly tokens: Float32Array;
  /** (batch, D) */
  readonly query: Float32Array;
  /** (batch) */
  readonly answer: Float32Array;
}

/** Draws step `step`'s prompts by plain loops. */
export function plainPrompts(key: Key, step: number, { batch, context, features }: Size): PlainPrompts {
  const D = features + 1;
  const tokens = new Float32Array(batch * context * D);
  const query = new Float32Array(batch * D);
  const answer = new Float32Array(batch);
  const task = new Float32Array(features);
  const draws = new Draws(foldIn(key, step));
  for (let b = 0; b < batch; b++) {
    draws.restart(b);
    for (let i = 0; i < features; i++) task[i] = draws.normal();
    answer[b] = drawToken(draws, task, query, b * D);
    for (let j = 0; j < context; j++) {
      const at = (b * context + j) * D;
      tokens[at + features] = drawToken(draws, task, tokens, at);
    }
  }
  return { tokens, query, answer };
}

/** Draws an input x to `into` and returns its label x . task. */
function drawToken(draws: Draws, task: Float32Array, into: Float32Array, at: number): number {
  let label = 0;
  for (let i = 0; i < task.length; i++) {
    const x = draws.normal();
    into[at + i] = x;
    label += x * task[i]!;
  }
  return label;
}
