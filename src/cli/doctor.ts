import { findBackends } from "../backends/find.js";
import { loadBackends } from "../runner/backends.js";
import { version } from "../runner/package-root.js";
import { aptGet, findTools, type Tool } from "./tools.js";

/** What brings a backend on a GPU to Linux; Macs and Windows have what it takes. */
const gpuRemedies = [
  `${aptGet("libvulkan1 libegl1")} beside the GPU's own driver`,
  `without a GPU, to emulate one: ${aptGet("libvulkan1 chromium")} && ` +
    "export VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json",
];

/** `iclab doctor`: every backend opened once and every program looked for, or why not and the command that brings it. */
export async function doctor({ json }: { readonly json?: boolean }): Promise<void> {
  const backends = (await findBackends(await loadBackends())).map((state) =>
    state.opens || !state.name.includes("webgpu") ? state : { ...state, remedy: gpuRemedies.join("; ") },
  );
  const platform = `${process.platform} ${process.arch}`;
  const found = { iclab: version, node: process.version, platform, backends, tools: findTools() };
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : asText(found));
}

interface Found {
  readonly iclab: string;
  readonly node: string;
  readonly platform: string;
  readonly backends: readonly (Awaited<ReturnType<typeof findBackends>>[number] & { readonly remedy?: string })[];
  readonly tools: readonly Tool[];
}

function asText({ iclab, node, platform, backends, tools }: Found): string {
  const opened = backends.map((state) => {
    if (!state.opens) return line("no", state.name, state.why);
    const emulated = state.software ? " (emulated on the CPU: right numbers, slow; `auto` passes it by)" : "";
    return line("yes", state.name, `${state.adapter}${emulated}`);
  });
  const there = tools.map(({ name, for: reason, found, why }) =>
    found === null ? line("no", name, `${why ?? "not found"}; for ${reason}`) : line("yes", name, found),
  );
  const gpu = backends.some((state) => "remedy" in state) ? gpuRemedies.map((one) => `  a GPU backend  ${one}`) : [];
  const brought = [...gpu, ...tools.flatMap(({ name, remedy }) => (remedy ? `  ${name.padEnd(13)}  ${remedy}` : []))];
  return [
    `iclab ${iclab}, Node ${node}, ${platform}`,
    ...["backends", ...opened, "programs, for some things only", ...there],
    ...(brought.length > 0 ? ["what brings what is missing", ...brought] : []),
    "",
  ].join("\n");
}

const line = (answer: "yes" | "no", name: string, says: string): string =>
  `  ${answer.padEnd(3)}  ${name.padEnd(12)} ${says}`;
