import type { FunctionNode, MathNode, OperatorNode, RelationalNode } from "mathjs";
import { CURVES, everyTerm, inside, type Operation, READS, type Term } from "./term.js";
import { ExpressionFault, type Recognised, recognise, type Vocabulary } from "./words.js";

/** a <= b or a < b. */
export interface Comparison {
  readonly less: Term;
  readonly than: Term;
  readonly strict: boolean;
}

const LIMITS = { characters: 1000, depth: 40, exponent: 16 };
const CALLS: Record<Called, readonly [number, number]> = { log: [1, 1], abs: [1, 1], min: [1, 99], max: [1, 99] };

type Called = "log" | "abs" | "min" | "max";

const ARITHMETIC: Record<string, Operation> = { "+": "add", "-": "subtract", "*": "multiply", "/": "divide" };

/** The functions of an expression. */
export const FUNCTIONS = [...Object.keys(READS), ...Object.keys(CURVES), ...Object.keys(CALLS)];

/** A parser of expressions. mathjs, which takes a while to load, is loaded by asking for one, and only its parser. */
export async function expressionParser(): Promise<ExpressionParser> {
  const { create, parseDependencies } = await import("mathjs/number");
  return new ExpressionParser(create({ parseDependencies: parseDependencies! }).parse as (text: string) => MathNode);
}

/**
 * Expressions as checked terms. mathjs only builds the tree; a white list of nodes, operators and functions turns it into
 * a `Term`, so that no text of a study reaches an evaluator, the host or an allocation.
 */
export class ExpressionParser {
  constructor(private readonly tree: (text: string) => MathNode) {}

  /** `risk(lsa) <= 1.02 * risk(gradient-step)`, or a chain `0 < slope(...) < 1`. @throws ExpressionFault */
  comparisons(source: string, vocabulary: Vocabulary): Comparison[] {
    const { node, words } = this.parse(source, vocabulary);
    const [operators, sides] = relation(node);
    if (operators.length === 0)
      throw new ExpressionFault(0, "not a comparison; allowed: two sides with <=, <, >= or > between them");
    const terms = sides.map((side) => this.term(side, words, vocabulary));
    return operators.map((operator, i) => {
      const [left, right] = [terms[i]!, terms[i + 1]!];
      const strict = !operator.endsWith("=");
      return operator.startsWith("<") ? { less: left, than: right, strict } : { less: right, than: left, strict };
    });
  }

  /** One side of an `equals`. @throws ExpressionFault */
  single(source: string, vocabulary: Vocabulary): Term {
    const { node, words } = this.parse(source, vocabulary);
    return this.term(node, words, vocabulary);
  }

  private parse(source: string, vocabulary: Vocabulary): { readonly node: MathNode; readonly words: Recognised } {
    if (source.length > LIMITS.characters)
      throw new ExpressionFault(0, `an expression of ${source.length} characters; allowed: ${LIMITS.characters}`);
    if (/^\s*$/.test(source)) throw new ExpressionFault(0, "an empty expression");
    refuseDepth(source);
    const words = recognise(source, vocabulary);
    try {
      return { node: this.tree(words.text), words };
    } catch (error) {
      const position = (error as { char?: number }).char ?? 1;
      const reason = (error as Error).message.replace(/\s*\(char \d+\)/, "");
      throw new ExpressionFault(words.offsetOf(position - 1), `not an expression: ${reason}`);
    }
  }

  private term(node: MathNode, words: Recognised, vocabulary: Vocabulary): Term {
    const term = build(node, words, vocabulary);
    const curves = everyTerm(term).filter(({ kind }) => kind === "curve");
    if (
      curves
        .flatMap(inside)
        .flatMap(everyTerm)
        .some(({ kind }) => kind === "curve")
    )
      throw new ExpressionFault(0, "a slope or bend inside another");
    return term;
  }
}

/** A chain of comparisons as its operators and the sides between them. */
function relation(node: MathNode): readonly [readonly string[], readonly MathNode[]] {
  if (node.type === "RelationalNode") {
    const { conditionals, params } = node as RelationalNode & { conditionals: string[]; params: MathNode[] };
    return [conditionals.map((name) => SYMBOLS[name] ?? refuseOperator(name)), params];
  }
  const { op, args } = node as OperatorNode;
  if (node.type === "OperatorNode" && (op === "==" || op === "!=")) refuseOperator(op);
  return node.type === "OperatorNode" && Object.values(SYMBOLS).includes(op) ? [[op], args] : [[], [node]];
}

const SYMBOLS: Record<string, string> = { smaller: "<", smallerEq: "<=", larger: ">", largerEq: ">=" };

function build(node: MathNode, words: Recognised, vocabulary: Vocabulary): Term {
  const recurse = (inner: MathNode) => build(inner, words, vocabulary);
  if (node.type === "ParenthesisNode") return recurse((node as unknown as { content: MathNode }).content);
  if (node.type === "ConstantNode")
    return { kind: "number", value: finite((node as unknown as { value: unknown }).value) };
  if (node.type === "SymbolNode") return { kind: "column", column: known(node, "column", words, vocabulary.columns) };
  if (node.type === "OperatorNode") return operator(node as OperatorNode, recurse);
  if (node.type === "FunctionNode") return call(node as FunctionNode, words, vocabulary, recurse);
  throw new ExpressionFault(0, `a ${node.type.replace("Node", "").toLowerCase()} is not allowed in an expression`);
}

function operator(node: OperatorNode, recurse: (inner: MathNode) => Term): Term {
  const { op, args, implicit } = node as OperatorNode & { implicit: boolean };
  if (implicit)
    throw new ExpressionFault(
      0,
      `write the * between ${args.map((side) => (side.type === "ConstantNode" ? String(side) : "the terms")).join(" and ")}`,
    );
  if (op === "^") return { kind: "power", base: recurse(args[0]!), exponent: exponent(recurse(args[1]!)) };
  const operation = ARITHMETIC[op] ?? refuseOperator(op);
  if (args.length === 2) return { kind: "apply", operation, to: args.map(recurse) };
  const operand = recurse(args[0]!);
  if (op === "+") return operand;
  if (operand.kind === "number") return { kind: "number", value: -operand.value };
  return { kind: "apply", operation: "multiply", to: [{ kind: "number", value: -1 }, operand] };
}

function call(node: FunctionNode, words: Recognised, vocabulary: Vocabulary, recurse: (inner: MathNode) => Term): Term {
  const name = (node.fn as unknown as { name?: string }).name ?? "";
  if (name in READS) {
    const what = name as keyof typeof READS;
    arity(name, node.args.length, READS[what], READS[what]);
    return { kind: "read", what, names: node.args.map((argument) => known(argument, name, words, vocabulary.names)) };
  }
  if (name in CURVES) {
    arity(name, node.args.length, 2, 2);
    const [y, x] = [recurse(node.args[0]!), known(node.args[1]!, name, words, vocabulary.columns)];
    return { kind: "curve", what: name as keyof typeof CURVES, y, x };
  }
  if (!(name in CALLS)) throw new ExpressionFault(0, `\`${name}\` is not a function; allowed: ${FUNCTIONS.join(", ")}`);
  const operation = name as Called;
  arity(name, node.args.length, ...CALLS[operation]);
  return { kind: "apply", operation, to: node.args.map(recurse) };
}

function known(node: MathNode, where: string, words: Recognised, allowed: readonly string[]): string {
  const word = node.type === "SymbolNode" ? (node as unknown as { name: string }).name : "";
  const name = words.originals.get(word);
  if (name !== undefined && allowed.includes(name)) return name;
  const offset = name === undefined ? 0 : words.offsetOf(words.text.indexOf(word));
  const what = name === undefined ? `${where} needs a name` : `\`${name}\` does not belong here`;
  throw new ExpressionFault(offset, `${what}; allowed: ${allowed.join(", ") || "none"}`);
}

function arity(name: string, found: number, least: number, most: number): void {
  if (found < least || found > most)
    throw new ExpressionFault(
      0,
      `${name} takes ${least === most ? least : `${least} or more`} arguments, not ${found}`,
    );
}

function exponent(term: Term): number {
  if (term.kind === "number" && Math.abs(term.value) <= LIMITS.exponent) return term.value;
  throw new ExpressionFault(0, `an exponent must be a number from -${LIMITS.exponent} to ${LIMITS.exponent}`);
}

function finite(value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new ExpressionFault(0, `${String(value)} is not a finite number`);
}

function refuseOperator(op: string): never {
  const hint = op === "==" ? "; for equality write equals: [a, b] and within:" : "";
  throw new ExpressionFault(0, `the operator ${op} is not allowed${hint}; allowed: + - * / ^ <= < >= >`);
}

function refuseDepth(source: string): void {
  let depth = 0;
  for (const [i, character] of [...source].entries()) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (depth > LIMITS.depth) throw new ExpressionFault(i, `nested too deeply; allowed: ${LIMITS.depth} parentheses`);
  }
}
