import { execFile } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Browser, chromium } from "playwright-core";
import { foldIn } from "../../src/math/keys.js";
import type { Weights } from "../../src/types.js";
import { type Case, casesOf } from "./browser/cases.js";
import type { Answer } from "./browser/page.js";

const source = fileURLToPath(new URL("browser/", import.meta.url));
const vite = fileURLToPath(new URL("../../node_modules/vite/bin/vite.js", import.meta.url));
const built = mkdtempSync(join(tmpdir(), "iclab-page-"));
const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** The adapter that Chromium has without a GPU, named, so that a machine with one computes the same. */
const flags = ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
/** Chromium's own errands to its maker. */
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

let server: Server;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [vite, "build", source, "--outDir", built, "--emptyOutDir"]);
  server = createServer(({ url = "/" }, response) => {
    const file = join(built, normalize(url === "/" ? "/index.html" : url));
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: [...flags, ...quiet] });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(built, { recursive: true });
});

/** Computes in a fresh page, which must complain of nothing and ask nobody but our server. */
async function inPage(backend: string): Promise<Exclude<Answer, string>> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(origin)) complaints.push(request.url());
  });
  await page.goto(origin);
  await page.waitForFunction("typeof compute === 'function'");
  const answer = (await page.evaluate(`compute(${JSON.stringify(backend)})`)) as Answer;
  await page.close();
  expect(complaints).toEqual([]);
  if (typeof answer === "string") throw new Error(answer);
  return answer;
}

/** The case's training again in float64: gradients are central differences of `forward`, the optimiser is written out. */
function reference({ trial: { mixer, law, context, key, schedule } }: Case): { losses: number[]; trained: Weights } {
  let weights = mixer.init(foldIn(key, "init"), law.features);
  const names = Object.keys(weights);
  const momenta = names.map((name) => new Float64Array(weights[name]!.data.length));
  const losses: number[] = [];
  for (let step = 1; step <= schedule.steps; step++) {
    const stream = foldIn(foldIn(key, "prompts"), step);
    const prompts = law.draw(stream, { from: 0, count: schedule.batch }, context);
    const loss = (at: Weights): number => {
      const predictions = Array.from(mixer.forward(at, prompts).data);
      return predictions.reduce((sum, p, b) => sum + (p - prompts.answer.data[b]!) ** 2 / schedule.batch, 0);
    };
    losses.push(loss(weights));
    const replaced = (name: string, data: Float64Array): Weights => ({
      ...weights,
      [name]: { ...weights[name]!, data },
    });
    const gradients = names.map((name) => {
      const { data } = weights[name]!;
      const at = (i: number, by: number) =>
        loss(
          replaced(
            name,
            Float64Array.from(data, (w, k) => (k === i ? w + by : w)),
          ),
        );
      return Array.from(data, (_, i) => (at(i, 2 ** -15) - at(i, -(2 ** -15))) / 2 ** -14);
    });
    const shrink = Math.min(1, schedule.clip! / Math.hypot(...gradients.flat()));
    for (const [n, name] of names.entries()) {
      const momentum = momenta[n]!.map((m, i) => 0.9 * m + shrink * gradients[n]![i]!);
      momenta[n] = momentum;
      weights = replaced(
        name,
        Float64Array.from(weights[name]!.data, (w, i) => w - schedule.rate * momentum[i]!),
      );
    }
  }
  return { losses, trained: weights };
}

/** Largest difference of two arrays in units of the largest entry of the second times the roundoff of float32. */
function roundoffs(actual: ArrayLike<number>, right: ArrayLike<number>): number {
  expect(actual.length).toBe(right.length);
  const largest = Math.max(...Array.from(right, Math.abs));
  return Math.max(...Array.from(right, (value, i) => Math.abs(value - actual[i]!))) / (largest * 2 ** -24);
}

describe.each(["webgpu", "tfjs-webgpu", "tfjs-wasm"])("%s in a page", (name) => {
  let answer: Exclude<Answer, string>;
  beforeAll(async () => {
    answer = await inPage(name);
  }, 120_000);

  test("opens without a complaint or a request elsewhere, and names its adapter", () => {
    const webgpu = name.endsWith("webgpu");
    expect(answer.software).toBe(webgpu);
    expect(answer.adapter).toMatch(webgpu ? /swiftshader/i : /^WebAssembly SIMD, 1 thread$/);
  });

  test.each(casesOf().map((each, i) => ({ ...each, i })))(
    "$title: apply agrees with float64 forward within 32 roundoffs",
    ({ trial, weights, prompts, i }) => {
      const right = trial.mixer.forward(weights, prompts).data;
      expect(Math.max(...right)).toBeGreaterThan(0.1);
      expect(roundoffs(answer.computed[i]!.predictions, right)).toBeLessThan(32);
    },
  );

  test.each(casesOf().map((each, i) => ({ ...each, i })))(
    "$title: three training steps agree with float64 ones within 64 roundoffs",
    ({ i, ...each }) => {
      const right = reference(each);
      const { losses, trained } = answer.computed[i]!;
      expect(losses[0]).toBeNull();
      expect(roundoffs(losses.slice(1) as number[], right.losses)).toBeLessThan(64);
      expect(Object.keys(trained)).toEqual(Object.keys(right.trained));
      for (const [weight, { data }] of Object.entries(right.trained))
        expect(roundoffs(trained[weight]!, data)).toBeLessThan(64);
    },
  );
});
