import { parse, stringify } from "yaml";
import type { JsonSchema } from "../../studies/json-schema.js";
import { at } from "../state/paths.js";
import type { Json } from "../state/settings.js";
import { type Control, type Heard, showValue } from "./control.js";
import { made } from "./element.js";

/** One option as a field of a form, by its schema: a choice of words, a number, or anything a study may write there. */
export function fieldControl(path: string, name: string, schema: JsonSchema, heard: Heard): Control {
  const id = path.replaceAll(".", "-");
  const words = wordsOf(schema);
  const input = words
    ? choiceOf(id, words)
    : isNumber(schema)
      ? numberOf(id, schema)
      : made("input", { id, type: "text", spellcheck: false });
  input.addEventListener("change", () => heard({ [path]: words ? input.value : read(input.value) }));
  if (schema.description) input.title = schema.description;
  return {
    node: made("div", { className: "field" }, [made("label", { htmlFor: id }, [spelt(name)]), input]),
    show: (settings) => showValue(input, written(at(settings, path))),
  };
}

/** `taskCovariance` as people read it. */
const spelt = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** The words a schema allows where it allows nothing else. */
function wordsOf({ enum: words, const: word, anyOf }: JsonSchema): string[] | null {
  if (words?.every((each) => typeof each === "string")) return words as string[];
  if (typeof word === "string") return [word];
  const each = anyOf?.map(wordsOf);
  return each?.every((list) => list !== null) ? each.flat() : null;
}

const isNumber = ({ type }: JsonSchema): boolean => type === "number" || type === "integer";

function choiceOf(id: string, words: readonly string[]): HTMLSelectElement {
  const options = words.map((word) => made("option", { value: word }, [word]));
  return made("select", { id }, options);
}

function numberOf(id: string, { type, minimum }: JsonSchema): HTMLInputElement {
  const input = made("input", { id, type: "number", step: type === "integer" ? "1" : "any" });
  if (minimum !== undefined) input.min = String(minimum);
  return input;
}

function written(value: Json | undefined): string {
  if (value === undefined) return "";
  return typeof value === "object" && value !== null
    ? stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim()
    : String(value);
}

/** What a study means by this text; the text itself where it is none of YAML's. */
function read(text: string): Json {
  try {
    return (parse(text) ?? null) as Json;
  } catch {
    return text;
  }
}
