import type { Tensor3D } from "@tensorflow/tfjs-core";
import { add, div, exp, less, max, mul, select, stop, sub } from "../kernels/arithmetic.js";
import { type Count, loop } from "../kernels/loop.js";
import type { F32, Node, U32 } from "../kernels/node.js";
import { keep, scan, sum, type Vector, vector, zeros } from "../kernels/vector.js";
import type { Layer, LayerNodes } from "./layer.js";
import { LOWEST, PADDING } from "./softmax-bounds.js";
import { entries } from "./token-nodes.js";

/** What softmax layers read of a prompt: every pair's token, and the query's. */
export interface TokenState {
  readonly pairs: Count;
  readonly token: (j: U32) => Vector;
  readonly query: Vector;
  /** Number of pairs, 0 or more. */
  readonly length: F32;
}

/**
 * Softmax attention as a layer of a stack: update(e) = sum_h PV_h sum_j p_hj e_j, p_hj = exp(s_hj) / sum_k exp(s_hk),
 * s_hj = e_j^T KQ_h e. No pairs tell nothing.
 */
export const softmaxLayer: Layer<TokenState> = {
  structure: "softmax",
  symmetries: ["context-permutation"],
  apply(tf, { KQ, PV }, { tokens, mask }) {
    const [batch, count, D] = tokens.shape;
    const [heads] = KQ.shape;
    const pairs = tf.slice(tokens, [0, 0, 0], [batch, count - 1, D]);
    const rows = tf.reshape(tokens, [batch * count, D]);
    const kept = tf.expandDims(mask, 1); // (batch, 1, pair)
    const updates = Array.from({ length: heads }, (_, h) => {
      const [key, value] = [KQ, PV].map((all) => tf.reshape(tf.slice(all, [h, 0, 0], [1, D, D]), [D, D]));
      const asked = tf.reshape(tf.matMul(rows, key!, false, true), [batch, count, D]);
      const scores = tf.where(tf.greater(kept, 0), tf.matMul(asked, pairs, false, true), PADDING);
      const shares = tf.mul(tf.softmax(scores, 2), kept); // the mask makes no pairs tell nothing
      const read = tf.reshape(tf.matMul(shares, pairs), [batch * count, D]);
      return tf.reshape(tf.matMul(read, value!, false, true), [batch, count, D]);
    });
    return tf.addN(updates) as Tensor3D;
  },
  open({ pairs, pair, query, length }) {
    const kept = keep(pairs, (j) => [entries(pair(j))]);
    return { pairs, token: (j) => kept(j)[0] as Vector, query: entries({ x: query, y: 0 }), length };
  },
  advance(weights, state, damping) {
    const told = (e: Vector): Vector => {
      const means = readings(weights, state, e);
      return vector(e.length, (a) => add(e.at(a), mul(damping, written(weights, means, a))));
    };
    const kept = keep(state.pairs, (i) => [told(state.token(i))]);
    return { ...state, token: (j) => kept(j)[0] as Vector, query: told(state.query) };
  },
  label(weights, state, damping) {
    const D = state.query.length;
    const means = readings(weights, state, state.query);
    return add(state.query.at(D - 1), mul(damping, written(weights, means, D - 1)));
  },
};

/** Entry a of sum_h PV_h mean_h. */
function written(weights: LayerNodes, means: readonly Vector[], a: U32): F32 {
  return means.map((mean, h) => sum(mean.length, (c) => mul(weights.PV(h, a, c), mean.at(c)))).reduce<F32>(add, 0);
}

/** The mean token that each head reads for token e; zero where there are no pairs. */
function readings(weights: LayerNodes, { pairs, token, length }: TokenState, e: Vector): Vector[] {
  const D = e.length;
  const empty = less(length, 1);
  return Array.from({ length: weights.heads }, (_, h) => {
    const key = vector(D, (a) => sum(D, (b) => mul(weights.KQ(h, a, b), e.at(b))));
    const score = (j: U32): Node<"f32"> => sum(D, (a) => mul(token(j).at(a), key.at(a)));
    const [top] = loop(pairs, [LOWEST], (j, [so]) => [max(so as F32, score(j))]).map(stop);
    const [total, sums] = scan(pairs, [zeros(1), zeros(D)], (j, [weight, so]) => {
      const share = exp(sub(score(j), top as F32));
      const added = vector(D, (a) => add((so as Vector).at(a), mul(share, token(j).at(a))));
      return [vector(1, () => add((weight as Vector).at(0), share)), added];
    }) as [Vector, Vector];
    const divisor = select(empty, 1, total.at(0));
    return vector(D, (a) => div(sums.at(a), divisor));
  });
}
