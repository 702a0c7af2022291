import type { Experiment, Row, Scale } from "../types.js";
import { canonical } from "./canonical.js";
import type { Provenance } from "./provenance.js";

const SCALES: readonly Scale[] = ["smoke", "full", "published"];

/**
 * The commands that compute stored cells again, one for each backend and seed that they come from.
 *
 * @param what the command and its subject: `run study.yaml`
 * @param folder where rows, figures and the report go
 */
export function rerunCommands(what: string, cells: readonly Provenance[], folder: string): string[] {
  const options = cells.map(({ backend, seed }) => `--backend ${backend} --seed ${seed}`);
  return [...new Set(options)].map((each) => `npx iclab ${what} ${each} --out ${quoted(folder)}`);
}

/** The smallest scale that has all of these cells. */
export function scaleOf({ cells }: Pick<Experiment, "cells">, settings: readonly Row[]): Scale {
  const holds = (scale: Scale) => {
    const known = new Set(cells(scale).map(canonical));
    return settings.every((cell) => known.has(canonical(cell)));
  };
  return SCALES.find(holds) ?? "published";
}

/** A word of a shell's command line, quoted where it has to be. */
export function quoted(word: string): string {
  return /^[\w./:=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
