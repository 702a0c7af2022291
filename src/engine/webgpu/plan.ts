import type { Program } from "../../kernels/program.js";
import { type WgslKernel, type WgslOutput, wgsl } from "../../kernels/wgsl.js";
import type { Optimizer } from "../../types.js";
import { type Fused, fusedText, placesOf, slotsOf } from "./fused-text.js";
import { Word } from "./record.js";
import { roundsOf } from "./reduction.js";
import { strideOf } from "./sum-text.js";
import { tableElement } from "./table-text.js";
import type { Traits } from "./traits.js";

/** What the kernels of a training are to be written for. */
export interface Request {
  /** The training program of its trials. */
  readonly program: Program;
  readonly rule: Optimizer["kind"];
  readonly clips: boolean;
  /** Batches of its trials. */
  readonly batches: readonly number[];
  readonly models: number;
}

/** How a training runs on an adapter: its shader, and what a launch must give it. */
export interface Plan {
  readonly request: Request;
  readonly manner: "fused" | "shared";
  readonly text: string;
  readonly lanes: number;
  readonly prompts: number;
  readonly groups: number;
  readonly places: Uint32Array<ArrayBuffer>;
  /** Numbers of partial sums a model. */
  readonly partials: number;
}

/** Sums a lane may hold in registers: beyond, they would spill and the split kernels are better. */
const SLOTS = 16;

export const isScalar = (output: WgslOutput): output is Extract<WgslOutput, { left: string }> => "left" in output;

/** Bytes of workgroup memory beside the factors: totals and flags. */
const FIXED = 64;

/** The kernel in which a workgroup trains a model; null where its sums or factors have no room. */
export function fusedPlan(request: Request, traits: Traits, lanes: number): Plan | null {
  const { program, rule, clips, batches } = request;
  const kernel: WgslKernel = wgsl(program, {
    turns: traits.turns,
    places: { table: tableElement(Object.keys(program.tables)) },
  });
  if (!kernel.outputs.every(isScalar)) return null;
  const lane = { lanes, prompts: lanes };
  const used = 4 * (program.parameters + Math.max(1, program.settings) + (clips ? lanes : 0)) + FIXED;
  const most = Math.floor((traits.workgroupBytes - used) / (4 * strideOf(lane)));
  if (most < 3) return null;
  const rounds = roundsOf(kernel.outputs.filter(isScalar), most);
  const tables = Object.keys(program.tables).length;
  const fused: Fused = {
    ...lane,
    program: kernel,
    parameters: program.parameters,
    settings: program.settings,
    record: Word.tables + tables,
    tables,
    rounds,
    groups: 1,
    rule,
    clips,
    ragged: batches.some((batch) => batch % lane.prompts !== 0),
  };
  if (slotsOf(fused) > SLOTS) return null;
  return { request, manner: "fused", text: fusedText(fused), ...lane, groups: 1, places: placesOf(fused), partials: 1 };
}

/** Most lanes of a workgroup: what a batch of 256 prompts was fastest with. */
const LANES = 64;

/**
 * How trials of one structure are trained on an adapter. A pure function of its arguments: the same trials on the same
 * adapter give the same numbers, which a choice by the clock would not.
 *
 * @throws RangeError where no kernel fits
 */
export function planOf(request: Request, traits: Traits): Plan {
  const batch = Math.max(...request.batches);
  for (let lanes = Math.min(LANES, traits.invocations); lanes >= 4; lanes /= 2) {
    if (lanes >= 8 && lanes >= 2 * batch) continue;
    const plan = fusedPlan(request, traits, lanes);
    if (plan !== null) return plan;
  }
  throw new RangeError("this mixer's gradient does not fit into the GPU's workgroup memory");
}
