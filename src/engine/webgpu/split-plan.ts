import { type WgslOutput, wgsl } from "../../kernels/wgsl.js";
import { applyText } from "./apply-text.js";
import { FIXED, isScalar } from "./fused-plan.js";
import { gradientText, type Split, splitPlaces } from "./gradient-text.js";
import type { Plan, Request } from "./plan.js";
import { Word } from "./record.js";
import { roundsOf } from "./reduction.js";
import { strideOf } from "./sum-text.js";
import { tableElement } from "./table-text.js";
import type { Traits } from "./traits.js";

export interface SplitShape {
  readonly lanes: number;
  readonly groups: number;
}

/** Rows of factors that weights and settings must leave room for. */
const ROWS = 24;

/** Lanes that move a model's weights. */
const MOVERS = 256;

/** The kernels of an update in two dispatches: for any number of weights, and workgroups that need not run together. */
export function splitPlan(request: Request, traits: Traits, { lanes, groups }: SplitShape): Plan {
  const { program, batches } = request;
  const tables = Object.keys(program.tables);
  const lane = { lanes, prompts: lanes };
  const row = 4 * strideOf(lane);
  let left = traits.workgroupBytes - FIXED - ROWS * row;
  const fits = (numbers: number): boolean => {
    if (4 * numbers > left) return false;
    left -= 4 * numbers;
    return true;
  };
  const local = { parameters: fits(program.parameters), settings: fits(program.settings) };
  const kernel = wgsl(program, {
    turns: traits.turns,
    places: {
      table: tableElement(tables),
      ...(!local.parameters && { parameter: (at: string) => `weights[weights_at + ${at}]` }),
      ...(!local.settings && { setting: (at: string) => `numbers[numbers_at + ${at}]` }),
    },
  });
  const rounds = roundsOf(kernel.outputs.filter(isScalar), ROWS + Math.floor(left / row));
  const wide = kernel.outputs.find((output): output is Exclude<WgslOutput, { left: string }> => !isScalar(output));
  const split: Split = {
    ...lane,
    program: kernel,
    parameters: program.parameters,
    settings: program.settings,
    record: Word.tables + tables.length,
    tables: tables.length,
    rounds,
    wide: wide ?? null,
    rows: Math.max(wide ? ROWS : 0, ...rounds.map((round) => round.rows.length)),
    groups,
    local,
    ragged: batches.some((batch) => batch % lanes !== 0),
  };
  const places = splitPlaces(split);
  const movers = Math.min(MOVERS, traits.invocations);
  return {
    request,
    says: `two dispatches an update, ${groups} workgroup${groups === 1 ? "" : "s"} of ${lanes} lanes a model`,
    kernels: [
      { text: gradientText(split), groups },
      { text: applyText(split, movers), groups: 1 },
    ],
    together: 1,
    places,
    partials: (places.length / 4) * groups,
  };
}
