import { z } from "zod";
import { add, mul } from "../kernels/arithmetic.js";
import type { Stream } from "../kernels/random.js";
import { type Vector, vector } from "../kernels/vector.js";
import type { Inputs } from "./gaussian-linear.js";

const allowed = "gaussian, rademacher, { uniform: a } with a > 0, or { student: nu } with nu > 2";

/** The ways a study may write the distribution of the coordinates z behind x = B z. */
export const inputsOption = z
  .union(
    [
      z.literal("gaussian"),
      z.literal("rademacher").describe("-1 or 1"),
      z.strictObject({ uniform: z.number().positive().describe("uniform on [-a, a]: variance a^2 / 3, not 1") }),
      z.strictObject({ student: z.number().gt(2).describe("Student t of nu > 2 degrees, scaled to unit variance") }),
    ],
    { error: `inputs are ${allowed}` },
  )
  .describe(allowed);

export type InputsOption = z.infer<typeof inputsOption>;

/** How unit-variance coordinates are drawn, what a closed form needs of them, and the variance they are to have. */
export interface Coordinates {
  readonly inputs: Inputs;
  /** Variance the option asks for, which multiplies the covariance: a^2 / 3 for U(-a, a), else 1. */
  readonly variance: number;
  /** Names the text of `draw`: equal names draw alike. */
  readonly structure: string;
  /** `length` independent coordinates in the kernel language. */
  draw(stream: Stream, length: number): Vector;
}

/** The distribution an option means. Moments: uniform kurtosis 9/5; Student t 3 + 6 / (nu - 4), infinite for nu <= 4. */
export function coordinates(option: InputsOption): Coordinates {
  const of = (kind: Inputs["kind"], kurtosis: number, draw: Coordinates["draw"]): Coordinates => ({
    inputs: { kind, kurtosis },
    variance: 1,
    structure: kind,
    draw,
  });
  if (option === "gaussian") return of("gaussian", 3, (stream, length) => stream.normals(length));
  if (option === "rademacher") return of("rademacher", 1, (stream, length) => stream.signs(length));
  if ("uniform" in option) {
    const centred = (stream: Stream, length: number): Vector => {
      const u = stream.uniforms(length);
      return vector(length, (i) => mul(Math.sqrt(12), add(u.at(i), -0.5)));
    };
    return { ...of("uniform", 9 / 5, centred), variance: option.uniform ** 2 / 3 };
  }
  const nu = option.student;
  const unit = Math.sqrt((nu - 2) / nu);
  const kurtosis = nu > 4 ? 3 + 6 / (nu - 4) : Number.POSITIVE_INFINITY;
  const draw = (stream: Stream, length: number): Vector => {
    const t = stream.students(length, nu);
    return vector(length, (i) => mul(unit, t.at(i)));
  };
  return { ...of("student", kurtosis, draw), structure: `student ${nu}` };
}
