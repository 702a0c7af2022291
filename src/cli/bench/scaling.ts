import { type Axis, axesOf } from "./axes.js";
import { machineLine, thisMachine } from "./machine.js";
import { type Cost, costOf } from "./measured-point.js";
import { memoryUse } from "./memory.js";
import { type PowerLaw, powerLaw } from "./power-law.js";
import { problems } from "./problems.js";
import { table } from "./table.js";

interface Scaling {
  readonly axis: string;
  readonly sizes: readonly number[];
  readonly costs: readonly Cost[];
  /** Null where only one size is fitted: threads on one core. */
  readonly law: PowerLaw | null;
}

/** What a training step costs along every axis, one after another, with the exponent fitted to the medians. */
export async function benchScaling(): Promise<{ readonly data: object; readonly text: string }> {
  const machine = thisMachine();
  const memory = memoryUse();
  const parts = [];
  for (const problem of problems) {
    const scalings: Scaling[] = [];
    for (const axis of axesOf(problem)) scalings.push(await along(axis));
    parts.push({ problem, scalings });
  }
  const text = [
    "# How a training step scales on the CPU",
    machineLine(machine),
    "Milliseconds in which all models take one step, median and range of 5 trainings. First: a training of one step " +
      "with everything before it (threads, compilation). Exponent: least squares in logarithms over all sizes (of threads: up to the cores).",
    ...parts.flatMap(({ problem: { name, batch, features, context, heads }, scalings }) => [
      `## ${name}`,
      `Where not varied: batch ${batch}, d = ${features}, n = ${context}, heads ${heads}, one model, all cores.`,
      ...scalings.map(scalingText),
    ]),
    "## Memory",
    `A process that trains 256 models of d = 20, n = 40 holds ${memory.peak.toFixed(0)} MB at most, and ` +
      `${memory.growth.toFixed(1)} MB more after 20,000 further trials than after 10,000.`,
  ].join("\n\n");
  return { data: { machine, memory, parts }, text };
}

async function along({ name, sizes, fittedTo = Number.POSITIVE_INFINITY, at }: Axis): Promise<Scaling> {
  const costs: Cost[] = [];
  for (const size of sizes) costs.push(await costOf(at(size)));
  const fitted = sizes.filter((size) => size <= fittedTo);
  const medians = fitted.map((_, i) => costs[i]!.ms.median);
  const law = fitted.length > 1 ? powerLaw(fitted, medians) : null;
  return { axis: name, sizes, costs, law };
}

function scalingText({ axis, sizes, costs, law }: Scaling): string {
  const rows = sizes.map((size, i) => {
    const { ms, first } = costs[i]!;
    return [`${size}`, ms.median.toFixed(3), `${ms.least.toFixed(3)} .. ${ms.most.toFixed(3)}`, first.toFixed(0)];
  });
  const measured = table([axis, "ms", "least .. most", "first"], rows);
  return law === null ? measured : `${measured}\n\n${exponentLine(law)}`;
}

function exponentLine({ exponent, error }: PowerLaw): string {
  return `Exponent ${exponent.toFixed(2)}${error === null ? "" : ` ± ${error.toFixed(2)}`}.`;
}
