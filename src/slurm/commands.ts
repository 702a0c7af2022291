import { execFile } from "node:child_process";
import { parseQueue, type QueuedTask } from "./queue.js";
import { SlurmError, SlurmRefusal } from "./slurm-error.js";

/** Most of what squeue may print, in bytes: with every job of a large cluster. */
const LONGEST = 2 ** 30;

/** Has squeue print all indices of an array: by default it may stop after 64 letters of them. */
const WHOLE_INDICES = { SLURM_BITSTR_LEN: "0" };

/** What Slurm says where the cluster is at fault and not what was asked. */
const UNREACHABLE =
  /unable to contact|socket timed out|communication|connect|configuration file|cannot stat file|munge|auth/i;

/** MaxArraySize of a Slurm that does not say otherwise. */
const USUAL_ARRAY = 1001;

/**
 * Submits a job script. @returns the job's number
 *
 * @param options of sbatch, which count for more than those of the script and of the environment
 * @throws SlurmRefusal with Slurm's reason, SlurmError where there is no Slurm or it does not answer
 */
export async function submit(script: string, options: readonly string[], folder: string): Promise<number> {
  const { status, stdout, stderr } = await command("sbatch", ["--parsable", ...options, script], { cwd: folder });
  const job = Number(stdout.trim().split(";")[0]);
  if (status === 0 && job > 0) return job;
  const reason = reasonOf(stderr);
  if (UNREACHABLE.test(reason)) throw new SlurmError(`sbatch could not submit: ${reason}`);
  const partition = options.find((option) => option.startsWith("--partition="))?.slice("--partition=".length);
  if (partition !== undefined && /invalid partition/i.test(reason))
    throw new SlurmRefusal(`--partition ${partition}: Slurm has no such partition; allowed: ${await partitions()}`);
  throw new SlurmRefusal(`Slurm refused the job: ${reason}`);
}

/** The tasks of arrays of these names, also those that ended a short while ago. @throws SlurmError */
export async function queuedTasks(names: ReadonlySet<string>): Promise<QueuedTask[]> {
  if (names.size === 0) return [];
  const { status, stdout, stderr } = await command("squeue", ["--json", "--me", "--states=all"], {
    env: { ...process.env, ...WHOLE_INDICES },
  });
  if (status !== 0) throw new SlurmError(`squeue --json did not answer: ${reasonOf(stderr)}`);
  return parseQueue(stdout, names);
}

/** Ends jobs, running or not. @throws SlurmError */
export async function cancel(jobs: readonly number[]): Promise<void> {
  if (jobs.length === 0) return;
  const { status, stderr } = await command("scancel", jobs.map(String));
  if (status !== 0) throw new SlurmError(`scancel did not end the jobs: ${reasonOf(stderr)}`);
}

/** How many tasks an array may have here. */
export async function largestArray(): Promise<number> {
  const { stdout } = await command("scontrol", ["show", "config"]);
  return Math.max(1, Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(stdout)?.[1] ?? USUAL_ARRAY) - 1);
}

async function partitions(): Promise<string> {
  const { stdout } = await command("sinfo", ["--noheader", "--format=%R"]);
  return [...new Set(stdout.trim().split("\n"))].join(", ");
}

/** What of Slurm's complaints says most: the last line, without the program's name, and the one before where it is vague. */
function reasonOf(stderr: string): string {
  const lines = stderr.trim().split("\n");
  const said = lines.map((line) => line.replace(/^\w+: (error|fatal): (Batch job submission failed: )?/, ""));
  return [...new Set(said.slice(-2))].reverse().join("; ") || "without a reason";
}

function command(
  program: string,
  words: readonly string[],
  surroundings: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    execFile(program, words, { ...surroundings, maxBuffer: LONGEST }, (error, stdout, stderr) => {
      if (error?.code === ("ENOENT" as unknown))
        reject(new SlurmError(`${program} is not on this machine; --on slurm works where Slurm's commands are`));
      else resolve({ status: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}
