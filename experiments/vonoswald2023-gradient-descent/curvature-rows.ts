import { predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { foldIn } from "../../src/math/keys.js";
import gdPlusPlus from "../../src/predictors/gd-plus-plus.js";
import gradientDescent from "../../src/predictors/gradient-descent.js";
import type { Env, Measurement } from "../../src/types.js";
import { bestConstants, loopedColumns } from "./construction.js";
import { codeLaw, FEATURES } from "./laws.js";
import type { CurvatureCell } from "./more-cells.js";

const PROMPTS = 10_000;

/** Rows of `part` `curvature`: two looped layers of GD++ with their best constants, beside two steps of gradient descent. */
export async function curvatureRows({ context, seed }: CurvatureCell, { key }: Env): Promise<Measurement[]> {
  const at = { population: codeLaw.population, context };
  const site = { features: FEATURES, context };
  const entrants = [gdPlusPlus.make(2, site), gradientDescent.make(2, site)].map((each) =>
    predictorEntrant(each, at, at),
  );
  const stream = { law: codeLaw, context, prompts: PROMPTS, key: foldIn(key, "evaluation") };
  const rows = await measure(entrants, { ...stream, seed, columns: { part: "curvature", context } });
  const constants = loopedColumns(bestConstants({ form: "curved", depth: 2, tied: true, context }), context);
  return rows.map((row) => (row.name === "gd-plus-plus-2" ? { ...row, ...constants } : row));
}
