import { select } from "../kernels/arithmetic.js";
import type { F32, U32 } from "../kernels/node.js";
import { lessWord } from "../kernels/words.js";
import { nd } from "../math/nd.js";
import type { Tf } from "../types.js";
import type { StackWeights } from "./layer.js";
import { type FormSize, type StackForm, stackForms } from "./stack-forms.js";

/**
 * A form of stacks whose layers are steps of descent and nothing else: KQ_l = [[A_l, 0], [0, 0]] and
 * PV_l = [[-B_l, 0], [0, -1]], of which A_l is trained and B_l is too where `curved`, else 0. The other entries are stored,
 * are never read and so stay as they start. Source: Ahn, Cheng, Daneshmand, Sra 2023, Theorems 3 and 4.
 */
export function descentForm(curved: boolean): (size: FormSize) => StackForm {
  return (size) => {
    const all = stackForms.merged(size) as unknown as StackForm<StackWeights>;
    const merged = ({ KQ, PV }: StackWeights): StackWeights => ({
      KQ: filled(KQ, (feature, value) => (feature ? value : 0)),
      PV: filled(PV, (feature, value, label) => (feature && curved ? value : label ? -1 : 0)),
    });
    const form: StackForm<StackWeights> = {
      ...all,
      structure: `${all.structure}, steps${curved ? " and curvatures" : ""} only`,
      symmetries: ["label-linear"],
      init: (key, features) => merged(all.init(key, features)),
      nodes(parameters, l, D) {
        const { heads, KQ, PV } = all.nodes(parameters, l, D);
        const d = D - 1;
        return {
          heads,
          KQ: (h, a, b) => onFeatures(d, a, b, KQ(h, a, b), 0),
          PV: (h, a, b) => onFeatures(d, a, b, curved ? PV(h, a, b) : 0, onLabel(d, a, b)),
        };
      },
      tensors: (tf, { KQ, PV }) => {
        const { feature, label } = masks(tf, KQ.shape.at(-1)!);
        const inputs = curved ? tf.mul(PV, feature) : tf.zerosLike(PV);
        return { KQ: tf.mul(KQ, feature), PV: tf.sub(inputs, label) } as ReturnType<typeof all.tensors>;
      },
      merged,
    };
    return form as unknown as StackForm;
  };
}

/** `inside` where both indices are features, else `outside`. */
function onFeatures(d: number, a: U32, b: U32, inside: F32, outside: F32): F32 {
  if (typeof a === "number" && typeof b === "number") return a < d && b < d ? inside : outside;
  return select(lessWord(a, d), select(lessWord(b, d), inside, outside), outside);
}

/** -1 where both indices are the label, else 0. */
function onLabel(d: number, a: U32, b: U32): F32 {
  if (typeof a === "number" && typeof b === "number") return a === d && b === d ? -1 : 0;
  return select(lessWord(a, d), 0, select(lessWord(b, d), 0, -1));
}

type Stacked = StackWeights["KQ"] | StackWeights["PV"];

/** A copy whose entries know whether they lie in the block of features, and whether they are the label's. */
function filled<A extends Stacked>(array: A, entry: (feature: boolean, value: number, label: boolean) => number): A {
  const D = array.shape.at(-1)!;
  const data = Float64Array.from(array.data, (value, i) => {
    const [a, b] = [Math.floor(i / D) % D, i % D];
    return entry(a < D - 1 && b < D - 1, value, a === D - 1 && b === D - 1);
  });
  return nd(array.axes, array.shape, data) as unknown as A;
}

/** 1 on the block of features, and 1 on the label's entry: D x D. */
function masks(tf: Tf, D: number) {
  const flat = (is: (a: number, b: number) => boolean) =>
    tf.tensor2d(
      Float32Array.from({ length: D * D }, (_, i) => Number(is(Math.floor(i / D), i % D))),
      [D, D],
    );
  return { feature: flat((a, b) => a < D - 1 && b < D - 1), label: flat((a, b) => a === D - 1 && b === D - 1) };
}
