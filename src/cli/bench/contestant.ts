import type { Problem } from "./problem.js";

/** Something that can train a problem, or says in one sentence why it cannot here. */
export interface Contestant {
  readonly name: string;
  open(problem: Problem): Promise<Racer | string>;
}

/** A contestant at the start: everything is compiled and warm. */
export interface Racer {
  /** What runs underneath, where the name does not say it. */
  readonly version?: string;
  /** Trains some steps and answers with the milliseconds that one took. */
  run(): Promise<number>;
  close(): Promise<void>;
}
