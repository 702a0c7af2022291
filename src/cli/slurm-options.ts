import { type Command, InvalidArgumentError, Option } from "commander";
import type { Scheduling } from "../slurm/request.js";
import { UsageError } from "./failure.js";

/** What a command is told of Slurm. */
export interface SlurmChoices {
  readonly on?: "slurm";
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly gres?: string;
  readonly time?: string;
  readonly mem?: string;
  readonly cpusPerTask?: number;
  readonly sbatch?: readonly string[];
  readonly before?: readonly string[];
  readonly chunk?: number;
  readonly maxRunning?: number;
  readonly every?: number;
  readonly cancelOnInterrupt?: boolean;
}

/** Options of sbatch that have a word of their own here, by the name that commander gives them. */
const OWN = {
  partition: "--partition",
  account: "--account",
  qos: "--qos",
  gres: "--gres",
  time: "--time",
  mem: "--mem",
  cpusPerTask: "--cpus-per-task",
} as const;

/** Seconds between two looks at the queue where nobody says. */
const USUAL_PERIOD = 10;

const several = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** Adds what can be said of Slurm to a command's options. */
export function withSlurmOptions(command: Command): Command {
  const options = [
    new Option("--partition <name>", "partition"),
    new Option("--account <name>", "account"),
    new Option("--qos <name>", "quality of service"),
    new Option("--gres <list>", "resources of a task: gpu:1"),
    new Option("--time <limit>", "time limit of a task, as sbatch reads it: 30, 2:00:00"),
    new Option("--mem <size>", "memory of a task: 4G"),
    new Option("--cpus-per-task <n>", "processors of a task").argParser(positive),
    new Option("--sbatch <option>", "any other option of sbatch, --sbatch=--constraint=a100; repeat it").argParser(
      several,
    ),
    new Option("--before <line>", "a line of shell that tasks begin with, 'module load x'; repeat it").argParser(
      several,
    ),
    new Option("--chunk <n>", "cells in a task; by default as many as make 100 tasks").argParser(positive),
    new Option("--max-running <n>", "tasks that run at a time; by default as many as Slurm lets").argParser(positive),
    new Option("--every <seconds>", `between two looks at the queue; by default ${USUAL_PERIOD}`).argParser(positive),
    new Option("--cancel-on-interrupt", "Ctrl-C cancels the jobs; without it they go on"),
  ];
  for (const option of options) command.addOption(option.helpGroup("With --on slurm:"));
  return command;
}

/** Whether to run on Slurm, with what only makes sense there refused elsewhere. @throws UsageError */
export function isOnSlurm(choices: SlurmChoices): boolean {
  if (choices.on === "slurm") return true;
  const { sbatch, before } = schedulingOf(choices);
  const other = ["chunk", "maxRunning", "every", "cancelOnInterrupt"] as const;
  const said = [...sbatch, ...before, ...other.filter((name) => choices[name] !== undefined)];
  if (said.length > 0) throw new UsageError("what is said of partitions, tasks and queues needs --on slurm");
  return false;
}

/** Seconds between two looks at the queue. */
export const periodOf = ({ every = USUAL_PERIOD }: SlurmChoices): number => every;

/** What is said of scheduling, as it is kept. */
export function schedulingOf({ sbatch = [], before = [], chunk, maxRunning, ...choices }: SlurmChoices): Scheduling {
  const own = Object.entries(OWN).flatMap(([name, option]) => {
    const value = choices[name as keyof typeof OWN];
    return value === undefined ? [] : [`${option}=${value}`];
  });
  const bad = sbatch.find((option) => !/^--[a-z][\w-]*(=.*)?$/.test(option));
  if (bad !== undefined)
    throw new UsageError(`--sbatch ${bad}: allowed is an option in its long form, --sbatch=--constraint=a100`);
  return {
    ...{ sbatch: [...own, ...sbatch], before },
    ...(chunk !== undefined && { chunk }),
    ...(maxRunning !== undefined && { maxRunning }),
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("Allowed is a whole number from 1.");
}
