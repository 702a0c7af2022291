import type { Node } from "../node.js";
import type { Item } from "../schedule.js";

function eachNode(items: readonly Item[], visit: (node: Node) => void): void {
  for (const item of items) {
    if (item.kind === "value") visit(item.node);
    if (item.kind === "loop") eachNode(item.plan.items, visit);
  }
}

/** Uniform words that vectors are computed with. */
export function uniformOperands(items: readonly Item[]): ReadonlySet<Node> {
  const found = new Set<Node>();
  eachNode(items, (node) => {
    const addresses = node.op === "load" || node.op === "table" || node.op === "parameter" || node.op === "setting";
    if (node.uniform || addresses) return;
    for (const arg of node.args) if (arg.uniform && arg.op !== "constant") found.add(arg);
  });
  return found;
}

/** Values that one instruction needs twice. */
export function rotatedOperands(items: readonly Item[]): ReadonlySet<Node> {
  const found = new Set<Node>();
  eachNode(items, (node) => {
    if (node.op === "rotateLeft") found.add(node.args[0] as Node);
  });
  return found;
}
