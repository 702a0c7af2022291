import { unknownName } from "../names/nearest.js";

/** What an expression may name. */
export interface Vocabulary {
  /** Models and predictors. */
  readonly names: readonly string[];
  /** Numbers of a cell: `context`, `law.noise`. */
  readonly columns: readonly string[];
  readonly functions: readonly string[];
}

/** A fault in an expression: where in it, counted from 0, and what. */
export class ExpressionFault extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/** An expression with each name replaced by a word that is no arithmetic. */
export interface Recognised {
  readonly text: string;
  /** `name_3` -> `gradient-step` */
  readonly originals: ReadonlyMap<string, string>;
  /** Where a character of `text` stood. */
  offsetOf(position: number): number;
}

const TOKEN = /"[^"]*"|'[^']*'|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[A-Za-z][\w.-]*|[()*/+^<>=!%,\s-]|./gsu;
const WORD = /^[A-Za-z]/;
const ALLOWED = /^(["'A-Za-z\d.]|[()*/+^<>=%,\s-]$)/;

/**
 * Finds the known names in an expression before it is parsed, the longest first, so that `gradient-step` is one name and
 * `context-1` is still a difference. What is neither a known name nor arithmetic is refused, and what is left holds
 * letters only in functions, numbers and replaced names.
 */
export function recognise(source: string, { names, columns, functions }: Vocabulary): Recognised {
  const [originals, starts] = [new Map<string, string>(), [] as (readonly [number, number])[]];
  const known = new Set([...names, ...columns]);
  let text = "";
  const emit = (piece: string, offset: number) => {
    starts.push([text.length, offset]);
    text += piece;
  };
  const place = (name: string, offset: number) => {
    const word = `name_${originals.size}`;
    originals.set(word, name);
    emit(word, offset);
  };
  for (const match of source.matchAll(TOKEN)) {
    const [token, offset] = [match[0], match.index];
    const called = /^\s*\(/.test(source.slice(offset + token.length));
    if (!ALLOWED.test(token)) throw new ExpressionFault(offset, `\`${token}\` is not allowed in an expression`);
    if (/^["']/.test(token)) {
      const name = token.slice(1, -1);
      if (token.length < 2 || !known.has(name)) throw unknown(name, [...known], offset);
      place(name, offset);
    } else if (!WORD.test(token)) emit(token, offset);
    else {
      const parts = split(token, known, called ? functions : []);
      if (!parts) throw unknown(token, called ? functions : [...known], offset);
      for (const { word, at, isName } of parts) (isName ? place : emit)(word, offset + at);
    }
  }
  const offsetOf = (position: number) => {
    const piece = starts.findLast(([start]) => start <= position) ?? [0, 0];
    return Math.min(source.length, piece[1] + (position - piece[0]));
  };
  return { text, originals, offsetOf };
}

interface Part {
  readonly word: string;
  readonly at: number;
  readonly isName: boolean;
}

/**
 * A known name, or one and what is taken from it: `context-1`, or before a parenthesis, where a function must end it,
 * `context-log`.
 */
function split(token: string, known: ReadonlySet<string>, functions: readonly string[]): Part[] | undefined {
  if (functions.includes(token)) return [{ word: token, at: 0, isName: false }];
  if (known.has(token) && functions.length === 0) return [{ word: token, at: 0, isName: true }];
  for (let hyphen = token.lastIndexOf("-"); hyphen > 0; hyphen = token.lastIndexOf("-", hyphen - 1)) {
    const [head, rest] = [token.slice(0, hyphen), token.slice(hyphen + 1)];
    if (!known.has(head)) continue;
    const isNumber = functions.length === 0 && /^\d+\.?\d*$/.test(rest);
    const tail = isNumber ? [{ word: rest, at: 0, isName: false }] : split(rest, known, functions);
    if (!tail) continue;
    const shifted = tail.map((part) => ({ ...part, at: part.at + hyphen + 1 }));
    return [{ word: head, at: 0, isName: true }, { word: "-", at: hyphen, isName: false }, ...shifted];
  }
  return undefined;
}

function unknown(name: string, known: readonly string[], offset: number): ExpressionFault {
  return new ExpressionFault(offset, unknownName(`\`${name}\` is not known here`, known, name));
}
