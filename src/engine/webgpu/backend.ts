import { missingDriver } from "../../backends/missing-driver.js";
import tfjsWebgpu from "../../backends/tfjs-webgpu.js";
import type { Backend, OpenTfjs } from "../../types.js";
import { DeviceError } from "../device-error.js";
import { type Plan, planOf, type Request } from "./plan.js";
import { registerTrainSteps } from "./train-steps.js";
import { type Traits, traitsOf, traitsText } from "./traits.js";

/** The WebGPU engine, open, on the device of tfjs's own backend: tensors of both are the same buffers. */
export interface OpenWebgpu extends OpenTfjs {
  /** The device in use: another one after `reopen`. */
  readonly device: GPUDevice;
  readonly traits: Traits;
  /** How trials are trained here. */
  plan(request: Request): Plan;
  /** Takes note that workgroups do not run together after all. */
  separate(): void;
  /** A new device in place of one that was lost, with which all tensors went. @throws DeviceError where there is none */
  reopen(): Promise<void>;
}

async function start(): Promise<{ opened: OpenTfjs; device: GPUDevice; traits: Traits } | string> {
  // Before tfjs is loaded: a machine without a GPU should not pay for it.
  const missing = missingDriver();
  if (missing !== null) return missing;
  const opened = await tfjsWebgpu.open();
  if (typeof opened === "string") return opened;
  registerTrainSteps(opened.tf);
  const { device } = opened.tf.backend() as unknown as { readonly device: GPUDevice };
  return { opened, device, traits: await traitsOf(device, opened.software ?? false) };
}

/** The WebGPU engine with a way of its own to plan, or the usual one. */
export const webgpuBackend = (plan: (request: Request, traits: Traits) => Plan = planOf): Backend<OpenWebgpu> => ({
  name: "webgpu",
  async open() {
    const started = await start();
    if (typeof started === "string") return started;
    let now = started;
    return {
      ...started.opened,
      name: "webgpu",
      get adapter() {
        return `${now.opened.adapter}; ${traitsText(now.traits)}`;
      },
      get device() {
        return now.device;
      },
      get traits() {
        return now.traits;
      },
      plan: (request) => plan(request, now.traits),
      separate() {
        now = { ...now, traits: { ...now.traits, together: false } };
      },
      async reopen() {
        await now.opened.close();
        const again = await start();
        if (typeof again === "string") throw new DeviceError(`the GPU was lost and does not come back: ${again}`);
        now = again;
      },
      close: () => now.opened.close(),
    };
  },
});

export default webgpuBackend();
