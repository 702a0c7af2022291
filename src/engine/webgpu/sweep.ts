import { unflatten } from "../../training/flat-weights.js";
import type { Checkpoints, Snapshot } from "../../types.js";
import { DeviceError } from "../device-error.js";
import type { OpenWebgpu } from "./backend.js";
import { checkAnswer } from "./check-answer.js";
import { DispatchClock } from "./dispatch-clock.js";
import { type Entrant, initialModels, type Models, modelsAt, recordsOf } from "./entrants.js";
import { Launch, OutOfMemory, type Standing } from "./launch.js";
import type { Plan } from "./plan.js";
import { requestOf } from "./request-of.js";
import { Status } from "./shader-frame.js";
import { checkpointsOf, layoutName, type Standings, standingsOf } from "./standings.js";

/** Workgroups waited for each other in vain. */
class Alone extends Error {}

/** Losses of the device without an update in between after which it is given up. */
const LOSSES = 3;

/** Most milliseconds between two copies of all models on the host: what is computed again after a loss. */
const CHECKPOINT_EVERY = 5000;

/** Trials of one structure that are trained together, from their first update to their last. */
export class Sweep {
  private readonly clock: DispatchClock;
  private step = 0;
  /** Losses since the last checkpoint, and in all. */
  private lossesInARow = 0;
  losses = 0;
  /** Where the models stood when their checkpoints were last given out. */
  private given: { readonly step: number; readonly at: number };

  private constructor(
    private readonly backend: OpenWebgpu,
    private running: readonly Entrant[],
    private plan: Plan,
    private launch: Launch,
    private kept: Standings & { readonly at: number },
    /** How many models the plan is made for: those that have ended count. */
    private readonly planned: number,
    private readonly checkpoints: Checkpoints | undefined,
    /** Those that have to begin again, as they do not all stand after one update of this layout. */
    readonly refused: readonly Entrant[],
  ) {
    this.clock = new DispatchClock(recordsOf(running).paces.length);
    this.step = kept.step;
    this.given = { step: kept.step, at: kept.at };
  }

  /**
   * Compiles the kernel and brings the models onto the device, where they stand or at their beginning.
   *
   * @throws OutOfMemory
   */
  static async start(backend: OpenWebgpu, entrants: readonly Entrant[], checkpoints?: Checkpoints): Promise<Sweep> {
    const plan = backend.plan(requestOf(entrants));
    const running = entrants.filter(({ index }) => !checkpoints?.ended.has(index));
    const known = running.filter(({ index }) => checkpoints?.from.has(index));
    const found = checkpoints && standingsOf(running, checkpoints.from, layoutName(backend, plan, entrants.length));
    const standings = found ?? { models: initialModels(running), step: 0 };
    checkRoom(backend.device, plan, standings.models, entrants.length);
    const launch = new Launch(backend, plan, recordsOf(running));
    try {
      await launch.load(standings.models);
    } catch (error) {
      launch.close();
      throw error;
    }
    const kept = { ...standings, at: performance.now() };
    return new Sweep(backend, running, plan, launch, kept, entrants.length, checkpoints, found ? [] : known);
  }

  get finished(): boolean {
    return this.running.length === 0;
  }

  /**
   * Trains to the next update at which a snapshot of any trial is wanted, and answers with those that are, and with the
   * trials that diverged on the way. Trials that have ended are dropped.
   */
  async next(signal?: AbortSignal): Promise<readonly Snapshot[]> {
    const stop = Math.min(...this.running.map(({ stops }) => stops.find((step) => step > this.step)!));
    for (;;) {
      signal?.throwIfAborted();
      this.giveOut();
      try {
        await this.dispatchTo(stop);
        if (this.step < stop) continue;
        return await this.snapshots(stop);
      } catch (error) {
        await this.recover(error);
      }
    }
  }

  /** Ends trials by their index. */
  async drop(ended: ReadonlySet<number>): Promise<void> {
    const places = this.running.flatMap(({ index }, place) => (ended.has(index) ? [] : [place]));
    if (places.length === this.running.length) return;
    const models = modelsAt(this.kept.models, places, this.running.length);
    this.kept = { ...this.kept, models };
    this.running = places.map((place) => this.running[place]!);
    if (places.length > 0) this.launch = this.launch.keep(places, recordsOf(this.running));
  }

  close(): void {
    this.launch.close();
  }

  private async dispatchTo(stop: number): Promise<void> {
    const steps = this.clock.next(stop - this.step);
    const begun = performance.now();
    await this.launch.advance(this.step + 1, this.step + steps);
    this.clock.made(steps, performance.now() - begun);
    this.step += steps;
    const every = Math.min(CHECKPOINT_EVERY, this.checkpoints?.every ?? CHECKPOINT_EVERY);
    if (performance.now() - this.kept.at > every) await this.checkpoint();
  }

  /** Gives the last checkpoint out, where it is one of now: all snapshots up to it are given out then. */
  private giveOut(): void {
    const { checkpoints, kept, step } = this;
    if (
      !checkpoints ||
      kept.step !== step ||
      this.given.step === step ||
      performance.now() - this.given.at < checkpoints.every
    )
      return;
    checkpoints.keep(checkpointsOf(this.running, kept, layoutName(this.backend, this.plan, this.planned)));
    this.given = { step, at: performance.now() };
  }

  /** @throws Alone where the launch gave up: its models are half-way through an update */
  private async checkpoint(): Promise<void> {
    const { standings } = await this.launch.read();
    if (standings.some(isAborted)) throw new Alone();
    this.kept = { models: await this.launch.checkpoint(), step: this.step, at: performance.now() };
    this.lossesInARow = 0;
  }

  private async snapshots(stop: number): Promise<readonly Snapshot[]> {
    const { weights, standings } = await this.launch.read();
    if (standings.some(isAborted)) throw new Alone();
    const size = weights.length / this.running.length;
    const made: Snapshot[] = [];
    const ended = new Set<number>();
    this.running.forEach((entrant, m) => {
      const standing = standings[m]!;
      const own = weights.subarray(m * size, (m + 1) * size);
      checkAnswer(entrant, standing, own, stop);
      if (standing.status === Status.running && !entrant.stops.includes(stop)) return;
      made.push(snapshotOf(entrant, standing, own));
      if (standing.status !== Status.running || stop === entrant.trial.schedule.steps) ended.add(entrant.index);
    });
    await this.drop(ended);
    return made;
  }

  /** Goes on from the last checkpoint on a new device, where it was the device that failed. */
  private async recover(error: unknown): Promise<void> {
    if (error instanceof Alone) {
      this.launch.close();
      this.backend.separate();
      this.plan = this.backend.plan(requestOf(this.running));
      return this.resume();
    }
    if (!(await isLost(this.backend.device))) throw error;
    this.losses += 1;
    this.lossesInARow += 1;
    if (this.lossesInARow > LOSSES)
      throw new DeviceError(`the GPU was lost ${LOSSES} times without getting any further: ${String(error)}`);
    await this.backend.reopen();
    return this.resume();
  }

  private async resume(): Promise<void> {
    this.launch = new Launch(this.backend, this.plan, recordsOf(this.running));
    await this.launch.load(this.kept.models);
    this.step = this.kept.step;
  }
}

/** @throws OutOfMemory where a launch is larger than any that the device takes */
function checkRoom({ limits }: GPUDevice, { kernels, partials }: Plan, { memory }: Models, models: number): void {
  const groups = models * Math.max(...kernels.map((kernel) => kernel.groups));
  if (groups > limits.maxComputeWorkgroupsPerDimension) throw new OutOfMemory(`${groups} workgroups are too many`);
  const bytes = Math.max(memory.byteLength, 4 * partials * models);
  if (bytes > limits.maxStorageBufferBindingSize) throw new OutOfMemory(`a buffer of ${bytes} bytes is too large`);
}

function snapshotOf({ index, layout }: Entrant, { status, step, loss }: Standing, weights: Float32Array): Snapshot {
  return {
    trial: index,
    step,
    loss: status === Status.badLoss ? null : loss,
    status: status === Status.running ? "ok" : "diverged",
    weights: unflatten(layout, Float64Array.from(weights)),
  };
}

const isAborted = ({ status }: Standing): boolean => status === Status.aborted;

/** Whether a device is lost; what went wrong on it may be told a moment earlier. */
async function isLost(device: GPUDevice): Promise<boolean> {
  const lost = device.lost.then(() => true);
  const not = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(false), 200);
  });
  return Promise.race([lost, not]);
}
