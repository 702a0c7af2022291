import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { iclab, wordsOf } from "./command.js";

let commands: readonly string[];
beforeAll(async () => {
  const { stdout } = await iclab(["--help"]);
  const [, listed] = stdout.split(/^Commands:$/m);
  commands = [...listed!.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name!).filter((name) => name !== "help");
});

describe("every command", () => {
  test("has a --help with a description, and an example that is a line of this command", async () => {
    expect(commands.length).toBeGreaterThan(15);
    for (const command of commands) {
      const { stdout, stderr, status } = await iclab([command, "--help"]);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(new RegExp(`^Usage: iclab ${command}\\b`));
      const [, example] = /\nExample.*:\n {2}(.+)\n?$/.exec(stdout) ?? [];
      expect({ command, example }).toEqual({ command, example: expect.stringContaining(`iclab ${command}`) });
      const [words] = example!.replace(/^eval "\$\((.*)\)"$/, "$1").split(" > ");
      expect(wordsOf(`npx ${words}`)[0]).toBe(command);
    }
  });

  test("is in the README", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    expect(commands.filter((command) => !readme.includes(`iclab ${command}`))).toEqual([]);
  });
});
