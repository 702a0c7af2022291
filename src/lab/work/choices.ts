import { jsonSchema } from "../../studies/json-schema.js";
import { trainField } from "../../studies/train-field.js";
import type { Catalogue, Unit } from "../../types.js";
import type { Choice, Choices } from "../messages.js";

/** What a page can offer of a catalogue. A law that reads a file is none of it: a page opens no files. */
export function choicesOf({ laws, mixers }: Catalogue): Choices {
  const offered = [...laws.values()].map(choiceOf).filter(({ options }) => !options.properties?.file);
  return { laws: offered, mixers: [...mixers.values()].map(choiceOf), train: jsonSchema(trainField) };
}

// biome-ignore lint/suspicious/noExplicitAny: only the schema of the options is read.
function choiceOf({ name, says, options }: Unit<any, unknown>): Choice {
  return { name, says, options: jsonSchema(options) };
}
