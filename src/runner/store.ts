import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Row } from "../types.js";
import { canonical } from "./canonical.js";
import { COMPACTED, CompactedCells, type Finished, finishedOf } from "./compacted.js";
import { flushFolder, makeFolder, replaceFile, replaceFileLater, writing, writingLater } from "./disk.js";
import type { Provenance } from "./provenance.js";

/** What one file of rows holds: the first line says where they come from, each further line is a row. */
export interface StoredCell {
  readonly provenance: Provenance;
  readonly rows: readonly Row[];
}

/** Why a cell has no rows. */
export interface Failure {
  readonly message: string;
  /** Where it was thrown, or the last that its process printed. */
  readonly stack: string;
  /** When; left out by versions that did not keep it. */
  readonly at?: string;
}

/** What a run set out to do: cells by name. */
export interface Intent {
  readonly experiment: string;
  readonly cells: readonly string[];
}

/**
 * One folder of JSON Lines, one file a finished cell. A file appears whole or not at all (written under another name,
 * flushed to the disk, renamed), so an interrupted or killed run leaves every finished cell readable and nothing torn.
 * Its first line begins with a digest of all that follows: a file that was cut, or changed in any bit, is none. Files that
 * were stored before there were digests have none, and are read by their number of rows. A compactor may have put finished
 * cells into Parquet files; a cell that has both counts by its own file, which is newer.
 */
export class Store {
  private readonly compacted: CompactedCells;
  private readonly loaded = new Map<string, StoredCell>();

  constructor(readonly folder: string) {
    this.compacted = new CompactedCells(folder);
  }

  /** Makes the folder and proves that it can be written. @throws DiskError saying why not. */
  open(): void {
    this.guarded(() => {
      makeFolder(this.folder);
      const probe = join(this.folder, `.probe-${hostname()}-${process.pid}`);
      replaceFile(probe, "written to see whether there is room\n");
      rmSync(probe);
    });
  }

  /** @throws DiskError when the disk is full or the folder has gone; cells written before stay. */
  write(cell: StoredCell): void {
    this.guarded(() => {
      replaceFile(this.file(cell), textOf(cell));
      this.forgive(cell.provenance.cell);
    });
  }

  /** As `write`, with the flush left to Node's threads: several cells are flushed at a time, while others are computed. */
  async writeLater(cell: StoredCell): Promise<void> {
    await writingLater("rows", this.folder, async () => {
      await replaceFileLater(this.file(cell), textOf(cell));
      this.forgive(cell.provenance.cell);
    });
  }

  /** Flushes the names of the cells that were written: from here on a loss of power costs none of them. */
  settle(): void {
    this.guarded(() => flushFolder(this.folder));
  }

  /** Keeps why a cell failed, until it is written. */
  fail(cell: string, { message, stack }: Failure): void {
    const failure: Failure = { message, stack, at: new Date().toISOString() };
    this.guarded(() => replaceFile(join(this.folder, `${cell}.failed`), `${JSON.stringify(failure, null, 2)}\n`));
  }

  /** The message of a cell that failed, or undefined. */
  failure(cell: string): string | undefined {
    return this.failed(cell)?.message;
  }

  /** Why and when a cell failed, or undefined. */
  failed(cell: string): Failure | undefined {
    const text = this.kept(`${cell}.failed`);
    return text === undefined ? undefined : (JSON.parse(text) as Failure);
  }

  /** Forgets why a cell failed, so that it counts as never begun. */
  forgive(cell: string): void {
    this.guarded(() => rmSync(join(this.folder, `${cell}.failed`), { force: true }));
  }

  /** Keeps what a run sets out to do, for `iclab status`. */
  plan(intent: Intent): void {
    this.keep("plan.json", `${JSON.stringify(intent, null, 2)}\n`);
  }

  /** What the latest run set out to do, or undefined. */
  planned(): Intent | undefined {
    const text = this.kept("plan.json");
    return text === undefined ? undefined : (JSON.parse(text) as Intent);
  }

  /** Where runners of this folder leave their marks. */
  marks(): string {
    return join(this.folder, ".runners");
  }

  /** Where cells that are being trained have their checkpoints. */
  checkpoints(): string {
    return join(this.folder, ".checkpoints");
  }

  /**
   * The finished cell of this name, or undefined where there is none or its file is torn: it is then computed again. A cell
   * that a compactor has put into a Parquet file is found once it was loaded.
   */
  read(cell: string): StoredCell | undefined {
    return this.readFile(cell) ?? (this.compacted.cells.has(cell) ? this.loaded.get(cell) : undefined);
  }

  /** What is known of a finished cell without its rows, wherever it lies; undefined where it is not finished. */
  finished(cell: string): Finished | undefined {
    const found = this.readFile(cell);
    return found ? finishedOf(found) : this.compacted.cells.get(cell);
  }

  /** Whether a cell lies in a Parquet file. */
  hasCompacted(cell: string): boolean {
    return this.compacted.cells.has(cell);
  }

  /** Brings cells that lie in Parquet files into memory, those that are wanted. */
  async load(isWanted: (cell: string) => boolean = () => true): Promise<void> {
    if (this.compacted.cells.size === 0) return;
    for await (const [name, text] of this.compacted.texts((cell) => isWanted(cell) && !this.loaded.has(cell))) {
      const cell = parseCell(Buffer.from(text, "utf8"));
      if (cell) this.loaded.set(name, cell);
    }
  }

  /**
   * The newest finished cell of every settings, by name. Torn files are left out and named in `torn`. Of cells in Parquet
   * files those count that were loaded.
   *
   * @param isWanted tells the cells that count where the folder has been used for other runs too
   */
  all(isWanted: (provenance: Provenance) => boolean = () => true): {
    readonly cells: readonly StoredCell[];
    readonly torn: readonly string[];
  } {
    const names = [...new Set([...this.looseNames(), ...this.loaded.keys()])].sort();
    const found = names.map((name) => ({ file: `${name}.jsonl`, cell: this.read(name) }));
    return {
      cells: newest(found.flatMap(({ cell }) => (cell && isWanted(cell.provenance) ? cell : []))),
      torn: [...found.filter(({ cell }) => cell === undefined).map(({ file }) => file), ...this.compacted.damaged],
    };
  }

  /** The names of all cells that have a file, whole or not, or lie in a Parquet file, in order. */
  names(): string[] {
    return [...new Set([...this.looseNames(), ...this.compacted.cells.keys()])].sort();
  }

  /** The names of all cells that have a file of their own. */
  looseNames(): string[] {
    try {
      const files = readdirSync(this.folder).filter((file) => file.endsWith(".jsonl"));
      return files.sort().map((file) => file.slice(0, -".jsonl".length));
    } catch {
      return [];
    }
  }

  /** Keeps a text beside the cells, whole or not at all (a study's file, to be judged by later). */
  keep(name: string, text: string): void {
    this.guarded(() => replaceFile(join(this.folder, name), text));
  }

  /** A text kept before, or undefined. */
  kept(name: string): string | undefined {
    try {
      return readFileSync(join(this.folder, name), "utf8");
    } catch {
      return undefined;
    }
  }

  /** Removes every cell but these, whose files stay as they are. */
  clear(staying: ReadonlySet<string> = new Set()): void {
    const isCell = (file: string) => file.endsWith(".jsonl") && !staying.has(file.slice(0, -".jsonl".length));
    const isCells = (file: string) => isCell(file) || file === COMPACTED || /^cells-\d+\.parquet$/.test(file);
    this.guarded(() => {
      for (const file of readdirSync(this.folder)) if (isCells(file)) rmSync(join(this.folder, file));
    });
  }

  private readFile(cell: string): StoredCell | undefined {
    const file = join(this.folder, `${cell}.jsonl`);
    // Most of those that are asked for are not there: cells to be computed, cells in Parquet files. An error costs ten looks.
    if (!existsSync(file)) return undefined;
    try {
      return parseCell(readFileSync(file));
    } catch {
      return undefined;
    }
  }

  private file({ provenance }: StoredCell): string {
    return join(this.folder, `${provenance.cell}.jsonl`);
  }

  private guarded(work: () => void): void {
    writing("rows", this.folder, work);
  }
}

/** Of files for the same cell (another seed, other settings, older numerics) the one that was finished last. */
function newest(cells: readonly StoredCell[]): StoredCell[] {
  const latest = new Map<string, StoredCell>();
  for (const cell of [...cells].sort((a, b) => (a.provenance.finished < b.provenance.finished ? -1 : 1)))
    latest.set(canonical(cell.provenance.settings), cell);
  return cells.filter((cell) => latest.get(canonical(cell.provenance.settings)) === cell);
}

/** What a cell's file holds. */
export function textOf({ provenance, rows }: StoredCell): string {
  const lines = rows.map((row) => JSON.stringify(row));
  const text = [`"provenance":${JSON.stringify(provenance)}}`, ...lines, ""].join("\n");
  return `{"digest":"${digestOf(text)}",${text}`;
}

/** `{"digest":"<64 hexadecimal digits>",`: what stands before the text that the digest is of. */
const HEAD = /^\{"digest":"([0-9a-f]{64})",$/;
const HEAD_LENGTH = 77;

function digestOf(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A file is whole when its digest is right, it ends in a newline, and it has as many rows as its first line promises. */
export function parseCell(bytes: Buffer): StoredCell | undefined {
  const digest = HEAD.exec(bytes.toString("latin1", 0, HEAD_LENGTH))?.[1];
  if (digest !== undefined && digest !== digestOf(bytes.subarray(HEAD_LENGTH))) return undefined;
  const text = bytes.toString("utf8");
  if (!text.endsWith("\n")) return undefined;
  const [first, ...rows] = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  const { provenance, ...others } = first as { provenance?: Provenance; digest?: string };
  // A digest that cannot be read is one that was changed, not a file without.
  if (digest === undefined && Object.keys(others).length > 0) return undefined;
  return provenance?.rows === rows.length ? { provenance, rows: rows as Row[] } : undefined;
}
