import { type ValueType, valueType } from "./binary.js";
import { branchIf, end, i32, localGet, localSet, localTee, loop } from "./instructions.js";

/** The instructions and locals of one function being written. */
export class Assembler {
  readonly locals: ValueType[] = [];
  code: number[] = [];

  constructor(readonly parameters: number) {}

  scalar(): number {
    return this.#local(valueType.i32);
  }

  vector(): number {
    return this.#local(valueType.v128);
  }

  #local(type: ValueType): number {
    this.locals.push(type);
    return this.parameters + this.locals.length - 1;
  }

  push(...parts: readonly (readonly number[])[]): void {
    for (const part of parts) for (const byte of part) this.code.push(byte);
  }

  /** The instructions that `write` pushes, taken out again. */
  captured(write: () => void): readonly number[] {
    const before = this.code;
    this.code = [];
    write();
    const captured = this.code;
    this.code = before;
    return captured;
  }

  /** A loop over 0 .. length - 1 with its index in a scalar local. */
  each(length: number, body: (index: number) => void): void {
    if (length === 0) return;
    const index = this.scalar();
    this.push(i32.constant(0), localSet(index), loop);
    body(index);
    this.push(localGet(index), i32.constant(1), i32.add, localTee(index));
    this.push(i32.constant(length), i32.ltU, branchIf(0), end);
  }

  /** Pushes the bytes before element `index` of an array of four-lane numbers. */
  lanesBefore(index: number): void {
    this.push(localGet(index), i32.constant(4), i32.shl);
  }
}
