import { gramProgram } from "../laws/gram-program.js";
import type { PromptProgram, Trial } from "../types.js";

/**
 * The text that a trial's training prompts are drawn by: the law's own, or its `gram` where the trial says so.
 *
 * @throws RangeError where the mixer reads more of the pairs than their Gram matrix, or the law cannot draw that.
 */
export function promptProgram({ law, mixer, context, prompts = "pairs" }: Trial): PromptProgram {
  if (prompts === "pairs") return law.program;
  const text = gramProgram(law, mixer, context);
  if (typeof text === "string") throw new RangeError(text);
  return text;
}
