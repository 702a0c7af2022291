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
export async function storedCells(folder: string): Promise<StoredCell[]> {
  const cells: StoredCell[] = [];
  for (const name of experimentsIn(folder)) {
    const store = new Store(join(folder, "rows", name));
    await store.load();
    const stored = store.all();
    for (const file of stored.torn) process.stderr.write(`${file} is not whole and was left out\n`);
    for (const cell of stored.cells) cells.push(cell);
  }
  if (cells.length === 0)
    throw new UsageError(`${folder} holds no rows; \`iclab reproduce\` and \`iclab run\` write them there`);
  return cells;
}
