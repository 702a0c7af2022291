import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { iclab, scratch } from "./command.js";

const folder = scratch();
let script: string;

beforeAll(async () => {
  const { stdout, status } = await iclab(["completion", "bash"]);
  expect(status).toBe(0);
  script = stdout;
  for (const name of ["study.yaml", "strange name.yaml"]) writeFileSync(join(folder, name), "");
  mkdirSync(join(folder, "my-report"));
});

/** What bash offers where the line ends, as its completion would call the function: words as it parts them. */
function offered(...words: readonly string[]): string[] {
  const program = `${script}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _iclab iclab "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync("bash", ["-c", program, "bash", "iclab", ...words], {
    encoding: "utf8",
    cwd: folder,
  });
  expect([stderr, status]).toEqual(["", 0]);
  return stdout.split("\n").filter((line) => line !== "");
}

// zsh is asked in `tests/system/completion.test.ts`.
test.each<[string, readonly string[], readonly string[]]>([
  ["commands", ["re"], ["reproduce", "report", "resume"]],
  ["commands after help", ["help", "sch"], ["schema"]],
  ["options of a command", ["run", "study.yaml", "--ba"], ["--backend"]],
  ["no option of another command", ["list", "--ba"], []],
  ["help of every command", ["doctor", "--h"], ["--help"]],
  ["choices of an option", ["run", "--backend", "tfjs-"], ["tfjs-webgpu", "tfjs-wasm", "tfjs-cpu"]],
  ["choices behind a sign of equality", ["run", "--backend", "=", "web"], ["webgpu"]],
  ["choices right behind it", ["reproduce", "all", "--scale", "="], ["smoke", "full", "published"]],
  ["choices of an argument", ["bench", "sc"], ["scaling"]],
  ["papers", ["reproduce", "ah"], ["ahn2023-preconditioned-step"]],
  ["files", ["run", "st"], ["study.yaml", "strange name.yaml"]],
  ["folders alone", ["run", "--out", ""], ["my-report"]],
  ["folders", ["diff", "my-report", "m"], ["my-report"]],
  ["nothing for a number", ["run", "--seed", ""], []],
])("bash completes %s", (_, words, expected) => {
  expect(offered(...words).sort()).toEqual(
    words[0] === "re" ? expect.arrayContaining([...expected]) : [...expected].sort(),
  );
});

test("bash itself calls the function for `iclab`, and the script says how it gets there", () => {
  const { stdout } = spawnSync("bash", ["-c", `${script}\ncomplete -p iclab`], { encoding: "utf8" });
  expect(stdout).toBe("complete -F _iclab iclab\n");
  expect(script).toContain('eval "$(iclab completion bash)"');
});

test.each([
  [["rnu"], "unknown command 'rnu'\n(Did you mean run?)"],
  [["run", "x", "--bakend", "cpu"], "unknown option '--bakend'\n(Did you mean --backend?)"],
  [["run", "x", "--backend", "wepgpu"], "tfjs-cpu.\n(Did you mean webgpu?)"],
  [["bench", "cpy"], ".\n(Did you mean cpu?)"],
  [["reproduce", "ahm2023"], "did you mean `ahn2023`?"],
  [["completion", "fish"], "Allowed choices are bash, zsh."],
])("%j is bad input, and what was meant is told", async (words, told) => {
  const { status, stderr } = await iclab(words);
  expect(stderr).toContain(told);
  expect(status).toBe(2);
});
