import { add, exp, mul, neg, sub } from "../../src/kernels/arithmetic.js";
import { array, load } from "../../src/kernels/array.js";
import { type Graph, graph } from "../../src/kernels/graph.js";
import { loop } from "../../src/kernels/loop.js";
import type { F32, Node } from "../../src/kernels/node.js";
import { type Inputs, program, squaredError, trace } from "../../src/kernels/program.js";
import { rootsOf } from "../../src/kernels/roots.js";
import { type Item, schedule } from "../../src/kernels/schedule.js";
import { vector } from "../../src/kernels/vector.js";
import { wgsl } from "../../src/kernels/wgsl.js";
import { addWord, mulWord } from "../../src/kernels/words.js";
import { deltaRule, deltaSize, linearAttention, linearSize, model, softmaxAttention, softmaxSize } from "./models.js";

/** Runs `body` inside a trace of a program with 8 parameters. */
const within = (body: (inputs: Inputs) => readonly F32[]) => trace(program({ parameters: 8, tables: { t: 4 } }, body));

test("the same operation on the same arguments is the same node", () => {
  within(({ parameters: p, prompt }) => {
    expect(add(p.at(0), p.at(1))).toBe(add(p.at(0), p.at(1)));
    expect(add(p.at(0), p.at(1))).not.toBe(add(p.at(1), p.at(0)));
    expect(p.at(addWord(prompt, 2))).toBe(p.at(addWord(prompt, 2)));
    expect(p.block(2, 3).at(1)).toBe(p.at(3));
    expect(array(3, (i) => mul(p.at(i), 2))).not.toBe(array(4, (i) => mul(p.at(i), 2)));
    return [];
  });
});

test("constants fold, and identities with 0 and 1 cost nothing", () => {
  within(({ parameters: p }) => {
    const x = p.at(0);
    expect(add(2, 3)).toBe(add(4, 1));
    expect(exp(0).immediate).toBe(1);
    expect([add(x, 0), add(0, x), sub(x, 0), mul(x, 1), mul(1, x), neg(neg(x))]).toEqual([x, x, x, x, x, x]);
    expect(mul(x, 0).immediate).toBe(0);
    expect(mul(x, -1)).toBe(neg(x));
    expect(addWord(mulWord(3, 4), 5)).toBe(17);
    return [];
  });
});

function kinds(items: readonly Item[]): readonly string[] {
  return items.flatMap((item) => {
    if (item.kind === "loop") return ["loop(", ...kinds(item.plan.items), ")"];
    return item.kind === "value" ? [item.node.op] : [item.kind];
  });
}

test("what does not depend on the loop is computed before it, and what nothing needs is not computed", () => {
  const traced = within(({ parameters: p }) => {
    exp(p.at(5));
    const [sum, dead] = loop(3, [0, 0], (_, [s, t]) => [add(s!, exp(mul(p.at(0), p.at(1)))), add(t!, exp(p.at(2)))]);
    expect(dead!.op).toBe("result");
    return [sum!];
  });
  const { nodes, arrays } = rootsOf(traced.outputs);
  const order = kinds(schedule(nodes, arrays).items).filter((kind) => ["exp", "loop(", ")", "add"].includes(kind));
  expect(order).toEqual(["exp", "loop(", "add", ")"]);
});

test("a value of one loop's body cannot be used in another", () => {
  const leaking = () =>
    within(({ parameters: p }) => {
      let leaked: Node<"f32"> | null = null;
      loop(3, [0], (j, [x]) => {
        leaked = p.at(j);
        return [add(x!, leaked)];
      });
      return loop(2, [0], (_, [x]) => [mul(x!, leaked!)]);
    });
  expect(leaking).toThrow("belongs to the body of another loop");
});

test("mistakes in a program are sentences", () => {
  expect(() => add(1, 2)).toThrow("inside the body of a kernel program");
  expect(() => within(({ parameters: p }) => [p.at(8)])).toThrow("There is no parameter 8; this block has 8.");
  expect(() => within(({ parameters: p }) => [p.block(4, 5).at(0)])).toThrow("[4, 9) lies outside");
  expect(() => within(({ table }) => [table("s").at(0)])).toThrow('no table "s"');
  expect(() => within(() => loop(2.5, [0], (_, [x]) => [x!]))).toThrow("whole number of times");
  expect(() => within(() => loop(2, [0, 1], (_, [x]) => [x!]))).toThrow("carries 2 scalars, but its body returned 1");
  expect(() => within(() => [vector(3, () => 1).at(3)])).toThrow("has no element 3");
  expect(() => trace(squaredError(program({}, () => [1])))).toThrow("[prediction, answer]");
});

test("an array's element is one load, at a number and at an index", () => {
  within(({ parameters: p }) => {
    const squares = array(4, (i) => mul(p.at(i), p.at(i)));
    expect(load(squares, 2)).toBe(load(squares, 2));
    expect(load(squares, 2).scope).toBe((graph() as Graph).top);
    return [];
  });
});

const d = 4;
const models = [
  ["linear attention", squaredError(model(linearAttention, linearSize(d), { d, n: 5 }))],
  ["softmax attention", squaredError(model(softmaxAttention(2, true), softmaxSize(2, d), { d, n: 5, kept: true }))],
  ["the delta rule", squaredError(model(deltaRule(3), deltaSize(3, d), { d, n: 5 }))],
] as const;

/** Names that a text declares: let, var (private or not), parameters and functions. */
const declared = (text: string): string[] =>
  [...text.matchAll(/\b(?:let|var(?:<private>)?|fn|struct) (\w+)|[(,] ?(a\d+): u32/g)].map((m) => (m[1] ?? m[2])!);
const builtIn =
  /^(?:let|var|fn|struct|return|for|if|u32|f32|i32|bitcast|private|array|select|min|max|exp|log|sqrt|cos|sin|round|P|S|T_\w+|pid|k0|k1|e|x\d*|k|bits)$/;

describe.each([
  ["unrolled", { unroll: 32 }] as const,
  ["rolled and outlined", { unroll: 1, outline: true }] as const,
  ["with polynomial turns", { unroll: 32, outline: true, turns: "polynomial" }] as const,
])("%s", (_, options) => {
  test.each(models)(
    "the WGSL of %s is the same text every time and uses no name that it does not declare",
    (_n, of) => {
      const text = wgsl(of, options);
      expect(wgsl(of, options)).toEqual(text);
      const all = [text.declarations, text.functions, text.body].join("\n");
      const outputs = text.outputs.map((o) =>
        "memory" in o ? `${o.memory} ${o.scale}` : `${o.left} ${o.right ?? ""}`,
      );
      const known = new Set(declared(all));
      const used = [...`${all}\n${outputs.join("\n")}`.matchAll(/(?<![\w.])[A-Za-z_]\w*/g)].map(([name]) => name!);
      expect(used.filter((name) => !known.has(name) && !builtIn.test(name) && !/^R\d+$/.test(name))).toEqual([]);
      for (const [open, close] of ["()", "{}", "[]"] as const)
        expect(all.split(open!).length).toBe(all.split(close!).length);
      expect(all).not.toMatch(/NaN|Infinity|undefined|null/);
    },
  );
});

test("a gradient that is an outer product comes out of WGSL as its factors", () => {
  const { outputs } = wgsl(models[0][1]);
  expect(outputs).toHaveLength(1 + linearSize(d));
  const factors = new Set(outputs.flatMap((output) => ("left" in output ? [output.left, output.right] : [])));
  // Not the (d + 1) d products: the loss and zero, d + 1 scaled adjoints of u with d of the query, d + 1 of p.
  expect(factors.size).toBeLessThanOrEqual(4 + 3 * (d + 1));
});

test("infinities and NaN have names in WGSL", () => {
  const { body, functions, outputs } = wgsl(
    program({}, ({ prompt }) => [mul(vector(1, () => Number.POSITIVE_INFINITY).at(0), exp(prompt as unknown as F32))]),
  );
  expect(JSON.stringify([body, outputs])).toContain("from_bits(0x7f800000u)");
  expect(functions).toContain("fn from_bits");
});
