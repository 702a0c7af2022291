import { activeFrom } from "./activity.js";
import { real } from "./arithmetic.js";
import { type Accumulated, accumulated, contribute } from "./array.js";
import { derivatives, type Rules } from "./derivatives.js";
import { Frame } from "./frame.js";
import { graph } from "./graph.js";
import type { Node } from "./node.js";
import { Reverse } from "./reverse.js";

/** d output / d parameter: a scalar each, or one array where parameters are read at computed indices. */
export interface Gradient {
  readonly scalars: readonly Node<"f32">[];
  readonly array: Accumulated | null;
  /** How each loop was reversed. */
  readonly manners: readonly string[];
}

/** The gradient of `output` with respect to parameters 0 .. parameters - 1 by reverse mode. */
export function gradient(output: Node<"f32">, parameters: number, rules: Rules = derivatives): Gradient {
  const { top } = graph();
  const active = activeFrom(output);
  const rolled = [...active].some((vertex) => "op" in vertex && vertex.op === "parameter" && vertex.args.length > 0);
  const sums = rolled ? accumulated(parameters, top) : null;
  const frame = new Frame(active, top, top, null, []);
  const reverse = new Reverse(rules, (at, index, adjoint) => contribute(sums!, at.target, index, adjoint));
  graph().inside(top, () => reverse.sweep(frame, [[output, real(1)]], new Map()));
  const { manners } = reverse;
  const single = [...frame.adjoints].filter(([node]) => node.op === "parameter" && node.args.length === 0);
  if (sums) {
    for (const [node, adjoint] of single) contribute(sums, top, node.immediate, adjoint);
    return { scalars: [], array: sums, manners };
  }
  const found = new Map(single.map(([node, adjoint]) => [node.immediate, adjoint]));
  const scalars = Array.from({ length: parameters }, (_, i) => found.get(i) ?? real(0));
  return { scalars, array: null, manners };
}
