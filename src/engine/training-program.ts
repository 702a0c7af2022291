import { mul } from "../kernels/arithmetic.js";
import { type Output, type Program, squaredError } from "../kernels/program.js";

/** Where the outputs of a training program lie: its sums over a batch, divided by the batch, are what a step needs. */
export const Outputs = { loss: 0, squaredAnswer: 1, gradient: 2 } as const;

/**
 * The training text of a model program that returns [prediction, answer]: squared error, squared answer (what a loss
 * is large against), and the derivative of the squared error by each parameter.
 */
export function trainingProgram(model: Program): Program {
  const errors = squaredError(model);
  return {
    ...errors,
    body: (inputs) => {
      const [loss, ...gradient] = errors.body(inputs);
      // Traced once more, the answer is the same node: a text's draws depend on their place only.
      const answer = model.body(inputs)[1] as Exclude<Output, { array: unknown }>;
      return [loss!, mul(answer, answer), ...gradient];
    },
  };
}
