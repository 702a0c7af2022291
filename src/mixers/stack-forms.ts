import type { Tensor4D } from "@tensorflow/tfjs-core";
import { mul } from "../kernels/arithmetic.js";
import type { Block } from "../kernels/inputs.js";
import type { F32, U32 } from "../kernels/node.js";
import { sum, type Vector } from "../kernels/vector.js";
import { addWord, mulWord } from "../kernels/words.js";
import { foldIn } from "../math/keys.js";
import { nd } from "../math/nd.js";
import type { Key, Nd, Symmetry, Tensors, Tf, Weights } from "../types.js";
import { drawWeights, type InitialWeights } from "./initial-weights.js";
import type { LayerNodes, StackWeights } from "./layer.js";
import { entryOf, tokenMatrix } from "./token-nodes.js";

/** How the weights of `stored` layers are trained: as their products KQ and PV, or as the factors of those. */
export interface StackForm<W extends Weights = Weights> {
  /** In the order in which the kernel language reads their entries. */
  readonly names: readonly (keyof W & string)[];
  readonly structure: string;
  /** What predictions have beside the layer's symmetries because of the form. */
  readonly symmetries?: readonly Symmetry[];
  init(key: Key, features: number): W;
  /** How many entries the weights have for tokens of size D. */
  parameters(D: number): number;
  /** Layer l in the kernel language. */
  nodes(parameters: Block, l: number, D: number): LayerNodes;
  /** KQ and PV (layer, head, D, D) as differentiable tfjs operations. */
  tensors(tf: Tf, weights: Tensors<W>): { readonly KQ: Tensor4D; readonly PV: Tensor4D };
  /** The same as numbers. */
  merged(weights: W): StackWeights;
}

/** What a form is of: how many layers have weights of their own, heads a layer, and how they start. */
export type FormSize = { readonly stored: number; readonly heads: number; readonly init: InitialWeights };

const rowMajor = (block: Block, D: number) => (a: U32, b: U32) => block.at(addWord(mulWord(a, D), b));

function merged({ stored, heads, init }: FormSize): StackForm<StackWeights> {
  return {
    names: ["KQ", "PV"],
    structure: `${heads} merged`,
    init(key, features) {
      const D = features + 1;
      const drawn = (name: string) => drawWeights(init, foldIn(key, name), stored * heads * D * D, D);
      return {
        KQ: nd(["layer", "head", "key", "query"], [stored, heads, D, D], drawn("KQ")),
        PV: nd(["layer", "head", "out", "token"], [stored, heads, D, D], drawn("PV")),
      };
    },
    parameters: (D) => 2 * stored * heads * D * D,
    nodes(parameters, l, D) {
      const of = (which: number, h: number) =>
        rowMajor(parameters.block(((which * stored + l) * heads + h) * D * D, D * D), D);
      const [KQ, PV] = [0, 1].map((which) => Array.from({ length: heads }, (_, h) => of(which, h)));
      return { heads, KQ: (h, a, b) => KQ![h]!(a, b), PV: (h, a, b) => PV![h]!(a, b) };
    },
    tensors: (_, { KQ, PV }) => ({ KQ: KQ as Tensor4D, PV: PV as Tensor4D }),
    merged: (weights) => weights,
  };
}

/** K, Q, V (layer, head, inner, token) and P (layer, head, out, inner): KQ_h = K_h^T Q_h, PV_h = P_h V_h. */
type FactoredStack = {
  readonly K: Nd<["layer", "head", "inner", "token"]>;
  readonly Q: Nd<["layer", "head", "inner", "token"]>;
  readonly V: Nd<["layer", "head", "inner", "token"]>;
  readonly P: Nd<["layer", "head", "out", "inner"]>;
};

/** As published code trains them. K, Q and V sum over D token entries, P over the D inner entries of all heads. */
function factored({ stored, heads, init }: FormSize): StackForm<FactoredStack> {
  return {
    names: ["K", "Q", "V", "P"],
    structure: `${heads} factored`,
    init(key, features) {
      const D = features + 1;
      const drawn = (name: string, fanIn: number) =>
        drawWeights(init, foldIn(key, name), stored * heads * D * D, fanIn);
      const projection = (name: "K" | "Q" | "V") =>
        nd(["layer", "head", "inner", "token"], [stored, heads, D, D], drawn(name, D));
      const P = nd(["layer", "head", "out", "inner"], [stored, heads, D, D], drawn("P", heads * D));
      return { K: projection("K"), Q: projection("Q"), V: projection("V"), P };
    },
    parameters: (D) => 4 * stored * heads * D * D,
    nodes(parameters, l, D) {
      const products = Array.from({ length: heads }, (_, h) => {
        const [K, Q, V, P] = [0, 1, 2, 3].map((which) =>
          rowMajor(parameters.block(((which * stored + l) * heads + h) * D * D, D * D), D),
        ) as Four;
        return {
          KQ: tokenMatrix(D, (a) => (b) => sum(D, (i) => mul(K(i, a), Q(i, b)))),
          PV: tokenMatrix(D, (a) => (b) => sum(D, (i) => mul(P(a, i), V(i, b)))),
        };
      });
      const entry = (matrix: Vector, a: U32, b: U32): F32 => entryOf(matrix, D, a, b);
      return {
        heads,
        KQ: (h, a, b) => entry(products[h]!.KQ, a, b),
        PV: (h, a, b) => entry(products[h]!.PV, a, b),
      };
    },
    tensors: (tf, { K, Q, V, P }) => ({
      KQ: tf.matMul(K, Q, true, false) as Tensor4D,
      PV: tf.matMul(P, V) as Tensor4D,
    }),
    merged({ K, Q, V, P }) {
      const D = K.shape[3];
      const KQ = nd(["layer", "head", "key", "query"], [stored, heads, D, D]);
      const PV = nd(["layer", "head", "out", "token"], [stored, heads, D, D]);
      for (let matrix = 0; matrix < stored * heads; matrix++) {
        const at = (a: number, b: number) => (matrix * D + a) * D + b;
        for (let i = 0; i < D; i++)
          for (let a = 0; a < D; a++)
            for (let b = 0; b < D; b++) {
              KQ.data[at(a, b)]! += K.data[at(i, a)]! * Q.data[at(i, b)]!;
              PV.data[at(a, b)]! += P.data[at(a, i)]! * V.data[at(i, b)]!;
            }
      }
      return { KQ, PV };
    },
  };
}

type Four = [Entry, Entry, Entry, Entry];
type Entry = ReturnType<typeof rowMajor>;

/** The two forms by the name that a study calls them. */
export const stackForms = { merged, factored } as unknown as {
  readonly [form in "merged" | "factored"]: (size: FormSize) => StackForm;
};
