import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

/** The table of docs/architecture.md as data: which rooms a room may import. */
const doors: Record<string, readonly string[]> = {
  kernels: [],
  types: ["kernels"],
  math: ["types"],
  names: [],
  data: ["names"],
  laws: ["types", "math", "kernels", "data"],
  mixers: ["types", "math", "kernels"],
  theory: ["types", "math", "laws"],
  predictors: ["types", "math", "laws", "theory"],
  backends: ["types"],
  training: ["types", "math", "backends", "laws", "mixers"],
  engine: ["types", "math", "kernels", "backends", "training"],
  evaluation: ["types", "math", "predictors", "own"],
  forecast: ["types", "math", "predictors"],
  weights: ["types", "math", "names"],
  identify: ["types", "math", "evaluation"],
  claims: ["types", "math"],
  contracts: ["types", "math", "kernels", "laws", "theory", "backends", "engine", "own"],
  own: ["types"],
  studies: ["types", "math", "laws", "mixers", "predictors", "theory", "claims", "own", "names"],
  figures: ["types"],
  report: ["types", "claims", "figures"],
  runner: [
    ...["types", "math", "laws", "mixers", "predictors", "theory", "backends", "training", "engine"],
    ...["studies", "evaluation", "identify", "claims", "figures", "report"],
  ],
  slurm: ["types", "runner"],
  cli: [
    ...["types", "math", "laws", "mixers", "backends", "training", "engine"],
    ...["studies", "evaluation", "weights", "identify", "claims", "figures", "runner", "report"],
    ...["data", "forecast", "slurm", "own", "contracts", "names"],
  ],
  lab: [
    ...["types", "math", "laws", "mixers", "predictors", "theory", "training", "engine"],
    ...["studies", "evaluation", "identify", "figures"],
  ],
  experiments: [
    ...["types", "math", "laws", "mixers", "predictors", "theory", "training", "studies"],
    ...["evaluation", "forecast", "claims", "figures"],
  ],
};

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const sources = ["src", "experiments"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file)),
);

/** `src/laws/x.ts` lives in `laws`, `src/types.ts` in `types`, `experiments/p/x.ts` in `experiments`. */
const room = (file: string): string => {
  const [top = "", second = ""] = file.split("/");
  return top === "src" ? second.replace(/\.ts$/, "") : top;
};

const imports = (file: string): string[] => {
  const text = readFileSync(join(root, file), "utf8");
  const from = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) => match[1] as string);
  return from.map((target) => normalize(join(dirname(file), target)).replace(/\.js$/, ".ts"));
};

test.each(sources)("%s imports only through its room's doors", (file) => {
  const here = room(file);
  expect(Object.keys(doors)).toContain(here);
  for (const target of imports(file)) {
    const there = room(target);
    if (there !== here)
      expect({ file, there }).toEqual({ file, there: expect.stringMatching(`^(${doors[here]?.join("|")})$`) });
    else if (here === "experiments") expect(target.split("/")[1]).toBe(file.split("/")[1]);
  }
});

test("the doors have no cycle", () => {
  const open = (name: string, path: readonly string[]): void => {
    expect(path).not.toContain(name);
    for (const next of doors[name] ?? []) open(next, [...path, name]);
  };
  for (const name of Object.keys(doors)) open(name, []);
});
