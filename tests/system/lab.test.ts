import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { labServer } from "../../src/cli/lab-server.js";
import { cpuStepper } from "../../src/engine/cpu/stepper.js";
import type { FromTheory, FromTraining } from "../../src/lab/messages.js";
import { linkOf, stateOf } from "../../src/lab/state/link.js";
import { withValues } from "../../src/lab/state/paths.js";
import type { Json, LabState } from "../../src/lab/state/settings.js";
import { START } from "../../src/lab/state/start.js";
import { loadCatalogue } from "../../src/runner/catalogue.js";
import { cellKey } from "../../src/runner/cell-plan.js";
import { studyExperiment } from "../../src/runner/study-experiment.js";
import { parseStudy } from "../../src/studies/parse-study.js";

/** What the page puts at a console's disposal. */
declare const lab: {
  state(): LabState;
  snapshot(): Extract<FromTraining, { kind: "snapshot" }> | null;
  levels(): Extract<FromTheory, { kind: "levels" }> | null;
  risk(): Extract<FromTheory, { kind: "weighed" }> | null;
  course(): [number, { step: number; risk: number }[]][];
  lose(): void;
};

const built = fileURLToPath(new URL("../../dist/lab", import.meta.url));
const axe = readFileSync(fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url)), "utf8");

/** The adapter that Chromium has without a GPU, named, so that a machine with one computes the same. */
const flags = ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
/** Chromium's own errands to its maker. */
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

let server: Server;
let browser: Browser;
let origin: string;
/** Errors of the console and requests to anybody else, of all pages of a test. */
let complaints: string[] = [];

beforeAll(async () => {
  server = labServer(built);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: [...flags, ...quiet] });
}, 60_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  const found = complaints;
  complaints = [];
  expect(found).toEqual([]);
});

/** The state of a page with some of it changed; settings by their paths. */
const stateWith = (set: { readonly [path: string]: Json }): LabState => withValues(START, set);

async function opened(state: LabState, options: BrowserContextOptions = {}, at = origin): Promise<Page> {
  const context = await browser.newContext({ ...options, permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  context.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(at)) complaints.push(request.url());
  });
  await page.goto(`${at}#${linkOf(state)}`);
  return page;
}

/** So many updates that end at rate 0, in the optimum and not in the noise around it. */
const cooling = (steps: number) => ({ "settings.model.train.steps": steps, "settings.model.train.decay": "cosine" });

const snapshotOf = (page: Page) => page.evaluate(() => lab.snapshot());

/** Waits until training rests at a step, and answers with the snapshot there. */
async function restsAt(page: Page, step: number) {
  await page.waitForFunction(
    (wanted) => {
      const snapshot = lab.snapshot();
      return snapshot?.step === wanted && !snapshot.playing && lab.risk()?.step === wanted;
    },
    step,
    { timeout: 60_000, polling: 50 },
  );
  return (await snapshotOf(page))!;
}

/** Trains to a step in a page of its own, which is closed again, and answers with the weights. */
async function weightsAfter(state: LabState, step: number): Promise<Record<string, number[]>> {
  const page = await opened({ ...state, until: step, playing: true });
  await restsAt(page, step);
  const weights = await weightsOf(page);
  await page.context().close();
  return weights;
}

/** Weights of a page: typed arrays do not survive the way out of it. */
const weightsOf = (page: Page): Promise<Record<string, number[]>> =>
  page.evaluate(() =>
    Object.fromEntries(Object.entries(lab.snapshot()!.weights).map(([name, { data }]) => [name, Array.from(data)])),
  );

describe.each([
  ["cpu", 500, /^On your CPU: WebAssembly SIMD\./],
  ["webgpu", 500, /^On your GPU: .*swiftshader/i],
] as const)("on %s", (backend, steps, says) => {
  test("the lab trains to the line of theory within 3 %, along the predicted course, and says where", async () => {
    const page = await opened(stateWith({ ...cooling(steps), backend, playing: true }));
    await restsAt(page, steps);
    expect(await page.textContent("#place")).toMatch(says);
    const { optimum, risk, course } = await page.evaluate(() => ({
      optimum: lab.levels()!.optimum,
      risk: lab.risk()!,
      course: lab.course(),
    }));
    if (!("risk" in optimum)) throw new Error(optimum.why);
    expect(risk.standardError).toBeNull();
    expect(risk.risk! / optimum.risk).toBeGreaterThanOrEqual(1);
    expect(risk.risk! / optimum.risk).toBeLessThan(1.03);
    const points = course[0]![1];
    expect(points[0]!.risk / optimum.risk).toBeGreaterThan(3);
    await page.waitForFunction((last) => lab.course()[0]![1].at(-1)!.step === last, steps);
    const end = await page.evaluate(() => lab.course()[0]![1].at(-1)!.risk);
    expect(Math.abs(risk.risk! / end - 1)).toBeLessThan(0.03);
    await page.waitForFunction(() =>
      /preconditioned-gradient-step|lsa-optimum/.test(document.querySelector("#ranking")!.textContent!),
    );
    expect(await page.locator("#predictions svg").count()).toBeGreaterThan(3);
  }, 90_000);
});

test("where only an emulated GPU is there, `auto` takes the CPU and says why", async () => {
  const page = await opened(stateWith({ until: 3, playing: true }));
  await restsAt(page, 3);
  expect(await page.textContent("#place")).toMatch(/^On your CPU: .*emulated on the CPU \(.*swiftshader\)/i);
}, 60_000);

test("a link reproduces the page: settings, changes under way, the update it stands at, and its weights", async () => {
  const page = await opened(stateWith({ backend: "cpu", speed: 400, axis: "linear", playing: true }));
  await page.waitForFunction(() => (lab.snapshot()?.step ?? 0) > 20);
  await page.locator("#noise").fill("0.8");
  await page.waitForFunction(() => lab.state().changes.length === 1);
  await page.waitForFunction(() => lab.snapshot()!.step > lab.state().changes[0]!.step + 20);
  await page.locator("#play").click();
  await page.waitForFunction(() => !lab.snapshot()!.playing);
  const { step } = await restsAt(page, (await snapshotOf(page))!.step);
  await page.locator("#copy-link").click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.waitForFunction((hash) => location.hash === hash, new URL(link).hash);
  const state = stateOf(new URL(link).hash, START)!;
  expect(state).toMatchObject({
    until: step,
    seed: 1,
    speed: 400,
    axis: "linear",
    changes: [{ set: { "law.noise": 0.8 } }],
  });
  const stood = await weightsOf(page);
  await page.context().close();
  const again = await opened({ ...state, speed: null });
  await restsAt(again, step);
  expect(await weightsOf(again)).toEqual(stood);
  expect(await again.locator("#noise").inputValue()).toBe("0.8");
  expect(await again.locator("#axis").isChecked()).toBe(false);
}, 90_000);

test("pausing, stepping and resuming do not change the stream: same seed, same weights", async () => {
  const state = stateWith({ backend: "cpu" });
  const halting = await opened({ ...state, until: 50, playing: true });
  await restsAt(halting, 50);
  for (const step of [51, 52]) {
    await halting.keyboard.press(".");
    await restsAt(halting, step);
  }
  await halting.selectOption("#speed", "1000");
  await halting.keyboard.press("Space");
  await halting.waitForFunction(() => lab.snapshot()!.step > 70);
  await halting.keyboard.press("Space");
  await halting.waitForFunction(() => !lab.snapshot()!.playing);
  const { step } = (await snapshotOf(halting))!;
  const halted = await weightsOf(halting);
  await halting.context().close();
  expect(await weightsAfter(state, step)).toEqual(halted);
  expect(await weightsAfter(state, step + 1)).not.toEqual(halted);
  expect(await weightsAfter({ ...state, seed: 2 }, step)).not.toEqual(halted);
}, 90_000);

test("the copied study is what `iclab run` trains to the same weights; a pasted one is what the lab trains", async () => {
  const catalogue = await loadCatalogue();
  const page = await opened(stateWith({ "settings.model.train.steps": 40, backend: "cpu", seed: 5, playing: true }));
  await restsAt(page, 40);
  await page.locator("#copy-study").click();
  const study = await page.evaluate(() => navigator.clipboard.readText());
  expect(await page.textContent("#command")).toBe("iclab run study.yaml --seed 5");
  const optimum = catalogue.predictors.get("lsa-optimum")!.make({}, { features: 1, context: 1 });
  const { cells, trials } = studyExperiment(await parseStudy(study, "study.yaml", catalogue), optimum);
  const [cell] = cells("full");
  const [trial] = trials(cell!, cellKey("study", 5, cell!));
  const { weights } = await cpuStepper(trial!).advance(60_000, 40);
  // A browser's logarithms and cosines may round otherwise than Node's, and with them the initial weights.
  const found = await weightsOf(page);
  for (const [name, { data }] of Object.entries(weights)) {
    const largest = Math.max(...Array.from(data, Math.abs));
    const gaps = Array.from(data, (weight, k) => Math.abs(weight - found[name]![k]!) / (largest * 2 ** -24));
    expect(Math.max(...gaps)).toBeLessThan(8);
  }

  await page.getByRole("button", { name: "Again" }).click();
  await page.waitForFunction(() => lab.snapshot()?.run === 2);
  await restsAt(page, 40);
  expect(await weightsOf(page)).toEqual(found);

  await page.locator("#study").fill(study.replace("noise: 0.25", "noise: 1.25").replace("steps: 40", "steps: 30"));
  await page.locator("#use-study").click();
  await page.waitForFunction(() => lab.state().settings.law.noise === 1.25 && lab.snapshot()?.step === 0);
  await page.locator("#play").click();
  await restsAt(page, 30);
  await page.locator("#study").fill(study.replace("kind: gaussian-linear", "kind: gausian-linear"));
  await page.locator("#use-study").click();
  await page.waitForFunction(() => document.querySelector("#fault")!.textContent !== "");
  expect(await page.textContent("#fault")).toMatch(/^study:\d+:\d+: .*gaussian-linear/);
  expect((await snapshotOf(page))!.step).toBe(30);
}, 90_000);

test("a GPU that is lost while it trains is told of, and training goes on from the last snapshot", async () => {
  const state = stateWith({ backend: "webgpu", "settings.model.train.batch": 64 });
  const page = await opened({ ...state, until: 400, playing: true });
  await page.waitForFunction(() => (lab.snapshot()?.step ?? 0) > 40);
  await page.evaluate(() => lab.lose());
  await page.waitForFunction(() => /lost/.test(document.querySelector("#status")!.textContent!), null, { polling: 20 });
  const [, from] = /^The GPU was lost. Training goes on from update (\d+) on a new device.$/.exec(
    (await page.textContent("#status"))!,
  )!;
  expect(Number(from)).toBeGreaterThan(40);
  await restsAt(page, 400);
  const lost = await weightsOf(page);
  await page.context().close();
  expect(await weightsAfter(state, 400)).toEqual(lost);
}, 120_000);

test("a slider that changes the shape of the weights begins anew; one of the law leaves them as they are", async () => {
  const page = await opened(stateWith({ backend: "cpu", until: 30, playing: true }));
  await restsAt(page, 30);
  const before = await weightsOf(page);
  const risk = await page.evaluate(() => lab.risk()!.risk!);
  await page.locator("#context").fill("35");
  await page.waitForFunction(() => lab.state().changes.length === 1);
  // More pairs, less risk: of the same weights, and of the optimum.
  await page.waitForFunction((before) => lab.risk()!.step === 30 && lab.risk()!.risk! < before, risk);
  expect(await weightsOf(page)).toEqual(before);
  await page.waitForFunction(() => /update 30/.test(document.querySelector("#status")!.textContent!));
  await page.locator("#heads").fill("2");
  await page.waitForFunction(() => lab.snapshot()?.step === 0 && lab.snapshot()!.weights.OV!.shape[0] === 2);
  await page.waitForFunction(() => /anew/.test(document.querySelector("#status")!.textContent!));
  await page.locator("#mixer").selectOption("softmax-attention");
  await page.waitForFunction(() => lab.levels()?.noCourse !== null);
  const note = /No predicted course: .*linear attention/;
  await page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector("#loss-note")!.textContent!),
    note.source,
  );
}, 60_000);

test("a slider is dragged while it trains: it stays in hand, and what it passes is no more than it asks for", async () => {
  const page = await opened(stateWith({ backend: "cpu", speed: 200, playing: true }));
  await page.waitForFunction(() => (lab.snapshot()?.step ?? 0) > 5);
  const { x, y, width, height } = (await page.locator("#context").boundingBox())!;
  await page.mouse.move(x + 0.2 * width, y + height / 2);
  await page.mouse.down();
  for (let share = 0.2; share <= 0.8; share += 0.05) {
    await page.mouse.move(x + share * width, y + height / 2);
    await page.waitForTimeout(20);
  }
  await page.mouse.up();
  const value = Number(await page.locator("#context").inputValue());
  expect(value).toBeGreaterThan(70);
  await page.waitForFunction((wanted) => lab.state().changes.at(-1)?.set.context === wanted, value);
  expect(await page.textContent("label[for=context] ~ output")).toBe(String(value));
  expect(await page.evaluate(() => lab.snapshot()!.playing)).toBe(true);
}, 60_000);

test("is usable by keyboard and screen reader, in light and dark and at phone width: axe finds no serious fault", async () => {
  for (const [colorScheme, width] of [
    ["light", 1280],
    ["dark", 390],
  ] as const) {
    const state = stateWith({ backend: "cpu", until: 200, playing: true });
    const page = await opened(state, { colorScheme, viewport: { width, height: 900 } });
    await restsAt(page, 200);
    await page.waitForSelector("#ranking li");
    for (const details of await page.locator("details > summary").all()) await details.click();
    await page.evaluate(axe);
    const violations = (await page.evaluate("axe.run().then(({ violations }) => violations)")) as {
      id: string;
      impact: string;
      nodes: { html: string; failureSummary: string }[];
    }[];
    const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    expect(
      serious.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`)]),
    ).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await page.locator("#loss").getAttribute("aria-label")).toMatch(/Risk .* Optimum/);
  }
}, 90_000);

test("rows and pictures are saved whole", async () => {
  const page = await opened(stateWith({ backend: "cpu", until: 100, playing: true }));
  await restsAt(page, 100);
  const saved = async (selector: string) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(selector).click()]);
    return readFileSync(await download.path(), "utf8");
  };
  const rows = (await saved("#save-rows")).trim().split("\n");
  expect(rows[0]).toBe("name,step,risk,standardError,exact");
  expect(rows.filter((row) => /^"risk of the weights",100,[\d.e-]+,,true$/.test(row))).toHaveLength(1);
  expect(rows.some((row) => row.startsWith('"predicted course"'))).toBe(true);
  for (const name of ["loss", "weights", "predictions"]) {
    await page.waitForSelector(`#${name} svg`);
    const svg = await saved(`[data-save="${name}"]`);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toMatch(/var\(|currentColor|<style|https?:\/\/(?!www\.w3\.org)/);
    expect(svg.match(/<path|<circle|<rect/g)!.length).toBeGreaterThan(3);
  }
}, 60_000);

test("works from any web server, in any folder, without a header", async () => {
  const plainServer = createServer(({ url = "" }, response) => {
    const file = url.replace(/^\/some\/folder\//, "").split(/[?#]/, 1)[0] || "index.html";
    const type = file.endsWith(".js") ? "text/javascript" : file.endsWith(".css") ? "text/css" : "text/html";
    response.writeHead(200, { "content-type": type }).end(readFileSync(`${built}/${file}`));
  });
  await new Promise<void>((resolve) => plainServer.listen(0, "127.0.0.1", resolve));
  const at = `http://127.0.0.1:${(plainServer.address() as AddressInfo).port}/some/folder/`;
  const page = await opened(stateWith({ backend: "cpu", until: 20, playing: true }), {}, at);
  await restsAt(page, 20);
  // Frames are reported and not judged: on a machine without a GPU the page is drawn by the cores that train.
  await page.selectOption("#speed", "100");
  await page.locator("#play").click();
  await page.waitForTimeout(2500);
  process.stderr.write(`lab: ${await page.textContent("#frames")} while training 100 updates/s, drawn without a GPU\n`);
  plainServer.close();
  plainServer.closeAllConnections();
}, 60_000);
