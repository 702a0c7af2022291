import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { Checkpoint, Snapshot } from "../types.js";
import { canonical } from "./canonical.js";
import { discardFile, makeFolder, replaceFile, writing } from "./disk.js";

/** What a checkpoint holds of one trial of a cell. */
export interface KeptTrial {
  /** What was given out of it, up to where it stands. */
  readonly snapshots: readonly Snapshot[];
  /** Its last step, where it has ended. */
  readonly ended: number | null;
  /** Where it stands; null where it has ended, or goes back to its beginning. */
  readonly standing: Checkpoint | null;
}

/** What makes the same numbers: a checkpoint goes on only where all of it is equal. */
export interface Origin {
  readonly identity: string;
  readonly numerics: number;
  readonly backend: string;
  /** Null where a cell has the same rows on any adapter. */
  readonly adapter: string | null;
  readonly version: string;
  readonly node: string;
}

/** What was found of a cell. */
export interface FoundCheckpoint {
  readonly trials: readonly KeptTrial[] | null;
  /** Files that are not whole. */
  readonly damaged: number;
  /** Whether a whole one comes from elsewhere: another backend, adapter or version. */
  readonly foreign: boolean;
}

/**
 * The checkpoints of one cell: files `<cell>.<number>` of which the newest counts. Each appears whole or not at all, and
 * begins with its length and the SHA-256 of everything behind; the one before is kept for where it is not whole.
 */
export class CheckpointFiles {
  constructor(
    private readonly folder: string,
    private readonly cell: string,
    private readonly origin: Origin,
  ) {}

  /**
   * The newest whole checkpoint that this run can go on from.
   *
   * @param since those that were written before count for nothing
   */
  read(since = ""): FoundCheckpoint {
    let [damaged, foreign] = [0, false];
    for (const number of this.numbers().reverse()) {
      const found = parse(this.bytesOf(number));
      if (found === null) {
        damaged += 1;
      } else if (found.written < since) {
        break;
      } else if (canonical(found.origin) !== canonical(this.origin)) {
        foreign = true;
      } else return { trials: found.trials, damaged, foreign };
    }
    return { trials: null, damaged, foreign };
  }

  /** Writes a checkpoint and removes all but the one before. @throws DiskError */
  write(trials: readonly KeptTrial[]): void {
    const before = this.numbers();
    const number = (before.at(-1) ?? 0) + 1;
    const body = serialize({ origin: this.origin, written: new Date().toISOString(), trials } satisfies Content);
    const head = Buffer.from(`${NAME} ${digestOf(body)} ${body.length}\n`);
    writing("checkpoints", this.folder, () => {
      makeFolder(this.folder);
      replaceFile(this.file(number), Buffer.concat([head, body]));
    });
    for (const old of before.slice(0, -1)) discardFile(this.file(old));
  }

  /** Removes them all: the cell is finished. */
  discard(): void {
    for (const number of this.numbers()) discardFile(this.file(number));
  }

  private numbers(): number[] {
    const own = listed(this.folder).flatMap((file) => {
      const [, cell, number] = /^(.*)\.(\d+)$/.exec(file) ?? [];
      return cell === this.cell ? Number(number) : [];
    });
    return own.sort((a, b) => a - b);
  }

  private bytesOf(number: number): Buffer {
    try {
      return readFileSync(this.file(number));
    } catch {
      return Buffer.alloc(0);
    }
  }

  private file(number: number): string {
    return join(this.folder, `${this.cell}.${number}`);
  }
}

interface Content {
  readonly origin: Origin;
  readonly written: string;
  readonly trials: readonly KeptTrial[];
}

const NAME = "iclab-checkpoint";

/** Null unless length and digest are those of the first line. */
function parse(bytes: Buffer): Content | null {
  const end = bytes.indexOf("\n");
  const [name, digest, length] = bytes.toString("latin1", 0, Math.max(0, end)).split(" ");
  const body = bytes.subarray(end + 1);
  if (name !== NAME || body.length !== Number(length) || digest !== digestOf(body)) return null;
  const { trials, ...content } = deserialize(body) as Content;
  return { ...content, trials: trials.map(withOwnNumbers) };
}

/** What goes to a thread must not be a part of the whole file, which would go with it. */
function withOwnNumbers(trial: KeptTrial): KeptTrial {
  if (trial.standing === null) return trial;
  const numbers = Object.entries(trial.standing.numbers).map(([name, values]) => [name, values.slice()]);
  return { ...trial, standing: { ...trial.standing, numbers: Object.fromEntries(numbers) } };
}

function digestOf(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
