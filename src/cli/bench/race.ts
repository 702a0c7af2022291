import type { Contestant, Racer } from "./contestant.js";
import type { Problem } from "./problem.js";
import { type Spread, spreadOf } from "./spread.js";

/** What became of a contestant: its milliseconds a step, or why it did not run. */
export type Result = { readonly name: string } & (
  | { readonly ms: Spread; readonly version?: string }
  | { readonly why: string }
);

/**
 * Lets all contestants train the same problem in turn, round after round, so that whatever else the machine does in the
 * meantime meets them alike.
 */
export async function race(contestants: readonly Contestant[], problem: Problem, rounds: number): Promise<Result[]> {
  const racers: (Racer | string)[] = [];
  const times: number[][] = contestants.map(() => []);
  try {
    for (const contestant of contestants) racers.push(await contestant.open(problem));
    for (let round = 0; round < rounds; round++)
      for (const [i, racer] of racers.entries()) if (typeof racer !== "string") times[i]!.push(await racer.run());
  } finally {
    for (const racer of racers) if (typeof racer !== "string") await racer.close();
  }
  return contestants.map(({ name }, i) => {
    const racer = racers[i]!;
    if (typeof racer === "string") return { name, why: racer };
    const { version } = racer;
    return { name, ms: spreadOf(times[i]!), ...(version !== undefined && { version }) };
  });
}
