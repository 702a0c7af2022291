import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../runner/package-root.js";

/** A program of this machine that iclab can use, or what brings it. */
export interface Tool {
  readonly name: string;
  /** What it is needed for. */
  readonly for: string;
  /** What it says of itself; null where it is not there or does not work. */
  readonly found: string | null;
  /** Why it does not work, where it is there and does not. */
  readonly why?: string;
  /** The command that brings it, where it is not there. */
  readonly remedy?: string;
}

interface Wanted {
  readonly name: string;
  readonly for: string;
  /** Commands that tell whether it is there, each tried in turn. */
  readonly asked: readonly (readonly [program: string, ...words: string[]])[];
  /** Debian's packages, and what brings it on a Mac. */
  readonly debian: string;
  readonly mac: string;
}

const WANTED: readonly Wanted[] = [
  {
    name: "Slurm",
    for: "`--on slurm`: grids as jobs of a cluster, where this is a machine that submits to one",
    asked: [["sbatch", "--version"]],
    debian: "slurm-client",
    mac: "Slurm does not run on macOS; log in to the cluster",
  },
  {
    name: "Chromium",
    for: "tests in a page, and a GPU that is emulated (SwiftShader)",
    asked: ["chromium", "chromium-browser", "google-chrome"].map((name) => [name, "--version"] as const),
    debian: "chromium",
    mac: "brew install --cask chromium",
  },
  {
    name: "Jupyter",
    for: "notebooks",
    asked: [["jupyter", "nbconvert", "--version"]],
    debian: "jupyter-client jupyter-nbconvert python3-nbclient",
    mac: "brew install jupyterlab",
  },
];

/** Every program that iclab can use, looked for on this machine; and, in a clone, the notebooks' kernel. */
export function findTools(): readonly Tool[] {
  return [...WANTED.map(found), ...notebookKernel()];
}

function found({ name, for: reason, asked, debian, mac }: Wanted): Tool {
  for (const [program, ...words] of asked) {
    const { error, status, stdout, stderr } = spawnSync(program, words, { encoding: "utf8", timeout: 20_000 });
    if (error) continue;
    if (status === 0) return { name, for: reason, found: firstLine(stdout) || program };
    return { name, for: reason, found: null, why: `${program} is there and fails: ${firstLine(stderr)}` };
  }
  return { name, for: reason, found: null, remedy: process.platform === "darwin" ? mac : aptGet(debian) };
}

const firstLine = (text: string): string => text.trim().split("\n")[0]!;

/** The kernel lies in the clone; an installed package has no notebooks. */
function notebookKernel(): Tool[] {
  const notebooks = join(packageRoot, "notebooks");
  if (!existsSync(join(notebooks, "package.json"))) return [];
  const isThere = existsSync(join(notebooks, "node_modules", "tslab"));
  const kernel = { name: "tslab", for: "notebooks: their TypeScript kernel" };
  return [
    isThere
      ? { ...kernel, found: "notebooks/node_modules" }
      : { ...kernel, found: null, remedy: "npm run notebooks:setup" },
  ];
}

/** The command that installs Debian's packages, as this user may give it. */
export function aptGet(packages: string): string {
  return `${process.getuid?.() === 0 ? "" : "sudo "}apt-get install --no-install-recommends ${packages}`;
}
