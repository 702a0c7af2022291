import { defaultRandom } from "../../kernels/random.js";
import { foldIn } from "../../math/keys.js";
import { flatten, type Layout, layoutOf } from "../../training/flat-weights.js";
import { promptProgram } from "../../training/prompt-program.js";
import type { PromptProgram, Trial } from "../../types.js";
import { type Pace, paceName } from "./paces.js";
import { constantsOf, Word } from "./record.js";
import { MEMORY, Tail } from "./shader-frame.js";

/** A trial made ready for a launch. */
export interface Entrant {
  /** Its index among the trials that were given. */
  readonly index: number;
  readonly trial: Trial;
  readonly prompts: PromptProgram;
  readonly layout: Layout;
  readonly initial: Float64Array;
  /** Updates at which a snapshot is wanted, in order; the last one is always among them. */
  readonly stops: readonly number[];
}

/** Trials of equal structure differ in numbers only: one text trains them all. */
export function structureOf({ trial: { mixer, law, context, random = defaultRandom }, prompts }: Entrant): string {
  return JSON.stringify([prompts.structure, mixer.program.structure, law.features, context, random]);
}

/** Draws a trial's initial weights. */
export function entrantOf(trial: Trial, index: number): Entrant {
  const weights = trial.mixer.init(foldIn(trial.key, "init"), trial.law.features);
  const layout = layoutOf(weights);
  const { steps } = trial.schedule;
  const wanted = trial.record.filter((step) => step >= 0 && step < steps);
  const stops = [...new Set([...wanted, steps])].sort((a, b) => a - b);
  return { index, trial, prompts: promptProgram(trial), layout, initial: flatten(layout, weights), stops };
}

/** Weights and memory of models as the kernels have them, on the host. */
export interface Models {
  readonly weights: Float32Array;
  readonly memory: Float32Array;
}

/** The models before their first update. The halves of a weight add up to it: float32 has no room for all of it. */
export function initialModels(entrants: readonly Entrant[]): Models {
  const size = entrants[0]!.layout.size;
  const width = MEMORY * size + Tail.length;
  const weights = new Float32Array(entrants.length * size);
  const memory = new Float32Array(entrants.length * width);
  entrants.forEach(({ initial }, m) => {
    initial.forEach((weight, q) => {
      weights[m * size + q] = weight;
      memory[m * width + MEMORY * q] = weight - Math.fround(weight);
      memory[m * width + MEMORY * q + 3] = weight;
    });
  });
  return { weights, memory };
}

/** Some of the models, by their places. */
export function modelsAt({ weights, memory }: Models, places: readonly number[], of: number): Models {
  const rows = (all: Float32Array): Float32Array => {
    const width = all.length / of;
    const chosen = new Float32Array(places.length * width);
    places.forEach((place, m) => {
      chosen.set(all.subarray(place * width, (place + 1) * width), m * width);
    });
    return chosen;
  };
  return { weights: rows(weights), memory: rows(memory) };
}

/** What a launch reads beside the models. */
export interface Records {
  /** (models, words) */
  readonly trials: Int32Array;
  readonly words: number;
  readonly numbers: Float32Array;
  /** The rows of the table of paces. */
  readonly paces: readonly Pace[];
}

/** The records of a launch's trials. Settings and tables that are equal lie among the numbers once. */
export function recordsOf(entrants: readonly Entrant[]): Records {
  const numbers: number[] = [];
  const placed = new Map<string, number>();
  const place = (values: Float64Array): number => {
    const name = values.join();
    const known = placed.get(name);
    if (known !== undefined) return known;
    placed.set(name, numbers.length);
    const at = numbers.length;
    for (const value of values) numbers.push(value);
    return at;
  };
  const rows = new Map<string, { readonly row: number; readonly pace: Pace }>();
  const words = Word.tables + Object.keys(entrants[0]!.prompts.tables).length;
  const trials = new Int32Array(entrants.length * words);
  const reals = new Float32Array(trials.buffer);
  entrants.forEach(({ trial: { key, schedule }, prompts }, m) => {
    const name = paceName(schedule);
    const { row } = rows.get(name) ?? { row: rows.size };
    rows.set(name, { row, pace: schedule });
    const { batch, lossFactor, rate, clip, optimizer, steps } = schedule;
    const at = m * words;
    trials.set(
      [...foldIn(key, "prompts"), steps, batch, row, place(prompts.settings), Number(optimizer.kind !== "sgd")],
      at,
    );
    reals.set([lossFactor / batch, rate, clip ?? 0, ...constantsOf(optimizer)], at + Word.scale);
    trials.set(Object.values(prompts.tables).map(place), at + Word.tables);
  });
  return { trials, words, numbers: Float32Array.from(numbers), paces: [...rows.values()].map(({ pace }) => pace) };
}
