import type { BackendName } from "../types.js";

export function ownGpu(_backend: BackendName, _env: NodeJS.ProcessEnv): void {}
