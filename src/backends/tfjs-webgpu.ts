import { findGpu } from "./gpu.js";
import { tfjsBackend } from "./tfjs.js";

/** tfjs's WebGPU backend, in a page and (through Dawn) in Node. */
export default tfjsBackend({
  name: "tfjs-webgpu",
  registered: "webgpu",
  async load(tf) {
    const gpu = await findGpu();
    if (typeof gpu === "string") return gpu;
    try {
      // Registers itself while it is imported, and only if navigator.gpu exists: hence after findGpu.
      await import("@tensorflow/tfjs-backend-webgpu");
    } catch (error) {
      gpu.release();
      throw error;
    }
    // tfjs would run operations on small tensors on the CPU; who names WebGPU gets WebGPU.
    tf.env().set("WEBGPU_CPU_FORWARD", false);
    return { software: gpu.software, adapter: () => gpu.description, release: gpu.release };
  },
});
