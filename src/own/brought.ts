import type { Catalogue, Claim, Unit } from "../types.js";
import { OwnError } from "./own-error.js";
import type { AnyOwn } from "./own-unit.js";

/** What a file brings to a study. */
export interface Brought {
  readonly units: readonly AnyOwn[];
  /** Changes with the file and with every file that it imports: part of the identity of what it made. */
  readonly digest: string;
}

const ROOMS = { law: "laws", mixer: "mixers", predictor: "predictors" } as const;

/**
 * The catalogue with a file's units in it, each with the digest of its source, and the file's claims.
 *
 * @throws OwnError where a name is taken
 */
export function withOwn(
  catalogue: Catalogue,
  { units, digest }: Brought,
): { readonly catalogue: Catalogue; readonly claims: readonly Claim[] } {
  const rooms = { ...catalogue };
  for (const unit of units) {
    if (unit.kind === "claim") continue;
    const room = ROOMS[unit.kind];
    if (rooms[room].has(unit.name))
      throw new OwnError(`there is a ${unit.kind} \`${unit.name}\` already; give yours a name of its own`);
    const own: Unit<unknown, unknown> = { ...(unit as Unit<unknown, unknown>), source: digest };
    rooms[room] = new Map<string, never>([...rooms[room], [unit.name, own]] as never);
  }
  return { catalogue: rooms, claims: units.filter((unit) => unit.kind === "claim") };
}
