/**
 * The WGSL target: the text of a program's body for one prompt, to be set into an engine's shader. The engine declares
 *
 *     P: parameters, S: settings, one array a table (`T_<name>`), and in scope: pid, k0, k1 (u32)
 *
 * (or says by `places` where these numbers lie)
 * and puts `declarations` and `functions` at module scope and `body` where the outputs are wanted.
 */

import { mul } from "./arithmetic.js";
import { elementType, type PrivateArray, type State } from "./array.js";
import { type GraphOptions, traceInto } from "./graph.js";
import type { Table } from "./inputs.js";
import type { Loop } from "./loop.js";
import { loweredTurns } from "./lowering.js";
import type { Node, Type } from "./node.js";
import type { Outlined } from "./outlined.js";
import { type Output, type Program, trace } from "./program.js";
import { rewrite } from "./rewrite.js";
import { rootsOf } from "./roots.js";
import { schedule } from "./schedule.js";
import { type Dialect, memoryName, TextWriter } from "./text.js";

/** Where the numbers of one output are once the body has run. */
export type WgslOutput =
  /** The product of two expressions; `right` is null for a single one. Many outputs share factors: a gradient u v^T. */
  | { readonly left: string; readonly right: string | null }
  /** `scale` times each of the `length` elements of the private array `memory`. */
  | { readonly memory: string; readonly length: number; readonly scale: string };

export interface WgslKernel {
  /** Private arrays, at module scope. */
  readonly declarations: string;
  /** `rotate_left`, `from_bits` and the outlined functions, at module scope. */
  readonly functions: string;
  readonly body: string;
  readonly outputs: readonly WgslOutput[];
  /** Bytes of private memory a lane: WebGPU guarantees 8,192. */
  readonly privateBytes: number;
}

export interface WgslOptions extends Partial<GraphOptions> {
  /** The sines of Box-Muller's angles: the device's own (WGSL allows them an absolute error of 2^-11), or the
   *  polynomials that the CPU has, good to roundoff and some ten instructions a pair dearer. */
  readonly turns?: "native" | "polynomial";
  /** Where numbers lie that are not in the arrays `P`, `S` and `T_<name>`, as expressions of an index expression. */
  readonly places?: Partial<WgslPlaces>;
  /** Lanes, a power of two within a subgroup, that hold one prompt together and share its outermost loops: the engine
   *  then declares `part`, the lane's number among them, and has `subgroups` enabled. */
  readonly lanes?: number;
  /** Hides loops' bounds from the driver's compiler, which may unroll what is too long for its registers: the engine
   *  then declares `zero`, a u32 that is 0 at run time. */
  readonly opaque?: boolean;
}

/** Expressions that read number `at` of each kind of input. */
export interface WgslPlaces {
  parameter(at: string): string;
  setting(at: string): string;
  table(name: string, at: string): string;
}

const ownArrays: WgslPlaces = {
  parameter: (at) => `P[${at}]`,
  setting: (at) => `S[${at}]`,
  table: (name, at) => `T_${name}[${at}]`,
};

/** Vectors up to this long stay in registers; a rolled one lies in a lane's own memory. */
const UNROLL = 32;

/** Writes a program as WGSL. The same program gives the same text. */
export function wgsl(
  of: Program,
  { turns = "native", places, lanes = 1, opaque = false, ...options }: WgslOptions = {},
): WgslKernel {
  const native = trace(of, { unroll: UNROLL, ...options });
  const traced = turns === "native" ? native : rewrite(native, loweredTurns);
  return traceInto(traced.graph, () => {
    const factors = traced.outputs.map(factored);
    const { nodes, arrays } = rootsOf(factors.flat());
    const plan = schedule(nodes, arrays);
    const outlines = new Map<Outlined, string>();
    const dialect = {
      ...wgslDialect(outlines, { ...ownArrays, ...places }, opaque),
      ...(lanes > 1 && { shares: sharing(lanes, opaque) }),
    };
    const writer = new TextWriter(dialect, plan);
    const join = (_: Loop, body: readonly string[]): string => body.join("\n");
    const body = writer.statements(plan.items, join).join("\n");
    const carried = new Set<PrivateArray>(plan.states.map(({ next }) => next));
    const fixed = plan.arrays.filter((array) => array.kind === "stored" || array.kind === "accumulated");
    const memory = fixed.filter((array) => !carried.has(array));
    return {
      declarations: [
        ...memory.map((array) => declared(memoryName(array), array.length, elementType(array))),
        ...plan.states.map(({ before }) => declared(`s${before.id}`, 2 * before.length, "f32")),
      ].join("\n"),
      functions: [rotateLeft, fromBits, ...outlines.values()].join("\n"),
      body,
      outputs: factors.map((output) => located(writer, output)),
      privateBytes:
        4 * memory.reduce((sum, { length }) => sum + length, 0) +
        8 * plan.states.reduce((sum, { before }) => sum + before.length, 0),
    };
  });
}

const rotateLeft = "fn rotate_left(x: u32, k: u32) -> u32 { return (x << k) | (x >> (32u - k)); }";
const fromBits = "fn from_bits(bits: u32) -> f32 { return bitcast<f32>(bits); }";
const declared = (name: string, length: number, type: "f32" | "u32"): string =>
  `var<private> ${name}: array<${type}, ${Math.max(1, length)}>;`;

/** An output as factors: scale * (a * b) becomes (scale * a) * b, so that u v^T needs u and v only. */
function factored(output: Output): readonly Output[] {
  if (typeof output === "number" || !("op" in output) || output.op !== "mul") return [output];
  const [a, b] = output.args as [Node<"f32">, Node<"f32">];
  if (b.op === "mul") return [mul(a, b.args[0] as Node<"f32">), b.args[1] as Node<"f32">];
  return [a, b];
}

function located(writer: TextWriter, factors: readonly Output[]): WgslOutput {
  const [first, second] = factors;
  if (typeof first === "object" && "array" in first) {
    const { array, scale } = first;
    const factor = typeof scale === "number" ? realText(scale) : writer.expression(scale);
    return { memory: memoryName(array), length: array.length, scale: factor };
  }
  const expression = (output: Output): string => writer.expression(output as Node);
  return { left: expression(first as Output), right: second === undefined ? null : expression(second) };
}

const infix =
  (operator: string) =>
  ([a, b]: readonly string[]): string =>
    `(${a} ${operator} ${b})`;
const named =
  (name: string) =>
  (args: readonly string[]): string =>
    `${name}(${args.join(", ")})`;
const choose = ([condition, a, b]: readonly string[]): string => `select(${b}, ${a}, ${condition})`;
const turn =
  (name: string) =>
  ([w]: readonly string[]): string =>
    `${name}(f32(bitcast<i32>(${w})) * ${realText((2 * Math.PI) / 2 ** 32)})`;

/** WGSL writes its literals with a point or an exponent; infinities and NaN have none and come from their bits, by a
 *  function, since a constant expression must be finite. */
function realText(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return "from_bits(0x7fc00000u)";
  if (!Number.isFinite(single)) return `from_bits(${single > 0 ? "0x7f800000u" : "0xff800000u"})`;
  const text = String(single);
  const literal = /[.e]/.test(text) ? text : `${text}.0`;
  return single < 0 || Object.is(single, -0) ? `(${literal === "0.0" ? "-0.0" : literal})` : literal;
}

function wgslDialect(outlines: Map<Outlined, string>, places: WgslPlaces, opaque: boolean): Dialect {
  const dialect: Dialect = {
    operations: {
      add: infix("+"),
      sub: infix("-"),
      mul: infix("*"),
      div: infix("/"),
      neg: ([a]) => `(-${a})`,
      max: named("max"),
      min: named("min"),
      sqrt: named("sqrt"),
      exp: named("exp"),
      log: named("log"),
      logPositive: named("log"),
      sin: named("sin"),
      cos: named("cos"),
      stop: ([a]) => a as string,
      select: choose,
      toReal: ([a]) => `f32(${a})`,
      logUniform: ([w]) => `log((f32(${w}) + 0.5) * ${realText(2 ** -32)})`,
      cosTurn: turn("cos"),
      sinTurn: turn("sin"),
      addWord: infix("+"),
      subWord: infix("-"),
      mulWord: infix("*"),
      and: infix("&"),
      or: infix("|"),
      xor: infix("^"),
      shiftLeft: ([a], k) => `(${a} << ${k}u)`,
      shiftRight: ([a], k) => `(${a} >> ${k}u)`,
      shiftRightSigned: ([a], k) => `bitcast<u32>(bitcast<i32>(${a}) >> ${k}u)`,
      rotateLeft: ([a], k) => `rotate_left(${a}, ${k}u)`,
      selectWord: choose,
      less: infix("<"),
      lessWord: infix("<"),
      equalWord: infix("=="),
      anyBit: ([a], mask) => `((${a} & ${mask >>> 0}u) != 0u)`,
      both: infix("&&"),
      not: ([a]) => `(!${a})`,
      nearest: named("round"),
      signedToReal: ([a]) => `f32(bitcast<i32>(${a}))`,
      toSigned: ([a]) => `bitcast<u32>(i32(${a}))`,
      bits: ([a]) => `bitcast<u32>(${a})`,
      fromBits: ([a]) => `bitcast<f32>(${a})`,
      capped: named("min"),
      raised: named("max"),
    },
    leaf: (node, args) => leaf(node, args, places),
    constant: (_, name, value) => `let ${name} = ${value};`,
    variable: (_, name, value) => `var ${name} = ${value};`,
    loopHead: (index, bound, length, descending) => {
      const count = countText(bound, length, opaque);
      return descending
        ? `for (var ${index}_ = ${count}; ${index}_ > 0u; ${index}_--) { let ${index} = ${index}_ - 1u;`
        : `for (var ${index} = 0u; ${index} < ${count}; ${index}++) {`;
    },
    call: (of, name, args) => {
      if (!outlines.has(of)) outlines.set(of, outlineText(of, wgslDialect(outlines, places, opaque)));
      return {
        lines: [`let ${name} = f${of.id}(${args.join(", ")});`],
        results: of.results.map((_, k) => `${name}.x${k}`),
      };
    },
    element: (memory, index) => `${memory}[${index}]`,
    stateElement: ({ before }, which, index) => {
      const offset = which === "before" ? `o${before.id}` : `(${before.length}u - o${before.id})`;
      return `s${before.id}[${offset} + ${index}]`;
    },
    openState: ({ before }: State) => [`var o${before.id} = 0u;`],
    swapState: ({ before }: State) => [`o${before.id} = ${before.length}u - o${before.id};`],
  };
  return dialect;
}

/** How often a loop runs, as an expression. */
function countText(bound: number, length: string | null, opaque: boolean): string {
  const most = opaque ? `(${bound}u + zero)` : `${bound}u`;
  return length === null ? most : `min(${length}, ${most})`;
}

/** Lane `part` takes iterations part, part + lanes, ...; a butterfly of exchanges leaves the same result in all lanes. */
function sharing(lanes: number, opaque: boolean): NonNullable<Dialect["shares"]> {
  const distances = Array.from({ length: Math.log2(lanes) }, (_, k) => 2 ** k);
  return {
    head: (index, bound, length) => {
      const count = countText(bound, length, opaque);
      return `for (var ${index} = part; ${index} < ${count}; ${index} += ${lanes}u) {`;
    },
    joined: (name, joining) => {
      const other = (distance: number): string => `subgroupShuffleXor(${name}, ${distance}u)`;
      const join = (distance: number): string =>
        joining === "add" ? `${name} += ${other(distance)};` : `${name} = max(${name}, ${other(distance)});`;
      return distances.map(join).join(" ");
    },
  };
}

const wgslType = (type: Type): string => (type === "tuple" ? "" : type);

/** An outlined function and the structure of its results. */
function outlineText(of: Outlined, dialect: Dialect): string {
  const writer = new TextWriter(dialect, schedule(of.results, []));
  of.parameters.forEach((parameter, k) => {
    writer.bind(parameter, `a${k}`);
  });
  const body = writer.statements(writer.plan.items, (_: Loop, lines) => lines.join("\n"));
  const fields = of.results.map(({ type }, k) => `x${k}: ${wgslType(type)}`).join(", ");
  const parameters = of.parameters.map((_, k) => `a${k}: u32`).join(", ");
  const results = of.results.map((result) => writer.expression(result)).join(", ");
  return [
    `struct R${of.id} { ${fields} };`,
    `fn f${of.id}(${parameters}) -> R${of.id} {`,
    ...body,
    `return R${of.id}(${results});`,
    "}",
  ].join("\n");
}

function leaf(node: Node, args: readonly string[], places: WgslPlaces): string {
  const at = args[0] ?? `${node.immediate}u`;
  if (node.op === "constant") return node.type === "u32" ? `${node.immediate}u` : realText(node.immediate);
  if (node.op === "parameter") return places.parameter(at);
  if (node.op === "setting") return places.setting(at);
  if (node.op === "table") return places.table((node.owner as unknown as Table).name, at);
  if (node.op === "key") return node.immediate === 0 ? "k0" : "k1";
  if (node.op === "prompt") return "pid";
  throw new Error(`WGSL has no leaf ${node.op}.`);
}
