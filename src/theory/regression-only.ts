import type { Population } from "../types.js";

/** Whether a population is linear regression in context: true, or the sentence why not. */
export function regressionOnly({ family }: Population): true | string {
  return family === "linear-regression" || `this is for linear regression in context, not for ${family}`;
}
