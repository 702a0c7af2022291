import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Catalogue, Experiment, Unit } from "../types.js";
import { experimentsCode, rooms } from "./package-root.js";

/** Every law, mixer and predictor, found by listing the rooms: a file whose default export is a unit is one. */
export async function loadCatalogue(): Promise<Catalogue> {
  const [laws, mixers, predictors] = [
    await loadUnits("laws"),
    await loadUnits("mixers"),
    await loadUnits("predictors"),
  ];
  return { laws, mixers, predictors } as Catalogue;
}

/** Every experiment by its folder's name; a folder without an index is not one. */
export async function loadExperiments(): Promise<ReadonlyMap<string, Experiment>> {
  const experiments = new Map<string, Experiment>();
  const folders = (await readdir(experimentsCode, { withFileTypes: true })).filter((folder) => folder.isDirectory());
  for (const name of folders.map((folder) => folder.name).sort()) {
    const index = (await readdir(join(experimentsCode, name))).find((file) => /^index\.(js|ts)$/.test(file));
    if (index) experiments.set(name, (await importDefault(join(experimentsCode, name, index))) as Experiment);
  }
  return experiments;
}

async function loadUnits(room: string): Promise<ReadonlyMap<string, Unit<unknown, unknown>>> {
  const folder = join(rooms, room);
  const files = (await readdir(folder)).filter((file) => /\.(js|ts)$/.test(file) && !file.endsWith(".d.ts"));
  const units = new Map<string, Unit<unknown, unknown>>();
  for (const file of files.sort()) {
    const exported = await importDefault(join(folder, file));
    if (isUnit(exported)) units.set(exported.name, exported);
  }
  return units;
}

async function importDefault(file: string): Promise<unknown> {
  return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
}

function isUnit(value: unknown): value is Unit<unknown, unknown> {
  return typeof value === "object" && value !== null && "make" in value && "options" in value;
}
