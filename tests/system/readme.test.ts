import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { packageRoot } from "../../src/runner/package-root.js";
import { iclab, scratch, wordsOf } from "../command.js";

const folder = scratch();

test("the README's study, run by its command, prints what the README says", async () => {
  const readme = readFileSync(join(packageRoot, "README.md"), "utf8");
  const section = readme.slice(readme.indexOf("## A study of your own"));
  const [study, command, output] = [...section.matchAll(/```\w*\n(.*?)```/gs)].map(([, text]) => text!);
  const [name] = study!.match(/(?<=^# ).*\.yaml$/m)!;
  writeFileSync(join(folder, name!), study!);
  const { status, stdout } = await iclab([...wordsOf(command!), "--backend", "cpu"], "", { folder });
  expect(stdout).toBe(output);
  expect(status).toBe(0);
});
