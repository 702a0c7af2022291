/** What depends on what, across loops and private arrays. */
import type { PrivateArray } from "./array.js";
import { Loop } from "./loop.js";
import { type Node, type Scope, within } from "./node.js";

export type Vertex = Node | PrivateArray;

const isArray = (vertex: Vertex): vertex is PrivateArray => "kind" in vertex;

/** What a node or an array is made of directly. */
export function ingredients(vertex: Vertex): readonly Vertex[] {
  if (isArray(vertex)) {
    if (vertex.kind === "stored") return vertex.sources;
    if (vertex.kind === "accumulated") return vertex.contributions.flatMap(({ index, value }) => [index, value]);
    return [vertex.state.init, vertex.state.next];
  }
  if (vertex.op === "carried" || vertex.op === "result") {
    const { init, next } = (vertex.owner as Loop).carried[vertex.immediate]!;
    return [init, next];
  }
  if (vertex.op === "load") return [...vertex.args, vertex.owner as PrivateArray];
  return vertex.args;
}

/** Everything that the iterations of a loop read or make. */
export function wholeBody(loop: Loop): readonly Vertex[] {
  return [
    ...(loop.length ? [loop.length] : []),
    ...loop.carried.flatMap(({ init, next }) => [init, next]),
    ...loop.states.flatMap(({ init, next }) => [init, next]),
    ...loop.stores.flatMap(({ sources }) => sources),
    ...loop.contributions.flatMap(({ index, value }) => [index, value]),
    ...loop.children.flatMap(wholeBody),
  ];
}

/** The loops that must have run before a vertex can be read. */
function makers(vertex: Vertex): readonly Loop[] {
  if (!isArray(vertex)) return vertex.op === "result" ? [vertex.owner as Loop] : [];
  if (vertex.kind === "stored") return [vertex.nest[0] as Loop];
  if (vertex.kind === "accumulated") return vertex.contributions.flatMap(({ scope }) => outermost(scope, vertex.home));
  return vertex.kind === "after" ? [vertex.state.loop] : [];
}

/** The loop just inside `home` on the way to `scope`, if any. */
export function outermost(scope: Scope, home: Scope): readonly Loop[] {
  let found: Loop | null = null;
  for (let at: Scope | null = scope; at && at !== home; at = at.parent) if (at instanceof Loop) found = at;
  return found ? [found] : [];
}

/** Whether a walk from `start` along `next` meets a target. */
function meets(
  start: Vertex,
  target: (at: Vertex | Loop) => boolean,
  next: (at: Vertex | Loop) => readonly (Vertex | Loop)[],
): boolean {
  const seen = new Set<Vertex | Loop>([start]);
  const waiting: (Vertex | Loop)[] = [start];
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    if (target(at)) return true;
    for (const further of next(at))
      if (!seen.has(further)) {
        seen.add(further);
        waiting.push(further);
      }
  }
  return false;
}

/** Whether `vertex` can only be known after `loop` has run. Loops run as a whole: one result needs the entire body. */
export function dependsOn(vertex: Vertex, loop: Loop): boolean {
  return meets(
    vertex,
    (at) => (at instanceof Loop ? within(at, loop) : !isArray(at) && within(at.scope, loop)),
    (at) => {
      if (at instanceof Loop) return wholeBody(at);
      return carriedAround(at, loop) ? [] : [...ingredients(at), ...makers(at)];
    },
  );
}

/** What an outer loop carries is known before any loop in its body runs. */
function carriedAround(vertex: Vertex, loop: Loop): boolean {
  if (isArray(vertex)) return vertex.kind === "before" && within(loop, vertex.state.loop);
  return vertex.op === "carried" && within(loop, vertex.owner as Loop);
}

/** Whether the value of `vertex` changes with what `loop` carries (its scalars and arrays). */
export function usesCarried(vertex: Vertex, loop: Loop): boolean {
  const own = (at: Vertex): boolean =>
    isArray(at) ? at.kind === "before" && at.state.loop === loop : at.op === "carried" && at.owner === loop;
  return meets(
    vertex,
    (at) => !(at instanceof Loop) && own(at),
    (at) => {
      if (at instanceof Loop) return wholeBody(at);
      if (!within(isArray(at) ? at.home : at.scope, loop)) return [];
      return [...ingredients(at), ...makers(at)];
    },
  );
}
