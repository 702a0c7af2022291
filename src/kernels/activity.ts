import { ingredients, type Vertex } from "./dependence.js";
import type { Node } from "./node.js";

const isNode = (vertex: Vertex): vertex is Node => "op" in vertex;

/** Only reals carry derivatives, and `stop` carries none. Indices and conditions choose, they do not vary. */
function passes(vertex: Vertex): boolean {
  if (!isNode(vertex)) return true;
  return vertex.type === "f32" && vertex.op !== "stop";
}

/** The nodes and arrays of the graph of `output` whose value varies with a parameter. Loops may be cyclic, so this
 *  walks forward from the parameters along the reversed edges. */
export function activeFrom(output: Node): ReadonlySet<Vertex> {
  const users = new Map<Vertex, Vertex[]>();
  const seen = new Set<Vertex>([output]);
  const waiting: Vertex[] = [output];
  const active = new Set<Vertex>();
  const spreading: Vertex[] = [];
  const mark = (vertex: Vertex): void => {
    if (active.has(vertex) || !passes(vertex)) return;
    active.add(vertex);
    spreading.push(vertex);
  };
  for (let vertex = waiting.pop(); vertex; vertex = waiting.pop()) {
    for (const from of ingredients(vertex)) {
      const known = users.get(from);
      if (known) known.push(vertex);
      else users.set(from, [vertex]);
      if (!seen.has(from)) {
        seen.add(from);
        waiting.push(from);
      }
    }
  }
  for (const vertex of seen) if (isNode(vertex) && vertex.op === "parameter") mark(vertex);
  for (let vertex = spreading.pop(); vertex; vertex = spreading.pop())
    for (const user of users.get(vertex) ?? []) mark(user);
  return active;
}
