import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join, sep } from "node:path";

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/** Of pages: no script, style or connection but our own, nothing in a frame. */
const OF_PAGES =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; worker-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Of threads: they compile kernels, to WebAssembly and (float64) to JavaScript, which they may evaluate; and ask nobody. */
const OF_THREADS =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval'; connect-src 'self'; worker-src 'self'";

/**
 * A server of one folder's files, read once: nothing else can be asked of it. It answers only where it is called by a name
 * of this machine, so that no page of another site can reach it through a name that is made to point here.
 */
export function labServer(folder: string): Server {
  const files = new Map<string, Buffer>(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .map(
        (file) =>
          [
            `/${file
              .slice(folder.length + 1)
              .split(sep)
              .join("/")}`,
            readFileSync(file),
          ] as const,
      ),
  );
  return createServer(({ method, url = "/", headers }, response) => {
    const [path] = url.split(/[?#]/, 1);
    const name = path === "/" ? "/index.html" : (path ?? "");
    const content = files.get(name);
    const isOurs = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(headers.host ?? "");
    if (!isOurs) return void response.writeHead(403).end("This server answers to its own machine only.\n");
    if (method !== "GET" && method !== "HEAD") return void response.writeHead(405, { allow: "GET, HEAD" }).end();
    if (!content) return void response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": TYPES[extname(name)] ?? "application/octet-stream",
      "content-length": content.length,
      "content-security-policy": name.endsWith(".html") ? OF_PAGES : OF_THREADS,
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
    response.end(method === "HEAD" ? undefined : content);
  });
}
