/** In which order a scope is swept backwards, each loop in it as one vertex. */
import type { PrivateArray } from "./array.js";
import { ingredients, outermost, type Vertex, wholeBody } from "./dependence.js";
import type { Frame } from "./frame.js";
import { Loop } from "./loop.js";
import { type Node, type Scope, within } from "./node.js";

/** The loops directly in `scope` that an array is made by. */
export function makersIn(scope: Scope, of: PrivateArray): readonly Loop[] {
  if (of.kind === "stored") {
    const next = of.home === scope ? of.nest[0] : of.nest[of.nest.indexOf(scope as Loop) + 1];
    return next && next.parent === scope ? [next] : [];
  }
  if (of.kind === "accumulated")
    return [
      ...new Set(of.contributions.flatMap((made) => (within(made.scope, scope) ? outermost(made.scope, scope) : []))),
    ];
  return of.kind === "after" && of.home === scope ? [of.state.loop] : [];
}

/** Whether an adjoint would have to be summed into memory inside `loop`. */
export function readsActiveMemory(active: ReadonlySet<Vertex>, loop: Loop): boolean {
  const { nodes } = bodyOf(active, loop);
  return nodes.some((node) => node.op === "load" || (node.op === "parameter" && node.args.length > 0));
}

const scopeOf = (vertex: Vertex): Scope => ("kind" in vertex ? vertex.home : vertex.scope);

/** The active nodes inside a loop, and the active values of outer scopes that they are made of. */
function bodyOf(active: ReadonlySet<Vertex>, loop: Loop): { readonly nodes: Node[]; readonly outer: Vertex[] } {
  const nodes: Node[] = [];
  const outer: Vertex[] = [];
  const seen = new Set<Vertex>();
  const waiting: Vertex[] = [...wholeBody(loop)];
  for (let vertex = waiting.pop(); vertex; vertex = waiting.pop()) {
    if (seen.has(vertex) || !active.has(vertex)) continue;
    seen.add(vertex);
    if (!within(scopeOf(vertex), loop)) outer.push(vertex);
    else {
      if (!("kind" in vertex)) nodes.push(vertex);
      waiting.push(...ingredients(vertex));
    }
  }
  return { nodes, outer };
}

/** The active vertices of the frame's scope from results to inputs, each loop as one vertex. */
export function sweepOrder(frame: Frame, roots: readonly Vertex[], loops: readonly Loop[]): readonly (Vertex | Loop)[] {
  const done: (Vertex | Loop)[] = [];
  const seen = new Set<Vertex | Loop>();
  const needs = (vertex: Vertex | Loop): readonly (Vertex | Loop)[] => {
    if (vertex instanceof Loop) return bodyOf(frame.active, vertex).outer;
    if ("kind" in vertex) {
      const own =
        vertex.kind === "accumulated" ? vertex.contributions.filter((made) => made.scope === vertex.home) : [];
      return [...makersIn(frame.source, vertex), ...own.map(({ value }) => value)];
    }
    if (vertex.op === "carried") return [];
    return vertex.op === "result" ? [vertex.owner as Loop] : ingredients(vertex);
  };
  const visit = (vertex: Vertex | Loop): void => {
    if (seen.has(vertex)) return;
    if (!(vertex instanceof Loop) && (!frame.active.has(vertex) || scopeOf(vertex) !== frame.source)) return;
    seen.add(vertex);
    needs(vertex).forEach(visit);
    done.push(vertex);
  };
  roots.forEach(visit);
  loops.forEach(visit);
  return done.reverse();
}
