import { z } from "zod";
import { div, max, mul, sqrt } from "../kernels/arithmetic.js";
import type { F32 } from "../kernels/node.js";
import { dot } from "../kernels/vector.js";
import type { Law, Unit } from "../types.js";
import { checkNoise, pairwiseLaw } from "./pairwise-law.js";
import type { Regression } from "./regression.js";

/** Regression of y = f(x), f drawn from a law that rotations of x and a change of f's sign leave alone. */
export interface NonlinearTargets extends Regression {
  readonly family: "invariant-targets";
  /** Moments of f at the context's inputs x of size c: E |b|^2 with b = E x f(x), E f^2, E f^2 |x|^2. */
  readonly moments: { readonly linear: number; readonly square: number; readonly spread: number };
  readonly target: Target;
}

export type Target = "relu" | "cube";

/** A function g of a score u that is homogeneous of degree p, and its moments at a standard normal z. */
interface Homogeneous {
  readonly degree: number;
  of(u: F32): F32;
  /** E z g(z), E g(z)^2, E z^2 g(z)^2. */
  readonly slope: number;
  readonly square: number;
  readonly spread: number;
  /** Whether g(-u) = -g(u); a sign of the prompt's own is drawn where not. */
  readonly isOdd: boolean;
}

const targets: Readonly<Record<Target, Homogeneous>> = {
  relu: { degree: 1, of: (u) => max(u, 0), slope: 1 / 2, square: 1 / 2, spread: 3 / 2, isOdd: false },
  cube: { degree: 3, of: (u) => mul(u, mul(u, u)), slope: 3, square: 15, spread: 105, isOdd: true },
};

/**
 * Labels of one neuron: y = s g(w . x) + noise e with x ~ N(0, I), g a ReLU or a cube, s = -1 or 1 (left out where g is odd),
 * and w ~ N(0, I) or uniform on the unit sphere. Linear attention makes one step of *linear* regression on it all the same.
 * With b = E_x x f(x) and inputs of size c, the query of size c k, moments of pairs are
 *
 *   E y_q y_1 (x_1 . x_q) = E b . b_q,   E y_1 y_2 (x_1 . x_q)(x_2 . x_q) = c^2 k^2 E |b|^2,
 *   E y_1^2 (x_1 . x_q)^2 = c^2 k^2 (E f^2 |x|^2 + s2 d c^2)
 *
 * Source: Mahankali, Hashimoto, Ma 2024, Theorem 3.
 *
 * @throws RangeError on negative noise.
 */
export function nonlinearTargetLaw(
  features: number,
  { target = "relu", tasks = "gaussian", noise = 0 }: Partial<Omit<Options, "features">> = {},
): Law<NonlinearTargets> {
  checkNoise(noise);
  const g = targets[target];
  const d = features;
  // E |w|^(2p): d (d + 2) ... for normal tasks.
  const length = Array.from({ length: g.degree }, (_, k) => (tasks === "unit" ? 1 : d + 2 * k));
  const taskSize = length.reduce((product, factor) => product * factor, 1);
  return pairwiseLaw("nonlinear-target", (scales) => {
    const [c2, k] = [scales.input ** 2, scales.query];
    // E f^2 at inputs of size 1; b grows as c^(p + 1).
    const size = taskSize * scales.task ** (2 * g.degree);
    const moments = {
      linear: size * g.slope ** 2 * c2 ** (g.degree + 1),
      square: size * g.square * c2 ** g.degree,
      spread: size * (g.spread + (d - 1) * g.square) * c2 ** (g.degree + 1),
    };
    return {
      population: {
        ...{ family: "invariant-targets", features, noise, symmetric: true, target, moments },
        pairs: {
          label: k ** (2 * g.degree) * moments.square + noise ** 2,
          cross: k ** (g.degree + 1) * moments.linear,
          between: c2 * k ** 2 * moments.linear,
          within: c2 * k ** 2 * (moments.spread + noise ** 2 * d * c2),
        },
      },
      pairwise: {
        ...{ features, noise, scales },
        structure: `${target} of ${tasks} tasks`,
        open(stream, { taskScale }) {
          const w = stream.normals(d);
          const sign = stream.signs(1).at(0);
          const unit = tasks === "unit" ? div(taskScale, sqrt(dot(w, w))) : taskScale;
          return {
            input: (x) => x,
            label: (x) => {
              const value = g.of(mul(unit, dot(w, x)));
              return g.isOdd ? value : mul(sign, value);
            },
          };
        },
      },
    };
  });
}

const options = z.strictObject({
  features: z.int().min(1).max(1024).describe("number d of entries of an input, 1 to 1024"),
  noise: z.number().min(0).default(0).describe("standard deviation of the label noise, 0 or more"),
  target: z.enum(["relu", "cube"]).default("relu").describe("y = s max(w . x, 0) with s = -1 or 1, or y = (w . x)^3"),
  tasks: z.enum(["gaussian", "unit"]).default("gaussian").describe("w ~ N(0, I), or uniform on the unit sphere"),
});

type Options = z.infer<typeof options>;

const unit: Unit<Options, Law<NonlinearTargets>> = {
  name: "nonlinear-target",
  says: "Labels of one ReLU or cubic neuron with weights of every prompt's own, inputs N(0, I).",
  options,
  make: ({ features, ...rest }) => nonlinearTargetLaw(features, rest),
};

export default unit;
