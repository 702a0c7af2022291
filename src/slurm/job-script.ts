import { quoted } from "../runner/rerun.js";
import { gpuFence } from "./gpu-fence.js";
import { SlurmRefusal } from "./slurm-error.js";
import { logOf, type StoredSubmission } from "./submission.js";

/** The two files that a task is started by. */
export interface Program {
  readonly node: string;
  readonly main: string;
}

/**
 * The options of sbatch for a submission. A task that a lost node had is begun again, behind what it printed so far.
 *
 * @throws SlurmRefusal where the folder's name cannot be that of a log
 */
export function sbatchOptions(submission: StoredSubmission, after: readonly number[] = []): string[] {
  const { name, tasks, request, folder } = submission;
  const { maxRunning, sbatch } = request.scheduling;
  // Slurm reads %a as the task's index, %% as %, and nothing of all that behind a backslash.
  if (/[\\\n]/.test(folder))
    throw new SlurmRefusal(`${folder}: Slurm writes no log under a name with a backslash in it`);
  return [
    `--job-name=${name}`,
    `--array=0-${tasks.length - 1}${maxRunning === undefined ? "" : `%${maxRunning}`}`,
    `--output=${logOf(folder.replaceAll("%", "%%"), "%a")}`,
    "--open-mode=append",
    "--requeue",
    ...(after.length > 0 ? [`--dependency=afterany:${after.join(":")}`] : []),
    ...sbatch,
  ];
}

/** The job script of a submission: what every task of the array runs, as a person would write it. */
export function jobScript(submission: StoredSubmission, options: readonly string[], program: Program): string {
  const { folder, tasks, request } = submission;
  const cells = tasks.reduce((sum, task) => sum + task.length, 0);
  const node = quoted(program.node);
  const missing = "is not there; Node and iclab must lie in a folder that every node has";
  return [
    "#!/bin/sh",
    `# ${cells} cells in ${tasks.length} tasks: tasks.json says which has which. To submit it by hand: sbatch script.sh`,
    ...options.map((option) => `#SBATCH ${directive(option)}`),
    "",
    ...(request.scheduling.before.length > 0 ? [...request.scheduling.before, ""] : []),
    `[ -x ${node} ] || { echo "on $(hostname)" ${node} "${missing}"; exit 3; }`,
    `set -- ${node} ${quoted(program.main)} slurm-task ${quoted(folder)} "$SLURM_ARRAY_TASK_ID"`,
    ...(request.backend.includes("webgpu") ? ["", gpuFence()] : ['exec "$@"']),
    "",
  ].join("\n");
}

/** An option as a line of the script has it: sbatch takes double quotes off, and a backslash in front of one. */
function directive(option: string): string {
  if (option.includes("\n")) throw new SlurmRefusal(`an option of sbatch is one line: ${JSON.stringify(option)}`);
  const [, name, value] = /^(--[\w-]+=)?(.*)$/.exec(option)!;
  return /^[\w./:=,+%@*-]*$/.test(value!) ? option : `${name ?? ""}"${value!.replace(/["\\]/g, "\\$&")}"`;
}
