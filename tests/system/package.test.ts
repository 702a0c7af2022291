import { execFile } from "node:child_process";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { chromium } from "playwright-core";
import { packageRoot, version } from "../../src/runner/package-root.js";
import { docExamples } from "../doc-examples.js";

const run = promisify(execFile);
const readme = readFileSync(join(packageRoot, "README.md"), "utf8");
const section = readme.slice(readme.indexOf("## As a library"));
const [example, printed] = [...section.matchAll(/```\w*\n(.*?)```/gs)].map(([, text]) => text!);
const home = mkdtempSync(join(tmpdir(), "iclab-package-"));
const app = join(home, "app");

/** What `npm install iclab` leaves in an empty folder, from the package as `npm pack` makes it of what is built. */
beforeAll(async () => {
  mkdirSync(app);
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", home], { cwd: packageRoot });
  const words = ["install", "--prefer-offline", "--no-audit", "--no-fund", join(home, `iclab-${version}.tgz`)];
  await run("npm", words, { cwd: app });
}, 600_000);

afterAll(() => rmSync(home, { recursive: true }));

test("the package has what it runs, its papers' rows and the citation, and no source, test or notebook", () => {
  const root = join(app, "node_modules/iclab");
  const there = readdirSync(root).sort();
  expect(there).toEqual(
    ["CHANGELOG.md", "CITATION.cff", "LICENSE", "README.md", "dist", "experiments", "package.json", "src"].sort(),
  );
  expect(readdirSync(join(root, "src"))).toEqual(["data"]);
  expect(existsSync(join(root, "experiments/ahn2023-preconditioned-step/rows"))).toBe(true);
});

test("the README's example runs in Node and prints what the README says", async () => {
  writeFileSync(join(app, "layer.mjs"), example!);
  const { stdout, stderr } = await run(process.execPath, ["layer.mjs"], { cwd: app });
  expect([stdout, stderr]).toEqual([printed, ""]);
});

test("npx iclab helps, lists what it has, and runs a study", async () => {
  const iclab = (...words: string[]) => run("npx", ["--no-install", "iclab", ...words], { cwd: app });
  expect((await iclab("--help")).stdout).toMatch(/^Usage: iclab/);
  expect((await iclab("--version")).stdout).toBe(`${version}\n`);
  const { experiments, laws } = JSON.parse((await iclab("list", "--json")).stdout);
  expect([experiments.length, laws.length].every((count) => count > 5)).toBe(true);
  const study =
    "title: s\nlaw: { kind: gaussian-linear, features: 2 }\ncontext: 4\npredictors: [zero, ridge]\nseeds: 1\n";
  writeFileSync(join(app, "study.yaml"), study);
  expect((await iclab("run", "study.yaml", "--backend", "cpu")).stdout).toMatch(/report: report\/index\.html\n$/);
}, 120_000);

test("the types are found by TypeScript: by own units, studies in TypeScript, and the examples of doc comments", async () => {
  const page = readFileSync(join(packageRoot, "docs/own-units.md"), "utf8");
  const folder = join(app, "own");
  mkdirSync(folder);
  for (const [, text] of page.matchAll(/```ts\n(.*?)```/gs)) {
    const [, name] = /^\/\/ (\S+\.ts)\n/.exec(text!)!;
    writeFileSync(join(folder, name!), text!);
  }
  writeFileSync(
    join(folder, "layer.ts"),
    example!
      .replace("const optimizer =", "const optimizer: Schedule['optimizer'] =")
      .replace("const schedule =", "const schedule: Schedule =")
      .replace("let trained = null", "let trained: Weights | null = null")
      .replace("// layer.js", 'import type { Schedule, Weights } from "iclab/types";')
      .replace("risk.toFixed", "risk!.toFixed")
      .replace("standardError.toFixed", "standardError!.toFixed"),
  );
  writeFileSync(
    join(app, "package.json"),
    JSON.stringify({ ...JSON.parse(readFileSync(join(app, "package.json"), "utf8")), type: "module" }),
  );
  for (const [i, { text }] of docExamples().entries()) writeFileSync(join(folder, `example-${i}.ts`), text);
  const compiler = join(packageRoot, "node_modules/typescript/bin/tsc");
  const options = [
    "--noEmit",
    "--strict",
    "--target",
    "es2022",
    "--module",
    "nodenext",
    "--lib",
    "es2023,dom",
    "--skipLibCheck",
    "--types",
    "@webgpu/types",
    "--typeRoots",
    join(packageRoot, "node_modules"),
  ];
  const files = readdirSync(folder).map((name) => join(folder, name));
  const { stdout } = await run(process.execPath, [compiler, ...options, ...files], { cwd: app }).catch(
    (error) => error,
  );
  expect(stdout).toBe("");
}, 120_000);

test("the README's example runs in a page that Vite bundles, and asks no other host", async () => {
  const site = join(app, "site");
  mkdirSync(site);
  writeFileSync(
    join(site, "index.html"),
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="./layer.js"></script>',
  );
  writeFileSync(join(site, "layer.js"), `${example}\nglobalThis.finished = true;\n`);
  const vite = join(packageRoot, "node_modules/vite/bin/vite.js");
  const config = 'export default { build: { target: "esnext" }, worker: { format: "es" }, logLevel: "warn" };\n';
  writeFileSync(join(site, "vite.config.js"), config);
  await run(process.execPath, [vite, "build", site, "--outDir", join(site, "built")], { cwd: app });
  const server = serve(join(site, "built"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: [...quiet, "--no-first-run"] });
  try {
    const page = await browser.newPage();
    const [said, complaints]: [string[], string[]] = [[], []];
    page.on("console", (message) => (message.type() === "log" ? said : complaints).push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(origin)) complaints.push(request.url());
    });
    await page.goto(origin);
    await page.waitForFunction("globalThis.finished === true").catch((error) => complaints.push(String(error)));
    expect(complaints).toEqual([]);
    expect(said).toEqual(printed!.trimEnd().split("\n"));
  } finally {
    await browser.close();
    server.close();
  }
}, 180_000);

function serve(folder: string): Server {
  const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
  return createServer(({ url = "/" }, response) => {
    const file = join(folder, normalize(url === "/" ? "/index.html" : url));
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
}
