/**
 * The float64 target: a program as a JavaScript function. It is the reference: finite differences, evaluation where
 * conditioning needs it, and sampling for the plain path all run on it.
 */
import { elementType, type PrivateArray } from "./array.js";
import { type GraphOptions, traceInto } from "./graph.js";
import { javascript, prelude } from "./javascript.js";
import type { Loop } from "./loop.js";
import type { Scope } from "./node.js";
import type { Outlined } from "./outlined.js";
import { type Program, type Traced, trace } from "./program.js";
import { rootsOf } from "./roots.js";
import { type Item, type Plan, schedule } from "./schedule.js";
import { memoryName, type Placement, TextWriter } from "./text.js";

/** Numbers for one run. */
export interface Arguments {
  readonly parameters: ArrayLike<number>;
  readonly settings?: ArrayLike<number>;
  readonly tables?: Readonly<Record<string, ArrayLike<number>>>;
  readonly key: readonly [hi: number, lo: number];
}

export interface Float64Kernel {
  /** Numbers a prompt: all outputs, arrays laid out in place. */
  readonly width: number;
  /** The outputs of prompts [from, to), row-major (prompt, output). */
  each(given: Arguments, from: number, to: number): Float64Array;
  /** Their sums over prompts [from, to), added in order of the prompts. */
  sums(given: Arguments, from: number, to: number): Float64Array;
}

/** Values in a scope above which its statements are split over several functions: V8 does not optimise a function of
 *  more than 60 kB of bytecode, which is some 5,000 operations. */
const largest = 1500;
/** Characters of source in one such function. */
const chunk = 60_000;

/** Compiles a program for float64. */
export function float64(of: Program, options: Partial<GraphOptions> = {}): Float64Kernel {
  const traced = trace(of, { outline: true, ...options });
  const source = javascriptOf(traced);
  const run = new Function(source)() as (...given: unknown[]) => void;
  const width = traced.lengths.reduce((sum, length) => sum + length, 0);
  const call = (given: Arguments, from: number, to: number, rows: number): Float64Array => {
    const out = new Float64Array(rows * width);
    const tables = traced.tables.map(({ name, length }) => tableOf(given, name, length));
    const parameters = numbers("parameters", given.parameters, of.parameters);
    const settings = numbers("settings", given.settings ?? [], of.settings);
    run(parameters, settings, given.key[0] | 0, given.key[1] | 0, from, to, out, rows === 1 ? 0 : width, ...tables);
    return out;
  };
  return {
    width,
    each: (given, from, to) => call(given, from, to, to - from),
    sums: (given, from, to) => call(given, from, to, 1),
  };
}

/** The text of a traced program: a function body that returns the kernel. */
export function javascriptOf(traced: Traced): string {
  return traceInto(traced.graph, () => new Source(traced).text());
}

function numbers(what: string, given: ArrayLike<number>, length: number): Float64Array {
  if (given.length !== length) throw new Error(`The program reads ${length} ${what}; ${given.length} were given.`);
  return given instanceof Float64Array ? given : Float64Array.from(given);
}

function tableOf(given: Arguments, name: string, length: number): Float64Array {
  const data = given.tables?.[name];
  if (!data) throw new Error(`The program reads the table "${name}", which was not given.`);
  return numbers(`numbers of table "${name}"`, data, length);
}

/** The JavaScript of one program. */
class Source {
  readonly #traced: Traced;
  readonly #plan: Plan;
  readonly #split: ReadonlySet<Scope>;
  readonly #functions: string[] = [];
  #cells = 0;

  constructor(traced: Traced) {
    this.#traced = traced;
    const { nodes, arrays } = rootsOf(traced.outputs);
    this.#plan = schedule(nodes, arrays);
    this.#split = largeScopes(this.#plan.items, traced.graph.top);
  }

  get #arguments(): string {
    return ["P", "S", "k0", "k1", "pid", "O", "o", ...this.#traced.tables.map((_, t) => `T${t}`)].join(", ");
  }

  text(): string {
    const placement: Placement = { cell: (scope) => (this.#split.has(scope) ? `R[${this.#cells++}]` : null) };
    const outlines = new Map<Outlined, string>();
    const dialect = javascript({
      tables: this.#traced.tables,
      outline: (of) => {
        const name = outlines.get(of) ?? `f${of.id}`;
        if (!outlines.has(of)) {
          outlines.set(of, name);
          this.#functions.push(outlineText(of, name, dialect));
        }
        return name;
      },
    });
    const writer = new TextWriter(dialect, this.#plan, placement);
    const join = (scope: Scope, body: readonly string[]): string => this.#join(scope, body);
    const body = [...writer.statements(this.#plan.items, join), ...this.#outputs(writer)];
    const main = this.#join(this.#traced.graph.top, body);
    const { arrays, states } = this.#plan;
    const carried = new Set<PrivateArray>(states.map(({ next }) => next));
    const memory = arrays.filter(
      (array) => (array.kind === "stored" || array.kind === "accumulated") && !carried.has(array),
    );
    const tables = this.#traced.tables.map((_, t) => `, T${t}`).join("");
    return [
      '"use strict";',
      prelude,
      `const R = new Float64Array(${this.#cells}), X = new Float64Array(64);`,
      ...memory.map(
        (a) => `const ${memoryName(a)} = new ${elementType(a) === "f32" ? "Float64" : "Int32"}Array(${a.length});`,
      ),
      ...states.map((state) => {
        const { id, length } = state.before;
        return `let s${id} = new Float64Array(${length}), t${id} = new Float64Array(${length});`;
      }),
      ...this.#functions,
      `return function (P, S, k0, k1, from, to, O, stride${tables}) {`,
      "for (let pid = from | 0, o = 0; pid < to; pid++, o += stride) {",
      main,
      "}",
      "};",
    ].join("\n");
  }

  #outputs(writer: TextWriter): readonly string[] {
    let at = 0;
    return this.#traced.outputs.map((output, k) => {
      const first = at;
      at += this.#traced.lengths[k]!;
      if (typeof output === "number") return "";
      if ("op" in output) return `O[o + ${first}] += ${writer.expression(output)};`;
      const scale = typeof output.scale === "number" ? `(${output.scale})` : writer.expression(output.scale);
      return writer.each(
        `y${k}`,
        output.array.length,
        (i) => `O[o + ${first} + ${i}] += ${scale} * ${writer.element(output.array, i)};`,
      );
    });
  }

  /** A scope's statements; those of a large scope in functions of their own. */
  #join(scope: Scope, body: readonly string[]): string {
    if (!this.#split.has(scope)) return body.join("\n");
    const calls: string[] = [];
    for (let from = 0; from < body.length; ) {
      let to = from;
      for (let size = 0; to < body.length && (to === from || size + body[to]!.length < chunk); to++)
        size += body[to]!.length;
      const name = `g${this.#functions.length}`;
      this.#functions.push(`function ${name}(${this.#arguments}) {\n${body.slice(from, to).join("\n")}\n}`);
      calls.push(`${name}(${this.#arguments});`);
      from = to;
    }
    return calls.join("\n");
  }
}

function outlineText(of: Outlined, name: string, dialect: ReturnType<typeof javascript>): string {
  const writer = new TextWriter(dialect, schedule(of.results, []));
  of.parameters.forEach((parameter, k) => {
    writer.bind(parameter, `x${k}`);
  });
  const body = writer.statements(writer.plan.items, (_: Loop, lines) => lines.join("\n"));
  const results = of.results.map((result, k) => `X[${k}] = ${writer.expression(result)};`);
  return `function ${name}(${of.parameters.map((_, k) => `x${k}`).join(", ")}) {\n${[...body, ...results].join("\n")}\n}`;
}

/** Scopes with more values in them, inner loops included, than one function should have. */
function largeScopes(items: readonly Item[], top: Scope): ReadonlySet<Scope> {
  const large = new Set<Scope>();
  const count = (scope: Scope, list: readonly Item[]): number => {
    const size = list.reduce(
      (sum, item) => sum + (item.kind === "loop" ? count(item.plan.loop, item.plan.items) : 1),
      0,
    );
    if (size > largest) large.add(scope);
    return size;
  };
  count(top, items);
  return large;
}
