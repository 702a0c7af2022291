import tfjsCpu from "../src/backends/tfjs-cpu.js";
import tfjsWasm from "../src/backends/tfjs-wasm.js";
import { mixerContract } from "./mixer-contract.js";

for (const backend of [tfjsCpu, tfjsWasm]) mixerContract(backend);
