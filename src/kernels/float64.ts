/**
 * The float64 target: a program as a JavaScript function. It is the reference: finite differences, evaluation where
 * conditioning needs it, and sampling for the plain path all run on it.
 */
import { elementType, type PrivateArray } from "./array.js";
import { type Float64Kernel, type Float64Text, float64Kernel } from "./float64-kernel.js";
import { type GraphOptions, traceInto } from "./graph.js";
import { javascript, prelude } from "./javascript.js";
import type { Loop } from "./loop.js";
import type { Scope } from "./node.js";
import type { Outlined } from "./outlined.js";
import { type Program, type Traced, trace } from "./program.js";
import { rootsOf } from "./roots.js";
import { type Item, type Plan, schedule } from "./schedule.js";
import { memoryName, type Placement, TextWriter } from "./text.js";

/** Values in a scope above which its statements are split over several functions: V8 does not optimise a function of
 *  more than 60 kB of bytecode, which is some 5,000 operations. */
const largest = 1500;
/** Characters of source in one such function. */
const chunk = 60_000;

/** Compiles a program for float64. */
export function float64(of: Program, options: Partial<GraphOptions> = {}): Float64Kernel {
  return float64Kernel(float64Text(of, options));
}

/** The same as plain data. */
export function float64Text(of: Program, options: Partial<GraphOptions> = {}): Float64Text {
  const traced = trace(of, { outline: true, ...options });
  return {
    source: javascriptOf(traced),
    width: traced.lengths.reduce((sum, length) => sum + length, 0),
    parameters: of.parameters,
    settings: of.settings,
    tables: traced.tables.map(({ name, length }) => ({ name, length })),
  };
}

/** The text of a traced program: a function body that returns the kernel. */
export function javascriptOf(traced: Traced): string {
  return traceInto(traced.graph, () => new Source(traced).text());
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
