import { readdirSync, readFileSync } from "node:fs";
import type { Law, Unit } from "../src/types.js";

const folder = new URL("../src/laws/", import.meta.url);
const units = new Map<string, Unit<unknown, Law>>();
// One after another: jest cannot import two modules at once that share one not yet loaded.
for (const file of readdirSync(folder)) {
  const { default: unit } = (await import(new URL(file, folder).pathname)) as { default?: Unit<unknown, Law> };
  if (unit !== undefined) units.set(unit.name, unit);
}

const features = 2;
const correlated = [
  [2, 0.5],
  [0.5, 1],
];

/** Options of every law's texts: each draws in another way. */
const options: Readonly<Record<string, readonly object[]>> = {
  "gaussian-linear": [
    { features },
    { features, noise: 0.5, covariance: correlated },
    { features, inputs: "rademacher" },
    { features, inputs: { student: 6 }, noise: 0.5 },
  ],
  autoregressive: [{ coefficients: [0.5, -0.3] }, { coefficients: { order: 2, partial: 0.9 } }],
  "corrupted-labels": [{ features, share: 0.3 }],
  mixture: [{ features, first: { noise: 0.1 }, second: { covariance: correlated } }],
  "nonlinear-target": [{ features }, { features, target: "cube" }],
  "random-basis": [{ features, covariance: { diagonal: [1, 4] } }],
  "random-covariance": [{ features, noise: 0.5 }],
  series: [
    { file: "sunspots", window: 2 },
    { file: "sunspots", window: 1, constant: true },
  ],
  "several-tasks": [{ features, noise: 0.5, tasks: [[1], [1, 2]] }],
  "task-pool": [{ features, tasks: 4 }],
  "vector-autoregressive": [
    {
      matrix: [
        [0.5, 0.3],
        [0, 0.4],
      ],
      noise: 0.5,
    },
    { matrix: [[0.9]], constant: true },
  ],
};

/** The shipped series, by name. */
const read = (file: string) => readFileSync(new URL(`../src/data/${file}.csv`, import.meta.url));

/** Every law of src/laws, of two features, with each of its ways to draw. */
export function lawCases(): readonly { readonly title: string; readonly law: Law }[] {
  return [...units].flatMap(([name, unit]) => {
    const given = options[name];
    if (given === undefined) throw new Error(`tests/law-cases.ts has no options for the law ${name}`);
    return given.map((each) => ({
      title: `${name} ${JSON.stringify(each)}`,
      law: unit.make(unit.options.parse(each), { features, context: 3, read }),
    }));
  });
}
