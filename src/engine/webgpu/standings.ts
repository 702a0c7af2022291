import type { Checkpoint } from "../../types.js";
import type { OpenWebgpu } from "./backend.js";
import { type Entrant, type Models, modelsAt } from "./entrants.js";
import type { Plan } from "./plan.js";

/** Models that all stand after one update. */
export interface Standings {
  readonly models: Models;
  readonly step: number;
}

/** What decides in which order sums are added: the adapter with its driver, the plan, and how many models it is made for. */
export function layoutName({ adapter }: OpenWebgpu, { says }: Plan, models: number): string {
  return `${adapter}; ${says}; ${models} models`;
}

/** Where trials that train together stand, or null where not all stand after one update of this layout. */
export function standingsOf(
  entrants: readonly Entrant[],
  from: ReadonlyMap<number, Checkpoint>,
  layout: string,
): Standings | null {
  const found = entrants.flatMap(({ index }) => from.get(index) ?? []);
  const [first] = found;
  if (!first || found.length < entrants.length) return null;
  if (found.some((each) => each.layout !== layout || each.step !== first.step)) return null;
  const joined = (name: keyof Models): Float32Array => {
    const rows = found.map(({ numbers }) => numbers[name] as Float32Array);
    const whole = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const row of rows) {
      whole.set(row, at);
      at += row.length;
    }
    return whole;
  };
  return { models: { weights: joined("weights"), memory: joined("memory") }, step: first.step };
}

/** A checkpoint a trial, of trials that train together. */
export function checkpointsOf(entrants: readonly Entrant[], { models, step }: Standings, layout: string): Checkpoint[] {
  return entrants.map(({ index }, place) => {
    const { weights, memory } = modelsAt(models, [place], entrants.length);
    return { trial: index, step, layout, numbers: { weights, memory } };
  });
}
