/** Instructions as bytes. Source: WebAssembly Core Specification 2.0, Sections 5.4.6 (integers) and 5.4.8 (vectors). */
import type { Elementary } from "../operations.js";
import { signed, unsigned } from "./binary.js";

const simd = (opcode: number, ...immediates: number[]): number[] => [0xfd, ...unsigned(opcode), ...immediates];
const at = (align: number, offset: number): number[] => [align, ...unsigned(offset)];
const four = (bytes: readonly number[]): number[] => [...bytes, ...bytes, ...bytes, ...bytes];

export const localGet = (index: number): number[] => [0x20, ...unsigned(index)];
export const localSet = (index: number): number[] => [0x21, ...unsigned(index)];
export const localTee = (index: number): number[] => [0x22, ...unsigned(index)];
export const call = (index: number): number[] => [0x10, ...unsigned(index)];

export const block = [0x02, 0x40];
export const loop = [0x03, 0x40];
export const ifThen = [0x04, 0x40];
export const end = [0x0b];
export const branchIf = (depth: number): number[] => [0x0d, depth];

/** Operations on i32. */
export const i32 = {
  constant: (value: number): number[] => [0x41, ...signed(value)],
  eqz: [0x45],
  ltU: [0x49],
  gtU: [0x4b],
  geS: [0x4e],
  geU: [0x4f],
  add: [0x6a],
  sub: [0x6b],
  mul: [0x6c],
  and: [0x71],
  or: [0x72],
  xor: [0x73],
  shl: [0x74],
  shrU: [0x76],
  select: [0x1b],
} as const;

/** Loads and stores with a byte offset. */
export const load = (offset: number): number[] => simd(0, ...at(4, offset));
export const loadSplat = (offset: number): number[] => simd(9, ...at(2, offset));
export const loadLane = (offset: number, lane: number): number[] => simd(86, ...at(2, offset), lane);
export const store = (offset: number): number[] => simd(11, ...at(4, offset));

/** One lane's number at a scalar address: load, add, store. */
export const laneLoad = (offset: number): number[] => [0x2a, ...at(2, offset)];
export const laneAdd = [0x92];
export const laneStore = (offset: number): number[] => [0x38, ...at(2, offset)];
export const laneReal = (lane: number): number[] => simd(31, lane);

export const splat = simd(17);
export const extractLane = (lane: number): number[] => simd(27, lane);
export const minUnsigned = simd(183);
export const maxUnsigned = simd(185);
export const bitselect = simd(82);
export const not = simd(77);
export const and = simd(78);
export const or = simd(80);
export const add = simd(228);
export const mul = simd(230);
export const addWord = simd(174);
export const lessWord = simd(58);
export const equalWord = simd(55);

export const realConstant = (value: number): number[] =>
  simd(12, ...four([...new Uint8Array(new Float32Array([value]).buffer)]));
export const wordConstant = (value: number): number[] =>
  simd(12, ...four([...new Uint8Array(new Uint32Array([value]).buffer)]));
/** The words 0, 1, 2, 3: the lanes' numbers. */
export const laneNumbers = simd(12, ...new Uint8Array(new Uint32Array([0, 1, 2, 3]).buffer));

const shiftBy =
  (opcode: number) =>
  (distance: number): number[] => [...i32.constant(distance), ...simd(opcode)];

export const shiftLeft = shiftBy(171);
export const shiftRightSigned = shiftBy(172);
export const shiftRight = shiftBy(173);
/** Each word rotated left by a whole number of bytes, as a shuffle of the bytes of two equal operands. */
export const rotateBytes = (bytes: number): number[] =>
  simd(13, ...Array.from({ length: 16 }, (_, k) => (k & ~3) | ((k - bytes) & 3)));

/** The vector instruction of each operation whose operands are simply its arguments; the others are built in values.ts. */
export const vectorOpcode: Readonly<Partial<Record<Elementary, readonly number[]>>> = {
  add,
  sub: simd(229),
  mul,
  div: simd(231),
  neg: simd(225),
  sqrt: simd(227),
  max: simd(233),
  min: simd(232),
  capped: simd(234),
  raised: simd(235),
  nearest: simd(106),
  toReal: simd(251),
  signedToReal: simd(250),
  toSigned: simd(248),
  bits: [],
  fromBits: [],
  addWord,
  subWord: simd(177),
  mulWord: simd(181),
  and,
  or,
  xor: simd(81),
  less: simd(67),
  lessWord,
  equalWord,
  both: and,
  not,
};

/** The scalar instruction of each operation that indices are made with. */
export const scalarOpcode: Readonly<Partial<Record<Elementary, readonly number[]>>> = {
  addWord: i32.add,
  subWord: i32.sub,
  mulWord: i32.mul,
  and: i32.and,
  or: i32.or,
  xor: i32.xor,
};
