import { findGpu } from "./gpu.js";
import { tfjsBackend } from "./tfjs.js";

/** Limits of a device that WebGPU keeps at their lowest unless more is asked for: all that the adapter has is taken. */
const limits = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
] as const;

/** What tfjs itself uses where it is there, and what the engine's kernels do. */
const features = ["timestamp-query", "bgra8unorm-storage", "subgroups"] as readonly GPUFeatureName[];

/** tfjs's WebGPU backend, in a page and (through Dawn) in Node. */
export default tfjsBackend({
  name: "tfjs-webgpu",
  registered: "webgpu",
  async load(tf) {
    const gpu = await findGpu();
    if (typeof gpu === "string") return gpu;
    const { adapter } = gpu;
    try {
      // Registers itself while it is imported, and only if navigator.gpu exists: hence after findGpu.
      const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
      // tfjs's own factory asks for no subgroups, and for an adapter of its own.
      tf.removeBackend("webgpu");
      tf.registerBackend("webgpu", async () => {
        const device = await adapter.requestDevice({
          requiredFeatures: features.filter((feature) => adapter.features.has(feature)),
          requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]])),
        });
        return new WebGPUBackend(device, adapter.info);
      });
    } catch (error) {
      gpu.release();
      throw error;
    }
    // tfjs would run operations on small tensors on the CPU; who names WebGPU gets WebGPU.
    tf.env().set("WEBGPU_CPU_FORWARD", false);
    return { software: gpu.software, adapter: () => gpu.description, release: gpu.release };
  },
});
