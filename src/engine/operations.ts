import { traceInto } from "../kernels/graph.js";
import { isElementary } from "../kernels/operations.js";
import { type Program, trace } from "../kernels/program.js";
import { rootsOf } from "../kernels/roots.js";
import { type Item, schedule } from "../kernels/schedule.js";

/** Elementary operations that a program makes for one prompt, each counted as one, loops at their longest. */
export function operationsOf(of: Program, unroll: number): number {
  const traced = trace(of, { unroll });
  return traceInto(traced.graph, () => {
    const { nodes, arrays } = rootsOf(traced.outputs);
    return counted(schedule(nodes, arrays).items);
  });
}

function counted(items: readonly Item[]): number {
  return items.reduce((total, item) => {
    if (item.kind === "loop") return total + item.plan.loop.bound * counted(item.plan.items);
    return total + (item.kind === "value" && isElementary(item.node.op) ? 1 : 0);
  }, 0);
}
