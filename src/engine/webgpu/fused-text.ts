import type { WgslKernel } from "../../kernels/wgsl.js";
import { clipText } from "./clip-text.js";
import { exchangeText } from "./exchange-text.js";
import type { Round } from "./reduction.js";
import { frameText, Status, Tail } from "./shader-frame.js";
import { factorText, type Lanes, productsText, strideOf } from "./sum-text.js";
import { tablesText } from "./table-text.js";

/** What a fused kernel is written for. */
export interface Fused extends Lanes {
  readonly program: WgslKernel;
  readonly parameters: number;
  readonly settings: number;
  readonly record: number;
  /** How many tables the program has. */
  readonly tables: number;
  readonly rounds: readonly Round[];
  /** Workgroups that share a model. */
  readonly groups: number;
  /** Whether weights and their memory stay in registers: sooner at hand, but in the way where many prompts compete for
   *  registers. */
  readonly resident: boolean;
  /** True where a batch may end within a pass. */
  readonly ragged: boolean;
}

/** Sums that one lane makes: number `slot` of every lane belongs to one round. */
export const slotsOf = ({ rounds, lanes }: Pick<Fused, "rounds" | "lanes">): number =>
  rounds.reduce((slots, { sums }) => slots + Math.ceil(sums.length / lanes), 0);

/**
 * The place of every lane's sums: for slot s and lane l, element s * lanes + l is (left row, right row, output, kind),
 * kind 0 for none, 1 for an output that is 0 for all prompts, 2 for a sum.
 */
export function placesOf({ rounds, lanes, prompts }: Pick<Fused, "rounds" | keyof Lanes>): Uint32Array<ArrayBuffer> {
  const stride = strideOf({ lanes, prompts });
  const places: number[] = [];
  for (const { sums } of rounds) {
    for (const { output, rows } of sums)
      places.push(...(rows === null ? [0, 0, output, 1] : [rows[0] * stride, rows[1] * stride, output, 2]));
    while (places.length % (4 * lanes) !== 0) places.push(0, 0, 0, 0);
  }
  return Uint32Array.from(places);
}

/**
 * The WGSL of whole trainings in one dispatch: a workgroup (or several, `groups`) trains a model for as many updates as
 * the launch asks for. A lane draws, predicts and differentiates one prompt at a time (`prompts` of them a pass, or
 * several lanes share a prompt); factors of the gradient meet in workgroup memory, where every lane sums its own few
 * outputs over the pass. Sums stay in registers, and weights with their optimiser's memory where they are `resident`.
 */
export function fusedText(of: Fused): string {
  const { program, parameters, settings, rounds, lanes, prompts, groups } = of;
  const slots = Array.from({ length: slotsOf(of) }, (_, s) => s);
  const each = (text: (slot: number) => string): string => slots.map(text).join("\n");
  const lanesOfPrompt = lanes / prompts;
  const column = lanesOfPrompt === 1 ? "lane" : `(lane / ${lanesOfPrompt}u)`;
  const rows = Math.max(...rounds.map((round) => round.rows.length));
  const resident = (text: (slot: number) => string): string => (of.resident ? each(text) : "");
  const weighs = (s: number): string => `place${s}.w > 0u && place${s}.z > 1u`;
  return `${lanesOfPrompt > 1 ? "enable subgroups;\n" : ""}${frameText({ ...of, partials: groups > 1 ? "atomic<u32>" : "f32" })}
var<workgroup> P: array<f32, ${parameters}>;
var<workgroup> S: array<f32, ${Math.max(1, settings)}>;
var<workgroup> factors: array<f32, ${rows * strideOf(of)}>;
var<workgroup> totals: array<f32, 2>;
/* Bits: 1 a gradient, 2 an update that is not finite, 4 another workgroup that does not answer. */
var<workgroup> spoiled: atomic<u32>;
var<workgroup> norms: array<f32, ${lanes}>;
${program.declarations}
${program.functions}

@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let model = workgroup.x / ${groups}u;
  let group = workgroup.x % ${groups}u;
  let trial = record_of(model);
  let tail = tail_of(model);
  let batch = batch_of(trial);
  let last = last_of(trial);
  let scale = scale_of(trial);
  let rule = rule_of(trial);
  let numbers_at = settings_of(trial);
  let zero = launch.zero;
${tablesText(of.tables)}
  for (var q = lane; q < ${parameters}u; q += ${lanes}u) { P[q] = weights[model * ${parameters}u + q]; }
  for (var q = lane; q < ${settings}u; q += ${lanes}u) { S[q] = numbers[numbers_at + q]; }
${each(
  (s) => `  let place${s} = places[${s * lanes}u + lane];
  let q${s} = max(place${s}.z, 2u) - 2u;`,
)}
${resident((s) => `  var weight${s} = weight_of(model, q${s});`)}
  var status = u32(memory[tail + ${Tail.status}u]);
  var reached = memory[tail + ${Tail.step}u];
  var loss = memory[tail + ${Tail.loss}u];
  var labels = memory[tail + ${Tail.labels}u];
${shareText(prompts, groups)}
  workgroupBarrier();
  for (var step = launch.first; step <= last; step++) {
    let key = key_of(trial, step);
    let k0 = key.x;
    let k1 = key.y;
${each((s) => `    var sum${s} = 0.0;`)}
    for (var base = begin; base < end; base += ${prompts}u) {
      let pid = base + ${column};
      ${of.ragged ? "let inside = pid < end;" : ""}
      ${lanesOfPrompt > 1 ? `let part = lane % ${lanesOfPrompt}u;` : ""}
${program.body}
${roundsText(of, column)}
    }
${groups > 1 ? exchangeText(slots, groups, lanes) : ""}
${clipText(slots, lanes)}
${each(
  (s) => `    if (place${s}.w > 0u && place${s}.z < 2u) { totals[place${s}.z] = sum${s}; }
    if (!is_finite(sum${s})) { atomicOr(&spoiled, 1u); }`,
)}
    workgroupBarrier();
    if (status == ${Status.running}u) {
      let flags = atomicLoad(&spoiled);
      let found = totals[0] * scale;
      labels = totals[1] * scale;
      if ((flags & 4u) != 0u) {
        status = ${Status.aborted}u;
      } else if ((flags & 2u) != 0u) {
        status = ${Status.badUpdate}u;
      } else if ((flags & 1u) != 0u || !is_finite(found) || found > largest_loss(labels)) {
        status = ${Status.badLoss}u;
        reached = f32(step);
      } else {
        loss = found;
        reached = f32(step);
        let pace = pace_of(trial, step);
${each(
  (s) => `        if (${weighs(s)}) {
          ${of.resident ? "" : `var weight${s} = weight_of(model, q${s});`}
          weight${s} = updated(weight${s}, sum${s} * scale * shrink, pace, rule);
          if (!is_finite(weight${s}.high)) { atomicOr(&spoiled, 2u); }
          P[q${s}] = weight${s}.high;
          ${of.resident ? "" : `keep_weight(model, q${s}, weight${s});`}
        }`,
)}
      }
    }
    workgroupBarrier();
  }
  if (status == ${Status.running}u && (atomicLoad(&spoiled) & 2u) != 0u) { status = ${Status.badUpdate}u; }
  let back = status == ${Status.badLoss}u || status == ${Status.badUpdate}u;
${each(
  (s) => `  if (${weighs(s)} && group == 0u) {
    ${of.resident ? "" : `var weight${s} = weight_of(model, q${s});`}
    if (back) { weight${s}.high = weight${s}.good; weight${s}.low = 0.0; }
    keep_weight(model, q${s}, weight${s});
  }`,
)}
  if (lane == 0u && group == 0u) {
    memory[tail + ${Tail.status}u] = f32(status);
    memory[tail + ${Tail.step}u] = reached;
    memory[tail + ${Tail.loss}u] = loss;
    memory[tail + ${Tail.labels}u] = labels;
  }
}`;
}

/** The prompts [begin, end) of this workgroup: all of the batch, or whole passes of it. */
function shareText(prompts: number, groups: number): string {
  if (groups === 1) return "  let begin = 0u;\n  let end = batch;";
  return `  let passes = (batch + ${prompts - 1}u) / ${prompts}u;
  let share = ((passes + ${groups - 1}u) / ${groups}u) * ${prompts}u;
  let begin = group * share;
  let end = min(batch, begin + share);`;
}

/** The sums of a pass, round by round: factors into workgroup memory, and every lane's products out of it. */
function roundsText(of: Fused, column: string): string {
  let slot = 0;
  const lanesOfPrompt = of.lanes / of.prompts;
  return of.rounds
    .map((round) => {
      const factors = factorText(round, of, column, of.ragged);
      const sums = Array.from({ length: Math.ceil(round.sums.length / of.lanes) }, () => {
        const s = slot++;
        return `if (place${s}.w == 2u) ${productsText(`sum${s}`, `place${s}.x`, `place${s}.y`, of)}`;
      });
      return `${lanesOfPrompt > 1 ? `if (part == 0u) {\n${factors}\n}` : factors}
workgroupBarrier();
${sums.join("\n")}
workgroupBarrier();`;
    })
    .join("\n");
}
