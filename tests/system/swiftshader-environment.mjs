import { TestEnvironment } from "jest-environment-node";

/**
 * Node with SwiftShader, the software GPU in Debian's Chromium, in Vulkan's sight. Dawn reads the variables from the
 * process itself, of which a test file only has a copy; hence an environment, named at the top of a test file.
 */
process.env.VK_ICD_FILENAMES ??= "/usr/lib/chromium/vk_swiftshader_icd.json";
process.env.XDG_RUNTIME_DIR ??= "/tmp";

export default TestEnvironment;
