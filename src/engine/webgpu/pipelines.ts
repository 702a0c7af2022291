/** Compiled shaders by device and text, most recent last: cells of a grid that differ in numbers share them. */
const known = new WeakMap<GPUDevice, Map<string, Promise<GPUComputePipeline>>>();
const KEPT = 32;

/** @throws Error with the compiler's first complaint and its line */
export function pipelineOf(device: GPUDevice, layout: GPUBindGroupLayout, code: string): Promise<GPUComputePipeline> {
  const own = known.get(device) ?? new Map<string, Promise<GPUComputePipeline>>();
  known.set(device, own);
  const pipeline = own.get(code) ?? compiled(device, layout, code);
  own.delete(code);
  own.set(code, pipeline);
  if (own.size > KEPT) own.delete(own.keys().next().value!);
  return pipeline;
}

async function compiled(device: GPUDevice, layout: GPUBindGroupLayout, code: string): Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ code });
  const { messages } = await module.getCompilationInfo();
  const complaint = messages.find(({ type }) => type === "error");
  if (complaint)
    throw new Error(
      `the adapter's compiler refuses the kernel: ${complaint.message} (line ${complaint.lineNum}: ` +
        `${code.split("\n")[complaint.lineNum - 1]?.trim()})`,
    );
  return device.createComputePipelineAsync({
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: "main" },
  });
}
