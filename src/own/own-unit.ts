import type { Claim, Law, Mixer, Population, Predictor, Unit } from "../types.js";
import { OwnError } from "./own-error.js";

// biome-ignore lint/suspicious/noExplicitAny: a law brings the population that it has.
type AnyLaw = Law<any>;
// biome-ignore lint/suspicious/noExplicitAny: a mixer brings the weights that it has.
type AnyMixer = Mixer<any>;

/** Sets of options, as a study writes them, that `iclab check` holds the unit to its contract with. */
interface Examples {
  readonly examples: readonly unknown[];
}

/** A person's own law, as the default export of a file that a study names in `use:`. */
export interface OwnLaw<Options> extends Unit<Options, AnyLaw>, Examples {
  readonly kind: "law";
}

/** A person's own mixer. */
export interface OwnMixer<Options> extends Unit<Options, AnyMixer>, Examples {
  readonly kind: "mixer";
}

/** A person's own predictor, for the populations that it applies to. */
export interface OwnPredictor<Options, P extends Population = Population>
  extends Unit<Options, Predictor<P>>,
    Examples {
  readonly kind: "predictor";
}

/** A person's own claim, judged from the rows of the study that uses it. Its examples are rows of which it comes out as
 *  expected, one list a case. */
export interface OwnClaim extends Claim {
  readonly kind: "claim";
  readonly examples: readonly (readonly Parameters<Claim["judge"]>[0][number][])[];
}

// biome-ignore lint/suspicious/noExplicitAny: options are checked by the unit's own schema.
export type AnyOwn = OwnLaw<any> | OwnMixer<any> | OwnPredictor<any, any> | OwnClaim;

const FUNCTIONS = { law: ["make"], mixer: ["make"], predictor: ["make"], claim: ["judge", "refuted"] } as const;
const TEXTS = { law: ["name", "says"], mixer: ["name", "says"], predictor: ["name", "says"], claim: ["id", "says"] };

/**
 * What a file brings: its default export, one unit or a list of them.
 *
 * @throws OwnError saying what is missing of which
 */
export function ownUnits(file: string, exported: unknown): readonly AnyOwn[] {
  if (exported === undefined) throw new OwnError(`${file} has no default export; ${ALLOWED}`);
  const all = [exported].flat(1);
  if (all.length === 0) throw new OwnError(`${file} exports an empty list; ${ALLOWED}`);
  return all.map((each, i) => refuseFaults(each, all.length === 1 ? file : `${file}, unit ${i + 1}`));
}

const ALLOWED =
  'allowed: `export default { kind: "law", "mixer", "predictor" or "claim", ... }`, or a list of such (docs/own-units.md)';

function refuseFaults(value: unknown, where: string): AnyOwn {
  if (typeof value !== "object" || value === null) throw new OwnError(`${where} is no unit; ${ALLOWED}`);
  const unit = value as Partial<Record<string, unknown>>;
  const kind = unit.kind as keyof typeof FUNCTIONS;
  if (!Object.hasOwn(FUNCTIONS, String(kind))) {
    const found = unit.kind === undefined ? "does not say its kind" : `is of the kind ${JSON.stringify(unit.kind)}`;
    throw new OwnError(`${where} ${found}; allowed: ${Object.keys(FUNCTIONS).join(", ")}`);
  }
  for (const field of TEXTS[kind])
    if (typeof unit[field] !== "string") throw new OwnError(`${where}: the ${kind} has no text \`${field}\``);
  for (const field of FUNCTIONS[kind])
    if (typeof unit[field] !== "function") throw new OwnError(`${where}: the ${kind} has no function \`${field}\``);
  const { safeParse } = (unit.options ?? {}) as { safeParse?: unknown };
  if (kind !== "claim" && typeof safeParse !== "function")
    throw new OwnError(`${where}: the ${kind} has no \`options\`, a schema of zod such as z.strictObject({})`);
  return value as AnyOwn;
}
