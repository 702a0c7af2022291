import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { iclab, scratch } from "../command.js";

const folder = scratch();

beforeAll(async () => {
  const { stdout, status } = await iclab(["completion", "zsh"]);
  expect(status).toBe(0);
  writeFileSync(join(folder, "completion.zsh"), stdout);
  writeFileSync(join(folder, "study.yaml"), "");
});

/** What an interactive zsh lists below the line where the tabulator is struck at its end, as text without its control codes. */
function listed(line: string): string {
  // The list is there when the cursor has gone up again, to the line.
  const program = `
zmodload zsh/zpty || exit 3
zpty shell zsh -f -i
shows() { local all= line i; for i in {1..200}; do
  while zpty -r -t shell line; do all+=$line; done
  [[ $all == *$~1* ]] && break
  sleep 0.05
done; print -r -- $all; }
zpty -w shell "PROMPT='>'; stty columns 300 rows 100; cd ${folder}; autoload -Uz compinit; compinit -u -D; source completion.zsh; bindkey '^I' list-choices; print re''ady"
shows ready >/dev/null
zpty -n -w shell ${JSON.stringify(line)}$'\\t'
shows $'(\\e\\\\[A|\\e\\\\[<->A)'
zpty -d shell`;
  const { stdout, stderr, error, status } = spawnSync("zsh", ["-f", "-c", program], { encoding: "utf8" });
  if (error) throw new Error(`zsh does not start (tests/system/setup.sh installs it): ${error.message}`);
  expect([stderr, status]).toEqual(["", 0]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  return stdout.replace(/\x1b\[[0-9;?]*[A-Za-z]|\r/g, "");
}

test.each<[string, string, readonly string[], readonly string[]]>([
  [
    "commands with what they do",
    "iclab re",
    ["report     -- judge stored rows again", "reproduce  -- train", "resume"],
    ["status"],
  ],
  ["options of a command", "iclab run --se", ["--seed", "base of every key"], ["--json"]],
  ["choices of an option", "iclab run --backend tfjs-", ["tfjs-cpu", "tfjs-wasm", "tfjs-webgpu"], []],
  ["papers", "iclab reproduce z", ["zhang2023-trained-layers", "zhou2025-forecasting-in-context"], ["ahn2023"]],
  ["files", "iclab run st", ["study.yaml"], ["completion.zsh"]],
])("zsh completes %s", (_, line, there, absent) => {
  const text = listed(line);
  for (const word of there) expect(text).toContain(word);
  for (const word of absent) expect(text).not.toContain(word);
});
