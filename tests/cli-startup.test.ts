import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { packageRoot } from "../src/runner/package-root.js";
import { iclab, scratch, smallStudy } from "./command.js";

const folder = scratch();
const file = join(folder, "loaded.txt");
const recorder = new URL("./loaded-modules.mjs", import.meta.url).href;
const environment = { LOADED_MODULES: file, NODE_OPTIONS: `--import ${recorder} --no-warnings` };

/** Every module that a command loads, those of packages by the package's name, ours by room and file. */
async function loadedBy(...words: readonly string[]): Promise<{ readonly packages: string[]; readonly own: string[] }> {
  rmSync(file, { force: true });
  // With a mistake, so that `run` ends before it computes.
  writeFileSync(join(folder, "study.yaml"), smallStudy({ sedes: "3" }));
  await iclab(words, "", { folder, environment });
  const urls = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  const packages = urls.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  const root = `${new URL(`file://${packageRoot}`).href}/dist/src/`;
  const own = urls.flatMap((url) => (url.startsWith(root) ? url.slice(root.length) : []));
  return { packages: [...new Set(packages)].sort(), own };
}

/** What takes long to load, or memory: none of it has a part in telling what there is. */
const HEAVY = [
  /^@tensorflow\//,
  /^mathjs$/,
  /^@duckdb\//,
  /^@observablehq\//,
  /^@resvg\//,
  /^linkedom$/,
  /^webgpu$/,
  /^jiti$/,
];
const heavy = (packages: readonly string[]) => packages.filter((name) => HEAVY.some((one) => one.test(name)));

describe("what is not used is not loaded:", () => {
  test.each([["--help"], ["run", "--help"], ["--version"]].map((words) => [words.join(" "), words] as const))(
    "%s loads commander, a few small modules, and no room of computing",
    async (_, words) => {
      const { packages, own } = await loadedBy(...words);
      expect(packages).toContain("commander");
      expect(heavy(packages)).toEqual([]);
      expect(packages.length).toBeLessThan(6);
      const rooms = new Set(own.map((module) => module.split("/")[0]));
      for (const room of ["kernels", "laws", "mixers", "predictors", "theory", "evaluation", "training"])
        expect([...rooms]).not.toContain(room);
    },
  );

  test.each(
    [["list"], ["schema"], ["completion", "bash"], ["run", "study.yaml"]].map(
      (words) => [words.join(" "), words] as const,
    ),
  )("%s loads neither tfjs nor mathjs nor what draws", async (_, words) => {
    const { packages, own } = await loadedBy(...words);
    expect(own.length).toBeGreaterThan(3);
    // A paper's figures are values of Plot, and `list` looks at the papers; nothing is drawn.
    expect(heavy(packages)).toEqual(words[0] === "list" ? ["@observablehq/plot"] : []);
  });

  test("the recorder sees what is loaded: a study with a hypothesis loads mathjs, and tfjs where it trains by it", async () => {
    rmSync(file, { force: true });
    const study = smallStudy({ hypotheses: '[{ says: it, expect: "risk(ridge) < risk(zero)" }]' });
    await iclab(["run", "-", "--out", "out", "--backend", "tfjs-cpu"], study, { folder, environment });
    const urls = readFileSync(file, "utf8");
    expect(urls).toContain("node_modules/mathjs/");
    expect(urls).toContain("node_modules/@tensorflow/");
  });
});

test("--help is there within 0.3 s of a processor's time, as the median of five starts", async () => {
  // By the clock it is in docs/bench/startup.md: here other tests are at work beside it.
  const told = 'process.on("exit", () => process.stderr.write(JSON.stringify(process.cpuUsage())))';
  const measured = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(told)}` };
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const { stderr } = await iclab(["--help"], "", { environment: measured });
    const { user, system } = JSON.parse(stderr) as { readonly user: number; readonly system: number };
    times.push((user + system) / 1000);
  }
  const median = times.sort((a, b) => a - b)[2]!;
  expect(median).toBeGreaterThan(10);
  expect(median).toBeLessThan(300);
});
