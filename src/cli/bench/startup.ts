import { execFileSync, spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot, version } from "../../runner/package-root.js";
import { machineLine, thisMachine } from "./machine.js";
import { type Spread, spreadOf } from "./spread.js";
import { table } from "./table.js";

const RUNS = 15;

/** What is started, by the words behind `iclab`; the first is Node that runs an empty program. */
const STARTED: readonly (readonly string[])[] = [
  ["--help"],
  ["run", "--help"],
  ["completion", "bash"],
  ["schema"],
  ["list"],
];

/** What a process says of itself when it ends: microseconds of a processor. */
const TELLS = 'process.on("exit", () => process.stderr.write("\\n" + JSON.stringify(process.cpuUsage())))';

/** Milliseconds of one start: by the clock, and of a processor, which other work on the machine does not add to. */
interface Start {
  readonly clock: number;
  readonly processor: number;
}

/** Milliseconds of commands that compute nothing, from the start of their process to its end; and what an install takes. */
export async function benchStartup(): Promise<{ readonly data: object; readonly text: string }> {
  const machine = thisMachine();
  const main = fileURLToPath(new URL("../main.js", import.meta.url));
  const commands = [["-e", "0"], ...STARTED.map((words) => [main, ...words])];
  const names = ["node, which does nothing", ...STARTED.map((words) => `iclab ${words.join(" ")}`)];
  // In turn, so that what else the machine does meets all of them.
  const starts = commands.map((): Start[] => []);
  for (let run = 0; run < RUNS; run++) for (const [i, words] of commands.entries()) starts[i]!.push(started(words));
  const spreads = starts.map((all, i) => ({
    name: names[i]!,
    clock: spreadOf(all.map(({ clock }) => clock)),
    processor: spreadOf(all.map(({ processor }) => processor)),
  }));
  const install = installed();
  const text = [
    "# Start-up and size",
    machineLine(machine),
    `Milliseconds from the start of a process to its end, median and range of ${RUNS} starts in turn; and of a processor's time, ` +
      "to which other work on the machine adds little. Aimed at: `--help` below 300.",
    table(
      ["", "median", "least .. most", "processor", "least .. most"],
      spreads.map(({ name, clock, processor }) => [name, ...cellsOf(clock), ...cellsOf(processor)]),
    ),
    "## Installed",
    `\`npm install iclab\` into an empty folder, from npm's cache: ${install.packages} packages, ${megabytes(install.bytes)}, ` +
      `${(install.milliseconds / 1000).toFixed(0)} s. The largest:`,
    table(
      ["package", "size"],
      install.largest.map(({ name, bytes }) => [name, megabytes(bytes)]),
    ),
  ].join("\n\n");
  return { data: { machine, starts: spreads, install }, text };
}

const cellsOf = ({ median, least, most }: Spread) => [median.toFixed(0), `${least.toFixed(0)} .. ${most.toFixed(0)}`];
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

function started(words: readonly string[]): Start {
  const begun = performance.now();
  const hook = `data:text/javascript,${encodeURIComponent(TELLS)}`;
  const { status, stderr } = spawnSync(process.execPath, ["--import", hook, ...words], { encoding: "utf8" });
  const clock = performance.now() - begun;
  if (status !== 0) throw new Error(`node ${words.join(" ")} failed: ${stderr}`);
  const { user, system } = JSON.parse(stderr.trimEnd().split("\n").at(-1)!) as NodeJS.CpuUsage;
  return { clock, processor: (user + system) / 1000 };
}

/** Packs the package and installs it, as a user would have it from the registry. */
function installed() {
  const home = mkdtempSync(join(tmpdir(), "iclab-install-"));
  try {
    const app = join(home, "app");
    mkdirSync(app);
    const npm = (words: readonly string[], cwd: string) => execFileSync("npm", words, { cwd, stdio: "ignore" });
    npm(["pack", "--ignore-scripts", "--pack-destination", home], packageRoot);
    const begun = performance.now();
    npm(["install", "--prefer-offline", "--no-audit", "--no-fund", join(home, `iclab-${version}.tgz`)], app);
    const milliseconds = performance.now() - begun;
    const modules = packagesIn(join(app, "node_modules"));
    const sizes = modules.map(({ name, folder }) => ({ name, bytes: bytesIn(folder) }));
    const largest = sizes.sort((a, b) => b.bytes - a.bytes).slice(0, 8);
    return { packages: sizes.length, bytes: bytesIn(join(app, "node_modules")), milliseconds, largest };
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** The packages of a folder, those of a scope each for itself. */
function packagesIn(folder: string): { readonly name: string; readonly folder: string }[] {
  return readdirSync(folder).flatMap((name) => {
    if (name.startsWith(".")) return [];
    if (!name.startsWith("@")) return [{ name, folder: join(folder, name) }];
    return readdirSync(join(folder, name)).map((own) => ({ name: `${name}/${own}`, folder: join(folder, name, own) }));
  });
}

/** Bytes of all files below a folder; a link counts as itself. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesIn(path) : lstatSync(path).size);
  }, 0);
}
