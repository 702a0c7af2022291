import type { WgslKernel } from "../../kernels/wgsl.js";
import type { Round } from "./reduction.js";
import { frameText, Status, Tail } from "./shader-frame.js";
import { factorText, type Lanes, productsText, strideOf } from "./sum-text.js";
import { tablesText } from "./table-text.js";

/** A gradient that a prompt has in private memory: `scale` times `length` numbers. */
export interface Wide {
  readonly memory: string;
  readonly length: number;
  readonly scale: string;
}

/** What the kernels of an update in two dispatches are written for. */
export interface Split extends Lanes {
  readonly program: WgslKernel;
  readonly parameters: number;
  readonly settings: number;
  readonly record: number;
  readonly tables: number;
  readonly rounds: readonly Round[];
  readonly wide: Wide | null;
  /** Rows of factors that there is room for. */
  readonly rows: number;
  /** Workgroups that share a model's batch. */
  readonly groups: number;
  /** Whether weights and settings are copied into workgroup memory, where there is room. */
  readonly local: { readonly parameters: boolean; readonly settings: boolean };
  readonly ragged: boolean;
}

/** All sums of a model: (left row, right row, output, kind) each, kind 1 for zero, 2 for products, 3 for a wide gradient. */
export function splitPlaces(of: Pick<Split, "rounds" | "wide" | keyof Lanes>): Uint32Array<ArrayBuffer> {
  const stride = strideOf(of);
  const places: number[] = [];
  for (const { sums } of of.rounds)
    for (const { output, rows } of sums)
      places.push(...(rows === null ? [0, 0, output, 1] : [rows[0] * stride, rows[1] * stride, output, 2]));
  for (let q = 0; q < (of.wide?.length ?? 0); q++) places.push(0, 0, 2 + q, 3);
  return Uint32Array.from(places);
}

/** Numbers that lane `lane` of a workgroup has to itself of [first, first + count). */
export const strided = (name: string, first: number, count: number, lanes: number): string =>
  `for (var ${name} = ${first}u + lane; ${name} < ${first + count}u; ${name} += ${lanes}u)`;

/** The update that a model is to make next, the same in all lanes; 0 where it makes none. */
export const nextUpdateText = `
var<workgroup> next_update: u32;
fn next_of(model: u32, lane: u32) -> u32 {
  if (lane == 0u) {
    let tail = tail_of(model);
    let step = u32(memory[tail + ${Tail.step}u]) + 1u;
    let runs = u32(memory[tail + ${Tail.status}u]) == ${Status.running}u && step <= last_of(record_of(model));
    next_update = select(0u, step, runs);
  }
  return workgroupUniformLoad(&next_update);
}`;

/**
 * The WGSL of the first dispatch of an update: every workgroup leaves the sums of its share of the batch. It needs no
 * registers for sums or weights and so takes any number of them.
 */
export function gradientText(of: Split): string {
  const { program, parameters, settings, lanes, prompts, groups, local } = of;
  const sums = of.rounds.reduce((total, round) => total + round.sums.length, 0) + (of.wide?.length ?? 0);
  return `${frameText({ ...of, partials: "f32" })}
${nextUpdateText}
var<workgroup> P: array<f32, ${local.parameters ? parameters : 1}>;
var<workgroup> S: array<f32, ${local.settings ? Math.max(1, settings) : 1}>;
var<workgroup> factors: array<f32, ${of.rows * strideOf(of)}>;
${program.declarations}
${program.functions}

@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let model = workgroup.x / ${groups}u;
  let group = workgroup.x % ${groups}u;
  let trial = record_of(model);
  let batch = batch_of(trial);
  let weights_at = model * ${parameters}u;
  let numbers_at = settings_of(trial);
${tablesText(of.tables)}
  let step = next_of(model, lane);
  if (step == 0u) { return; }
  let passes = (batch + ${prompts - 1}u) / ${prompts}u;
  let share = ((passes + ${groups - 1}u) / ${groups}u) * ${prompts}u;
  let begin = group * share;
  let end = min(batch, begin + share);
  let own = workgroup.x * ${sums}u;
  ${local.parameters ? `${strided("q", 0, parameters, lanes)} { P[q] = weights[weights_at + q]; }` : ""}
  ${local.settings ? `${strided("q", 0, settings, lanes)} { S[q] = numbers[numbers_at + q]; }` : ""}
  ${strided("e", 0, sums, lanes)} { partials[own + e] = 0.0; }
  storageBarrier();
  workgroupBarrier();
  let key = key_of(trial, step);
  let k0 = key.x;
  let k1 = key.y;
  for (var base = begin; base < end; base += ${prompts}u) {
    let pid = base + lane;
    ${of.ragged ? "let inside = pid < end;" : ""}
${program.body}
${roundsText(of)}
${wideText(of)}
  }
}`;
}

function roundsText(of: Split): string {
  let first = 0;
  return of.rounds
    .map((round) => {
      const text = `${factorText(round, of, "lane", of.ragged)}
workgroupBarrier();
${strided("e", first, round.sums.length, of.lanes)} {
  let place = places[e];
  if (place.w == 2u) {
    var sum = partials[own + e];
    ${productsText("sum", "place.x", "place.y", of)}
    partials[own + e] = sum;
  }
}
storageBarrier();
workgroupBarrier();`;
      first += round.sums.length;
      return text;
    })
    .join("\n");
}

/** Sums a gradient in private memory, as many rows at a time as there is room for. */
function wideText(of: Split): string {
  if (of.wide === null) return "";
  const { memory, length, scale } = of.wide;
  const stride = strideOf(of);
  const first = of.rounds.reduce((total, round) => total + round.sums.length, 0);
  const value = `(${scale}) * ${memory}[tile + r]`;
  return `for (var tile = 0u; tile < ${length}u; tile += ${of.rows}u) {
  let rows = min(${of.rows}u, ${length}u - tile);
  for (var r = 0u; r < rows; r++) {
    factors[r * ${stride}u + lane] = ${of.ragged ? `select(0.0, ${value}, inside)` : value};
  }
  workgroupBarrier();
  for (var r = lane; r < rows; r += ${of.lanes}u) {
    var sum = 0.0;
    for (var l = 0u; l < ${of.prompts}u; l++) { sum += factors[r * ${stride}u + l]; }
    partials[own + ${first}u + tile + r] += sum;
  }
  storageBarrier();
  workgroupBarrier();
}`;
}
