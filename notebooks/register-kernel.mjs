/**
 * Tells Jupyter of the notebooks' TypeScript kernel by writing its kernel.json. tslab's own `install` does the same
 * only where the first `python3` on the path has Jupyter and IPython, which neither Debian's nor VS Code's need have.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where Jupyter looks for a user's kernels: https://docs.jupyter.org/en/latest/use/jupyter-directories.html */
function jupyterData({ JUPYTER_DATA_DIR, XDG_DATA_HOME, APPDATA }) {
  if (JUPYTER_DATA_DIR) return JUPYTER_DATA_DIR;
  if (process.platform === "darwin") return join(homedir(), "Library", "Jupyter");
  if (process.platform === "win32" && APPDATA) return join(APPDATA, "jupyter");
  return join(XDG_DATA_HOME || join(homedir(), ".local", "share"), "jupyter");
}

const folder = join(jupyterData(process.env), "kernels", "iclab");
const tslab = fileURLToPath(new URL("node_modules/tslab/bin/tslab", import.meta.url));
const kernel = {
  argv: [process.execPath, tslab, "kernel", "--config-path", "{connection_file}"],
  display_name: "TypeScript (iclab)",
  language: "typescript",
};
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "kernel.json"), `${JSON.stringify(kernel, null, 2)}\n`);
console.log(`The kernel "${kernel.display_name}" is in ${folder}`);
