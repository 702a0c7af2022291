import { foldInText } from "./key-text.js";
import { Word } from "./record.js";
import { updateText } from "./update-text.js";

/** Numbers in a model's tail behind its memory: how training stands. */
export const Tail = { status: 0, step: 1, loss: 2, labels: 3, length: 4 } as const;

/** What `Tail.status` says. */
export const Status = { running: 0, badLoss: 1, badUpdate: 2, aborted: 3 } as const;

/** Numbers of memory a weight has: the lower half of its value, two moments, its last value with a good loss. */
export const MEMORY = 4;

/** Where each buffer of a launch is bound. */
export const Binding = {
  weights: 0,
  memory: 1,
  trials: 2,
  numbers: 3,
  paces: 4,
  places: 5,
  partials: 6,
  launch: 7,
} as const;

/** What the text of every kernel of a training depends on beside its program. */
export interface Frame {
  readonly parameters: number;
  /** Words of a trial's record. */
  readonly record: number;
  /** WGSL type of an element of the partial sums. */
  readonly partials: "f32" | "atomic<u32>";
}

const word = (name: keyof typeof Word): string => `trials[trial + ${Word[name]}u]`;
const real = (name: keyof typeof Word): string => `bitcast<f32>(${word(name)})`;

/** Buffers, records and memory of a training: what its kernels have in common. */
export function frameText({ parameters, record, partials }: Frame): string {
  const memory = MEMORY * parameters + Tail.length;
  return `
/* Updates first .. last are made; the paces begin with update origin and have span rows of three numbers. What is
   added to a loop's bound as zero is not known to a compiler, which would unroll the loop. */
struct Launch { first: u32, last: u32, origin: u32, span: u32, zero: u32 };
@group(0) @binding(${Binding.weights}) var<storage, read_write> weights: array<f32>;
@group(0) @binding(${Binding.memory}) var<storage, read_write> memory: array<f32>;
@group(0) @binding(${Binding.trials}) var<storage, read> trials: array<u32>;
@group(0) @binding(${Binding.numbers}) var<storage, read> numbers: array<f32>;
@group(0) @binding(${Binding.paces}) var<storage, read> paces: array<f32>;
@group(0) @binding(${Binding.places}) var<storage, read> places: array<vec4u>;
@group(0) @binding(${Binding.partials}) var<storage, read_write> partials: array<${partials}>;
@group(0) @binding(${Binding.launch}) var<uniform> launch: Launch;
${updateText}${foldInText}
fn record_of(model: u32) -> u32 { return model * ${record}u; }
fn tail_of(model: u32) -> u32 { return model * ${memory}u + ${MEMORY * parameters}u; }

fn weight_of(model: u32, q: u32) -> Weight {
  let at = model * ${memory}u + ${MEMORY}u * q;
  return Weight(weights[model * ${parameters}u + q], memory[at], memory[at + 1u], memory[at + 2u], memory[at + 3u]);
}
fn keep_weight(model: u32, q: u32, weight: Weight) {
  let at = model * ${memory}u + ${MEMORY}u * q;
  weights[model * ${parameters}u + q] = weight.high;
  memory[at] = weight.low;
  memory[at + 1u] = weight.first;
  memory[at + 2u] = weight.second;
  memory[at + 3u] = weight.good;
}
fn pace_of(trial: u32, step: u32) -> Pace {
  let at = 3u * (${word("pace")} * launch.span + step - launch.origin);
  return Pace(${real("rate")} * paces[at], paces[at + 1u], paces[at + 2u]);
}
fn rule_of(trial: u32) -> Rule {
  return Rule(${real("first")}, ${real("firstRest")}, ${real("second")}, ${real("secondRest")},
    ${real("epsilon")}, ${real("decay")}, ${word("adapts")} != 0u);
}
fn scale_of(trial: u32) -> f32 { return ${real("scale")}; }
fn key_of(trial: u32, step: u32) -> vec2u { return fold_in(${word("keyHigh")}, ${word("keyLow")}, step); }
fn batch_of(trial: u32) -> u32 { return ${word("batch")}; }
fn last_of(trial: u32) -> u32 { return min(launch.last, ${word("last")}); }
fn settings_of(trial: u32) -> u32 { return ${word("settings")}; }
fn clip_of(trial: u32) -> f32 { return ${real("clip")}; }

/* Beyond it no digit of the labels is left in a float32 loss: training/largest-loss.ts. */
fn largest_loss(labels: f32) -> f32 {
  return select(3.4e38, min(labels * ${2 ** 48}.0, 3.4e38), labels > 0.0);
}`;
}
