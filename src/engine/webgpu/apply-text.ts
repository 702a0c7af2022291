import { nextUpdateText, type Split, strided } from "./gradient-text.js";
import { frameText, Status, Tail } from "./shader-frame.js";

/**
 * The WGSL of the second dispatch of an update: a workgroup a model adds up what the first left, in the order of its
 * workgroups, and moves the weights, all of them or, where one would not be finite, none.
 */
export function applyText(of: Split, lanes: number): string {
  const sums = of.rounds.reduce((total, round) => total + round.sums.length, 0) + (of.wide?.length ?? 0);
  const each = strided("e", 0, sums, lanes);
  const weighs = "place.w > 0u && place.z > 1u";
  return `${frameText({ ...of, partials: "f32" })}
${nextUpdateText}
var<workgroup> totals: array<f32, 2>;
var<workgroup> norms: array<f32, ${lanes}>;
/* Bits: 1 a gradient, 2 an update that is not finite. */
var<workgroup> spoiled: atomic<u32>;

@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32) {
  let model = workgroup.x;
  let trial = record_of(model);
  let tail = tail_of(model);
  let step = next_of(model, lane);
  if (step == 0u) { return; }
  let own = model * ${of.groups * sums}u;
  let scale = scale_of(trial);
  let rule = rule_of(trial);
  var most = 0.0;
  ${each} {
    var sum = partials[own + e];
    for (var g = 1u; g < ${of.groups}u; g++) { sum += partials[own + g * ${sums}u + e]; }
    partials[own + e] = sum;
    let place = places[e];
    if (place.z < 2u) { totals[place.z] = sum; } else { most = max(most, abs(sum * scale)); }
    if (!is_finite(sum)) { atomicOr(&spoiled, 1u); }
  }
  norms[lane] = most;
  workgroupBarrier();
  for (var l = 0u; l < ${lanes}u; l++) { most = max(most, norms[l]); }
  let unit = max(most, 1e-37);
  var squares = 0.0;
  ${each} {
    if (places[e].z > 1u) { let x = partials[own + e] * scale / unit; squares += x * x; }
  }
  workgroupBarrier();
  norms[lane] = squares;
  workgroupBarrier();
  squares = 0.0;
  for (var l = 0u; l < ${lanes}u; l++) { squares += norms[l]; }
  let norm = unit * sqrt(squares);
  var shrink = 1.0;
  if (clip_of(trial) > 0.0 && norm > clip_of(trial)) { shrink = clip_of(trial) / norm; }
  let loss = totals[0] * scale;
  let labels = totals[1] * scale;
  let good = atomicLoad(&spoiled) == 0u && is_finite(loss) && loss <= largest_loss(labels);
  let pace = pace_of(trial, step);
  ${each} {
    let place = places[e];
    if (${weighs}) {
      let moved = updated(weight_of(model, place.z - 2u), partials[own + e] * scale * shrink, pace, rule);
      if (!is_finite(moved.high)) { atomicOr(&spoiled, 2u); }
    }
  }
  workgroupBarrier();
  let moves = good && atomicLoad(&spoiled) == 0u;
  ${each} {
    let place = places[e];
    if (${weighs}) {
      var weight = weight_of(model, place.z - 2u);
      if (moves) {
        weight = updated(weight, partials[own + e] * scale * shrink, pace, rule);
      } else if (!good) {
        weight.high = weight.good;
        weight.low = 0.0;
      }
      keep_weight(model, place.z - 2u, weight);
    }
  }
  if (lane == 0u) {
    memory[tail + ${Tail.step}u] = f32(step);
    memory[tail + ${Tail.labels}u] = labels;
    if (good) { memory[tail + ${Tail.loss}u] = loss; }
    if (!good) { memory[tail + ${Tail.status}u] = ${Status.badLoss}.0; }
    if (good && !moves) { memory[tail + ${Tail.status}u] = ${Status.badUpdate}.0; }
  }
}`;
}
