import { type Candidate, candidatesOf, everyPredictor } from "../../identify/candidate.js";
import { identify } from "../../identify/identify.js";
import { identificationSentence } from "../../identify/sentence.js";
import { meanSquaredGap, variance } from "../../identify/squares.js";
import { foldIn, keyOf } from "../../math/keys.js";
import type { Catalogue, Predictor, Unit, Weights } from "../../types.js";
import type { FromComparing, Regime } from "../messages.js";
import { studyText } from "../state/study-text.js";
import { type Resolved, resolve } from "./resolve.js";

/** Fresh prompts of one picture, and prompts of each ground on which predictors are ranked. */
const [SHOWN, RANKED] = [150, 100];

/** Most steps or layers of a predictor that is ranked: constants of three layers take long to find. */
const STEPS = 2;

/** A regime's model beside predictors, on fresh prompts. */
export class Comparing {
  private looks = 0;

  private constructor(
    private readonly regime: Regime,
    private readonly resolved: Resolved,
    private readonly shown: readonly Candidate[],
    private readonly ranked: readonly Predictor[],
  ) {}

  static async of(regime: Regime, catalogue: Catalogue): Promise<Comparing> {
    const resolved = await resolve(studyText(regime.settings), catalogue);
    const { law, context, predictors } = resolved.cell;
    const { candidates } = candidatesOf(predictors, law.population, context);
    const units = catalogue.predictors.values() as Iterable<Unit<unknown, Predictor>>;
    const ranked = everyPredictor(units, { features: law.features, context }, STEPS);
    return new Comparing(regime, resolved, candidates, ranked);
  }

  /** Predictions on prompts that no look before has seen. */
  predictions(step: number, weights: Weights): Extract<FromComparing, { kind: "predictions" }> {
    const { law, context } = this.resolved.cell;
    const key = foldIn(keyOf(this.regime.seed), "fresh prompts");
    const prompts = law.draw(key, { from: SHOWN * this.looks++, count: SHOWN }, context);
    const model = Float64Array.from(this.resolved.model.mixer.forward(weights, prompts).data);
    const spread = variance(model);
    const comparisons = this.shown.flatMap(({ name, predict }) => {
      const predictor = Float64Array.from(predict(prompts).data);
      // One that always says the same has no picture.
      if (predictor.every((value) => value === predictor[0])) return [];
      const distance = meanSquaredGap(predictor, model) / spread;
      return [{ name, predictor, distance: Number.isFinite(distance) ? distance : null }];
    });
    return { kind: "predictions", run: this.regime.run, step, model, comparisons };
  }

  /** Which predictor the model is, as `iclab identify` tells it, on fewer prompts. */
  async ranking(step: number, weights: Weights): Promise<Extract<FromComparing, { kind: "ranking" }>> {
    const { law, context } = this.resolved.cell;
    const { mixer } = this.resolved.model;
    const at = { law, context, key: foldIn(keyOf(this.regime.seed), "identify"), prompts: RANKED };
    const result = await identify((prompts) => mixer.forward(weights, prompts), this.ranked, at);
    const findings = result.findings.map(({ name, distance, standardError }) => ({ name, distance, standardError }));
    return { kind: "ranking", run: this.regime.run, step, sentence: identificationSentence(result), findings };
  }
}
