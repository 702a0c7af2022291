import type { Catalogue, Law, Lengths } from "../../types.js";
import type { Json } from "../state/settings.js";

/** What a model is compared with where nothing else is said, in this order, as far as it applies to the law. */
const USUAL: readonly Json[] = ["zero", "gradient-step", "lsa-optimum", { newton: 3 }, "ridge", "best-linear", "ols"];

/** The usual predictors of a law, as a study writes them. */
export function comparedWith(law: Law, context: Lengths, catalogue: Catalogue): Json[] {
  const site = { features: law.features, context };
  return USUAL.filter((written) => {
    const [name, option] = typeof written === "string" ? [written, undefined] : Object.entries(written as object)[0]!;
    const unit = catalogue.predictors.get(name);
    const parsed = [option, {}].map((each) => unit?.options.safeParse(each)).find((each) => each?.success);
    return parsed !== undefined && unit!.make(parsed.data, site).applies(law.population) === true;
  });
}
