/// <reference types="vite/client" />
import type { Catalogue, Unit } from "../../types.js";

/** Every law, mixer and predictor, as the command line finds them: a file whose default export is a unit is one. */
export function labCatalogue(): Catalogue {
  return { laws: unitsOf(laws), mixers: unitsOf(mixers), predictors: unitsOf(predictors) } as unknown as Catalogue;
}

const laws = import.meta.glob("../../laws/*.ts", { eager: true });
const mixers = import.meta.glob("../../mixers/*.ts", { eager: true });
const predictors = import.meta.glob("../../predictors/*.ts", { eager: true });

function unitsOf(files: Record<string, unknown>): Map<string, Unit<unknown, unknown>> {
  const exported = Object.keys(files)
    .sort()
    .map((file) => (files[file] as { readonly default?: unknown }).default);
  return new Map(exported.filter(isUnit).map((unit) => [unit.name, unit]));
}

function isUnit(value: unknown): value is Unit<unknown, unknown> {
  return typeof value === "object" && value !== null && "make" in value && "options" in value;
}
