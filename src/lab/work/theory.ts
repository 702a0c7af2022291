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
const HELD_OUT = 2000;

/** What theory says of one regime of a training, and what its weights are worth. */
export class Theory {
  private heldOut: Prompts | null = null;

  private constructor(
    private readonly regime: Regime,
    private readonly resolved: Resolved,
    private readonly catalogue: Catalogue,
    /** How the weights make one layer of linear attention, or the sentence why they make none. */
    private readonly layer: LayerWeights<Weights> | string,
    /** Whether its risk is known in closed form: true, or the sentence why not. */
    private readonly exact: true | string,
    readonly course: PopulationCourse | null,
  ) {}

  static async of(regime: Regime, catalogue: Catalogue): Promise<Theory> {
    const resolved = await resolve(studyText(regime.settings), catalogue);
    const { law, context } = resolved.cell;
    const { mixer, schedule } = resolved.model;
    const layer = linearLayer(mixer, regime.weights, law, context);
    const population = law.population as LinearRegression;
    const exact =
      typeof layer === "string" ? layer : layerApplies(population, { layer: layer.products(regime.weights) });
    const course =
      typeof layer === "string" || exact !== true
        ? null
        : new PopulationCourse({ population, context }, layer, schedule, regime.step, regime.weights);
    return new Theory(regime, resolved, catalogue, layer, exact, course);
  }

  /** Whether weighing draws on thousands of predictions. */
  get samples(): boolean {
    return this.exact !== true;
  }

  /** What does not change with the weights. */
  levels(): Extract<FromTheory, { kind: "levels" }> {
    const { run, step } = this.regime;
    const noCourse = this.exact === true ? null : this.exact;
    return { kind: "levels", run, step, optimum: this.optimum(), bayes: this.bayes(), noCourse, target: this.target() };
  }

  /** The risk of weights, and what they are. */
  weigh(step: number, weights: Weights): Extract<FromTheory, { kind: "weighed" }> {
    const { mixer } = this.resolved.model;
    const at = { kind: "weighed", run: this.regime.run, step } as const;
    const { law, context } = this.resolved.cell;
    const layer = typeof this.layer === "string" ? null : this.layer.products(weights);
    const matrices = layer
      ? [{ name: "trained: OV x KQ", rows: effectivePreconditioner(layer) }]
      : heads(mixer.products(weights).KQ);
    if (!layer || this.exact !== true)
      return { ...at, ...this.measured(mixer.forward(weights, this.prompts())), matrices };
    const risk = layerRisk.value(law.population as LinearRegression, { layer, context });
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

/** The block of features of each head's KQ. */
function heads({ data, shape: [count, D] }: Nd<["head", "key", "query"]>): Matrix[] {
  const row = (h: number, i: number) => Array.from(data.subarray((h * D + i) * D, (h * D + i) * D + D - 1));
  const rows = (h: number) => Array.from({ length: D - 1 }, (_, i) => row(h, i));
  return Array.from({ length: count }, (_, h) => ({ name: `KQ, head ${h + 1}`, rows: rows(h) }));
}
