/** `iclab bench`: tables in Markdown, or with --json every number. */
export async function bench(name: keyof typeof benches, { json }: { readonly json?: boolean }): Promise<void> {
  const { data, text } = await benches[name]();
  process.stdout.write(json ? `${JSON.stringify(data, null, 2)}\n` : `${text}\n`);
}

/** The benches by name; each is loaded only when it is run. */
export const benches = {
  cpu: async () => (await import("./bench/cpu.js")).benchCpu(),
  evaluation: async () => (await import("./bench/evaluation.js")).benchEvaluation(),
  gpu: async () => (await import("./bench/gpu.js")).benchGpu(),
  published: async () => (await import("./bench/published.js")).benchPublished(),
  tuning: async () => (await import("./bench/tuning.js")).benchTuning(),
  roofline: async () => (await import("./bench/roofline.js")).benchRoofline(),
  store: async () => (await import("./bench/store.js")).benchStore(),
  startup: async () => (await import("./bench/startup.js")).benchStartup(),
  scaling: async () => (await import("./bench/scaling.js")).benchScaling(),
} as const;
