/**
 * WGSL of one update of one weight, as training/optimizers.ts has it. A weight is kept as an unevaluated sum of two
 * float32 numbers, so that half a million small updates add up as they do in float64; prompts see the higher one.
 */
export const updateText = `
struct Weight { high: f32, low: f32, first: f32, second: f32, good: f32 };
struct Pace { rate: f32, first: f32, second: f32 };
struct Rule { first: f32, firstRest: f32, second: f32, secondRest: f32, epsilon: f32, decay: f32, adapts: bool };

/* NaN and infinity by their bits: a compiler may assume that neither occurs. */
fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

/* high + low + change as two numbers again: Knuth's two-sum. */
fn plus(weight: Weight, change: f32) -> Weight {
  let small = weight.low + change;
  let high = weight.high + small;
  let part = high - weight.high;
  let low = (weight.high - (high - part)) + (small - part);
  return Weight(high, low, weight.first, weight.second, weight.good);
}

fn updated(weight: Weight, slope: f32, pace: Pace, rule: Rule) -> Weight {
  var next = weight;
  next.good = weight.high;
  next.first = rule.first * weight.first + rule.firstRest * slope;
  if (!rule.adapts) { return plus(next, -(pace.rate * next.first)); }
  next.second = rule.second * weight.second + rule.secondRest * slope * slope;
  let step = (pace.rate * (next.first * pace.first)) / (sqrt(next.second * pace.second) + rule.epsilon);
  return plus(next, -(step + pace.rate * rule.decay * weight.high));
}
`;
