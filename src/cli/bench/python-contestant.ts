import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { packageRoot } from "../../runner/package-root.js";
import type { Contestant } from "./contestant.js";

const STEPS = 40;

/** A script of tests/bench that trains what a line of JSON asks for, in a Python of the PATH. */
export function pythonContestant(name: string, script: string, settings = {}, python = "python3"): Contestant {
  return {
    name,
    async open({ attention, heads, batch, context, features }) {
      const file = join(packageRoot, "tests", "bench", script);
      if (!existsSync(file)) return `tests/bench/${script} is in the repository only`;
      const talk = startPython(python, file);
      const hello = await talk.answer();
      if (hello === null) return `the ${python} on the PATH cannot run tests/bench/${script}: ${talk.complaint()}`;
      const work = JSON.stringify({ attention, heads, batch, context, features, steps: STEPS, ...settings });
      const run = async () => {
        talk.ask(work);
        const line = await talk.answer();
        if (line === null) throw new Error(`tests/bench/${script} ended: ${talk.complaint()}`);
        return (JSON.parse(line) as { readonly ms: number }).ms;
      };
      await run();
      const { version } = JSON.parse(hello) as { readonly version: string };
      return { version, run, close: async () => talk.end() };
    },
  };
}

/** A Python program that answers a line with a line. */
export interface Talk {
  ask(line: string): void;
  /** Its next line; null where it has ended. */
  answer(): Promise<string | null>;
  /** The last line it wrote to its standard error. */
  complaint(): string;
  end(): void;
}

export function startPython(python: string, file: string): Talk {
  const child = spawn(python, [file], { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "it says nothing";
  child.on("error", (error) => {
    complaint = error.message;
  });
  child.stdin.on("error", () => {});
  child.stderr.on("data", (text) => {
    complaint = String(text).trim().split("\n").at(-1) ?? complaint;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: (line) => void child.stdin.write(`${line}\n`),
    answer: async () => {
      const { done, value } = await lines.next();
      return done ? null : value;
    },
    complaint: () => complaint,
    end: () => child.stdin.end(),
  };
}
