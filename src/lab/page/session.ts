import type {
  Choices,
  FromComparing,
  FromTheory,
  FromTraining,
  Place,
  Regime,
  ToComparing,
  ToTheory,
  ToTraining,
} from "../messages.js";
import type { Change, Json, LabState, Settings } from "../state/settings.js";
import { TrainingRecord } from "./record.js";

/** Milliseconds between two comparisons of predictions, and between two rankings of all predictors. */
const [COMPARE_EVERY, RANK_EVERY] = [600, 4000];

/** Milliseconds from a beginning to its first ranking. */
const FIRST_AFTER = 1000;

type Snapshot = Extract<FromTraining, { kind: "snapshot" }>;

/** What changed, for whoever shows it. */
export type News = "choices" | "settings" | "snapshot" | "theory" | "weights" | "predictions" | "ranking" | "place";

/**
 * The page's side of its three threads: what a person asks for goes out, and what the threads find comes in and is kept.
 * It draws nothing.
 */
export class Session {
  private readonly training = threadOf("training");
  private readonly theory = threadOf("theory");
  private readonly comparing = threadOf("comparing");

  choices: Choices | null = null;
  /** The settings in force; those that training began with are in `state`. */
  settings: Settings;
  regime: Regime | null = null;
  place: Place | null = null;
  record = new TrainingRecord();
  snapshot: Snapshot | null = null;
  levels: Extract<FromTheory, { kind: "levels" }> | null = null;
  weighed: Extract<FromTheory, { kind: "weighed" }> | null = null;
  predictions: Extract<FromComparing, { kind: "predictions" }> | null = null;
  ranking: Extract<FromComparing, { kind: "ranking" }> | null = null;
  /** What cannot be, in a sentence; empty where all is well. */
  fault = "";
  /** What happened last, in a sentence. */
  status = "";

  /** Whether a change is on its way, and what has been asked for since. */
  private changing = false;
  private asked: { readonly [path: string]: Json } = {};
  private comparison = { busy: false, at: 0, rankedAt: 0, ranked: -1 };

  constructor(
    public state: LabState,
    private readonly told: (...news: readonly News[]) => void,
  ) {
    this.settings = state.settings;
    this.training.onmessage = ({ data }: MessageEvent<FromTraining>) => this.hearTraining(data);
    this.theory.onmessage = ({ data }: MessageEvent<FromTheory>) => this.hearTheory(data);
    this.comparing.onmessage = ({ data }: MessageEvent<FromComparing>) => this.hearComparing(data);
    for (const [name, worker] of Object.entries({
      training: this.training,
      theory: this.theory,
      comparing: this.comparing,
    }))
      worker.onerror = ({ message }) => this.fail(`the thread of ${name} ended: ${message}`);
  }

  /** Begins a training: of the state's settings, or of a study's text. */
  begin(state: LabState, study: string | Settings = state.settings): void {
    this.state = state;
    this.send({ kind: "begin", study, state });
  }

  send(message: ToTraining): void {
    this.fault = "";
    this.training.postMessage(message);
  }

  /** Changes settings while training goes on; what comes before the last change is answered waits and goes as one. */
  change(set: { readonly [path: string]: Json }): void {
    this.asked = { ...this.asked, ...set };
    if (!this.changing) this.sendChange();
  }

  private sendChange(): void {
    this.changing = Object.keys(this.asked).length > 0;
    if (this.changing) this.send({ kind: "change", set: this.asked });
    this.asked = {};
  }

  private hearTraining(message: FromTraining): void {
    if (message.kind === "choices") {
      this.choices = message.choices;
      this.told("choices");
    } else if (message.kind === "begun") this.hearBegun(message);
    else if (message.kind === "changed") this.hearChanged(message);
    else if (message.kind === "refused") this.fail(message.sentence);
    else if (message.kind === "moved") {
      [this.place, this.status] = [message.place, message.sentence];
      this.told("place");
    } else this.hearSnapshot(message);
    if (["begun", "changed", "refused"].includes(message.kind)) this.sendChange();
  }

  private hearChanged({ regime, set, fresh }: Extract<FromTraining, { kind: "changed" }>): void {
    if (fresh) this.state = { ...this.state, changes: withChange(this.state.changes, { step: regime.step, set }) };
    this.status = `Changed at update ${regime.step}: the weights go on as they are.`;
    this.enter(regime);
  }

  private hearBegun({ regime, place, asked, leftOut }: Extract<FromTraining, { kind: "begun" }>): void {
    const { settings } = regime;
    this.state = asked ? { ...this.state, settings } : { ...this.state, settings, changes: [], until: null };
    this.place = place;
    this.record = new TrainingRecord();
    [this.snapshot, this.weighed, this.predictions] = [null, null, null];
    const without = leftOut.length > 0 ? ` Left out of the study: ${leftOut.join(", ")}.` : "";
    this.status = `${asked ? "Ready." : "Another shape of weights: training begins anew."}${without}`;
    this.enter(regime);
    this.told("place");
  }

  private enter(regime: Regime): void {
    this.regime = regime;
    this.settings = regime.settings;
    [this.levels, this.ranking] = [null, null];
    this.comparison = { ...this.comparison, at: 0, rankedAt: performance.now() - RANK_EVERY + FIRST_AFTER, ranked: -1 };
    const message: ToTheory & ToComparing = { kind: "regime", regime };
    this.theory.postMessage(message);
    this.comparing.postMessage(message);
    // The same weights have another risk under another law.
    const { run, step, weights } = regime;
    this.record.turn();
    this.theory.postMessage({ kind: "weigh", run, step, weights } satisfies ToTheory);
    this.told("settings", "ranking");
  }

  private hearSnapshot(snapshot: Snapshot): void {
    if (snapshot.run !== this.regime?.run) return;
    const before = this.snapshot;
    this.snapshot = snapshot;
    const { run, step, loss, weights, playing, ended, status } = snapshot;
    this.state = { ...this.state, playing };
    const isNew = this.record.take(step, loss);
    const rests = !playing && (before?.playing !== false || before.step !== step);
    if (isNew || rests) this.theory.postMessage({ kind: "weigh", run, step, weights });
    this.compare(rests);
    if (status === "diverged")
      this.fault = `Training diverged at update ${step}: the loss or the weights left the finite numbers.`;
    if (before?.playing && ended) this.status = `All ${step} updates are made.`;
    else if (before?.playing && !playing) this.status = `Paused at update ${step}.`;
    else if (before && !before.playing && playing) this.status = "Training.";
    this.told("snapshot");
  }

  /** Has predictions compared, as often as the thread is free; all predictors are ranked now and then, and at rest. */
  private compare(rests: boolean): void {
    const { comparison, snapshot } = this;
    const now = performance.now();
    if (!snapshot || comparison.busy || (now - comparison.at < COMPARE_EVERY && !rests)) return;
    const { run, step, weights, playing } = snapshot;
    if (comparison.ranked === step && this.predictions?.step === step) return;
    const rank = !playing || now - comparison.rankedAt > RANK_EVERY;
    this.comparing.postMessage({ kind: "compare", run, step, weights, rank } satisfies ToComparing);
    this.comparison = {
      busy: true,
      at: now,
      rankedAt: rank ? now : comparison.rankedAt,
      ranked: rank ? step : comparison.ranked,
    };
  }

  private hearTheory(message: FromTheory): void {
    if (message.run !== this.regime?.run) return;
    if (message.kind === "levels") {
      this.levels = message;
      this.record.levels.push(message);
    } else if (message.kind === "course") this.record.extend(message.from, message.points);
    else {
      this.weighed = message;
      if (message.risk !== null) this.record.weigh(message.step, message.risk, message.standardError);
      this.told("weights");
    }
    this.told("theory");
  }

  private hearComparing(message: FromComparing): void {
    const isLast = message.kind === "ranking" || this.comparison.ranked !== message.step;
    if (isLast) this.comparison.busy = false;
    if (message.run !== this.regime?.run) return;
    if (message.kind === "predictions") {
      this.predictions = message;
      this.told("predictions");
    } else {
      this.ranking = message;
      this.comparison.rankedAt = performance.now();
      this.told("ranking");
    }
    if (isLast && this.snapshot && !this.snapshot.playing) this.compare(true);
  }

  private fail(sentence: string): void {
    this.fault = sentence;
    this.told("settings");
  }
}

/** Changes at one update are one: a slider on its way is not in the address. */
function withChange(changes: readonly Change[], { step, set }: Change): Change[] {
  const last = changes.at(-1);
  if (last?.step !== step) return [...changes, { step, set }];
  return [...changes.slice(0, -1), { step, set: { ...last.set, ...set } }];
}

/** One of the page's threads. */
function threadOf(name: string): Worker {
  return new Worker(new URL("../worker.ts", import.meta.url), { type: "module", name });
}
