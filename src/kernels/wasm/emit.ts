/**
 * A program as one WebAssembly function: four prompts at a time, one a lane of an f32x4.
 *
 *     run(from, to, chunk, key0, key1, parameters, settings, tables, outputs, memory)
 *
 * adds the outputs of prompts [from, to) into the four lanes at `outputs`, and moves on to the next group of lanes
 * after every `chunk` prompts. Prompt p is lane (p - from) mod 4; lanes at or beyond `to` add zero.
 */
import type { Table } from "../inputs.js";
import type { Outlined } from "../outlined.js";
import type { Output, Traced } from "../program.js";
import { rootsOf } from "../roots.js";
import { type Plan, schedule } from "../schedule.js";
import { Assembler } from "./assembler.js";
import { type FunctionBody, valueType } from "./binary.js";
import * as code from "./instructions.js";
import { lanes, Memory } from "./memory.js";
import { Statements } from "./statements.js";
import { Values } from "./values.js";

const { i32 } = code;
/** The arguments of `run` in order: their local indices. */
const from = 0;
const to = 1;
const chunk = 2;
const outputs = 8;
const start = 9;
const inputs = { key0: 3, key1: 4, parameters: 5, settings: 6, tables: 7 };
const argumentCount = 10;

/** Byte offsets of the tables behind one another, each at a multiple of 16 bytes. */
export function tableOffsets(tables: readonly Pick<Table, "length">[]): readonly number[] {
  let next = 0;
  return tables.map(({ length }) => {
    const offset = next;
    next += Math.ceil(length / 4) * lanes;
    return offset;
  });
}

/** The functions of a module (function 0 is `run`) and the bytes of private memory that they use. */
export interface Emitted {
  readonly functions: readonly FunctionBody[];
  readonly memory: number;
}

export function emit(traced: Traced): Emitted {
  const { nodes, arrays } = rootsOf(traced.outputs);
  const outlines = new Outlines();
  const offsets = tableOffsets(traced.tables);
  const assembler = new Assembler(argumentCount);
  const prompt = assembler.vector();
  const writers = writersFor(assembler, schedule(nodes, arrays), prompt, outlines, (table) => {
    return offsets[traced.tables.indexOf(table)] as number;
  });
  writeRun(assembler, writers, traced, prompt);
  const type = { parameters: Array.from({ length: argumentCount }, () => valueType.i32), results: [] };
  const main = { type, locals: assembler.locals, code: assembler.code };
  return { functions: [main, ...outlines.functions], memory: writers.memory.bytes };
}

interface Writers {
  readonly plan: Plan;
  readonly values: Values;
  readonly memory: Memory;
  readonly statements: Statements;
}

function writersFor(
  assembler: Assembler,
  plan: Plan,
  prompt: number,
  outlines: Outlines,
  tableOffset: (table: Table) => number,
): Writers {
  const memory = new Memory(assembler, plan, start, (index) => values.scalar(index));
  const functionNumber = (of: Outlined): number => outlines.number(of);
  const values: Values = new Values({
    assembler,
    plan,
    memory,
    inputs: { ...inputs, prompt },
    tableOffset,
    functionNumber,
  });
  return { plan, values, memory, statements: new Statements(assembler, values, memory) };
}

/** The outlined functions of a module, numbered from 1. */
class Outlines {
  readonly functions: FunctionBody[] = [];
  readonly #numbers = new Map<Outlined, number>();

  number(of: Outlined): number {
    const known = this.#numbers.get(of);
    if (known) return known;
    const assembler = new Assembler(of.parameters.length);
    const none = (): never => {
      throw new Error("An outlined function reads its arguments only.");
    };
    const { plan, values, statements } = writersFor(assembler, schedule(of.results, []), -1, this, none);
    of.parameters.forEach((parameter, k) => {
      values.bindVector(parameter, k);
    });
    statements.write(plan.items);
    for (const result of of.results) values.vector(result);
    const vectors = (count: number): FunctionBody["type"]["parameters"] => Array(count).fill(valueType.v128);
    const type = { parameters: vectors(of.parameters.length), results: vectors(of.results.length) };
    this.functions.push({ type, locals: assembler.locals, code: assembler.code });
    this.#numbers.set(of, this.functions.length);
    return this.functions.length;
  }
}

function writeRun(assembler: Assembler, writers: Writers, traced: Traced, numbers: number): void {
  const prompt = assembler.scalar();
  const left = assembler.scalar();
  const live = assembler.vector();
  const width = traced.lengths.reduce((sum, length) => sum + length, 0);
  assembler.push(code.localGet(from), code.localSet(prompt), code.localGet(chunk), code.localSet(left));
  assembler.push(code.block, code.localGet(prompt), code.localGet(to), i32.geU, code.branchIf(0), code.loop);
  assembler.push(code.localGet(prompt), code.splat, code.laneNumbers, code.addWord, code.localTee(numbers));
  assembler.push(code.localGet(to), code.splat, code.lessWord, code.localSet(live));
  writers.statements.write(writers.plan.items);
  let offset = 0;
  traced.outputs.forEach((output, k) => {
    writeOutput(assembler, writers, output, { offset, live });
    offset += (traced.lengths[k] as number) * lanes;
  });
  assembler.push(code.localGet(left), i32.constant(4), i32.sub, code.localTee(left), i32.eqz, code.ifThen);
  assembler.push(code.localGet(outputs), i32.constant(width * lanes), i32.add, code.localSet(outputs));
  assembler.push(code.localGet(chunk), code.localSet(left), code.end);
  assembler.push(code.localGet(prompt), i32.constant(4), i32.add, code.localTee(prompt));
  assembler.push(code.localGet(to), i32.ltU, code.branchIf(0), code.end, code.end);
}

/** Adds an output, in the live lanes, to its sum. */
function writeOutput(
  assembler: Assembler,
  { values, memory }: Writers,
  output: Output,
  { offset, live }: { readonly offset: number; readonly live: number },
): void {
  if (typeof output === "number") throw new Error("Outputs are nodes once a program is traced.");
  const masked = [code.localGet(live), code.and, code.add, code.store(offset)];
  if ("op" in output) {
    assembler.push(code.localGet(outputs), code.localGet(outputs), code.load(offset));
    values.vector(output);
    assembler.push(...masked);
    return;
  }
  const { array, scale } = output;
  const address = assembler.scalar();
  assembler.each(array.length, (index) => {
    assembler.push(code.localGet(outputs));
    assembler.lanesBefore(index);
    assembler.push(i32.add, code.localTee(address), code.localGet(address), code.load(offset));
    const element = memory.addressAt(array, index);
    assembler.push(code.load(element));
    if (typeof scale === "number") assembler.push(code.realConstant(scale));
    else values.vector(scale);
    assembler.push(code.mul, ...masked);
  });
}
