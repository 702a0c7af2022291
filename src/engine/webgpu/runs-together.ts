/** Workgroups that try to meet, and how often each looks before it gives up. */
const GROUPS = 64;
const SPINS = 1 << 14;
const MEETINGS = 8;

const text = `
@group(0) @binding(0) var<storage, read_write> words: array<atomic<u32>, 2>;
@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) lane: u32) {
  for (var meeting = 1u; meeting <= ${MEETINGS}u; meeting++) {
    if (lane == 0u && atomicLoad(&words[1]) == 0u) {
      atomicAdd(&words[0], 1u);
      var looks = 0u;
      while (atomicLoad(&words[0]) < meeting * ${GROUPS}u && looks < ${SPINS}u) { looks++; }
      if (looks == ${SPINS}u) { atomicStore(&words[1], 1u); }
    }
    workgroupBarrier();
  }
}`;

/**
 * Whether 64 workgroups of a dispatch meet eight times. WebGPU does not promise that they run at the same time;
 * where one begins only when another has ended, the first gives up after some milliseconds.
 */
export async function runsTogether(device: GPUDevice): Promise<boolean> {
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const words = device.createBuffer({ size: 8, usage: STORAGE | COPY_SRC });
  const read = device.createBuffer({ size: 8, usage: COPY_DST | MAP_READ });
  const module = device.createShaderModule({ code: text });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint: "main" } });
  const entries = [{ binding: 0, resource: { buffer: words } }];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(GROUPS);
  pass.end();
  encoder.copyBufferToBuffer(words, 0, read, 0, 8);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(GPUMapMode.READ);
  const [arrived, gaveUp] = new Uint32Array(read.getMappedRange().slice(0));
  for (const buffer of [words, read]) buffer.destroy();
  return gaveUp === 0 && arrived === MEETINGS * GROUPS;
}
