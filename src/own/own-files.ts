import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Brought } from "./brought.js";
import { importOwn } from "./import-own.js";
import { ownUnits } from "./own-unit.js";
import { digestOf, sourcesOf } from "./sources.js";

/** What `kept` is stored as, beside the study. */
export const KEPT_OWN = "own.json";

interface Kept {
  /** Where in `files` each path lies that the study names. */
  readonly uses: Readonly<Record<string, string>>;
  /** Texts by paths from their common folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** The files of own units that a study names, each read once. */
export class OwnFiles {
  private readonly sources = new Map<string, string>();
  private readonly uses = new Map<string, string>();
  private readonly folder: string;

  /** @param study the study's own file, beside which the others are; - for standard input is the working folder */
  constructor(study: string) {
    this.folder = resolve(study === "-" ? "." : dirname(study));
  }

  /** @throws OwnError where it cannot be read, loaded, or brings no unit */
  readonly bring = async (use: string): Promise<Brought> => {
    const file = this.keptFile(use) ?? resolve(this.folder, use);
    const sources = sourcesOf(file);
    for (const [path, text] of sources) this.sources.set(path, text);
    this.uses.set(use, file);
    const { default: exported } = await importOwn(file);
    return { units: ownUnits(use, exported), digest: digestOf(sources, file) };
  };

  /** All sources, as a text to be kept beside the rows: a report may be written long after files have changed. */
  kept(): string | null {
    if (this.uses.size === 0) return null;
    const common = commonFolder([...this.sources.keys()]);
    const named = (path: string) => relative(common, path).split(sep).join("/");
    const kept: Kept = {
      uses: Object.fromEntries([...this.uses].map(([use, file]) => [use, named(file)])),
      files: Object.fromEntries([...this.sources].map(([path, text]) => [named(path), text])),
    };
    return `${JSON.stringify(kept, null, 2)}\n`;
  }

  /**
   * The copy of a file that was kept beside the study, which counts for more than a file of the same path today. It is
   * written out again under a name that its content has, so that several processes may do so at once.
   */
  private keptFile(use: string): string | undefined {
    const place = join(this.folder, KEPT_OWN);
    if (!existsSync(place)) return undefined;
    const text = readFileSync(place, "utf8");
    const { uses, files } = JSON.parse(text) as Kept;
    const main = uses[use];
    if (main === undefined) return undefined;
    const out = join(this.folder, `.own-${createHash("sha256").update(text).digest("hex").slice(0, 16)}`);
    for (const [name, source] of Object.entries(files)) {
      const target = join(out, name);
      if (existsSync(target)) continue;
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(`${target}.${process.pid}`, source);
      renameSync(`${target}.${process.pid}`, target);
    }
    return join(out, main);
  }
}

/** The innermost folder that all files lie in. */
function commonFolder(files: readonly string[]): string {
  const [first, ...others] = files.map((file) => dirname(file).split(sep));
  const shared = first!.findIndex((step, i) => others.some((steps) => steps[i] !== step));
  return (shared < 0 ? first! : first!.slice(0, shared)).join(sep) || sep;
}
