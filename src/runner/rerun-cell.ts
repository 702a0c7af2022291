import { join } from "node:path";
import type { Experiment, Scale } from "../types.js";
import { canonical } from "./canonical.js";
import type { Provenance } from "./provenance.js";
import { quoted, rerunCommands } from "./rerun.js";

/**
 * What computes a cell of a folder again: the study that the folder keeps, or the paper at the smallest scale that has it.
 *
 * @param experiments papers by name, where the folder has cells of any
 */
export function rerunCell(
  folder: string,
  experiments: ReadonlyMap<string, Pick<Experiment, "cells">>,
): (cell: Provenance) => string {
  const study = `run ${quoted(join(folder, "rows", "study", "study.yaml"))}`;
  const scales = new Map([...experiments].map(([name, { cells }]) => [name, smallestScales(cells)] as const));
  return (cell) => {
    const scale = scales.get(cell.experiment)?.get(canonical(cell.settings)) ?? "published";
    const what = cell.experiment === "study" ? study : `reproduce ${cell.experiment} --scale ${scale}`;
    return rerunCommands(what, [cell], folder)[0]!;
  };
}

const LARGEST_FIRST: readonly Scale[] = ["published", "full", "smoke"];

function smallestScales(cells: Experiment["cells"]): ReadonlyMap<string, Scale> {
  return new Map(LARGEST_FIRST.flatMap((scale) => cells(scale).map((cell) => [canonical(cell), scale] as const)));
}
