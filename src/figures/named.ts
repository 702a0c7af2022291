import type { Row } from "../types.js";

/** Rows under names that a figure's reader knows (`trained layer` for `lsa`); a name without another one stays. */
export function named(rows: readonly Row[], names: Readonly<Record<string, string>>): readonly Row[] {
  return rows.map((row) => ({ ...row, name: names[String(row.name)] ?? row.name ?? null }));
}
