import type { FromTheory, Point } from "../messages.js";

/** Share by which steps must grow for a new point. */
const SPACING = 0.01;

type Levels = Extract<FromTheory, { kind: "levels" }>;

/** One training's numbers, as far as a curve shows them. */
export class TrainingRecord {
  /** Mean squared error on single batches. */
  readonly losses: Point[] = [];
  /** Risks of the weights. */
  readonly risks: (Point & { readonly standardError: number | null })[] = [];
  /** What theory says, from which update on. */
  readonly levels: Levels[] = [];
  /** Predicted courses, by the update at which they begin. */
  readonly courses = new Map<number, Point[]>();
  /** The update that training has come to. */
  step = 0;
  private turned = false;

  /** Takes a batch's loss, where it is far enough from the last one's; answers whether it was. */
  take(step: number, loss: number | null): boolean {
    this.step = step;
    const last = this.losses.at(-1)?.step ?? -1;
    if (loss === null || step < last + Math.max(1, last * SPACING)) return false;
    this.losses.push({ step, risk: loss });
    return true;
  }

  /** From here on another law: the risk at the same update is another one. */
  turn(): void {
    this.turned = true;
  }

  /** Takes a risk; they come in the order of their steps but for one that is asked for twice. */
  weigh(step: number, risk: number, standardError: number | null): void {
    const last = this.risks.at(-1)?.step ?? -1;
    if (step < last || (step === last && !this.turned)) return;
    this.turned = false;
    this.risks.push({ step, risk, standardError });
  }

  extend(from: number, points: readonly Point[]): void {
    const course = this.courses.get(from) ?? [];
    course.push(...points);
    this.courses.set(from, course);
  }
}
