import { type Command, InvalidArgumentError, Option } from "commander";
import type { Limits } from "../runner/worker-pool.js";
import { type DeviceChoice, devicesOf } from "./devices.js";
import { UsageError } from "./failure.js";

/** What a command is told of the processes that it computes in. */
export interface LimitChoices {
  readonly workers?: number;
  /** GPUs, a process each. */
  readonly devices?: DeviceChoice;
  /** Seconds. */
  readonly timeLimit?: number;
  /** Bytes. */
  readonly memoryLimit?: number;
  /** Seconds between two checkpoints of a long training; 0 for none. */
  readonly checkpoint?: number;
}

/** Adds what can be said of long runs on this machine to a command's options. */
export function withLimitOptions(command: Command): Command {
  const options = [
    new Option("--workers <n>", "compute in so many processes, a cell at a time each; without a limit, in this one"),
    new Option("--devices <list>", "compute on several GPUs of this machine, a process each: all, or numbers: 0,1"),
    new Option("--time-limit <time>", "a cell that takes longer fails, the others go on: 90s, 10min, 2h"),
    new Option("--memory-limit <size>", "a cell whose process takes more memory fails: 500MB, 2GB"),
    new Option("--checkpoint <seconds>", "between two checkpoints of a long training, 0 for none; by default 30"),
  ];
  const parsers: readonly ((text: string) => unknown)[] = [wholeFromOne, devices, seconds, bytes, notNegative];
  for (const [i, option] of options.entries())
    command.addOption(option.argParser(parsers[i]!).helpGroup("Long runs on this machine:"));
  return command;
}

/** What a cell may take, where there are worker processes to hold it to that; null where there are none. */
export function workersOf({ workers, devices, timeLimit, memoryLimit }: LimitChoices): Workers | null {
  if (workers === undefined && devices === undefined && timeLimit === undefined && memoryLimit === undefined)
    return null;
  if (workers !== undefined && devices !== undefined)
    throw new UsageError("--devices starts a process for each GPU: leave --workers out");
  const limits = {
    ...(timeLimit !== undefined && { seconds: timeLimit }),
    ...(memoryLimit !== undefined && { bytes: memoryLimit }),
  };
  if (devices === undefined) return { size: workers ?? 1, limits };
  const chosen = devicesOf(devices);
  return { size: chosen.length, limits, devices: chosen };
}

/** Processes that compute, and what a cell may take of them. */
export interface Workers {
  readonly size: number;
  readonly limits: Limits;
  /** The GPU of each. */
  readonly devices?: readonly number[];
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };
const BYTES: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9 };

const seconds = (text: string): number => measured(text, SECONDS, "90s, 10min, 2h");
const bytes = (text: string): number => measured(text, BYTES, "500MB, 2GB");

function measured(text: string, units: Readonly<Record<string, number>>, examples: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-zA-Z]+)$/.exec(text) ?? [];
  const value = Number(number) * (units[unit ?? ""] ?? Number.NaN);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`Allowed is a number with its unit: ${examples}.`);
}

function devices(text: string): DeviceChoice {
  if (text === "all") return "all";
  const numbers = text.split(",").map((each) => (/^\d+$/.test(each) ? Number(each) : Number.NaN));
  if (numbers.every(Number.isSafeInteger) && new Set(numbers).size === numbers.length) return numbers;
  throw new InvalidArgumentError("Allowed is all, or different numbers of GPUs with commas between them: 0,1.");
}

function wholeFromOne(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("Allowed is a whole number from 1.");
}

function notNegative(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Allowed is a number from 0.");
}
