/** The bytes of a WebAssembly module. Source: WebAssembly Core Specification 2.0, Section 5 (binary format). */

/** An unsigned integer as LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 127;
    rest >>>= 7;
    bytes.push(rest ? low | 128 : low);
  } while (rest);
  return bytes;
}

/** A signed 32-bit integer as LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    const done = (rest === 0 && !(low & 64)) || (rest === -1 && (low & 64) !== 0);
    bytes.push(done ? low : low | 128);
    if (done) return bytes;
  }
}

export const valueType = { i32: 0x7f, v128: 0x7b } as const;
export type ValueType = (typeof valueType)[keyof typeof valueType];

export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface FunctionBody {
  readonly type: FunctionType;
  readonly locals: readonly ValueType[];
  readonly code: readonly number[];
}

const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length)].concat(content);
const vector = (items: readonly (readonly number[])[]): number[] => unsigned(items.length).concat(...items);
const text = (value: string): number[] => [...unsigned(value.length), ...new TextEncoder().encode(value)];

const largestMemory = 65536;

/** A module that imports its memory as env.memory and exports function 0 under `name`. */
export function moduleBytes(
  name: string,
  functions: readonly FunctionBody[],
  shared: boolean,
): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ type }) => [
    0x60,
    ...vector(type.parameters.map((x) => [x])),
    ...vector(type.results.map((x) => [x])),
  ]);
  const limits = shared ? [3, 1, ...unsigned(largestMemory)] : [0, 1];
  const bodies = functions.map(({ locals, code }) => {
    const content = localRuns(locals).concat(code, [0x0b]);
    return unsigned(content.length).concat(content);
  });
  return Uint8Array.from(
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0].concat(
      section(1, vector(types)),
      section(2, vector([[...text("env"), ...text("memory"), 2, ...limits]])),
      section(3, vector(functions.map((_, k) => unsigned(k)))),
      section(7, vector([[...text(name), 0, 0]])),
      section(10, vector(bodies)),
    ),
  );
}

/** Local declarations as runs of one type. */
function localRuns(locals: readonly ValueType[]): number[] {
  const runs: [number, ValueType][] = [];
  for (const type of locals) {
    const last = runs.at(-1);
    if (last && last[1] === type) last[0] += 1;
    else runs.push([1, type]);
  }
  return vector(runs.map(([count, type]) => [...unsigned(count), type]));
}
