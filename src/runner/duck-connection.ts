import type { DuckDBConnection } from "@duckdb/node-api";

/** A connection to a DuckDB in memory that loads nothing from anywhere. Loaded late: it is a library of 70 MB. */
export async function duckConnection(): Promise<DuckDBConnection> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { autoinstall_known_extensions: "false" });
  return await instance.connect();
}

/** A name or a text in a query. */
export function inQuery(text: string, mark: '"' | "'"): string {
  return mark + text.replaceAll(mark, mark + mark) + mark;
}
