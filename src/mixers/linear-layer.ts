import type { Tensor3D } from "@tensorflow/tfjs-core";
import { add, div, max, mul } from "../kernels/arithmetic.js";
import type { F32, Node } from "../kernels/node.js";
import { matrix, scan, sum, type Vector, vector } from "../kernels/vector.js";
import type { PromptNodes } from "../types.js";
import type { Layer, LayerNodes } from "./layer.js";
import { entries, entryOf, tokenMatrix } from "./token-nodes.js";

/** All that linear layers read of a prompt: S = sum_j e_j e_j^T (D x D), the query's token, and what sums are divided by. */
export interface GramState {
  readonly S: Vector;
  readonly query: Vector;
  readonly divisor: F32;
}

/**
 * Linear attention as a layer of a stack: update(e) = M e with M = sum_h PV_h S KQ_h / n, S = sum_j e_j e_j^T.
 * As every token is moved by the same M, the next layer's S is (I + M) S (I + M)^T: the kernel's text carries S through
 * the layers and no token but the query, at a cost that does not grow with the context. `apply` moves every token.
 */
export function linearLayer(normalize: "own" | number): Layer<GramState> {
  return {
    structure: `linear, divided by ${normalize === "own" ? "length" : normalize}`,
    symmetries: ["context-permutation", "context-rotation"],
    apply(tf, { KQ, PV }, { tokens, mask, length }) {
      const [batch, count, D] = tokens.shape;
      const [heads] = KQ.shape;
      const pairs = tf.mul(tf.slice(tokens, [0, 0, 0], [batch, count - 1, D]), tf.expandDims(mask, 2));
      const rows = tf.reshape(tokens, [batch * count, D]);
      const updates = Array.from({ length: heads }, (_, h) => {
        const [key, value] = [KQ, PV].map((all) => tf.reshape(tf.slice(all, [h, 0, 0], [1, D, D]), [D, D]));
        const asked = tf.reshape(tf.matMul(rows, key!, false, true), [batch, count, D]);
        const scores = tf.matMul(asked, pairs, false, true); // (batch, token, pair)
        const read = tf.reshape(tf.matMul(scores, pairs), [batch * count, D]);
        return tf.reshape(tf.matMul(read, value!, false, true), [batch, count, D]);
      });
      const divisor = normalize === "own" ? tf.expandDims(length, 2) : tf.scalar(normalize);
      return tf.div(tf.addN(updates), divisor) as Tensor3D;
    },
    open(prompt) {
      const query = entries({ x: prompt.query, y: 0 });
      return { S: gram(prompt), query, divisor: normalize === "own" ? max(prompt.length, 1) : normalize };
    },
    advance(weights, { S, query, divisor }, damping) {
      const D = query.length;
      const step = div(damping, divisor);
      const asked = Array.from({ length: weights.heads }, (_, h) =>
        tokenMatrix(D, (a) => (b) => sum(D, (c) => mul(entryOf(S, D, a, c), weights.KQ(h, c, b)))),
      );
      const moved = tokenMatrix(D, (a) => (b) => {
        const terms = asked.map((read, h) => sum(D, (c) => mul(weights.PV(h, a, c), entryOf(read, D, c, b))));
        return mul(step, terms.reduce<F32>(add, 0));
      });
      // (I + M) S, then its product with (I + M)^T: entries of I + M need no array of their own.
      const left = tokenMatrix(
        D,
        (a) => (b) =>
          add(
            entryOf(S, D, a, b),
            sum(D, (c) => mul(entryOf(moved, D, a, c), entryOf(S, D, c, b))),
          ),
      );
      const next = tokenMatrix(
        D,
        (a) => (b) =>
          add(
            entryOf(left, D, a, b),
            sum(D, (c) => mul(entryOf(left, D, a, c), entryOf(moved, D, b, c))),
          ),
      );
      const told = vector(D, (a) =>
        add(
          query.at(a),
          sum(D, (c) => mul(entryOf(moved, D, a, c), query.at(c))),
        ),
      );
      return { S: next, query: told, divisor };
    },
    label(weights, { S, query, divisor }, damping) {
      const D = query.length;
      const update = Array.from({ length: weights.heads }, (_, h) => labelOf(weights, h, S, query)).reduce<F32>(add, 0);
      return add(query.at(D - 1), mul(div(damping, divisor), update));
    },
  };
}

/** PV_h's row of the label times S KQ_h e_q. */
function labelOf(weights: LayerNodes, h: number, S: Vector, query: Vector): Node<"f32"> {
  const D = query.length;
  const key = vector(D, (a) => sum(D, (b) => mul(weights.KQ(h, a, b), query.at(b))));
  const read = vector(D, (a) => sum(D, (b) => mul(entryOf(S, D, a, b), key.at(b))));
  return sum(D, (a) => mul(weights.PV(h, D - 1, a), read.at(a)));
}

/** S = sum_j e_j e_j^T. */
function gram({ pairs, pair, features }: PromptNodes): Vector {
  const D = features + 1;
  const [S] = scan(pairs, [matrix(D, D, () => () => 0)], (j, [sums]) => {
    const e = entries(pair(j));
    return [matrix(D, D, (a) => (b) => add(entryOf(sums as Vector, D, a, b), mul(e.at(a), e.at(b))))];
  });
  return S as Vector;
}
