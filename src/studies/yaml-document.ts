import {
  CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
} from "yaml";
import { StudyError } from "./study-error.js";

/** Where in a file: the keys and indices from its top. */
export type Path = readonly (string | number)[];

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a study file may cost to read, far above any real one. */
const LIMITS = { characters: 1_000_000, tokens: 500_000, nodes: 200_000, depth: 32, indent: 200, aliases: 500 };

/**
 * A YAML 1.2 file (core schema: `1e-3` and `.5` are numbers, `no` is a text, 010 is ten) as plain values, with the place
 * of each. Duplicate keys, tags and whatever costs more than `LIMITS` are errors, aliases count as what they stand for.
 */
export class YamlDocument {
  /** The whole file; numbers may be infinite or NaN where it says so. */
  readonly value: Json;
  private readonly lines = new LineCounter();
  private readonly places = new Map<string, { readonly key: number; readonly value: number; readonly node: Node }>();
  private readonly document: Document;
  private nodes = 0;
  private aliases = 0;

  /** @throws StudyError at the first fault. */
  constructor(
    readonly file: string,
    private readonly text: string,
  ) {
    this.guard();
    const document = parseDocument(text, {
      version: "1.2",
      schema: "core",
      uniqueKeys: false,
      prettyErrors: false,
      lineCounter: this.lines,
    });
    const fault = document.errors[0] ?? document.warnings[0];
    if (fault?.code === "MULTIPLE_DOCS") throw this.error(fault.pos[0], "a second document begins here; allowed: one");
    if (fault) throw this.error(fault.pos[0], firstLetterSmall(fault.message));
    this.document = document;
    this.value = document.contents === null ? null : this.read(document.contents, [], 0, new Set());
  }

  /** Raises the sentence at the value of a path, or of the nearest one above it that exists. */
  fail(path: Path, sentence: string): never {
    throw this.error(this.place(path).value, sentence);
  }

  /** Raises the sentence at the key of a path. */
  failAtKey(path: Path, sentence: string): never {
    throw this.error(this.place(path).key, sentence);
  }

  /** Raises the sentence at a character inside a text, where the text stands in the file as it is. */
  failInside(path: Path, offset: number, sentence: string): never {
    const { value, node } = this.place(path);
    const quoted = isScalar(node) && (node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE);
    const start = value + (quoted ? 1 : 0);
    const written = isScalar(node) && typeof node.value === "string" ? node.value : "";
    const verbatim = this.text.startsWith(written, start);
    throw this.error(verbatim ? start + offset : value, sentence);
  }

  /** `study.yaml:2:20`, for sentences that name a second place. */
  where(path: Path): string {
    const { line, col } = this.lines.linePos(this.place(path).key);
    return `${this.file}:${line}:${col}`;
  }

  private error(offset: number, sentence: string): StudyError {
    const { line, col } = this.lines.linePos(offset);
    return new StudyError(this.file, Math.max(1, line), Math.max(1, col), sentence);
  }

  private place(path: Path) {
    for (let length = path.length; length > 0; length--) {
      const found = this.places.get(JSON.stringify(path.slice(0, length)));
      if (found) return found;
    }
    return this.places.get("[]") ?? { key: 0, value: 0, node: new Scalar(null) };
  }

  /** Refuses what the parser, which recurses, should not be given. */
  private guard(): void {
    const { text } = this;
    const fail = (offset: number, sentence: string): never => {
      const before = text.slice(0, offset).split("\n");
      throw new StudyError(this.file, before.length, (before.at(-1)?.length ?? 0) + 1, sentence);
    };
    if (text.length > LIMITS.characters)
      fail(0, `the file has ${text.length} characters; allowed: at most ${LIMITS.characters}`);
    const tooDeep = `nested too deeply; allowed: at most ${LIMITS.depth} levels`;
    const indented = new RegExp(`^[ \\t?:-]{${LIMITS.indent}}`, "m").exec(text);
    if (indented) fail(indented.index, tooDeep);
    const marks: string[] = [CST.DOCUMENT, CST.FLOW_END, CST.SCALAR];
    let [offset, depth, tokens] = [0, 0, 0];
    for (const token of new Lexer().lex(text)) {
      if (token === "[" || token === "{") depth++;
      if (token === "]" || token === "}") depth--;
      if (depth > LIMITS.depth) fail(offset, tooDeep);
      if (++tokens > LIMITS.tokens) fail(offset, `more than ${LIMITS.tokens} words and signs in one file`);
      if (!marks.includes(token)) offset += token.length;
    }
  }

  private read(written: Node, path: Path, key: number, above: ReadonlySet<Node>): Json {
    const place = written.range?.[0] ?? key;
    this.places.set(JSON.stringify(path), { key: path.length === 0 ? place : key, value: place, node: written });
    const node = this.resolve(written);
    if (above.has(node)) throw this.error(place, "an alias stands for itself");
    if (++this.nodes > LIMITS.nodes) throw this.error(place, `more than ${LIMITS.nodes} values in one file`);
    if (path.length > LIMITS.depth)
      throw this.error(place, `nested too deeply; allowed: at most ${LIMITS.depth} levels`);
    if (node.tag && !node.tag.startsWith("tag:yaml.org,2002:"))
      throw this.error(place, `the tag ${node.tag} is not allowed`);
    const inside = new Set(above).add(node);
    if (isSeq(node))
      return node.items.map((item, i) =>
        this.read(item as Node, [...path, i], (item as Node).range?.[0] ?? place, inside),
      );
    if (isMap(node)) return this.readMap(node.items as Pair<Node, Node | null>[], path, inside);
    return this.readScalar(node, place);
  }

  /** What an alias stands for; each use is counted, as a few of them can stand for very much. */
  private resolve(node: Node): Node {
    if (!isAlias(node)) return node;
    const place = node.range?.[0] ?? 0;
    if (++this.aliases > LIMITS.aliases) throw this.error(place, `more than ${LIMITS.aliases} aliases in one file`);
    const target = node.resolve(this.document);
    if (!target) throw this.error(place, `the alias *${node.source} has no anchor before it`);
    return target;
  }

  private readMap(pairs: readonly Pair<Node, Node | null>[], path: Path, inside: ReadonlySet<Node>): Json {
    const seen = new Map<string, number>();
    const entries = pairs.map((pair): [string, Json] => {
      const at = pair.key.range?.[0] ?? 0;
      const name = this.resolve(pair.key);
      if (!isScalar(name) || name.value === null) throw this.error(at, "a key must be a word");
      const key = String(name.value);
      const before = seen.get(key);
      if (before !== undefined)
        throw this.error(at, `\`${key}\` is written twice; first on line ${this.lines.linePos(before).line}`);
      if (key === "__proto__") throw this.error(at, "`__proto__` is not a key");
      seen.set(key, at);
      const value = pair.value ?? Object.assign(new Scalar(null), { range: pair.key.range });
      return [key, this.read(value as Node, [...path, key], at, inside)];
    });
    return Object.fromEntries(entries);
  }

  private readScalar(node: Node, place: number): Json {
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === "number") return value === 0 ? 0 : value;
    if (value === null || typeof value === "boolean" || typeof value === "string") return value;
    throw this.error(place, "a value of another kind; allowed: numbers, texts, true, false, lists and maps");
  }
}

function firstLetterSmall(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
