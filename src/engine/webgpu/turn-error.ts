const ANGLES = 4096;

/** Sines and cosines of angles that Box-Muller's are made of: all of a turn, in steps that are no simple fraction. */
const text = `
@group(0) @binding(0) var<storage, read_write> turns: array<vec2f>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let angle = f32(bitcast<i32>(id.x * 1048583u)) * ${(2 * Math.PI) / 2 ** 32};
  turns[id.x] = vec2f(cos(angle), sin(angle));
}`;

/**
 * The largest error of the device's own sines and cosines of random angles. WGSL allows them 2^-11, which no comparison
 * of trained weights would survive; most devices are a thousand times better.
 */
export async function turnError(device: GPUDevice): Promise<number> {
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const turns = device.createBuffer({ size: 8 * ANGLES, usage: STORAGE | COPY_SRC });
  const read = device.createBuffer({ size: 8 * ANGLES, usage: COPY_DST | MAP_READ });
  const module = device.createShaderModule({ code: text });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint: "main" } });
  const entries = [{ binding: 0, resource: { buffer: turns } }];
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(ANGLES / 64);
  pass.end();
  encoder.copyBufferToBuffer(turns, 0, read, 0, 8 * ANGLES);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(GPUMapMode.READ);
  const found = new Float32Array(read.getMappedRange().slice(0));
  for (const buffer of [turns, read]) buffer.destroy();
  let worst = 0;
  for (let i = 0; i < ANGLES; i++) {
    const angle = Math.fround(Math.fround(Math.imul(i, 1048583)) * Math.fround((2 * Math.PI) / 2 ** 32));
    worst = Math.max(worst, Math.abs(found[2 * i]! - Math.cos(angle)), Math.abs(found[2 * i + 1]! - Math.sin(angle)));
  }
  return worst;
}
