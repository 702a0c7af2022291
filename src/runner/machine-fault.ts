import { DeviceError } from "../engine/device-error.js";
import { BackendError } from "./backends.js";
import { DiskError } from "./disk.js";

/** Whether it is the machine that cannot, whatever cell it meets: no such backend, a GPU that is gone, no room on the disk. */
export function isMachineFault(error: unknown): error is Error {
  return [BackendError, DeviceError, DiskError].some((kind) => error instanceof kind);
}
