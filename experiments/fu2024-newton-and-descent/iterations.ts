/**
 * An iteration for least squares as what it leaves: after k steps w* - w_k = p(S) w* with S = X^T X, so that the direction
 * of eigenvalue l is left with the share p(l) of its error.
 */
export interface Iteration {
  /** `newton-5`, as rows are named. */
  readonly name: string;
  readonly algorithm: "newton" | "newton-edge" | "gradient-descent";
  readonly steps: number;
  /** p(l) for every eigenvalue l, given all of them. */
  left(eigenvalues: readonly number[]): number[];
}

/**
 * Newton's iteration M <- 2 M - M S M from M_0 = alpha S: p(l) = (1 - alpha l^2)^(2^k). The published code starts from
 * alpha = 1 / ||S^2||_F, the text from 2 / ||S^2||_2 (`edge`), where p(l_max) = (-1)^(2^k) = 1 for ever.
 */
export function newtonSteps(steps: number, start: "code" | "edge" = "code"): Iteration {
  const algorithm = start === "code" ? "newton" : "newton-edge";
  return {
    ...{ name: `${algorithm}-${steps}`, algorithm, steps },
    left(eigenvalues) {
      const top = Math.max(...eigenvalues) ** 2;
      const size = Math.hypot(...eigenvalues.map((value) => value ** 2));
      // The ratio is taken first, so that it is exactly 1 at the edge.
      return eigenvalues.map(
        (value) => (1 - (start === "code" ? value ** 2 / size : 2 * (value ** 2 / top))) ** (2 ** steps),
      );
    },
  };
}

/**
 * Gradient descent w <- w - step (S w - X^T y), not divided by n: p(l) = (1 - step l)^k. `step` is a number, or
 * `1 / largest`: the inverse of the prompt's own largest eigenvalue.
 */
export function descentSteps(steps: number, step: number | "1 / largest"): Iteration {
  return {
    ...{ name: `gradient-descent-${steps}`, algorithm: "gradient-descent", steps },
    left(eigenvalues) {
      const size = step === "1 / largest" ? 1 / Math.max(...eigenvalues) : step;
      return eigenvalues.map((value) => (1 - size * value) ** steps);
    },
  };
}

/** The published code's step, at d = 20. */
export const CODE_STEP = 0.01;
