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
  constructor(private readonly presence: Presence) {}

  /** Reserves a cell. @returns the living runner that has it already, or null where it is ours @throws DiskError */
  take(cell: string): Runner | null {
    return writing("rows", this.presence.folder, () => this.tryTo(cell));
  }

  private tryTo(cell: string): Runner | null {
    for (;;) {
      const last = this.last(cell);
      if (last !== null && last.runner !== null && this.presence.isAlive(last.runner)) return last.runner;
      if (this.make(cell, (last?.number ?? 0) + 1)) {
        this.note("began", cell);
        return null;
      }
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
    const own = numbersOf(this.presence.folder, cell).sort((a, b) => a - b);
    // The highest last: a lower one alone would pass for the one that counts.
    for (const number of own) discardFile(this.file(cell, number));
  }

  private last(cell: string): { readonly number: number; readonly runner: Runner | null } | null {
    const number = Math.max(0, ...numbersOf(this.presence.folder, cell));
    if (number === 0) return null;
    try {
      return { number, runner: JSON.parse(readFileSync(this.file(cell, number), "utf8")) as Runner };
    } catch {
      return { number, runner: null };
    }
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

function numbersOf(folder: string, cell: string): number[] {
  const pattern = /^(.*)\.(\d+)\.reserved$/;
  return readdirSync(folder).flatMap((file) => {
    const match = pattern.exec(file);
    return match?.[1] === cell ? Number(match[2]) : [];
  });
}
