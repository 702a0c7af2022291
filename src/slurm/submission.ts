import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fingerprint } from "../runner/canonical.js";
import { makeFolder, replaceFile, writing } from "../runner/disk.js";
import type { GridRequest } from "./request.js";

/** One job array: what lies in `DIR/slurm/<number>`, written before Slurm hears of it. */
export interface Submission {
  /** Its name in the queue, which no other has: it is found there even if whoever submitted it died on the spot. */
  readonly name: string;
  readonly request: GridRequest;
  /** The cells of every task, each as `experiment/cell`. */
  readonly tasks: readonly (readonly string[])[];
}

/** A submission where it lies. */
export interface StoredSubmission extends Submission {
  readonly folder: string;
}

/** Texts that lie beside a submission, by name: the study and its files, which may change beside the rows later. */
export type Texts = Readonly<Record<string, string>>;

/** Where the submissions of a run's folder lie. */
export const submissionsFolder = (out: string): string => join(resolve(out), "slurm");

/** Writes a submission under the next free number. @throws DiskError */
export function storeSubmission(
  out: string,
  { request, tasks }: Omit<Submission, "name">,
  texts: Texts,
): StoredSubmission {
  const above = submissionsFolder(out);
  return writing("job scripts", above, () => {
    makeFolder(above);
    const folder = nextFolder(above);
    const name = `iclab-${fingerprint([folder, new Date().toISOString()])}`;
    for (const [file, text] of Object.entries(texts)) replaceFile(join(folder, file), text);
    replaceFile(join(folder, "tasks.json"), `${JSON.stringify({ name, request, tasks }, null, 1)}\n`);
    return { folder, name, request, tasks };
  });
}

/** The submissions of a run's folder, oldest first; what has no whole tasks.json was never submitted. */
export function storedSubmissions(out: string): StoredSubmission[] {
  const above = submissionsFolder(out);
  return numbersIn(above).flatMap((number) => readSubmission(join(above, number)) ?? []);
}

/** The submission that lies in a folder of its own, or null where there is none. */
export function readSubmission(folder: string): StoredSubmission | null {
  try {
    return { ...(JSON.parse(readFileSync(join(folder, "tasks.json"), "utf8")) as Submission), folder };
  } catch {
    return null;
  }
}

/** The file of what a task prints, in its submission's folder. */
export const logOf = (folder: string, index: number | "%a"): string => join(folder, `task-${index}.log`);

function nextFolder(above: string): string {
  for (let next = Number(numbersIn(above).at(-1) ?? 0) + 1; ; next++) {
    const folder = join(above, String(next).padStart(3, "0"));
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      // Somebody else was quicker.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

function numbersIn(above: string): string[] {
  try {
    const named = readdirSync(above).filter((name) => /^\d+$/.test(name));
    return named.sort((a, b) => Number(a) - Number(b));
  } catch {
    return [];
  }
}
