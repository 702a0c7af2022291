import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jest } from "@jest/globals";
import { packageRoot } from "../src/runner/package-root.js";
import type { Row } from "../src/types.js";

// A start takes half a second on an idle machine; what is too slow on a busy one is the work of other tests.
jest.setTimeout(60_000);

/** The command as users start it: the built file, in a process of its own. */
const main = join(packageRoot, "dist/src/cli/main.js");

/** What a process left behind. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const started: ChildProcess[] = [];

/** Has a process killed, at the latest, when the tests of the file are over. */
export function mortal(child: ChildProcess): ChildProcess {
  started.push(child);
  return child;
}

// A test that fails may leave a process behind that would run for hours.
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
});

/** Where a process is started: the folder, and what its environment has besides. */
export interface Surroundings {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts `iclab` with these words; the child is there to be signalled, or read slowly. */
export function start(
  words: readonly string[],
  { folder = packageRoot, environment }: Surroundings = {},
): ChildProcess {
  if (!existsSync(main)) throw new Error(`${main} is not there: \`npm run build\` makes it`);
  const env = { ...process.env, ...environment };
  return mortal(spawn(process.execPath, [main, ...words], { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] }));
}

/** Waits for a process that was started, collecting what it writes. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const chunks: { readonly stdout: Buffer[]; readonly stderr: Buffer[] } = { stdout: [], stderr: [] };
  child.stdout!.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr!.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
  const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on("close", (...end) => resolve(end));
  });
  const text = (part: readonly Buffer[]) => Buffer.concat(part).toString("utf8");
  return { status, signal, stdout: text(chunks.stdout), stderr: text(chunks.stderr) };
}

/** Runs `iclab` to its end. @param input what it reads on standard input */
export async function iclab(words: readonly string[], input = "", surroundings: Surroundings = {}): Promise<Ended> {
  const child = start(words, surroundings);
  child.stdin!.end(input);
  return await ended(child);
}

/** The words of a command line that a page or the README tells to type, as a shell splits them, without `npx iclab`. */
export function wordsOf(line: string): string[] {
  const shell = spawnSync("sh", ["-c", `npx() { printf '%s\\n' "$@"; }; ${line}`], { encoding: "utf8" });
  const [command, ...words] = shell.stdout.trimEnd().split("\n");
  if (command !== "iclab") throw new Error(`not a command of iclab: ${line}`);
  return words;
}

/** Waits until a condition holds while a process runs, looking again every few milliseconds. */
export async function until(child: ChildProcess, holds: () => boolean): Promise<void> {
  while (!holds()) {
    if (child.exitCode !== null) throw new Error(`the process has ended with status ${child.exitCode} before`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A folder for one test file's runs, gone when its tests are over. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "iclab-command-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A study that takes half a second; `changed` replaces or adds lines, by key. */
export function smallStudy(changed: Readonly<Record<string, string>> = {}): string {
  const lines: Readonly<Record<string, string>> = {
    title: "small",
    law: "{ kind: gaussian-linear, features: 2, noise: 0.1 }",
    context: "[3, 6]",
    models: "[{ name: lsa, mixer: linear-attention, train: { steps: 5, batch: 32, rate: 0.01 } }]",
    predictors: "[zero, ridge, lsa-optimum]",
    evaluate: "{ prompts: 200 }",
    seeds: "2",
    ...changed,
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join("");
}

/** The files of finished cells in a run's folder. */
export function cellFiles(folder: string, id = "study"): string[] {
  const rows = join(folder, "rows", id);
  if (!existsSync(rows)) return [];
  return readdirSync(rows)
    .filter((file) => file.endsWith(".jsonl"))
    .sort()
    .map((file) => join(rows, file));
}

/** The rows of a file of a finished cell, without the line that says where they come from. */
export function rowsOf(file: string): Row[] {
  const [, ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Row);
}
