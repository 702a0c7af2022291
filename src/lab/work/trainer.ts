import { cpuStepper } from "../../engine/cpu/stepper.js";
import type { Standing, Stepper } from "../../engine/stepper.js";
import type { Catalogue, Snapshot, Trial } from "../../types.js";
import type { FromTraining, Regime, ToTraining } from "../messages.js";
import { withValues } from "../state/paths.js";
import type { Change, LabState, Settings } from "../state/settings.js";
import { studyText } from "../state/study-text.js";
import { comparedWith } from "./compared-with.js";
import { Inbox } from "./inbox.js";
import { lostDevice } from "./lost-device.js";
import { type OpenPlace, openPlace } from "./open-place.js";
import { Pace } from "./pace.js";
import { type Resolved, resolve, trialOf } from "./resolve.js";

type Begin = Extract<ToTraining, { kind: "begin" }>;

/** Milliseconds of updates between two looks at the messages. */
const PORTION = 24;

/** Most updates between two snapshots, as a share of those made: curves over the logarithm of steps have no gaps. */
const SHARE = 0.04;

/** The training under way. */
interface Run {
  readonly number: number;
  readonly seed: number;
  readonly pace: Pace;
  /** Where it stops by itself, before the last update. */
  until: number | null;
  resolved: Resolved;
  trial: Trial;
  stepper: Stepper;
  last: Snapshot;
  /** Changes of the address that are yet to come. */
  coming: readonly Change[];
  playing: boolean;
  /** Updates that are to be made although it is paused. */
  owed: number;
}

/**
 * Trains one model at a time as its page tells it. Messages are read between portions of updates: a pause, a step or a
 * change never cuts an update in two, and where training stands depends on updates alone and on no clock.
 */
export class Trainer {
  private readonly inbox = new Inbox<ToTraining>();
  private place: OpenPlace | null = null;
  private wanted: LabState["backend"] | null = null;
  private run: Run | null = null;
  private begun = 0;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly post: (message: FromTraining) => void,
  ) {}

  receive(message: ToTraining): void {
    this.inbox.put(message);
  }

  /** Works for ever. */
  async work(): Promise<never> {
    for (;;) {
      const message = this.inbox.take();
      if (message) await this.heed(message);
      else if (this.run && isBusy(this.run)) await this.portion(this.run);
      else await this.inbox.rest();
    }
  }

  private async heed(message: ToTraining): Promise<void> {
    try {
      if (message.kind === "begin") await this.begin(message, true);
      else if (this.run) await this.command(this.run, message);
    } catch (error) {
      this.post({ kind: "refused", sentence: sentenceOf(error) });
    }
    if (this.run) this.tell(this.run);
  }

  private async command(run: Run, message: Exclude<ToTraining, Begin>): Promise<void> {
    if (message.kind === "play") {
      if (run.until !== null && run.stepper.step >= run.until) run.until = null;
      run.playing = run.stepper.step < endOf(run);
    } else if (message.kind === "pause") [run.playing, run.owed] = [false, 0];
    else if (message.kind === "step") [run.playing, run.owed, run.until] = [false, message.updates, null];
    else if (message.kind === "speed") run.pace.limit(message.speed);
    else if (message.kind === "change") await this.change(run, message.set, true);
    else this.place?.gpu?.device.destroy();
  }

  /** @param asked false where a change makes it begin again */
  private async begin({ study, state }: Omit<Begin, "kind">, asked: boolean): Promise<void> {
    const resolved = await this.resolved(study);
    const place = await this.opened(state.backend);
    this.run?.stepper.close();
    this.run = null;
    const trial = trialOf(resolved, state.seed);
    const stepper = await this.stepper(trial);
    const { seed, changes, until, speed, playing } = state;
    const last = await stepper.advance(0, stepper.step);
    this.begun += 1;
    this.run = {
      ...{ number: this.begun, seed, until, resolved, trial, stepper, last, playing, owed: 0 },
      pace: new Pace(speed),
      coming: changes,
    };
    const regime = this.regime(this.run);
    this.post({ kind: "begun", regime, place: placeOf(place), asked, leftOut: resolved.leftOut });
    await this.changeNow(this.run);
  }

  /** A study made; compared with the usual predictors of its law where it names none. */
  private async resolved(study: string | Settings): Promise<Resolved> {
    const found = await resolve(typeof study === "string" ? study : studyText(study), this.catalogue);
    if (found.settings.predictors.length > 0) return found;
    const predictors = comparedWith(found.cell.law, found.cell.context, this.catalogue);
    return { ...(await resolve(studyText({ ...found.settings, predictors }), this.catalogue)), leftOut: found.leftOut };
  }

  /** Changed settings made; with the usual predictors where some do not apply to the law any more. */
  private async changed(settings: Settings): Promise<Resolved> {
    try {
      return await this.resolved(settings);
    } catch (error) {
      return this.resolved({ ...settings, predictors: [] }).catch(() => Promise.reject(error));
    }
  }

  private async opened(wanted: LabState["backend"]): Promise<OpenPlace> {
    if (this.place && this.wanted === wanted) return this.place;
    this.run?.stepper.close();
    this.run = null;
    await this.place?.gpu?.close();
    this.place = null;
    this.place = await openPlace(wanted);
    this.wanted = wanted;
    return this.place;
  }

  private async stepper(trial: Trial, from?: Standing): Promise<Stepper> {
    const gpu = this.place?.gpu;
    if (!gpu) return cpuStepper(trial, from);
    const { webgpuStepper } = await import("../../engine/webgpu/stepper.js");
    return webgpuStepper(gpu, trial, from);
  }

  /**
   * Goes on under other settings: from the weights as they are where the new ones have the same shape and only the law, the
   * context or the schedule changed, and otherwise from new initial weights.
   */
  private async change(run: Run, set: Change["set"], fresh: boolean): Promise<void> {
    const resolved = await this.changed(withValues(run.resolved.settings, set));
    const step = run.stepper.step;
    const before = run.trial;
    const trial = { ...trialOf(resolved, run.seed), key: before.key };
    const sameModel = untrained(resolved.settings) === untrained(run.resolved.settings);
    const standing = run.stepper.standing();
    const keeps = sameModel && standing.weights.length === trial.mixer.program.parameters(trial.law.features);
    if (!keeps) {
      const state = {
        seed: run.seed,
        backend: this.wanted!,
        changes: [],
        until: null,
        speed: run.pace.limited,
        playing: run.playing,
      };
      return this.begin({ study: resolved.settings, state }, false);
    }
    const sameRule = trial.schedule.optimizer.kind === before.schedule.optimizer.kind;
    const zeros = new Float64Array(standing.weights.length);
    const from = sameRule ? standing : { ...standing, first: zeros, second: zeros };
    const stepper = await this.stepper(trial, from);
    run.stepper.close();
    Object.assign(run, { resolved, trial, stepper });
    if (run.last.status === "diverged") run.last = { ...run.last, status: "ok" };
    this.post({ kind: "changed", regime: { ...this.regime(run), step }, set, fresh });
  }

  /** Makes the changes of the address that are due. */
  private async changeNow(run: Run): Promise<void> {
    while (run.coming[0] && run.coming[0].step <= run.stepper.step) {
      const [{ set }, ...coming] = run.coming as [Change, ...Change[]];
      run.coming = coming;
      await this.change(run, set, false);
    }
  }

  private async portion(run: Run): Promise<void> {
    const { stepper, pace } = run;
    const before = stepper.step;
    const { updates, wait } = run.playing ? pace.allowance() : { updates: run.owed, wait: 0 };
    if (updates === 0) return this.inbox.rest(wait);
    try {
      const soon = before + Math.ceil(SHARE * (before + 1));
      const last = Math.min(endOf(run), before + updates, soon, run.coming[0]?.step ?? Number.POSITIVE_INFINITY);
      run.last = await stepper.advance(PORTION, last);
      const made = stepper.step - before;
      if (run.playing) pace.made(made);
      else run.owed -= made;
      await this.changeNow(run);
    } catch (error) {
      await this.recover(run, error);
    }
    if (this.run === run && (stepper.step >= endOf(run) || run.last.status === "diverged")) run.playing = false;
    if (this.run) this.tell(this.run);
    await this.inbox.rest(0);
  }

  /** Goes on where the device failed, from where training last stood: on a new device, or on the CPU. */
  private async recover(run: Run, error: unknown): Promise<void> {
    const place = this.place;
    const gpu = place?.gpu;
    if (!place || !gpu || !(await lostDevice(gpu.device))) {
      run.playing = false;
      this.post({ kind: "refused", sentence: sentenceOf(error) });
      return;
    }
    const standing = run.stepper.standing();
    try {
      await gpu.reopen();
      run.stepper = await this.stepper(run.trial, standing);
      const sentence = `The GPU was lost. Training goes on from update ${standing.step} on a new device.`;
      this.post({ kind: "moved", place: placeOf({ ...place, adapter: gpu.adapter }), sentence });
    } catch (failure) {
      this.place = { ...(await openPlace("cpu")), why: sentenceOf(failure) };
      run.stepper = await this.stepper(run.trial, standing);
      const sentence = `The GPU was lost and does not come back. Training goes on from update ${standing.step} on the CPU.`;
      this.post({ kind: "moved", place: placeOf(this.place), sentence });
    }
    run.last = await run.stepper.advance(0, run.stepper.step);
  }

  private tell(run: Run): void {
    const { number, last, trial, stepper, pace, playing } = run;
    const loss = last.loss === null ? null : last.loss / trial.schedule.lossFactor;
    this.post({
      ...{ kind: "snapshot", run: number, step: stepper.step, loss, status: last.status, weights: last.weights },
      ...{ pace: playing ? pace.lately : 0, playing, ended: stepper.step >= trial.schedule.steps },
    });
  }

  private regime({ number, resolved, stepper, last, seed }: Run): Regime {
    return { run: number, step: stepper.step, settings: resolved.settings, weights: last.weights, seed };
  }
}

function isBusy(run: Run): boolean {
  return run.last.status === "ok" && (run.playing || run.owed > 0) && run.stepper.step < endOf(run);
}

/** A model without its training: where it is another one, weights begin anew. */
const untrained = ({ model: { train: _, ...options } }: Settings): string => JSON.stringify(options);

const endOf = ({ trial, until }: Run): number => Math.min(trial.schedule.steps, until ?? Number.POSITIVE_INFINITY);

const placeOf = ({ name, adapter, why }: OpenPlace) => ({ name, adapter, why });

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
