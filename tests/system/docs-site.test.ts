import { execFile } from "node:child_process";
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Browser, chromium } from "playwright-core";
import { loadExperiments } from "../../src/runner/catalogue.js";
import { packageRoot } from "../../src/runner/package-root.js";
import { brokenLinks, leavesSite, linksOf, pagesOf } from "../site-links.js";

const site = join(packageRoot, "docs/.vitepress/dist");
const read = (page: string) => readFileSync(join(site, page), "utf8");
const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

let server: Server;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const env = { ...environment, NODE_ENV: "production" };
  await promisify(execFile)("npm", ["run", "-s", "docs:build"], { cwd: packageRoot, env, maxBuffer: 2 ** 26 });
  server = createServer(({ url = "/" }, response) => {
    const file = join(site, url === "/" ? "index.html" : decodeURI(url));
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", ...quiet] });
}, 300_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
});

test("no link of the site is broken: each leads to a file of it, and to an anchor that is there", () => {
  expect(pagesOf(site).length).toBeGreaterThan(30);
  expect(brokenLinks(site)).toEqual([]);
});

test("only a link that is clicked leaves the site: no script, style or picture of another host", () => {
  expect(linksOf(site).filter((link) => leavesSite(link) && link.tag !== "a")).toEqual([]);
  const styles = readdirSync(join(site, "assets"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".css"),
  );
  expect(styles.length).toBeGreaterThan(0);
  for (const style of styles) expect(read(`assets/${style}`)).not.toMatch(/(url\(|@import)\s*["']?(https?:)?\/\//);
});

test("every paper has a page with its claims, its figures and its notes, and stands in the list", async () => {
  const list = read("papers/index.html");
  for (const [id, { claims, figures, notes, paper }] of await loadExperiments()) {
    const page = read(`papers/${id}.html`);
    expect(list).toContain(`/papers/${id}.html`);
    expect(page).toContain(paper.arxiv);
    for (const claim of claims) expect(page).toContain(`<code>${claim.id}</code>: `);
    expect(page.match(/<img /g)?.length ?? 0).toBeGreaterThanOrEqual(figures.length);
    expect(page.match(/the paper says/g)).toHaveLength(1);
    expect(notes.length).toBeGreaterThan(0);
  }
});

test("formulas are set by KaTeX, and none is left as it was written", () => {
  const tour = read("tour.html");
  expect(tour).toContain('class="katex-display"');
  for (const page of pagesOf(site).filter((name) => !name.startsWith("api/")))
    expect({ page, faults: read(page).match(/katex-error/g) }).toEqual({ page, faults: null });
});

test("pages open in a browser without an error, and ask nobody else for anything", async () => {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith("data:")) complaints.push(request.url());
  });
  for (const path of ["/", "/tour.html", "/papers/gallery.html", "/reference/study-file.html", "/theory.html"]) {
    await page.goto(origin + path, { waitUntil: "networkidle" });
    const shown = await page.evaluate(() => [...document.images].filter((image) => image.naturalWidth === 0).length);
    expect({ path, missing: shown }).toEqual({ path, missing: 0 });
  }
  await page.goto(`${origin}/tour.html`, { waitUntil: "networkidle" });
  await page.keyboard.press("Control+k");
  await page.locator(".VPLocalSearchBox input").fill("preconditioner");
  await page.locator(".VPLocalSearchBox .result").first().waitFor();
  expect(complaints).toEqual([]);
}, 120_000);
