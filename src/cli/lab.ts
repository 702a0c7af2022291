import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { packageRoot } from "../runner/package-root.js";
import { UsageError } from "./failure.js";
import { labServer } from "./lab-server.js";

export interface LabOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly open?: boolean;
}

/** `iclab lab`: serves the lab's page on this machine alone, until it is stopped. */
export async function lab({ port, open }: LabOptions): Promise<void> {
  const folder = join(packageRoot, "dist", "lab");
  if (!existsSync(join(folder, "index.html")))
    throw new UsageError(
      `the lab has not been built: there is no ${join("dist", "lab", "index.html")}; npm run build makes it`,
    );
  const server = labServer(folder);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE" || error.code === "EACCES";
      reject(
        taken ? new UsageError(`port ${port} cannot be had (${error.code}); --port 0 takes any that is free`) : error,
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  process.stdout.write(`${address}\n`);
  process.stderr.write("The lab is open; Ctrl-C closes it.\n");
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
    });
  if (open) openBrowser(address);
}

/** Hands an address to the desktop's browser; a machine without one is told by nothing but the address above. */
function openBrowser(address: string): void {
  const [command, ...words] = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] }[
    process.platform as "darwin" | "win32"
  ] ?? ["xdg-open"];
  const child = spawn(command!, [...words, address], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
