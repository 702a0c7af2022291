/** @jest-environment ./tests/system/swiftshader-environment.mjs */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type OpenWebgpu, webgpuBackend } from "../../src/engine/webgpu/backend.js";
import { webgpuStepper } from "../../src/engine/webgpu/stepper.js";
import { train } from "../../src/engine/webgpu/train.js";
import type { Snapshot } from "../../src/types.js";
import { trialOf } from "../engine-trials.js";

let backend: OpenWebgpu;
beforeAll(async () => {
  const answer = await webgpuBackend().open();
  if (typeof answer === "string") throw new Error(answer);
  backend = answer;
});
afterAll(() => backend.close());

async function snapshots(): Promise<Snapshot[]> {
  const all: Snapshot[] = [];
  for await (const snapshot of train([trial], { backend })) all.push(snapshot);
  return all;
}

const trial = trialOf({ record: [5] }, { batch: 64 });

test("a stepper on the GPU makes the engine's own updates bit for bit, also from where another one stood", async () => {
  const [fifth, last] = await snapshots();
  const first = await webgpuStepper(backend, trial);
  for (const step of [1, 2, 5]) await first.advance(1000, step);
  expect(await first.advance(0, 5)).toEqual(fifth);
  const standing = first.standing();
  first.close();
  const second = await webgpuStepper(backend, trial, standing);
  expect(second.standing()).toEqual(standing);
  expect(await second.advance(1000, 12)).toEqual(last);
  second.close();
});

test("a stepper stands still where training has diverged, and tells where it stood when the device is lost", async () => {
  const wild = trialOf({}, { batch: 64, rate: 1e30, optimizer: { kind: "sgd", momentum: 0 } });
  const stepper = await webgpuStepper(backend, wild);
  const end = await stepper.advance(1000, 12);
  expect(end.status).toBe("diverged");
  expect(await stepper.advance(1000, 12)).toEqual(end);
  stepper.close();

  const going = await webgpuStepper(backend, trial);
  await going.advance(1000, 5);
  const standing = going.standing();
  backend.device.destroy();
  await expect(going.advance(1000, 12)).rejects.toThrow();
  expect(going.standing()).toEqual(standing);
  await backend.reopen();
  const again = await webgpuStepper(backend, trial, going.standing());
  expect(await again.advance(1000, 12)).toEqual((await snapshots()).at(-1));
  again.close();
});
