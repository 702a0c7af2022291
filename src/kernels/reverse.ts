/**
 * Reverse mode over the graph. A scope is swept from its results to its inputs; a loop met on the way is reversed in
 * one of three manners:
 *
 * 1. A reduction (every carried scalar is only added to) whose adjoints are known beforehand: the reverse of a term
 *    runs in the forward loop, right where the term is computed.
 * 2. A reduction whose adjoints depend on its own results: the same with unit adjoints, one run a carried scalar, and
 *    the sums are multiplied by the adjoints after the loop. Few scalars only.
 * 3. Anything else (scans, matrix states, sums into arrays): a second loop in the opposite direction, which recalls
 *    forward values.
 */
import { mul, real } from "./arithmetic.js";
import { array, carryArray, contribute, type PrivateArray, setNext } from "./array.js";
import { dependsOn, usesCarried } from "./dependence.js";
import type { Differentiable, Rules } from "./derivatives.js";
import { contributeAll, Frame } from "./frame.js";
import { graph } from "./graph.js";
import { type Carried, Loop } from "./loop.js";
import { addedTerms, elementSeeds, elementsIn } from "./loop-products.js";
import type { Bool, Node } from "./node.js";
import { recall } from "./recall.js";
import { makersIn, readsActiveMemory, sweepOrder } from "./sweep-order.js";

type Real = Node<"f32">;
/** Adjoints of forward arrays. */
type ArrayAdjoints = Map<PrivateArray, PrivateArray>;
interface LoopSeeds {
  readonly scalars: Map<number, Real>;
  readonly arrays: ArrayAdjoints;
}

/** Carried scalars up to which a reduction is reversed by unit adjoints. */
const unitRuns = 8;

export class Reverse {
  /** How each loop was reversed, for tests and curious readers. */
  readonly manners: string[] = [];
  /** Called for a parameter read at a computed index. */
  constructor(
    readonly rules: Rules,
    readonly parameterAt: (frame: Frame, index: Node<"u32">, adjoint: Real) => void,
  ) {}

  /** Propagates the adjoints `seeds` of nodes, and `made` of arrays that belong to outer scopes but are made in this
   *  one, to everything in the scope of `frame`. */
  sweep(frame: Frame, seeds: readonly (readonly [Node, Real])[], made: ArrayAdjoints): void {
    const loops = new Map<Loop, LoopSeeds>();
    const seedsOf = (loop: Loop): LoopSeeds => {
      const known = loops.get(loop) ?? { scalars: new Map(), arrays: new Map() };
      loops.set(loop, known);
      return known;
    };
    const reach = (of: PrivateArray, adjoint: PrivateArray): void => {
      for (const loop of makersIn(frame.source, of)) seedsOf(loop).arrays.set(of, adjoint);
      for (const [node, g] of elementSeeds(frame, of, adjoint)) frame.add(node, g);
    };
    for (const [node, adjoint] of seeds) frame.add(node, adjoint);
    for (const [of, adjoint] of made) reach(of, adjoint);
    const roots = [...frame.adjoints.keys(), ...frame.arrays.keys()];
    for (const vertex of sweepOrder(frame, roots, [...loops.keys()])) {
      if (vertex instanceof Loop) {
        const given = loops.get(vertex);
        if (given) this.#loop(frame, vertex, given);
      } else if ("kind" in vertex) {
        const adjoint = frame.arrays.get(vertex);
        if (adjoint) reach(vertex, adjoint);
      } else {
        const adjoint = frame.adjoints.get(vertex);
        if (!adjoint) continue;
        if (vertex.op === "result") seedsOf(vertex.owner as Loop).scalars.set(vertex.immediate, adjoint);
        else this.#node(frame, vertex as Real, adjoint);
      }
    }
  }

  #node(frame: Frame, node: Real, adjoint: Real): void {
    if (node.op === "carried") return;
    if (node.op === "load") {
      const index = recall(frame, node.args[0]!) as Node<"u32">;
      contribute(frame.sum(node.owner as PrivateArray), frame.target, index, adjoint);
    } else if (node.op === "parameter") {
      if (node.args.length > 0) this.parameterAt(frame, recall(frame, node.args[0]!) as Node<"u32">, adjoint);
    } else {
      const rule = this.rules[node.op as Differentiable];
      if (!rule) throw new Error(`The operation ${node.op} has no derivative rule.`);
      const value = (of: Node): Real => recall(frame, of) as Real;
      const condition = (of: Node): Bool => recall(frame, of) as Bool;
      const adjoints = rule({ adjoint, node, value, condition });
      node.args.forEach((arg, k) => {
        const g = adjoints[k];
        if (g !== null && g !== undefined) frame.add(arg, real(g));
      });
    }
  }

  #loop(frame: Frame, loop: Loop, seeds: LoopSeeds): void {
    const terms = new Map([...seeds.scalars.keys()].map((k) => [k, addedTerms(loop, k)]));
    const reduction =
      [...terms.values()].every((added) => added !== null) &&
      [...seeds.arrays.keys()].every((of) => elementsIn(of, loop)?.every((x) => !usesCarried(x, loop)));
    if (!reduction) {
      this.#scan(frame, loop, seeds);
      return;
    }
    if (frame.pairs.length > 0) {
      this.#sums(frame, loop, seeds);
      return;
    }
    const later = { scalars: new Map<number, Real>(), arrays: new Map() as ArrayAdjoints };
    const early: [Node, Real][] = [];
    const earlyArrays: ArrayAdjoints = new Map();
    for (const [k, g] of seeds.scalars)
      if (dependsOn(g, loop)) later.scalars.set(k, g);
      else early.push(...seeded(terms.get(k)!, g));
    for (const [of, g] of seeds.arrays) (dependsOn(g, loop) ? later.arrays : earlyArrays).set(of, g);
    if (early.length + earlyArrays.size > 0) {
      this.#fused(frame, loop, early, earlyArrays, real(1));
      this.manners.push(`fused, ${early.length + earlyArrays.size} adjoints known before`);
    }
    for (const [k, g] of seeds.scalars) if (!later.scalars.has(k)) frame.add(loop.carried[k]!.init, g);
    if (later.scalars.size + later.arrays.size === 0) return;
    const few = later.arrays.size === 0 && later.scalars.size <= unitRuns;
    if (!few || readsActiveMemory(frame.active, loop)) {
      this.#sums(frame, loop, later);
      return;
    }
    for (const [k, g] of later.scalars) {
      this.#fused(frame, loop, seeded(terms.get(k)!, real(1)), new Map(), g);
      frame.add(loop.carried[k]!.init, g);
    }
    this.manners.push(`fused, ${later.scalars.size} unit adjoints`);
  }

  /** Runs the reverse of the body inside the forward loop; sums for outer values are multiplied by `scale` after it. */
  #fused(frame: Frame, loop: Loop, seeds: [Node, Real][], made: ArrayAdjoints, scale: Real): void {
    const inner = new Frame(frame.active, loop, loop, frame, []);
    graph().inside(loop, () => this.sweep(inner, seeds, made));
    for (const [node, adjoint] of inner.outside) frame.add(node, mul(scale, loop.total(adjoint)));
  }

  /** The loop that runs `loop` again in the opposite direction, and the frame for its body. */
  #opposite(frame: Frame, loop: Loop): { readonly reversed: Loop; readonly inner: Frame } {
    const length = loop.length && (recall(frame, loop.length) as Node<"u32">);
    const reversed = new Loop(loop.bound, length, frame.target, !loop.descending);
    const inner = new Frame(frame.active, loop, reversed, frame, [...frame.pairs, { loop, reversed }]);
    return { reversed, inner };
  }

  /** Reverses sums by a second loop: their adjoints do not change from one iteration to another. */
  #sums(frame: Frame, loop: Loop, { scalars, arrays }: LoopSeeds): void {
    const { reversed, inner } = this.#opposite(frame, loop);
    const seeds = [...scalars].flatMap(([k, g]) => seeded(addedTerms(loop, k)!, g));
    graph().inside(reversed, () => this.sweep(inner, seeds, arrays));
    for (const [node, adjoint] of inner.outside) frame.add(node, reversed.total(adjoint));
    for (const [k, g] of scalars) frame.add(loop.carried[k]!.init, g);
    this.manners.push(`second loop, ${scalars.size} sums`);
  }

  /** Reverses a loop whose iterations depend on each other: the second loop carries the adjoints of what it carries. */
  #scan(frame: Frame, loop: Loop, { scalars, arrays }: LoopSeeds): void {
    const { reversed, inner } = this.#opposite(frame, loop);
    const scans: { readonly of: Carried; readonly adjoint: Carried; readonly k: number }[] = [];
    loop.carried.forEach((of, k) => {
      if (!scalars.has(k) && !frame.active.has(of.now)) return;
      scans.push({ of, adjoint: reversed.carry(scalars.get(k) ?? real(0)), k: reversed.carried.length - 1 });
    });
    const states = loop.states
      .filter(({ before, after }) => arrays.has(after) || frame.active.has(before))
      .map((of) => {
        const init = arrays.get(of.after) ?? array(of.init.length, () => 0);
        return { of, adjoint: carryArray(reversed, init) };
      });
    graph().inside(reversed, () => {
      for (const { of, adjoint } of states) inner.arrays.set(of.next, adjoint.before);
      const seeds = scans.map(({ of, adjoint }) => [of.next, adjoint.now as Real] as const);
      this.sweep(inner, seeds, new Map([...arrays].filter(([of]) => of.kind !== "after")));
      for (const { of, adjoint } of scans) adjoint.next = inner.adjoints.get(of.now) ?? real(0);
      for (const { of, adjoint } of states)
        setNext(adjoint, inner.arrays.get(of.before) ?? array(of.init.length, () => 0));
    });
    for (const [node, adjoint] of inner.outside) frame.add(node, reversed.total(adjoint));
    for (const { of, k } of scans) frame.add(of.init, reversed.result(k) as Real);
    for (const { of, adjoint } of states)
      if (frame.active.has(of.init)) contributeAll(frame.sum(of.init), frame.target, adjoint.after);
    this.manners.push(`second loop, ${scans.length} carried scalars, ${states.length} carried arrays`);
  }
}

const seeded = (nodes: readonly Node[], adjoint: Real): [Node, Real][] => nodes.map((node) => [node, adjoint]);
