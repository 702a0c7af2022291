import { findBackends } from "../backends/find.js";
import { loadBackends } from "../runner/backends.js";
import { version } from "../runner/package-root.js";

const gpuRemedy =
  "needs a Vulkan driver and loader: on Debian `apt-get install libvulkan1 libegl1` beside the GPU's own driver; without " +
  "a GPU, `apt-get install chromium` and VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json emulate one";

/** `iclab doctor`: every backend opened once, or the sentence why not and what brings it. */
export async function doctor({ json }: { readonly json?: boolean }): Promise<void> {
  const backends = (await findBackends(await loadBackends())).map((state) =>
    state.opens || !state.name.includes("webgpu") ? state : { ...state, remedy: gpuRemedy },
  );
  const found = { iclab: version, node: process.version, platform: `${process.platform} ${process.arch}`, backends };
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : asText(found));
}

interface Found {
  readonly iclab: string;
  readonly node: string;
  readonly platform: string;
  readonly backends: readonly (Awaited<ReturnType<typeof findBackends>>[number] & { readonly remedy?: string })[];
}

function asText({ iclab, node, platform, backends }: Found): string {
  const lines = backends.flatMap((state) => {
    const name = state.name.padEnd(12);
    if (!state.opens)
      return [`  no   ${name} ${state.why}`, ...(state.remedy ? [`       ${name} ${state.remedy}`] : [])];
    const emulated = state.software ? " (emulated on the CPU: right numbers, slow; `auto` passes it by)" : "";
    return [`  yes  ${name} ${state.adapter}${emulated}`];
  });
  return [`iclab ${iclab}, Node ${node}, ${platform}`, "backends", ...lines, ""].join("\n");
}
