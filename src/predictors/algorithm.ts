import type { Tuned } from "../types.js";

/**
 * An algorithm from its module: constants in, and out comes `predict` together with the recipe by which another thread
 * has it too. The modules in algorithms/ import no more than they compute with, as every thread loads them anew.
 *
 * @param module the module's own `import.meta.url`
 * @param restore what it exports under this name
 */
export function algorithm<Constants>(
  module: string,
  restore: (constants: Constants) => Tuned["predict"],
): (constants: Constants) => Pick<Tuned, "predict" | "recipe"> {
  return (constants) => ({ predict: restore(constants), recipe: { module, constants } });
}
