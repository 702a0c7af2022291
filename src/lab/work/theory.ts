import { effectivePreconditioner } from "../../evaluation/effective-weights.js";
import type { LinearRegression } from "../../laws/gaussian-linear.js";
import { foldIn, keyOf } from "../../math/keys.js";
import { layerApplies, layerRisk } from "../../theory/layer-risk.js";
import type { LayerWeights } from "../../theory/layer-weights.js";
import { optimalPreconditioner } from "../../theory/optimal-preconditioner.js";
import type { Catalogue, Nd, Prompts, Weights } from "../../types.js";
import type { FromTheory, Level, Matrix, Regime } from "../messages.js";
import { studyText } from "../state/study-text.js";
import { linearLayer } from "./linear-layer.js";
import { PopulationCourse } from "./population-course.js";
import { type Resolved, resolve } from "./resolve.js";

/** Held-out prompts on which risks without a closed form are measured. */
const HELD_OUT = 4000;

/** What theory says of one regime of a training, and what its weights are worth. */
export class Theory {
  private heldOut: Prompts | null = null;

  private constructor(
    private readonly regime: Regime,
    private readonly resolved: Resolved,
    private readonly catalogue: Catalogue,
    /** How the weights make a layer whose risk is known, or the sentence why they make none. */
    private readonly layer: LayerWeights<Weights> | string,
    readonly course: PopulationCourse | null,
  ) {}

  static async of(regime: Regime, catalogue: Catalogue): Promise<Theory> {
    const resolved = await resolve(studyText(regime.settings), catalogue);
    const { law, context } = resolved.cell;
    const { mixer, schedule } = resolved.model;
    const found = linearLayer(mixer, regime.weights, law, context);
    const population = law.population as LinearRegression;
    const applies =
      typeof found === "string" ? found : layerApplies(population, { layer: found.products(regime.weights) });
    const layer = applies === true ? found : applies;
    const course =
      typeof layer === "string"
        ? null
        : new PopulationCourse({ population, context }, layer, schedule, regime.step, regime.weights);
    return new Theory(regime, resolved, catalogue, layer, course);
  }

  /** What does not change with the weights. */
  levels(): Extract<FromTheory, { kind: "levels" }> {
    const { run, step } = this.regime;
    const noCourse = typeof this.layer === "string" ? this.layer : null;
    return { kind: "levels", run, step, optimum: this.optimum(), bayes: this.bayes(), noCourse, target: this.target() };
  }

  /** The risk of weights, and what they are. */
  weigh(step: number, weights: Weights): Extract<FromTheory, { kind: "weighed" }> {
    const { mixer } = this.resolved.model;
    const products = mixer.products(weights);
    const at = { kind: "weighed", run: this.regime.run, step } as const;
    if (typeof this.layer === "string") {
      const measured = this.measured(mixer.forward(weights, this.prompts()));
      const matrices = Array.from({ length: products.KQ.shape[0] }, (_, h) => ({
        name: `KQ, head ${h + 1}`,
        rows: features(products.KQ, h),
      }));
      return { ...at, ...measured, matrices };
    }
    const layer = this.layer.products(weights);
    const { law, context } = this.resolved.cell;
    const risk = layerRisk.value(law.population as LinearRegression, { layer, context });
    const matrices = [{ name: "trained: OV x KQ", rows: effectivePreconditioner(layer) }];
    return { ...at, risk: Number.isFinite(risk) ? risk : null, standardError: null, matrices };
  }

  private optimum(): Level {
    const { cell } = this.resolved;
    const name = "optimum of linear attention";
    const unit = this.catalogue.predictors.get("lsa-optimum")!;
    const optimum = unit.make({}, { features: cell.law.features, context: cell.context });
    const applies = optimum.applies(cell.law.population);
    if (applies !== true) return { name, why: applies };
    const context = typeof cell.context === "number" ? cell.context : null;
    const answer =
      context === null ? null : optimum.tune(cell.law.population, context).risk(cell.law.population, context);
    if (answer === null) return { name, why: "prompts of mixed lengths have no least risk in closed form here" };
    return "why" in answer
      ? { name, why: answer.why }
      : { name, risk: answer.value, source: `${answer.source.paper}, ${answer.source.where}` };
  }

  private bayes(): Level {
    const { cell } = this.resolved;
    const name = "ridge (Bayes)";
    const unit = this.catalogue.predictors.get("ridge")!;
    const ridge = unit.make({}, { features: cell.law.features, context: cell.context });
    const applies = ridge.applies(cell.law.population);
    if (applies !== true) return { name, why: applies };
    const tuned = ridge.tune(cell.law.population, cell.context);
    const { risk, standardError } = this.measured(tuned.predict(this.prompts()));
    if (risk === null) return { name, why: "its risk is not finite here" };
    return { name, risk, source: `measured on ${HELD_OUT} prompts, ± ${standardError?.toPrecision(1)}` };
  }

  private target(): Matrix | string {
    if (typeof this.layer === "string") return this.layer;
    const { law, context } = this.resolved.cell;
    const population = law.population as LinearRegression;
    const applies = optimalPreconditioner.applies(population, { context });
    if (applies !== true) return applies;
    return { name: "theory: the optimal preconditioner", rows: optimalPreconditioner.value(population, { context }) };
  }

  private prompts(): Prompts {
    const { law, context } = this.resolved.cell;
    this.heldOut ??= law.draw(foldIn(keyOf(this.regime.seed), "held out"), { from: 0, count: HELD_OUT }, context);
    return this.heldOut;
  }

  private measured({ data }: Nd<["batch"]>): { readonly risk: number | null; readonly standardError: number | null } {
    const { answer } = this.prompts();
    const errors = Float64Array.from(data, (value, p) => (value - answer.data[p]!) ** 2);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const spread = errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (errors.length - 1);
    if (!Number.isFinite(mean)) return { risk: null, standardError: null };
    return { risk: mean, standardError: Math.sqrt(spread / errors.length) };
  }
}

/** The block of features of one head's KQ. */
function features({ data, shape }: Nd<["head", "key", "query"]>, head: number): number[][] {
  const D = shape[1];
  return Array.from({ length: D - 1 }, (_, i) =>
    Array.from(data.subarray((head * D + i) * D, (head * D + i) * D + D - 1)),
  );
}
