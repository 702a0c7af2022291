import tfjsCpu from "../backends/tfjs-cpu.js";
import tfjsWasm from "../backends/tfjs-wasm.js";
import { claimContract } from "../contracts/claim.js";
import { Breach, type Clause } from "../contracts/clause.js";
import { lawContract } from "../contracts/law.js";
import { mixerContract } from "../contracts/mixer.js";
import { mixerProgramContract } from "../contracts/mixer-program.js";
import { context, features } from "../contracts/mixer-prompts.js";
import { predictorContract } from "../contracts/predictor.js";
import { laws } from "../contracts/predictor-laws.js";
import { restoreHere } from "../contracts/restore.js";
import { unitContract } from "../contracts/unit.js";
import { OwnFiles } from "../own/own-files.js";
import type { AnyOwn, OwnClaim, OwnLaw, OwnMixer, OwnPredictor } from "../own/own-unit.js";
import { BackendError } from "../runner/backends.js";
import type { Law, OpenTfjs } from "../types.js";
import { StudyFiles } from "./series-file.js";

/** Contexts that a predictor is tuned at. */
const CONTEXTS = [0, 2, { uniform: [0, 5] }] as const;

/** What came of one promise. */
interface Finding {
  /** The unit, and with which of its examples. */
  readonly unit: string;
  readonly says: string;
  /** What was found where it is not kept. */
  readonly broken: string | null;
}

/**
 * `iclab check`: holds a person's own units to the contracts that ours are held to. Status 1 where a promise is broken.
 *
 * @throws OwnError where a file brings no unit
 */
export async function check(files: readonly string[], { json }: { readonly json?: boolean }): Promise<void> {
  const own = new OwnFiles("-");
  const found: Finding[] = [];
  const say = (finding: Finding) => {
    if (!json && finding.unit !== found.at(-1)?.unit) process.stdout.write(`${finding.unit}\n`);
    found.push(finding);
    const { says, broken } = finding;
    if (!json) process.stdout.write(broken === null ? `  ✓ ${says}\n` : `  ✗ ${says}\n    ${broken}\n`);
  };
  for (const file of files) {
    const { units } = await own.bring(file);
    for (const unit of units) await checkUnit(unit, units, say);
  }
  const broken = found.filter((finding) => finding.broken !== null).length;
  if (json)
    process.stdout.write(`${JSON.stringify({ kept: found.length - broken, broken, promises: found }, null, 2)}\n`);
  else process.stdout.write(`${found.length - broken} promises kept, ${broken} broken\n`);
  if (broken > 0) process.exitCode = 1;
}

type Say = (finding: Finding) => void;

async function checkUnit(unit: AnyOwn, all: readonly AnyOwn[], say: Say): Promise<void> {
  if (unit.kind === "claim") return checkClaim(unit, say);
  const title = `${unit.kind} ${unit.name}`;
  const { examples = [] } = unit;
  if (!(await held(title, unitContract(unit, examples), say))) return;
  for (const example of examples) {
    const named = `${title} ${JSON.stringify(example ?? null)}`;
    await contractOf[unit.kind](unit as never, example, { named, all, say });
  }
}

interface Around {
  readonly named: string;
  /** The units of the same file. */
  readonly all: readonly AnyOwn[];
  readonly say: Say;
}

const contractOf = {
  async law(unit: OwnLaw<unknown>, example: unknown, { named, say }: Around) {
    const law = await making(named, say, () => makeLaw(unit, example));
    if (law) await held(named, lawContract(law, restoreHere), say);
  },

  async mixer(unit: OwnMixer<unknown>, example: unknown, { named, say }: Around) {
    const mixer = await making(named, say, () => unit.make(unit.options.parse(example), { features, context }));
    if (!mixer) return;
    const { depth = 1 } = (example ?? {}) as { readonly depth?: number };
    for (const backend of [tfjsCpu, tfjsWasm]) {
      const open = await backend.open();
      if (typeof open === "string") throw new BackendError(`backend ${backend.name}: ${open}`);
      const on = () => open as OpenTfjs;
      await held(`${named} on ${backend.name}`, mixerContract(mixer, on), say);
      // A polynomial of degree 3^L in the prompt is so much more sensitive to its roundings.
      const degree = 3 ** (depth - 1);
      if (backend === tfjsCpu)
        await held(`${named} in the kernel language`, mixerProgramContract(mixer, degree, on), say);
      await open.close();
    }
  },

  async predictor(unit: OwnPredictor<unknown>, example: unknown, { named, all, say }: Around) {
    const predictor = await making(named, say, () => unit.make(unit.options.parse(example), { features, context }));
    if (!predictor) return;
    const besides = all.flatMap((other) => (other.kind === "law" ? other.examples.map((given) => [other, given]) : []));
    const own = (besides as [OwnLaw<unknown>, unknown][]).map(
      ([law, given]) => [`your ${law.name}`, makeLaw(law, given)] as const,
    );
    await held(named, predictorContract(predictor, { laws: [...own, ...laws], contexts: CONTEXTS }, restoreHere), say);
  },
};

function makeLaw(unit: OwnLaw<unknown>, example: unknown): Law {
  const options = unit.options.parse(example);
  const { features: own = 0 } = (options ?? {}) as { readonly features?: number };
  return unit.make(options, { features: own, context, read: new StudyFiles("-").read });
}

async function checkClaim(claim: OwnClaim, say: Say): Promise<void> {
  const title = `claim ${claim.id}`;
  const cases = claim.examples ?? [];
  const given: Clause = {
    says: "has examples: lists of rows of which it comes out as expected",
    check() {
      if (cases.length === 0) throw new Breach("it has none; allowed: examples: [[{ ... }, ...]]");
    },
  };
  await held(title, [given], say);
  for (const [i, rows] of cases.entries()) await held(`${title}, example ${i + 1}`, claimContract(claim, rows), say);
}

/** Makes a unit, or says why it cannot be made. */
async function making<Made>(unit: string, say: Say, make: () => Made): Promise<Made | undefined> {
  let made: Made | undefined;
  const check = () => {
    made = make();
  };
  await held(unit, [{ says: "can be made with these options", check }], say);
  return made;
}

/** Checks every clause and tells what came of it. @returns whether all are kept */
async function held(unit: string, clauses: readonly Clause[], say: Say): Promise<boolean> {
  let kept = true;
  for (const { says, check: checked } of clauses) {
    let broken: string | null = null;
    try {
      await checked();
    } catch (error) {
      kept = false;
      broken = error instanceof Breach ? error.message : `it throws: ${thrown(error)}`;
    }
    say({ unit, says, broken });
  }
  return kept;
}

/** The message of what was thrown, and the line of code that threw it where the stack has one. */
function thrown(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [place] = /\S+\.[mc]?ts:\d+:\d+/.exec(error.stack ?? "") ?? [];
  const [first] = error.message.split("\n");
  return place === undefined ? first! : `${first} (${place.replace(/^\(?(file:\/\/)?/, "")})`;
}
