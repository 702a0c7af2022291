/** One sentence of a contract, and how it is checked. */
export interface Clause {
  /** What is promised. */
  readonly says: string;
  /** @throws Breach where the promise is not kept; anything else where the unit itself throws. */
  check(): void | Promise<void>;
}

/** A promise that is not kept, with what was found instead. */
export class Breach extends Error {
  override readonly name = "Breach";
}

/** @throws Breach with what was found, unless the condition holds. */
export function demand(holds: boolean, found: string): asserts holds {
  if (!holds) throw new Breach(found);
}
