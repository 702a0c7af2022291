/** @jest-environment ./tests/system/swiftshader-environment.mjs */
import tfjsWebgpu from "../../src/backends/tfjs-webgpu.js";
import { mixerContract } from "../mixer-contract.js";

// A machine without an adapter fails here, with the backend's own sentence; tests/system/setup.sh installs one.
mixerContract(tfjsWebgpu);
