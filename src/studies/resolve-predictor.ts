import type { Law, Predictor, Site } from "../types.js";
import type { Resolving } from "./resolving.js";
import { describe } from "./sentence.js";
import type { Json } from "./yaml-document.js";

/** The i-th predictor made, and its option. @throws StudyError also where it does not apply to the law */
export function resolvePredictor(
  { catalogue, maker, point, frame, document }: Resolving,
  i: number,
  site: Site,
  law: Law,
): { readonly predictor: Predictor; readonly settings: Json } {
  const entry = frame.predictors![i]!;
  const [name, ...others] = typeof entry === "string" ? [entry] : Object.keys(entry);
  const path = typeof entry === "string" ? ["predictors", i] : ["predictors", i, name ?? ""];
  if (name === undefined || others.length > 0)
    return document.fail(["predictors", i], "a predictor is a name, or one { name: option }");
  const unit = catalogue.predictors.get(name);
  const bare = [undefined, {}].find((option) => unit?.options.safeParse(option).success);
  if (unit && typeof entry === "string" && !unit.options.safeParse(bare).success)
    document.fail(path, `\`${name}\` needs its option: { ${name}: ${describe([maker.schemaOf(unit)!])} }`);
  const options = typeof entry === "string" ? (bare as Json | undefined) : (entry[name] as Json);
  const naming = { what: "predictor", name, named: path, isKey: typeof entry !== "string", options, path, besides: [] };
  const { value, options: filled, identity } = maker.make(catalogue.predictors, naming, () => site, point);
  const applies = value.applies(law.population);
  if (applies !== true) document.fail(path, `\`${name}\` does not apply to this law: ${applies}`);
  return { predictor: value, settings: { [name]: filled, ...identity } };
}
