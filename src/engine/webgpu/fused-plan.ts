import { type WgslOutput, wgsl } from "../../kernels/wgsl.js";
import { partialWords } from "./exchange-text.js";
import { type Fused, fusedText, placesOf, slotsOf } from "./fused-text.js";
import type { Plan, Request } from "./plan.js";
import { Word } from "./record.js";
import { roundsOf } from "./reduction.js";
import { strideOf } from "./sum-text.js";
import { tableElement } from "./table-text.js";
import type { Traits } from "./traits.js";

/** How a workgroup is laid out. */
export interface FusedShape {
  /** Lanes of a workgroup, and how many of them hold one prompt together. */
  readonly lanes: number;
  readonly perPrompt: number;
  /** Workgroups that train one model together. */
  readonly groups: number;
  readonly resident: boolean;
  /** Whether loops' bounds are hidden from the driver's compiler; not, where left out. */
  readonly opaque?: boolean;
}

/** Sums a lane may hold in registers: beyond, they would spill and two dispatches are better. */
const SLOTS = 16;

/** Bytes of workgroup memory beside weights, settings, norms and factors. */
export const FIXED = 64;

/** Bytes of workgroup memory that a workgroup takes where many are to run beside each other. */
const ALONE = 24576;

export const isScalar = (output: WgslOutput): output is Extract<WgslOutput, { left: string }> => "left" in output;

/** The kernel that makes all of an update in one dispatch; null where its sums or factors have no room. */
export function fusedPlan(request: Request, traits: Traits, shape: FusedShape): Plan | null {
  const { program, batches } = request;
  const { lanes, perPrompt, groups, resident, opaque = false } = shape;
  const tables = Object.keys(program.tables);
  const kernel = wgsl(program, {
    turns: traits.turns,
    places: { table: tableElement(tables) },
    lanes: perPrompt,
    opaque,
  });
  if (!kernel.outputs.every(isScalar)) return null;
  const lane = { lanes, prompts: lanes / perPrompt };
  const used = 4 * (program.parameters + Math.max(1, program.settings) + lanes) + FIXED;
  const bytes = groups === 1 ? Math.min(traits.workgroupBytes, ALONE) : traits.workgroupBytes;
  const most = Math.floor((bytes - used) / (4 * strideOf(lane)));
  if (most < 3) return null;
  const rounds = roundsOf(kernel.outputs.filter(isScalar), most);
  const fused: Fused = {
    ...lane,
    program: kernel,
    parameters: program.parameters,
    settings: program.settings,
    record: Word.tables + tables.length,
    tables: tables.length,
    rounds,
    groups,
    resident,
    ragged: batches.some((batch) => batch % lane.prompts !== 0),
  };
  const slots = slotsOf(fused);
  if (slots > SLOTS) return null;
  const shared = groups > 1 ? `${groups} workgroups of ` : "";
  return {
    request,
    says: `${shared}${lanes} lanes a model${perPrompt > 1 ? `, ${perPrompt} a prompt` : ""}`,
    kernels: [{ text: fusedText(fused), groups }],
    together: groups,
    places: placesOf(fused),
    partials: groups > 1 ? partialWords(slots * lanes, groups) : 1,
  };
}
