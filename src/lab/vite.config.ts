import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** The lab as files that any web server can serve from any folder; no file asks for anything outside of it. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  logLevel: "warn",
  build: {
    outDir: fileURLToPath(new URL("../../dist/lab", import.meta.url)),
    emptyOutDir: true,
    target: "es2023",
    // Vite's own loader of preloaded modules, which a page of today does not need.
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    // How long plugins took is no news to who installs.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  worker: { format: "es" },
});
