import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { iclab, scratch } from "./command.js";

const folder = scratch();
symlinkSync(process.execPath, join(folder, "node"));
const program = (name: string, text: string) => {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
};
program("sbatch", "echo slurm-wlm 22.05.8");
program("chromium", "echo no display at all >&2; exit 1");

interface Told {
  readonly backends: readonly { readonly name: string; readonly opens: boolean; readonly remedy?: string }[];
  readonly tools: readonly { readonly name: string; readonly found: string | null; readonly remedy?: string }[];
}

test("doctor says of every program whether it is there and works, and else the command that brings it", async () => {
  const environment = { PATH: folder };
  const { status, stdout, stderr } = await iclab(["doctor"], "", { environment });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^ {2}yes {2}Slurm +slurm-wlm 22\.05\.8$/m);
  expect(stdout).toMatch(/^ {2}no {3}Chromium +chromium is there and fails: no display at all; for /m);
  expect(stdout).toMatch(/^ {2}no {3}Jupyter +not found; for notebooks$/m);
  if (process.platform === "linux")
    expect(stdout).toMatch(
      /^ {2}Jupyter {2,}(sudo )?apt-get install --no-install-recommends jupyter-client jupyter-nbconvert python3-nbclient$/m,
    );
  const told = JSON.parse((await iclab(["doctor", "--json"], "", { environment })).stdout) as Told;
  for (const { name, found, remedy } of told.tools)
    expect({ name, remedied: remedy !== undefined }).toEqual({ name, remedied: found === null && name !== "Chromium" });
  for (const { name, opens, remedy } of told.backends)
    expect({ name, remedied: remedy !== undefined }).toEqual({ name, remedied: !opens && name.includes("webgpu") });
  expect(told.backends.find(({ name }) => name === "cpu")).toMatchObject({ opens: true });
});
