import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { features } from "../src/contracts/predictor-laws.js";
import type { Predictor, Unit } from "../src/types.js";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../src/predictors");
export const site = { features, context: 5 };

type AnyUnit = Unit<unknown, Predictor>;
/** Files with a default export are units; the others are what units share. */
export const units: { readonly file: string; readonly unit: AnyUnit }[] = [];
for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
  const module = (await import(join(folder, file))) as { default?: AnyUnit };
  if (module.default) units.push({ file: file.replace(/\.ts$/, ""), unit: module.default });
}
const options = [
  ...[undefined, {}, 1, 2, "retuned", "normalized", { edge: 2 }, { penalty: 0.5 }],
  ...[{ heads: 1 }, { heads: 2, omega: 0.3 }, { kernel: { kind: "gaussian", width: 1 }, penalty: 0.5 }],
];
/** Every unit with each of these options that its own schema takes. */
export const predictors = units.flatMap(({ unit }) => {
  const made = options
    .map((option) => unit.options.safeParse(option))
    .flatMap(({ success, data }) => (success ? [unit.make(data, site)] : []));
  return [...new Map(made.map((predictor) => [predictor.name, predictor])).values()];
});

/** Predictors whose constants are sought on sampled prompts: tuning one takes a tenth of a second or more. */
const sought = /^(gd-plus-plus|gradient-descent|preconditioned-gradient-descent|softmax-heads)-/;
export const isSought = ({ name }: Predictor) => sought.test(name);
