import { execFileSync } from "node:child_process";
import type { Key, OpenBackend, Row } from "../types.js";
import { fingerprint } from "./canonical.js";
import { NUMERICS } from "./numerics.js";
import { packageRoot, version } from "./package-root.js";

/** Where a cell's rows come from: enough to make them again, and what they cost. */
export interface Provenance {
  readonly experiment: string;
  /** The cell's name: its values and its identity's fingerprint; the file is named after it. */
  readonly cell: string;
  readonly settings: Row;
  /** Fingerprint of (experiment, cell, seed, numerics): equal identities mean equal rows on equal backends. */
  readonly identity: string;
  readonly seed: number;
  readonly key: Key;
  readonly rows: number;
  readonly version: string;
  readonly commit: string | null;
  readonly numerics: number;
  readonly node: string;
  readonly backend: string;
  readonly adapter: string;
  readonly seconds: number;
  readonly finished: string;
  /** Whatever else made the numbers: optimiser constants, schedules, the parsed study. */
  readonly training: unknown;
}

/** What decides a cell's rows, as a fingerprint. */
export function identify(experiment: string, cell: Row, seed: number, settings: unknown): string {
  return fingerprint({ experiment, cell, seed, settings, numerics: NUMERICS });
}

/** A file name a person can read: the cell's values, then its identity. */
export function cellName(cell: Row, identity: string): string {
  const values = Object.entries(cell).map(([column, value]) => `${column}=${value}`);
  const readable = values.join(",").replace(/[^\w=.,+-]+/g, "_");
  return `${readable.slice(0, 120)}-${identity}`;
}

/** The part of a provenance that is the same for every cell of a run. */
export function runProvenance(backend: OpenBackend) {
  return {
    ...codeState(),
    numerics: NUMERICS,
    node: process.version,
    backend: backend.name,
    adapter: backend.adapter,
  };
}

/** The code that runs. */
export const codeState = () => ({ version, commit: commit() });

/** The clone's commit, with `+` where files differ from it; null in an installed package. */
function commit(): string | null {
  const git = (...words: string[]) =>
    execFileSync("git", ["-C", packageRoot, ...words], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    if (git("rev-parse", "--show-toplevel") !== packageRoot) return null;
    const changed = git("status", "--porcelain", "--", "src", "experiments/*/*.ts", "package-lock.json") !== "";
    return git("rev-parse", "--short=12", "HEAD") + (changed ? "+" : "");
  } catch {
    return null;
  }
}
