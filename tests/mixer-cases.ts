import { readdirSync } from "node:fs";
import type { Mixer, Site, Unit } from "../src/types.js";

const folder = new URL("../src/mixers/", import.meta.url);
const modules: { default?: Unit<unknown, Mixer>; examples?: readonly unknown[] }[] = [];
// One after another: jest cannot import two modules at once that share one not yet loaded.
for (const file of readdirSync(folder)) modules.push(await import(new URL(file, folder).pathname));

/** Every mixer of src/mixers with its own examples of options. */
export const mixers = modules.flatMap(({ default: unit, examples }) =>
  unit === undefined ? [] : [{ unit, examples: examples ?? [] }],
);

interface MixerCase {
  readonly title: string;
  readonly mixer: Mixer;
  /** How many times as sensitive to roundings of the prompt as one layer: L in a row make a polynomial of degree 3^L. */
  readonly degree: number;
}

/** Each mixer with each of its examples that are of that size: inputs of several variates hold a whole number of values of each. */
export function mixerCases(site: Site): readonly MixerCase[] {
  const fits = (example: unknown) => site.features % ((example as { variates?: number }).variates ?? 1) === 0;
  return mixers.flatMap(({ unit, examples }) =>
    examples.filter(fits).map((example) => ({
      title: `${unit.name} ${JSON.stringify(example)}`,
      mixer: unit.make(unit.options.parse(example), site),
      degree: 3 ** (((example as { depth?: number }).depth ?? 1) - 1),
    })),
  );
}
