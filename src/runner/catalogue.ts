import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Catalogue, Experiment, Unit } from "../types.js";
import { experimentsCode, rooms } from "./package-root.js";

/** Every law, mixer and predictor, found by listing the rooms: a file whose default export is a unit is one. */
export async function loadCatalogue(): Promise<Catalogue> {
  const [laws, mixers, predictors] = await Promise.all(["laws", "mixers", "predictors"].map(loadUnits));
  return { laws, mixers, predictors } as Catalogue;
}

/** Every experiment by its folder's name; a folder without an index is not one. */
export async function loadExperiments(): Promise<ReadonlyMap<string, Experiment>> {
  const folders = await readdir(experimentsCode, { withFileTypes: true });
  const found = await Promise.all(
    folders
      .filter((folder) => folder.isDirectory())
      .map(async ({ name }) => {
        const files = await readdir(join(experimentsCode, name));
        const index = files.find((file) => /^index\.(js|ts)$/.test(file));
        return index && ([name, await importDefault(join(experimentsCode, name, index))] as const);
      }),
  );
  const experiments = found.filter((entry) => entry !== undefined) as [string, Experiment][];
  return new Map(experiments.sort(([a], [b]) => a.localeCompare(b)));
}

async function loadUnits(room: string): Promise<ReadonlyMap<string, Unit<unknown, unknown>>> {
  const folder = join(rooms, room);
  const files = (await readdir(folder)).filter((file) => /\.(js|ts)$/.test(file) && !file.endsWith(".d.ts"));
  const exported = await Promise.all(files.map((file) => importDefault(join(folder, file))));
  const units = exported.filter(isUnit).sort((a, b) => a.name.localeCompare(b.name));
  return new Map(units.map((unit) => [unit.name, unit]));
}

async function importDefault(file: string): Promise<unknown> {
  return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
}

function isUnit(value: unknown): value is Unit<unknown, unknown> {
  return typeof value === "object" && value !== null && "make" in value && "options" in value;
}
