import type { PrivateArray } from "./array.js";
import type { Node } from "./node.js";
import type { Output } from "./program.js";

/** The nodes and arrays that a program's outputs read. */
export function rootsOf(outputs: readonly Output[]): {
  readonly nodes: readonly Node[];
  readonly arrays: readonly PrivateArray[];
} {
  const nodes: Node[] = [];
  const arrays: PrivateArray[] = [];
  for (const output of outputs) {
    if (typeof output === "number") continue;
    if ("op" in output) nodes.push(output);
    else {
      arrays.push(output.array);
      if (typeof output.scale !== "number") nodes.push(output.scale);
    }
  }
  return { nodes, arrays };
}
