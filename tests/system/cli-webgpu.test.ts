import { join } from "node:path";
import { iclab, scratch, smallStudy } from "../command.js";

const folder = scratch();
/** SwiftShader in Vulkan's sight, as tests/system/swiftshader-environment.mjs has it. */
const environment = {
  VK_ICD_FILENAMES: process.env.VK_ICD_FILENAMES ?? "/usr/lib/chromium/vk_swiftshader_icd.json",
  XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? "/tmp",
};
const run = (backend: string) =>
  iclab(["run", "-", "--backend", backend, "--json", "--out", join(folder, backend)], smallStudy(), { environment });

interface Document {
  readonly rows: readonly { readonly name: string; readonly risk: number; readonly standardError: number }[];
  readonly provenance: { readonly settings: { readonly backend: string; readonly adapter: string } };
}

test("a study runs on the WebGPU engine, says by what adapter, and has the rows of the CPU engine within their errors", async () => {
  const [gpu, cpu] = [await run("webgpu"), await run("cpu")];
  expect([gpu.status, cpu.status]).toEqual([0, 0]);
  expect(gpu.stderr).toMatch(/training on webgpu .*swiftshader/i);
  const [ours, right] = [gpu, cpu].map(({ stdout }) => JSON.parse(stdout) as Document);
  expect(JSON.stringify(ours!.provenance)).toMatch(
    /swiftshader[^"]*; 32 KiB a workgroup of up to 256 lanes, subgroups of 4/i,
  );
  const models = (of: Document) => of.rows.filter(({ name }) => name === "lsa");
  expect(models(ours!).length).toBeGreaterThan(0);
  models(ours!).forEach(({ risk }, i) => {
    const other = models(right!)[i]!;
    expect(Math.abs(risk - other.risk)).toBeLessThan(0.1 * other.standardError);
  });
}, 120_000);

test("auto passes a GPU by that is emulated on the CPU", async () => {
  const { stderr, status } = await run("auto");
  expect([status, stderr]).toEqual([0, expect.stringContaining("training on cpu")]);
}, 120_000);
