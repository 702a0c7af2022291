/** Lanes, and rounds of a lane, each four chains of an addition, a rotation and an exclusive or. */
const LANES = 1 << 20;
const ROUNDS = 512;
const OPERATIONS = 12;

const chains = ["a", "b", "c", "d"];
const text = `
@group(0) @binding(0) var<storage, read_write> words: array<u32>;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
${chains.map((x, k) => `  var ${x} = id.x + ${k}u; var ${x}${x} = id.x * ${2 * k + 3}u;`).join("\n")}
  for (var round = 0u; round < ${ROUNDS}u; round++) {
${chains.map((x, k) => `    ${x} += ${x}${x}; ${x}${x} = ((${x}${x} << ${13 + k}u) | (${x}${x} >> ${19 - k}u)) ^ ${x};`).join("\n")}
  }
  words[id.x & 1023u] = ${chains.map((x) => `${x} ^ ${x}${x}`).join(" ^ ")};
}`;

/** Operations a second of a device that has nothing else to do than threefry's: what a lower bound may be read off. */
export async function peakOf(device: GPUDevice): Promise<number> {
  const words = device.createBuffer({ size: 4096, usage: GPUBufferUsage.STORAGE });
  const module = device.createShaderModule({ code: text });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint: "main" } });
  const entries = [{ binding: 0, resource: { buffer: words } }];
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const timed = async (lanes: number): Promise<number> => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(lanes / 256);
    pass.end();
    const begun = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - begun) / 1000;
  };
  await timed(1024);
  const lanes = (await timed(4096)) > 0.1 ? 4096 : LANES;
  const seconds = Math.min(await timed(lanes), await timed(lanes), await timed(lanes));
  words.destroy();
  return (lanes * ROUNDS * OPERATIONS) / seconds;
}
