import { z } from "zod";
import type { Unit } from "../types.js";
import { type Clause, demand } from "./clause.js";

// biome-ignore lint/suspicious/noExplicitAny: options are checked by the unit's own schema.
type AnyUnit = Unit<any, unknown>;

/** What every unit that a study names owes: a name, a sentence, and a schema that refuses what it does not know. */
export function unitContract(unit: AnyUnit, examples: readonly unknown[]): readonly Clause[] {
  return [
    {
      says: "has a name of small letters, digits and hyphens, and a sentence for `iclab list`",
      check() {
        demand(/^[a-z][a-z0-9-]*$/.test(unit.name), `the name is ${JSON.stringify(unit.name)}`);
        demand(
          /^[^\n]{10,}$/.test(unit.says),
          `it says ${JSON.stringify(unit.says)}; allowed: one line of 10 letters or more`,
        );
      },
    },
    {
      says: "has options with a JSON Schema, for editors and for errors, and refuses those it does not know",
      check() {
        z.toJSONSchema(unit.options, { target: "draft-7", io: "input", unrepresentable: "any" });
        const maps = examples.map((example) => ({ ...(example as object), "no-such-option": 1 }));
        for (const option of [...maps, "no such word"]) {
          const taken = unit.options.safeParse(option).success;
          demand(!taken, `${JSON.stringify(option)} is taken; z.strictObject refuses it`);
        }
      },
    },
    {
      says: "has examples of options, which it takes",
      check() {
        demand(Array.isArray(examples) && examples.length > 0, "it has none; allowed: examples: [{ ... }]");
        for (const example of examples) {
          const [issue] = unit.options.safeParse(example).error?.issues ?? [];
          const told = `${JSON.stringify(example)} is refused: ${[...(issue?.path ?? []), ""].join(": ")}${issue?.message}`;
          demand(issue === undefined, told);
        }
      },
    },
  ];
}
