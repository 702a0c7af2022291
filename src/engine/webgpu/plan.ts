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
  /** For how many models the layout is chosen; for those that there are, where left out. */
  readonly company?: number;
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

/**
 * Lanes of a workgroup. On an H100 128 are within 2 % of the best for sweeps of linear attention and a fifth faster than 64
 * or 256 for softmax attention and for large batches (docs/bench/gpu.md); more than one lane a prompt gains nothing there.
 */
const LANES = 128;

/** Lanes of a workgroup on an emulated GPU, which runs them one after another, and of one that shares an update's sums. */
const FEW = 64;

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
  const models = request.company ?? request.models;
  const batch = Math.max(...request.batches);
  if (traits.together && models <= TOGETHER / 2 && batch >= 2 * FEW) {
    const perPrompt = Math.min(8, traits.subgroup ?? 1);
    const most = Math.floor(TOGETHER / models);
    // The whole batch in one pass where that is possible.
    const needed = (batch * perPrompt) / LANES <= most ? LANES : 2 * LANES;
    const lanes = Math.min(needed, traits.invocations);
    const groups = Math.min(Math.ceil((batch * perPrompt) / lanes), most);
    const shared = fusedPlan(request, traits, { lanes, perPrompt, groups, resident: true });
    if (shared !== null && groups > 1) return shared;
  }
  const fills = models >= BUSY / 2 || batch <= 2 * FEW || traits.software;
  const wanted = traits.software ? FEW : LANES;
  if (fills)
    for (let lanes = Math.min(wanted, traits.invocations); lanes >= 4; lanes /= 2) {
      if (lanes >= 8 && lanes >= 2 * batch) continue;
      const fused = fusedPlan(request, traits, { lanes, perPrompt: 1, groups: 1, resident: false });
      if (fused !== null) return fused;
    }
  const lanes = Math.min(FEW, traits.invocations);
  return splitPlan(request, traits, { lanes, groups: Math.min(Math.ceil(batch / lanes), Math.ceil(BUSY / models)) });
}
