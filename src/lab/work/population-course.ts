import type { LinearRegression } from "../../laws/gaussian-linear.js";
import { layerGradient } from "../../theory/layer-gradient.js";
import { layerRisk } from "../../theory/layer-risk.js";
import type { LayerWeights } from "../../theory/layer-weights.js";
import { clip } from "../../training/clip.js";
import { flatten, type Layout, layoutOf, unflatten } from "../../training/flat-weights.js";
import { type Memory, noMemory, update } from "../../training/optimizers.js";
import { rateAt } from "../../training/rate.js";
import type { Lengths, Schedule, Weights } from "../../types.js";
import type { Point } from "../messages.js";

/** Steps between two points, as a share of those from the start. */
const SPACING = 0.015;

/**
 * The predicted time course: the optimiser's own updates by the exact gradient of the population's risk, which is what
 * training tends to as batches grow. No prompt is drawn.
 * Source: Zhang, Frei, Bartlett 2024, Lemma 5.2, for the gradient; all weights, any start.
 */
export class PopulationCourse {
  private step: number;
  private readonly layout: Layout;
  private weights: Float64Array;
  private memory: Memory;
  private next: number;
  private stopped = false;

  /** @param from the update after which it starts, from these weights */
  constructor(
    private readonly at: { readonly population: LinearRegression; readonly context: Lengths },
    private readonly form: LayerWeights<Weights>,
    private readonly schedule: Schedule,
    private readonly from: number,
    start: Weights,
  ) {
    this.layout = layoutOf(start);
    this.weights = flatten(this.layout, start);
    this.memory = noMemory(this.weights.length);
    [this.step, this.next] = [from, from];
  }

  get finished(): boolean {
    return this.stopped || (this.step >= this.schedule.steps && this.next > this.step);
  }

  /** The course's next points, as far as one comes in so many milliseconds. */
  advance(milliseconds: number): Point[] {
    const end = performance.now() + milliseconds;
    const points: Point[] = [];
    while (!this.finished && performance.now() < end) {
      if (this.step === this.next) points.push(this.point());
      if (this.step < this.schedule.steps && !this.stopped) this.move();
    }
    return points;
  }

  private get named(): Weights {
    return unflatten(this.layout, this.weights);
  }

  private point(): Point {
    const layer = this.form.products(this.named);
    const risk = layerRisk.value(this.at.population, { layer, context: this.at.context });
    if (!Number.isFinite(risk)) this.stopped = true;
    const made = this.step - this.from;
    const { steps } = this.schedule;
    this.next = this.step === steps ? steps + 1 : Math.min(steps, this.from + Math.ceil((made + 1) * (1 + SPACING)));
    return { step: this.step, risk };
  }

  private move(): void {
    const { optimizer, clip: longest, lossFactor } = this.schedule;
    const named = this.named;
    const slope = layerGradient.value(this.at.population, {
      layer: this.form.products(named),
      context: this.at.context,
    });
    const gradient = flatten(this.layout, this.form.pulledBack(named, slope)).map((entry) => lossFactor * entry);
    this.step += 1;
    const moved = update(
      optimizer,
      this.weights,
      clip(gradient, longest),
      this.memory,
      rateAt(this.schedule, this.step),
    );
    [this.weights, this.memory] = [moved.weights, moved.memory];
    if (!this.weights.every(Number.isFinite)) this.stopped = true;
  }
}
