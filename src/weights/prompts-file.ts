import { nd } from "../math/nd.js";
import type { Prompts } from "../types.js";
import { type Arrays, type FileArray, sizeOf } from "./arrays.js";
import { WeightsError } from "./weights-error.js";

/**
 * Prompts of a file: x (batch, context, feature), y (batch, context), query (batch, feature), and where there are,
 * answer (batch) and each prompt's own length (batch). Labels and answers may have an output axis of one entry.
 *
 * @throws WeightsError, naming the array, where one is missing or does not fit x.
 */
export function promptsOf({ arrays }: Arrays): Prompts & { readonly answered: boolean } {
  const x = arrays.get("x");
  if (x?.shape.length !== 3)
    throw new WeightsError(
      `prompts have x (batch, context, feature)${x ? `, not of shape (${x.shape.join(", ")})` : ", y and query"}`,
    );
  const [batch, context, features] = x.shape as [number, number, number];
  const answer = arrays.get("answer");
  const length = arrays.get("length");
  if (length && !length.data.every((n) => Number.isInteger(n) && n >= 0 && n <= context))
    throw new WeightsError(`lengths are whole numbers from 0 to the context of x, ${context}`);
  return {
    answered: answer !== undefined,
    x: nd(["batch", "context", "feature"], [batch, context, features], x.data),
    y: nd(["batch", "context", "output"], [batch, context, 1], fitting("y", arrays.get("y"), [batch, context])),
    query: nd(["batch", "feature"], [batch, features], fitting("query", arrays.get("query"), [batch, features])),
    answer: nd(
      ["batch", "output"],
      [batch, 1],
      answer ? fitting("answer", answer, [batch]) : new Float64Array(batch).fill(Number.NaN),
    ),
    ...(length && { length: nd(["batch"], [batch], fitting("length", length, [batch])) }),
  };
}

function fitting(name: string, found: FileArray | undefined, shape: readonly number[]): Float64Array {
  const forms = [shape, ...(name === "y" || name === "answer" ? [[...shape, 1]] : [])];
  if (!found) throw new WeightsError(`prompts have no ${name}; with this x it is of shape (${shape.join(", ")})`);
  if (!forms.some((form) => String(form) === String(found.shape)))
    throw new WeightsError(
      `${name} has shape (${found.shape.join(", ")}); with this x it is ${forms.map((form) => `(${form.join(", ")})`).join(" or ")}`,
    );
  if (found.data.length !== sizeOf(shape)) throw new WeightsError(`${name} is not whole`);
  return found.data;
}
