import { availableParallelism } from "node:os";
import type { Contestant } from "./contestant.js";
import { engineContestant } from "./engine-contestant.js";
import { machineLine, thisMachine } from "./machine.js";
import { plainContestant } from "./plain-contestant.js";
import { problems } from "./problems.js";
import { pythonContestant } from "./python-contestant.js";
import { type Result, race } from "./race.js";
import { startUp } from "./start-up.js";
import { table } from "./table.js";
import { tfjsContestant } from "./tfjs-contestant.js";

const ROUNDS = 11;

/** iclab first: the others are divided by it. */
function contestants(): Contestant[] {
  const threads = availableParallelism();
  return [
    engineContestant(threads),
    ...(threads > 1 ? [engineContestant(1)] : []),
    engineContestant(threads, "threefry20-erfinv"),
    plainContestant,
    tfjsContestant({ drawn: "afresh" }),
    tfjsContestant({ drawn: "once" }),
    pythonContestant("JAX, threefry2x32", "jax_cpu.py", { random: "threefry2x32" }),
    pythonContestant("JAX, rbg", "jax_cpu.py", { random: "rbg" }),
    pythonContestant("PyTorch, eager", "torch_cpu.py"),
  ];
}

/** One training step by everything this machine has, in one call. */
export async function benchCpu(): Promise<{ readonly data: object; readonly text: string }> {
  const machine = thisMachine();
  const begun = startUp(7);
  const races = [];
  for (const problem of problems) races.push({ problem, results: await race(contestants(), problem, ROUNDS) });
  const text = [
    "# One training step on the CPU",
    machineLine(machine),
    "Milliseconds a step: prompts drawn, loss, gradient and Adam; median and range of whole trainings, in turn.",
    ...races.map(({ problem: { name, batch, features, context }, results }) =>
      [`## ${name}, batch ${batch}, d = ${features}, n = ${context}`, resultTable(results)].join("\n\n"),
    ),
    "## Start-up",
    `From the start of a process to its first step (imports, compilation, threads): median ${begun.median.toFixed(0)} ms, ` +
      `${begun.least.toFixed(0)} to ${begun.most.toFixed(0)} in ${begun.runs} runs.`,
  ].join("\n\n");
  return { data: { machine, races, startUp: begun }, text };
}

function resultTable(results: readonly Result[]): string {
  const first = results[0]!;
  const rows = results.map((result) => {
    if ("why" in result) return [result.name, "-", "-", "-"];
    const { median, least, most } = result.ms;
    const ratio = "ms" in first ? (median / first.ms.median).toFixed(2) : "-";
    return [result.name, median.toFixed(3), `${least.toFixed(3)} .. ${most.toFixed(3)}`, ratio];
  });
  const notes = results.flatMap((result) => {
    const note = "why" in result ? result.why : result.version;
    return note === undefined ? [] : [`${result.name}: ${note}`];
  });
  return [table(["", "median", "least .. most", "times iclab"], rows), ...notes].join("\n\n");
}
