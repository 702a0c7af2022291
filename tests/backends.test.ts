import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "@jest/globals";
import { findBackends } from "../src/backends/find.js";
import tfjsCpu from "../src/backends/tfjs-cpu.js";
import tfjsWasm from "../src/backends/tfjs-wasm.js";
import type { Backend, OpenTfjs } from "../src/types.js";

const opened: OpenTfjs[] = [];
afterEach(async () => {
  for (const backend of opened.splice(0)) await backend.close();
});

async function openOf(backend: Backend<OpenTfjs>): Promise<OpenTfjs> {
  const answer = await backend.open();
  if (typeof answer === "string") throw new Error(answer);
  opened.push(answer);
  return answer;
}

/** Why a backend does not open. (Jest would print an open one, all of tfjs with it, for minutes.) */
async function refusalOf(backend: Backend<OpenTfjs>): Promise<string> {
  const answer = await backend.open();
  if (typeof answer === "string") return answer;
  opened.push(answer);
  return "it opens";
}

const sumOfSquares = ({ tf }: OpenTfjs): number =>
  tf.tidy(() => tf.sum(tf.square(tf.tensor1d([1, 2, 3]))).dataSync()[0]!);

describe.each([
  { backend: tfjsCpu, registered: "cpu", adapter: /^JavaScript, 1 thread$/ },
  { backend: tfjsWasm, registered: "wasm", adapter: /^WebAssembly SIMD, 1 thread$/ },
])("$backend.name", ({ backend, registered, adapter }) => {
  test("opens, names itself and what runs underneath, and computes there with gradients", async () => {
    const open = await openOf(backend);
    expect(open).toMatchObject({ name: backend.name, software: false, roundoff: 2 ** -24 });
    expect(open.adapter).toMatch(adapter);
    expect(open.tf.getBackend()).toBe(registered);
    expect(sumOfSquares(open)).toBe(14);
    const slope = open.tf.tidy(() => open.tf.grad((x) => open.tf.sum(open.tf.square(x)))(open.tf.tensor1d([1, 2])));
    expect([...(await slope.data())]).toEqual([2, 4]);
    slope.dispose();
  });

  test("opens again after it was closed", async () => {
    for (let i = 0; i < 2; i++) {
      const open = await openOf(backend);
      expect(sumOfSquares(open)).toBe(14);
      await open.close();
    }
  });
});

test("a backend opened twice is shared until both have closed it, and closing twice is closing once", async () => {
  const [first, second] = [await openOf(tfjsWasm), await openOf(tfjsWasm)];
  await first.close();
  await first.close();
  expect(sumOfSquares(second)).toBe(14);
  expect(await refusalOf(tfjsCpu)).toMatch(/while tfjs-wasm is open/);
  await second.close();
  expect((await openOf(tfjsCpu)).tf.getBackend()).toBe("cpu");
});

test("another backend answers, while one is open, that tfjs computes on one at a time, and the open one goes on", async () => {
  const open = await openOf(tfjsCpu);
  expect(await refusalOf(tfjsWasm)).toBe(
    "tfjs-wasm cannot open while tfjs-cpu is open: tfjs computes on one backend at a time",
  );
  expect(open.tf.getBackend()).toBe("cpu");
  expect(sumOfSquares(open)).toBe(14);
});

test("a backend that could not open says why in one sentence and holds nothing", async () => {
  const states = await findBackends();
  expect(states.map(({ name }) => name)).toEqual(["tfjs-webgpu", "tfjs-wasm", "tfjs-cpu"]);
  for (const state of states) {
    if (state.opens) expect(state.adapter).not.toBe("");
    else expect(state.why).toMatch(/^no WebGPU .*: [^\n]+$/);
  }
  expect(states.filter(({ opens }) => opens).map(({ name }) => name)).toEqual(
    expect.arrayContaining(["tfjs-wasm", "tfjs-cpu"]),
  );
  await openOf(tfjsCpu);
});

test("no file outside backends imports tfjs as a value, and backends only when one opens", () => {
  const root = new URL("../src/", import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const importing = files.flatMap((file) => {
    const text = readFileSync(new URL(file, root), "utf8");
    const values = [...text.matchAll(/^(import(?! type)[^;]*?from )"@tensorflow|(await import\()"@tensorflow/gm)];
    return values.map(([, atStart]) => ({ file, atStart: atStart !== undefined }));
  });
  expect(importing.filter(({ atStart }) => atStart)).toEqual([]);
  expect(importing.length).toBeGreaterThan(2);
  for (const { file } of importing) expect(file).toMatch(/^backends\//);
});
