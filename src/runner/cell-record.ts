import type { Run, Snapshot } from "../types.js";
import { type CellPlan, workOf } from "./cell-plan.js";
import type { Progress } from "./progress.js";

/** What has come of a cell's training so far; tells the progress by work. */
export class CellRecord {
  private snapshots: Snapshot[][];
  private steps: number[];
  private readonly ended = new Set<number>();
  private told = 0;

  constructor(
    private readonly plan: CellPlan,
    private readonly progress: Pick<Progress, "advance">,
  ) {
    this.snapshots = plan.trials.map(() => []);
    this.steps = plan.trials.map(() => 0);
  }

  /** Work done of the cell's. */
  get work(): number {
    return this.told;
  }

  /** Whether no more snapshots will come. */
  get isOver(): boolean {
    return this.ended.size === this.plan.trials.length;
  }

  /** Takes a snapshot of the cell's trial of this index. */
  take(trial: number, snapshot: Snapshot): void {
    this.snapshots[trial]!.push({ ...snapshot, trial });
    this.steps[trial] = snapshot.step;
    const done = this.plan.trials.map((each, i) => (workOf(each) * this.steps[i]!) / (each.schedule.steps || 1));
    this.tell(done.reduce((sum, work) => sum + work, 0));
    if (snapshot.status === "diverged" || snapshot.step === this.plan.trials[trial]!.schedule.steps) this.end(trial);
  }

  /** Takes note that a trial ends before its last step. */
  end(trial: number): void {
    this.ended.add(trial);
  }

  /** Forgets everything: the cell is trained once more. */
  restart(): void {
    this.snapshots = this.plan.trials.map(() => []);
    this.steps = this.plan.trials.map(() => 0);
    this.ended.clear();
    this.tell(0);
  }

  /** The cell's trained models. */
  runs(): Run[] {
    this.tell(this.plan.work);
    return this.plan.trials.map((trial, i): Run => {
      const diverged = this.snapshots[i]!.some(({ status }) => status === "diverged");
      const good = this.snapshots[i]!.filter(({ status }) => status === "ok");
      return { trial, snapshots: good, status: diverged ? "diverged" : "ok" };
    });
  }

  private tell(work: number): void {
    this.progress.advance(work - this.told);
    this.told = work;
  }
}
