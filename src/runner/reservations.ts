import { appendFileSync, linkSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { discardFile, writing } from "./disk.js";
import type { Presence, Runner } from "./presence.js";

/**
 * Who computes which cell of a folder, so that several runners share the work: files `<cell>.<k>.reserved` that hold a
 * runner. The highest k counts. Number k + 1 may be made only where the runner of k is dead, and a file is made whole and
 * only where there is none of its name: of any number of runners that want a dead one's cell, one gets it, and one that
 * dies with it leaves nothing locked.
 *
 * Whoever gets a cell looks once more whether its rows are there: they may have been finished in between.
 */
export class Reservations {
  private listing: Listing = { at: Number.NEGATIVE_INFINITY, numbers: new Map() };
  /** The numbers of this runner's own. */
  private readonly own = new Map<string, number>();

  constructor(private readonly presence: Presence) {}

  /** Reserves a cell. @returns the living runner that has it already, or null where it is ours @throws DiskError */
  take(cell: string): Runner | null {
    return writing("rows", this.presence.folder, () => this.tryTo(cell));
  }

  private tryTo(cell: string): Runner | null {
    for (;;) {
      const last = this.last(cell);
      if (last !== null && last.runner !== null && this.presence.isAlive(last.runner)) return last.runner;
      const number = (last?.number ?? 0) + 1;
      if (this.make(cell, number)) {
        this.own.set(cell, number);
        this.listing.numbers.set(cell, [number]);
        this.note("began", cell);
        return null;
      }
      // Somebody has made one since the folder was listed.
      this.listing = { ...this.listing, at: Number.NEGATIVE_INFINITY };
    }
  }

  /** The living runner that has the cell, or null. */
  holder(cell: string): Runner | null {
    const last = this.last(cell);
    return last !== null && last.runner !== null && this.presence.isAlive(last.runner) ? last.runner : null;
  }

  /** Gives a cell free. @param how what the journal says of it */
  release(cell: string, how: "finished" | "failed" | "found" | "dropped"): void {
    this.note(how, cell);
    const own = this.own.get(cell) ?? 0;
    this.own.delete(cell);
    this.listing.numbers.delete(cell);
    // The highest last: a lower one alone would pass for the one that counts.
    for (let number = 1; number <= own; number++) discardFile(this.file(cell, number));
  }

  private last(cell: string): { readonly number: number; readonly runner: Runner | null } | null {
    const number = Math.max(0, ...(this.numbers().get(cell) ?? []));
    if (number === 0) return null;
    try {
      return { number, runner: JSON.parse(readFileSync(this.file(cell, number), "utf8")) as Runner };
    } catch {
      return { number, runner: null };
    }
  }

  private numbers(): Listing["numbers"] {
    if (performance.now() - this.listing.at > FRESH) this.listing = list(this.presence.folder);
    return this.listing.numbers;
  }

  /** Makes a reservation: a second name of this runner's sign of life, which fails where there is one of that name. */
  private make(cell: string, number: number): boolean {
    try {
      linkSync(this.presence.sign, this.file(cell, number));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
  }

  /** One line of the folder's journal; short lines are appended whole, whoever else appends. */
  private note(what: string, cell: string): void {
    const line = `${new Date().toISOString()} ${what} ${cell} ${this.presence.me.id}\n`;
    try {
      appendFileSync(join(this.presence.folder, "journal"), line);
    } catch {
      // The journal is for readers: a disk that has no room for a line says so when it has none for the rows.
    }
  }

  private file(cell: string, number: number): string {
    return join(this.presence.folder, `${cell}.${number}.reserved`);
  }
}

interface Listing {
  /** When, in milliseconds. */
  readonly at: number;
  readonly numbers: Map<string, number[]>;
}

/**
 * Milliseconds for which a listing of the folder is used again, where a thousand cells are reserved one after another. An
 * old one costs nothing but another try: a number is made by one runner only, whatever others believe.
 */
const FRESH = 50;

const PATTERN = /^(.*)\.(\d+)\.reserved$/;

function list(folder: string): Listing {
  const numbers = new Map<string, number[]>();
  for (const file of readdirSync(folder)) {
    const [, cell, number] = PATTERN.exec(file) ?? [];
    if (cell !== undefined) numbers.set(cell, [...(numbers.get(cell) ?? []), Number(number)]);
  }
  return { at: performance.now(), numbers };
}
