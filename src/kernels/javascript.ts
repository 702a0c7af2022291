import type { Table } from "./inputs.js";
import type { Node } from "./node.js";
import type { Outlined } from "./outlined.js";
import type { Dialect } from "./text.js";

const infix =
  (operator: string) =>
  ([a, b]: readonly string[]): string =>
    `(${a} ${operator} ${b})`;
const wrapped =
  (operator: string) =>
  ([a, b]: readonly string[]): string =>
    `((${a} ${operator} ${b}) | 0)`;
const math =
  (name: string) =>
  (args: readonly string[]): string =>
    `Math.${name}(${args.join(", ")})`;
const shift =
  (operator: string) =>
  ([a]: readonly string[], distance: number): string =>
    `((${a} ${operator} ${distance}) | 0)`;
const loweredOnly = (): never => {
  throw new Error("Operations on the bits of a float32 have no meaning in float64.");
};
const choose = ([condition, a, b]: readonly string[]): string => `(${condition} ? ${a} : ${b})`;

/**
 * Functions that the text calls: cosine and sine of 2 pi w / 2^32. A word says exactly which quarter turn it is nearest
 * to, so that nothing is left of the general reduction of an angle, a pair of them shares its polynomials, and the
 * numbers are the same on every engine, which those of Math.cos are not. Within 2 roundoffs of 1.
 * Source of the polynomials on |t| <= pi / 4: fdlibm (Sun Microsystems 1993), k_sin.c and k_cos.c.
 */
export const prelude = [
  "function sinNear(t, z) {",
  "return t + t * z * (-0.16666666666666632 + z * (0.00833333333332249 + z * (-0.0001984126982985795",
  "+ z * (0.0000027557313707070068 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)))));",
  "}",
  "function cosNear(z) {",
  "return 1 - 0.5 * z + z * z * (0.0416666666666666 + z * (-0.001388888888887411 + z * (0.00002480158728947673",
  "+ z * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11)))));",
  "}",
  "function cosTurn(w) {",
  `const q = (w + ${2 ** 29}) >>> 30, t = (w << 2) * ${Math.PI / 2 / 2 ** 32}, z = t * t;`,
  "const sin = sinNear(t, z), cos = cosNear(z), v = (q & 1) !== 0 ? sin : cos;",
  "return ((q + 1) & 2) !== 0 ? -v : v;",
  "}",
  "function sinTurn(w) {",
  `const q = (w + ${2 ** 29}) >>> 30, t = (w << 2) * ${Math.PI / 2 / 2 ** 32}, z = t * t;`,
  "const sin = sinNear(t, z), cos = cosNear(z), v = (q & 1) !== 0 ? cos : sin;",
  "return (q & 2) !== 0 ? -v : v;",
  "}",
].join("\n");

/** JavaScript in float64. Words are int32 values between operations and unsigned where they are compared or converted. */
export function javascript(given: {
  readonly tables: readonly Table[];
  readonly outline: (of: Outlined) => string;
}): Dialect {
  return {
    operations: {
      add: infix("+"),
      sub: infix("-"),
      mul: infix("*"),
      div: infix("/"),
      neg: ([a]) => `(-${a})`,
      max: math("max"),
      min: math("min"),
      sqrt: math("sqrt"),
      exp: math("exp"),
      log: math("log"),
      logPositive: math("log"),
      sin: math("sin"),
      cos: math("cos"),
      stop: ([a]) => a as string,
      select: choose,
      toReal: ([a]) => `(${a} >>> 0)`,
      logUniform: ([a]) => `Math.log(((${a} >>> 0) + 0.5) * ${2 ** -32})`,
      cosTurn: ([a]) => `cosTurn(${a})`,
      sinTurn: ([a]) => `sinTurn(${a})`,
      addWord: wrapped("+"),
      subWord: wrapped("-"),
      mulWord: math("imul"),
      and: infix("&"),
      or: infix("|"),
      xor: infix("^"),
      shiftLeft: shift("<<"),
      shiftRight: shift(">>>"),
      shiftRightSigned: shift(">>"),
      rotateLeft: ([a], distance) => `((${a} << ${distance}) | (${a} >>> ${32 - distance}))`,
      selectWord: choose,
      less: infix("<"),
      lessWord: ([a, b]) => `((${a} >>> 0) < (${b} >>> 0))`,
      equalWord: ([a, b]) => `((${a} | 0) === (${b} | 0))`,
      anyBit: ([a], mask) => `((${a} & ${mask | 0}) !== 0)`,
      both: infix("&&"),
      not: ([a]) => `(!${a})`,
      nearest: loweredOnly,
      signedToReal: loweredOnly,
      toSigned: loweredOnly,
      bits: loweredOnly,
      fromBits: loweredOnly,
      capped: loweredOnly,
      raised: loweredOnly,
    },
    leaf: (node, args) => leaf(given.tables, node, args),
    constant: (_, name, value) => `const ${name} = ${value};`,
    variable: (_, name, value) => `let ${name} = ${value};`,
    loopHead: (index, bound, length, descending) => {
      const count = length === null ? `${bound}` : `Math.min(${length} >>> 0, ${bound})`;
      return descending
        ? `for (let ${index} = ${count} - 1; ${index} >= 0; ${index}--) {`
        : `for (let ${index} = 0, n_${index} = ${count}; ${index} < n_${index}; ${index}++) {`;
    },
    call: (of, name, args) => ({
      lines: [
        `${given.outline(of)}(${args.join(", ")});`,
        ...of.results.map((_, k) => `const ${name}_${k} = X[${k}];`),
      ],
      results: of.results.map((_, k) => `${name}_${k}`),
    }),
    element: (memory, index) => `${memory}[${index}]`,
    stateElement: ({ before }, which, index) => `${which === "before" ? "s" : "t"}${before.id}[${index}]`,
    openState: () => [],
    swapState: ({ before: { id } }) => [`{ const x = s${id}; s${id} = t${id}; t${id} = x; }`],
  };
}

function leaf(tables: readonly Table[], node: Node, args: readonly string[]): string {
  const at = args.length > 0 ? args[0] : node.immediate;
  if (node.op === "constant") return node.type === "u32" ? `${node.immediate | 0}` : real(node.immediate);
  if (node.op === "parameter") return `P[${at}]`;
  if (node.op === "setting") return `S[${at}]`;
  if (node.op === "table") return `T${tables.indexOf(node.owner as Table)}[${at}]`;
  if (node.op === "key") return node.immediate === 0 ? "k0" : "k1";
  if (node.op === "prompt") return "pid";
  throw new Error(`JavaScript has no leaf ${node.op}.`);
}

const real = (value: number): string =>
  value < 0 || Object.is(value, -0) ? `(${value === 0 ? "-0" : value})` : `${value}`;
