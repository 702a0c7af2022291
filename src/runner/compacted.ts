import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "./disk.js";
import { storedTexts } from "./parquet-cells.js";
import type { Provenance } from "./provenance.js";
import type { StoredCell } from "./store.js";

/** What is known of a finished cell without its rows. */
export interface Finished extends Pick<Provenance, "backend" | "finished" | "version" | "commit"> {
  /** Whether any of its rows says so. */
  readonly isDiverged: boolean;
}

/** Which Parquet files of a folder hold which cells, in `compacted.json`: a cell is in one where this file says so. */
export interface Manifest {
  readonly parts: readonly { readonly file: string; readonly sha256: string }[];
  /** By name, with the index of the part. */
  readonly cells: Readonly<Record<string, Finished & { readonly part: number }>>;
}

/** What is known of a finished cell, from its rows. */
export function finishedOf({ provenance, rows }: StoredCell): Finished {
  const { backend, finished, version, commit } = provenance;
  return { backend, finished, version, commit, isDiverged: rows.some(({ status }) => status === "diverged") };
}

/** The manifest's name. */
export const COMPACTED = "compacted.json";

/** The cells of a folder that lie in Parquet files. A file that was cut or changed counts as if it were not there. */
export class CompactedCells {
  private known = "";
  private manifest: Manifest = { parts: [], cells: {} };
  private whole: readonly boolean[] = [];
  private index: ReadonlyMap<string, Finished> = new Map();

  constructor(readonly folder: string) {}

  /** Every compacted cell by name, as of now: a compactor may be at work. */
  get cells(): ReadonlyMap<string, Finished> {
    const file = join(this.folder, COMPACTED);
    const stat = statSync(file, { throwIfNoEntry: false });
    const now = stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : "";
    if (now !== this.known) this.read(file, now);
    return this.index;
  }

  /** Parquet files that are not what the manifest says. */
  get damaged(): string[] {
    return this.cells && this.manifest.parts.flatMap(({ file }, i) => (this.whole[i] ? [] : [file]));
  }

  /** What the manifest says, to be added to. */
  get current(): Manifest {
    return this.cells && this.manifest;
  }

  /** The text of the file that each cell was, of all or of those that are wanted. */
  async *texts(
    isWanted: (cell: string) => boolean = () => true,
  ): AsyncGenerator<readonly [cell: string, text: string]> {
    const { parts, cells } = this.current;
    const wanted = new Set(Object.entries(cells).flatMap(([cell, { part }]) => (isWanted(cell) ? [part] : [])));
    for (const part of wanted)
      if (this.whole[part])
        for await (const [cell, text] of storedTexts(join(this.folder, parts[part]!.file)))
          if (cells[cell]?.part === part && isWanted(cell)) yield [cell, text];
  }

  /** Replaces the manifest, whole or not at all. */
  write(manifest: Manifest): void {
    replaceFile(join(this.folder, COMPACTED), JSON.stringify(manifest));
  }

  private read(file: string, now: string): void {
    this.known = now;
    this.manifest = now === "" ? { parts: [], cells: {} } : (JSON.parse(readFileSync(file, "utf8")) as Manifest);
    this.whole = this.manifest.parts.map(({ file, sha256 }) => digestOfFile(join(this.folder, file)) === sha256);
    this.index = new Map(Object.entries(this.manifest.cells).filter(([, { part }]) => this.whole[part]));
  }
}

/** SHA-256 of a file, or "" where there is none. */
export function digestOfFile(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch {
    return "";
  }
}
