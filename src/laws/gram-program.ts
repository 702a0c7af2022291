import type { Law, Lengths, Mixer, PromptProgram } from "../types.js";

/**
 * The text by which the mixer's prompts under this law are drawn at a cost that does not grow with the context
 * (see `Law.gram`), or the sentence why there is none.
 */
export function gramProgram(
  law: Pick<Law, "name" | "gram">,
  mixer: Pick<Mixer, "name" | "symmetries">,
  context: Lengths,
): PromptProgram | string {
  const refused = (why: string) => `prompts: gram is not possible here: ${why}`;
  if (!mixer.symmetries.includes("context-rotation"))
    return refused(`${mixer.name} reads more of the pairs than their number and their Gram matrix`);
  const text = law.gram?.(context) ?? `${law.name} can only be drawn pair by pair`;
  return typeof text === "string" ? refused(text) : text;
}
