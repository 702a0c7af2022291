import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { labServer } from "../src/cli/lab-server.js";
import { packageRoot } from "../src/runner/package-root.js";
import { iclab, mortal } from "./command.js";

const above = mkdtempSync(join(tmpdir(), "iclab-lab-"));
let server: Server;

beforeAll(async () => {
  mkdirSync(join(above, "lab", "assets"), { recursive: true });
  writeFileSync(join(above, "secret.txt"), "secret");
  writeFileSync(join(above, "lab", "index.html"), "<!doctype html>");
  writeFileSync(join(above, "lab", "assets", "worker.js"), "0;");
  server = labServer(join(above, "lab"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  server.close();
  rmSync(above, { recursive: true });
});

/** Asks for a path as it is written: no client tidies it. */
function asked(path: string, { method = "GET", host = "127.0.0.1" } = {}) {
  const { port } = server.address() as AddressInfo;
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const sent = request({ port, host: "127.0.0.1", path, method, headers: { host }, agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += String(chunk)));
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

test("iclab lab says its address, serves until it is told to stop, and names a port that cannot be had", async () => {
  const child = mortal(spawn(process.execPath, [join(packageRoot, "dist/src/cli/main.js"), "lab", "--port", "0"]));
  const [said] = (await once(child.stdout!, "data")) as [Buffer];
  const [address, number] = /^http:\/\/127\.0\.0\.1:(\d+)\/\n$/.exec(String(said))!;
  const page = await (await fetch(address.trim())).text();
  expect(page).toMatch(/<title>iclab: training beside theory<\/title>/);
  const second = await iclab(["lab", "--port", number!]);
  expect(second).toMatchObject({ status: 2, stdout: "" });
  expect(second.stderr).toMatch(/^port \d+ cannot be had \(EADDRINUSE\); --port 0 takes any that is free\n$/);
  child.kill("SIGTERM");
  expect((await once(child, "exit"))[0]).toBe(0);
});

test("serves the page under a policy that lets it load and ask nothing but what is here", async () => {
  const { status, headers, body } = await asked("/?x#y");
  expect([status, body]).toEqual([200, "<!doctype html>"]);
  const policy = String(headers["content-security-policy"]);
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(headers["x-content-type-options"]).toBe("nosniff");
});

test("lets threads compile their kernels, and ask nobody else", async () => {
  const { headers } = await asked("/assets/worker.js");
  const policy = String(headers["content-security-policy"]);
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval'; connect-src 'self';/,
  );
  expect(headers["content-type"]).toMatch(/^text\/javascript/);
});

test.each([
  "/../secret.txt",
  "/assets/../../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "//secret.txt",
  "/none.js",
])("has nothing at %s", async (path) => {
  expect(await asked(path)).toMatchObject({ status: 404, body: "" });
});

test("answers to names of this machine alone, and writes nothing", async () => {
  expect((await asked("/", { host: "rebound.example" })).status).toBe(403);
  expect((await asked("/", { host: "localhost:1" })).status).toBe(200);
  expect((await asked("/", { method: "POST" })).status).toBe(405);
  expect(await asked("/", { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
});
