import type { Program } from "../../kernels/program.js";
import { fusedPlan } from "./fused-plan.js";
import { splitPlan } from "./split-plan.js";
import type { Traits } from "./traits.js";

/** What the kernels of a training are to be written for. */
export interface Request {
  /** The training program of its trials. */
  readonly program: Program;
  /** Batches of its trials. */
  readonly batches: readonly number[];
  readonly models: number;
}

/** One dispatch: a compute shader, and how many of its workgroups a model has. */
export interface Kernel {
  readonly text: string;
  readonly groups: number;
}

/** How a training runs on an adapter. */
export interface Plan {
  readonly request: Request;
  /** In words, for people: "64 lanes a model", ... */
  readonly says: string;
  /** One kernel makes all updates of a launch; several make one update, one after another. */
  readonly kernels: readonly Kernel[];
  /** Workgroups that wait for each other within a dispatch; 1 where none does. */
  readonly together: number;
  /** Where every sum of a model is made: see `placesOf` and `splitPlaces`. */
  readonly places: Uint32Array<ArrayBuffer>;
  /** Numbers of partial sums a model. */
  readonly partials: number;
}

/** Lanes of a workgroup that trains a model alone, at least: 256 prompts are four passes. */
const LANES = 64;

/** Lanes that a GPU has work for at once: where models are few, each gets more of them. */
const FULL = 65536;

/** Workgroups that wait for each other, at most: fewer than any GPU of today runs at once. */
const TOGETHER = 64;

/** As many workgroups as keep a GPU busy. */
const BUSY = 128;

/**
 * How trials of one structure are trained on an adapter. A pure function of its arguments: the same trials on the same
 * adapter give the same numbers, which a choice by the clock would not. In order:
 *
 *   many models, or small batches    a workgroup each, hundreds of updates a dispatch
 *   few models of large batches      several workgroups each, which exchange their sums within the dispatch
 *   sums beyond the registers, or    two dispatches an update: sums of many workgroups, then the update
 *   workgroups that do not run together
 */
export function planOf(request: Request, traits: Traits): Plan {
  const { models } = request;
  const batch = Math.max(...request.batches);
  if (traits.together && models <= TOGETHER / 2 && batch >= 2 * LANES) {
    const perPrompt = Math.min(8, traits.subgroup ?? 1);
    const lanes = Math.min(256, traits.invocations);
    const groups = Math.min(Math.ceil((batch * perPrompt) / lanes), Math.floor(TOGETHER / models));
    const shared = fusedPlan(request, traits, { lanes, perPrompt, groups, resident: true });
    if (shared !== null && groups > 1) return shared;
  }
  const fills = models >= BUSY / 2 || batch <= 2 * LANES || traits.software;
  const wanted = traits.software ? LANES : Math.max(LANES, Math.min(256, 2 ** Math.floor(Math.log2(FULL / models))));
  if (fills)
    for (let lanes = Math.min(wanted, traits.invocations); lanes >= 4; lanes /= 2) {
      if (lanes >= 8 && lanes >= 2 * batch) continue;
      const fused = fusedPlan(request, traits, { lanes, perPrompt: 1, groups: 1, resident: false });
      if (fused !== null) return fused;
    }
  const lanes = Math.min(LANES, traits.invocations);
  return splitPlan(request, traits, { lanes, groups: Math.min(Math.ceil(batch / lanes), Math.ceil(BUSY / models)) });
}
