import { createHash } from "node:crypto";
import { existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, type Stats, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CompactedCells, digestOfFile, finishedOf, type Manifest } from "./compacted.js";
import { DiskError, flushFile, flushFolder, writing, writingLater } from "./disk.js";
import { type CellText, storedTexts, writeParquet } from "./parquet-cells.js";
import { Presence } from "./presence.js";
import type { Provenance } from "./provenance.js";
import { Reservations } from "./reservations.js";
import { parseCell, type Store } from "./store.js";
import { Underway } from "./underway.js";

/** What a compaction did. */
export interface Compaction {
  /** Cells whose files were replaced. */
  readonly cells: number;
  readonly files: readonly string[];
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Files that are not whole: they stay as they are. */
  readonly torn: readonly string[];
}

/** Rows of a Parquet file, at least, unless it is the last: they are held in memory at a time. */
const PART = 50_000;

/** Files that are removed at a time: one after another, each waits for the disk. */
const REMOVED = 32;

/** A file that is about to go. */
const LEAVING = ".jsonl.compacted";

/**
 * Puts the finished cells of a folder into Parquet files and removes theirs. A file goes only when a Parquet file that has
 * been written, flushed, read back and found to give the same bytes is named in the manifest, and only if it is still the
 * file that was read: a run may be at work meanwhile, and a kill at any point costs nothing. Cells without a row stay files.
 *
 * @param commandOf what computes a cell again
 * @throws DiskError where the folder cannot be written, where another compactor is at work, or what was read back differs
 */
export async function compact(store: Store, commandOf: (cell: Provenance) => string): Promise<Compaction> {
  const presence = new Presence(join(store.folder, ".compacting"));
  presence.open();
  const reservations = new Reservations(presence);
  try {
    const other = reservations.take("compactor");
    if (other !== null) throw new DiskError(`process ${other.pid} on ${other.host} compacts ${store.folder} already`);
    return await new Compactor(store, commandOf).run();
  } finally {
    reservations.release("compactor", "finished");
    await presence.close();
    if (presence.others().length === 0) rmSync(presence.folder, { recursive: true, force: true });
  }
}

interface Loose extends CellText {
  readonly name: string;
  readonly stat: Stats;
}

class Compactor {
  private readonly compacted: CompactedCells;
  private readonly torn: string[] = [];
  private readonly files: string[] = [];
  private cells = 0;
  private bytesBefore = 0;
  private bytesAfter = 0;

  constructor(
    private readonly store: Store,
    private readonly commandOf: (cell: Provenance) => string,
  ) {
    this.compacted = new CompactedCells(store.folder);
  }

  async run(): Promise<Compaction> {
    const { folder } = this.store;
    writing("rows", folder, () => this.bringBack());
    let [part, rows]: [Loose[], number] = [[], 0];
    for (const name of this.store.looseNames()) {
      for (const cell of this.read(name)) {
        part.push(cell);
        rows += cell.cell.rows.length;
      }
      if (rows < PART) continue;
      await this.compactSome(part);
      [part, rows] = [[], 0];
    }
    if (part.length > 0) await this.compactSome(part);
    const { cells, files, bytesBefore, bytesAfter, torn } = this;
    return { cells, files, bytesBefore, bytesAfter, torn };
  }

  /** Files that a compactor was about to remove when it was killed: they are looked at once more. */
  private bringBack(): void {
    const leaving = readdirSync(this.store.folder).filter((file) => file.endsWith(LEAVING));
    for (const file of leaving) giveBack(join(this.store.folder, file.slice(0, -LEAVING.length)));
  }

  private async compactSome(loose: readonly Loose[]): Promise<void> {
    const { folder } = this.store;
    const file = this.freeName();
    const draft = join(folder, `${file}.draft`);
    try {
      await this.write(loose, draft);
      const sha256 = digestOfFile(draft);
      writing("rows", folder, () => {
        renameSync(draft, join(folder, file));
        flushFolder(folder);
        this.compacted.write(this.withPart({ file, sha256 }, loose));
        flushFolder(folder);
      });
    } catch (error) {
      rmSync(draft, { force: true, recursive: true });
      throw error;
    }
    this.files.push(file);
    this.bytesAfter += statSync(join(folder, file)).size;
    await writingLater("rows", folder, async () => {
      const removals = new Underway(REMOVED);
      for (const { name, stat } of loose)
        if (this.setAside(name, stat)) await removals.add(rm(join(folder, name + LEAVING)));
      await removals.end();
    });
  }

  /** A cell's file, where it is whole and has rows. */
  private read(name: string): Loose[] {
    const path = join(this.store.folder, `${name}.jsonl`);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return [];
    const bytes = readFileSync(path);
    const cell = parseCell(bytes);
    if (!cell || cell.provenance.cell !== name) {
      this.torn.push(`${name}.jsonl`);
      return [];
    }
    if (cell.rows.length === 0) return [];
    return [{ name, stat, cell, text: bytes.toString("utf8"), command: this.commandOf(cell.provenance) }];
  }

  /** Writes, flushes and reads back. */
  private async write(loose: readonly Loose[], draft: string): Promise<void> {
    try {
      await writeParquet(loose, draft);
    } catch (error) {
      throw new DiskError(`cannot write Parquet to ${this.store.folder}: ${(error as Error).message.split("\n")[0]}`);
    }
    writing("rows", this.store.folder, () => flushFile(draft));
    const expected = new Map(loose.map(({ name, text }) => [name, digest(text)]));
    for await (const [name, text] of storedTexts(draft)) if (expected.get(name) === digest(text)) expected.delete(name);
    const [first] = expected.keys();
    if (first !== undefined) throw new DiskError(`${draft} does not give back ${first}: the cells stay files`);
  }

  private withPart(part: Manifest["parts"][number], loose: readonly Loose[]): Manifest {
    const { parts, cells } = this.compacted.current;
    const added = loose.map(({ name, cell }) => [name, { part: parts.length, ...finishedOf(cell) }] as const);
    return { parts: [...parts, part], cells: { ...cells, ...Object.fromEntries(added) } };
  }

  private freeName(): string {
    const taken = new Set(readdirSync(this.store.folder));
    for (let number = 1; ; number++) if (!taken.has(`cells-${number}.parquet`)) return `cells-${number}.parquet`;
  }

  /** Takes a file's name, so that it can be removed, unless a run has put another one in its place since it was read. */
  private setAside(name: string, { ino, mtimeMs, size }: Stats): boolean {
    const path = join(this.store.folder, name);
    if (!existsSync(`${path}.jsonl`)) return false;
    renameSync(`${path}.jsonl`, path + LEAVING);
    const now = statSync(path + LEAVING);
    if (now.ino !== ino || now.mtimeMs !== mtimeMs || now.size !== size) {
      giveBack(path);
      return false;
    }
    this.cells += 1;
    this.bytesBefore += size;
    return true;
  }
}

/** Gives a leaving file its name back, where no newer one has taken it. @param path without its ending */
function giveBack(path: string): void {
  try {
    linkSync(path + LEAVING, `${path}.jsonl`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  rmSync(path + LEAVING);
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
