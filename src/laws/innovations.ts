import { z } from "zod";
import { mul } from "../kernels/arithmetic.js";
import type { F32 } from "../kernels/node.js";
import type { Stream } from "../kernels/random.js";

const allowed = "gaussian, laplace, or { student: nu } with nu > 2";

/** The ways a study may write the distribution of a series' innovations. */
export const innovationsOption = z
  .union(
    [
      z.literal("gaussian"),
      z.literal("laplace").describe("two-sided exponential"),
      z.strictObject({ student: z.number().gt(2).describe("Student t of nu > 2 degrees, scaled to unit variance") }),
    ],
    { error: `innovations are ${allowed}` },
  )
  .describe(allowed);

export type InnovationsOption = z.infer<typeof innovationsOption>;

/** How innovations of unit variance are drawn, and their fourth moment. */
export interface Innovations {
  readonly kind: "gaussian" | "laplace" | "student";
  /** E e^4: 3 Gaussian, 6 Laplace, 3 + 6 / (nu - 4) Student t, infinite for nu <= 4. */
  readonly kurtosis: number;
  /** Names the text of `draw`. */
  readonly structure: string;
  /** Two independent innovations from one iteration's stream. */
  draw(stream: Stream): readonly [F32, F32];
}

/** The distribution an option means. */
export function innovationsOf(option: InnovationsOption): Innovations {
  if (option === "gaussian")
    return {
      kind: "gaussian",
      kurtosis: 3,
      structure: "gaussian",
      draw(stream) {
        const z = stream.normals(2);
        return [z.at(0), z.at(1)];
      },
    };
  if (option === "laplace")
    return {
      kind: "laplace",
      kurtosis: 6,
      structure: "laplace",
      draw(stream) {
        const [size, sign] = [stream.exponentials(2), stream.signs(2)];
        const of = (i: number) => mul(Math.SQRT1_2, mul(sign.at(i), size.at(i)));
        return [of(0), of(1)];
      },
    };
  const nu = option.student;
  const unit = Math.sqrt((nu - 2) / nu);
  return {
    kind: "student",
    kurtosis: nu > 4 ? 3 + 6 / (nu - 4) : Number.POSITIVE_INFINITY,
    structure: `student ${nu}`,
    draw(stream) {
      const t = stream.students(2, nu);
      return [mul(unit, t.at(0)), mul(unit, t.at(1))];
    },
  };
}
