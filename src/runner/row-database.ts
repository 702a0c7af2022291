import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import { duckConnection, inQuery } from "./duck-connection.js";
import type { ColumnType, RowTable } from "./row-table.js";

/** Stored rows as the table `rows` of a DuckDB in memory. */
export class RowDatabase {
  private constructor(private readonly connection: DuckDBConnection) {}

  static async open({ columns, rows }: RowTable): Promise<RowDatabase> {
    const connection = await duckConnection();
    const fields = columns.map(({ name, type }) => `${inQuery(name, '"')} ${type}`);
    await connection.run(`CREATE TABLE rows (${fields.join(", ")})`);
    const appender = await connection.createAppender("rows");
    for (const row of rows) {
      for (const { name, type } of columns) append(appender, type, row[name] ?? null);
      appender.endRow();
    }
    appender.closeSync();
    return new RowDatabase(connection);
  }

  /** A query's rows as plain values; whole numbers beyond 2^53 as text. @throws Error with DuckDB's sentence */
  async query(sql: string): Promise<Record<string, unknown>[]> {
    const reader = await this.connection.runAndReadAll(sql);
    return reader
      .getRowObjectsJS()
      .map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, plain(v)])));
  }

  /** Writes a query's rows to a file, Parquet with key-value metadata. @throws Error with DuckDB's sentence */
  async write(sql: string, file: string, format: "csv" | "parquet", metadata: Readonly<Record<string, string>>) {
    const pairs = Object.entries(metadata).map(([key, value]) => `${inQuery(key, "'")}: ${inQuery(value, "'")}`);
    const options = format === "csv" ? "FORMAT csv, HEADER" : `FORMAT parquet, KV_METADATA {${pairs.join(", ")}}`;
    await this.connection.run(`COPY (${sql.replace(/[;\s]+$/, "")}) TO ${inQuery(file, "'")} (${options})`);
  }

  close(): void {
    this.connection.closeSync();
  }
}

function append(appender: DuckDBAppender, type: ColumnType, value: number | string | boolean | null): void {
  if (value === null) appender.appendNull();
  else if (type === "BIGINT") appender.appendBigInt(BigInt(value as number));
  else if (type === "DOUBLE") appender.appendDouble(value as number);
  else if (type === "BOOLEAN") appender.appendBoolean(value as boolean);
  else appender.appendVarchar(String(value));
}

function plain(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}
