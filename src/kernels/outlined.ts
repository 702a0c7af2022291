import { graph } from "./graph.js";
import type { Node, Owner, Type, U32 } from "./node.js";
import { word } from "./words.js";

/** A function of words that is emitted once and called: the same arguments, the same results, no loops inside. */
export interface Outlined extends Owner {
  readonly name: string;
  readonly parameters: readonly Node<"u32">[];
  results: readonly Node[];
}

/**
 * The values of `build(args)`, by a call where the trace outlines and written out where it does not. `name` must say
 * everything that distinguishes one `build` from another.
 */
export function outlined(
  name: string,
  args: readonly U32[],
  build: (args: readonly U32[]) => readonly Node[],
): readonly Node[] {
  if (!graph().options.outline) return build(args);
  const made = graph().owned<Outlined>(`outlined ${name}`, () => {
    const id = graph().id();
    const owner: Outlined = { id, name, parameters: [], results: [] };
    const parameters = args.map((_, k) => graph().node("argument", "u32", [], k, owner));
    const results = build(parameters);
    if (results.some((result) => result.scope !== graph().top))
      throw new Error(`The outlined function ${name} may use its arguments only.`);
    return Object.assign(owner, { parameters, results });
  });
  const call = graph().node("call", "tuple", args.map(word), 0, made);
  return made.results.map((result, k) => graph().node("projection", result.type as Type, [call], k));
}
