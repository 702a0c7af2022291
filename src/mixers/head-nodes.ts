import { add, mul } from "../kernels/arithmetic.js";
import type { Block } from "../kernels/inputs.js";
import type { Node, U32 } from "../kernels/node.js";
import { sum, type Vector, vector } from "../kernels/vector.js";
import { addWord, mulWord } from "../kernels/words.js";
import type { TokenNodes } from "./token-nodes.js";

/** A head with a prompt's query put in, in the kernel language: a pair's score is e_j . key, its value e_j . value. */
export interface HeadNodes {
  /** KQ_h e_q. */
  readonly key: TokenNodes;
  /** OV_h. */
  readonly value: TokenNodes;
}

/** Entry (a, b) of a block of rows of D entries. */
const entry = (rows: Block, a: U32, b: U32, D: number): Node<"f32"> => rows.at(addWord(mulWord(a, D), b));

/** One merged head: KQ (D x D) and OV (D). The label's place in the query is empty, so column d of KQ is not read. */
export function mergedHead(KQ: Block, OV: Block, query: Vector): HeadNodes {
  const d = query.length;
  const row = (a: U32): Node<"f32"> => sum(d, (b) => mul(entry(KQ, a, b, d + 1), query.at(b)));
  return {
    key: { x: vector(d, row), y: row(d) },
    value: { x: OV.block(0, d), y: OV.at(d) },
  };
}

/** One factored head: K, Q, V (D x D) and P (D), with key K^T (Q e_q) and value V^T P. */
export function factoredHead(K: Block, Q: Block, V: Block, P: Block, query: Vector): HeadNodes {
  const d = query.length;
  const row = (inner: U32): Node<"f32"> => sum(d, (b) => mul(entry(Q, inner, b, d + 1), query.at(b)));
  // Inner vectors are split as tokens are, so that they roll where tokens do.
  const transposed = (rows: Block, { x, y }: TokenNodes): TokenNodes => {
    const column = (a: U32): Node<"f32"> =>
      add(
        sum(d, (inner) => mul(entry(rows, inner, a, d + 1), x.at(inner))),
        mul(entry(rows, d, a, d + 1), y),
      );
    return { x: vector(d, column), y: column(d) };
  };
  return {
    key: transposed(K, { x: vector(d, row), y: row(d) }),
    value: transposed(V, { x: P.block(0, d), y: P.at(d) }),
  };
}
