import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type CellPlan, type Job, planOf } from "../runner/cell-plan.js";
import type { Progress } from "../runner/progress.js";
import type { Outcome } from "../runner/run-experiment.js";
import type { Store, StoredCell } from "../runner/store.js";
import type { BackendName } from "../types.js";

/** One experiment of a grid: its cells, and where their rows go. */
export interface Part {
  readonly job: Job;
  readonly store: Store;
}

/** Whom a grid tells where it stands. */
export interface Listener {
  readonly progress: Progress;
  say(sentence: string): void;
}

interface GridCell {
  readonly part: Part;
  readonly plan: CellPlan;
  /** When its file was last changed, of those that were looked into in vain. */
  seen: number;
}

/** The cells of a grid as the folder has them: what others compute is found there, file by file. */
export class GridCells {
  /** The cells that have neither rows of this backend nor failed, by `experiment/cell`. */
  private readonly missing = new Map<string, GridCell>();
  private readonly plans: ReadonlyMap<Part, readonly CellPlan[]>;
  private readonly failed = new Map<string, Part>();
  private readonly reused = new Map<Part, number>();

  constructor(
    private readonly parts: readonly Part[],
    private readonly backend: BackendName,
    private readonly listener: Listener,
  ) {
    this.plans = new Map(parts.map((part) => [part, part.job.cells.map((cell) => planOf(part.job, cell))]));
    for (const [part, plans] of this.plans)
      for (const plan of plans) this.missing.set(`${part.job.id}/${plan.name}`, { part, plan, seen: 0 });
  }

  /** All cells. */
  get count(): number {
    return this.parts.reduce((sum, { job }) => sum + job.cells.length, 0);
  }

  /** The names, as `experiment/cell`, of those that there is more to do for. */
  get open(): string[] {
    return [...this.missing.keys()];
  }

  isOpen(id: string): boolean {
    return this.missing.has(id);
  }

  /** Gives a cell up: nobody computes it in this run. */
  giveUp(id: string): void {
    this.missing.delete(id);
  }

  /** Says what is to be computed, and takes what is there. @param retry forgets which cells failed @throws DiskError */
  async begin(retry: boolean): Promise<void> {
    const { progress } = this.listener;
    for (const [{ job, store }, plans] of this.plans) {
      await store.load();
      store.plan({ experiment: job.id, cells: plans.map(({ name }) => name) });
      if (retry) for (const { name } of plans) store.forgive(name);
    }
    const kept = this.look("failed in an earlier run, --retry computes it again");
    const title = this.parts.length === 1 ? this.parts[0]!.job.id : "all";
    const work = [...this.missing.values()].reduce((sum, { plan }) => sum + plan.work, 0);
    progress.start(title, this.count, work);
    for (const { name } of kept) progress.finish(name, true);
    for (const part of this.parts) this.reused.set(part, this.stored(part).length);
  }

  /** Takes what lies in the folder by now. */
  advance(): void {
    const { progress } = this.listener;
    for (const { name, work } of this.look("failed")) {
      progress.advance(work);
      progress.finish(name, false);
    }
  }

  /** What the parts came to, in order. */
  outcomes(): Outcome[] {
    return this.parts.map((part) => {
      const stored = this.stored(part);
      return {
        rows: stored.flatMap(({ rows }) => rows),
        cells: stored.map(({ provenance }) => provenance),
        reused: this.reused.get(part) ?? 0,
        failed: [...this.failed].flatMap(([name, its]) => (its === part ? name : [])),
      };
    });
  }

  private look(failure: string): CellPlan[] {
    const files = new Map(this.parts.map((part) => [part, new Set(readdirSync(part.store.folder))]));
    const found: CellPlan[] = [];
    for (const [id, cell] of this.missing) {
      const { part, plan } = cell;
      const { name } = plan;
      const isThere = files.get(part)!.has(`${name}.jsonl`) || part.store.hasCompacted(name);
      const message = files.get(part)!.has(`${name}.failed`) ? part.store.failure(name) : undefined;
      if (isThere && this.take(cell)) found.push(plan);
      else if (message !== undefined) {
        this.failed.set(name, part);
        this.listener.say(`${name} ${failure}: ${message}`);
      } else continue;
      this.missing.delete(id);
    }
    return found;
  }

  /** Reads the rows of a cell, unless they were read before and are another backend's, or torn. */
  private take(cell: GridCell): boolean {
    const { part, plan } = cell;
    const file = join(part.store.folder, `${plan.name}.jsonl`);
    const changed = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (changed !== 0 && changed === cell.seen) return false;
    cell.seen = changed;
    const found = part.store.read(plan.name);
    if (found?.provenance.backend !== this.backend) return false;
    plan.stored = found;
    return true;
  }

  private stored(part: Part): StoredCell[] {
    return this.plans.get(part)!.flatMap(({ stored }) => stored ?? []);
  }
}
