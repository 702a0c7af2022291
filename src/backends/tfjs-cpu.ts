import { tfjsBackend } from "./tfjs.js";

/** tfjs's plain JavaScript backend: slow, everywhere the same, and no binary underneath. */
export default tfjsBackend({
  name: "tfjs-cpu",
  registered: "cpu",
  async load() {
    return { software: false, adapter: () => "JavaScript, 1 thread", release: () => {} };
  },
});
