import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Store, type StoredCell } from "../runner/store.js";
import { UsageError } from "./failure.js";

/** The names of what was run into a folder: `study`, papers. Empty where there is nothing. */
export function experimentsIn(folder: string): string[] {
  try {
    const entries = readdirSync(join(folder, "rows"), { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  } catch {
    return [];
  }
}

/** All finished cells of a folder; files that are not whole are named on stderr. @throws UsageError where there are none */
export function storedCells(folder: string): StoredCell[] {
  const cells = experimentsIn(folder).flatMap((name) => {
    const stored = new Store(join(folder, "rows", name)).all();
    for (const file of stored.torn) process.stderr.write(`${file} is not whole and was left out\n`);
    return stored.cells;
  });
  if (cells.length === 0)
    throw new UsageError(`${folder} holds no rows; \`iclab reproduce\` and \`iclab run\` write them there`);
  return cells;
}
