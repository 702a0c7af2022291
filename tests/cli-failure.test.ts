import { failure, UsageError } from "../src/cli/failure.js";
import { DeviceError } from "../src/engine/device-error.js";
import { BackendError } from "../src/runner/backends.js";
import { DiskError } from "../src/runner/disk.js";

test.each([
  [new UsageError("no experiment is called `x`"), 2],
  [new BackendError("backend webgpu: no driver"), 3],
  [new DeviceError("the GPU was lost and does not come back: no adapter"), 3],
  [new DiskError("cannot write rows to x: the disk is full"), 3],
])("%p is told in its sentence, with status %d", (error, status) => {
  expect(failure(error)).toEqual({ status, message: error.message });
});

test("what nobody foresaw is told with its stack, with status 1", () => {
  const error = new TypeError("x is undefined");
  expect(failure(error)).toEqual({ status: 1, message: error.stack });
  expect(error.stack).toContain("cli-failure.test.ts");
});
