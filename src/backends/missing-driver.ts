/** Variables by which the Vulkan loader is told of drivers: https://vulkan.lunarg.com/doc/sdk/latest/linux/LoaderDriverInterface.html */
const variables = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_ADD_DRIVER_FILES"];

/** Folders in which it looks for them, each followed by `vulkan/icd.d`. */
function folders({ HOME, XDG_CONFIG_HOME, XDG_CONFIG_DIRS, XDG_DATA_HOME, XDG_DATA_DIRS }: NodeJS.ProcessEnv) {
  const listed = [XDG_CONFIG_DIRS ?? "/etc/xdg", XDG_DATA_DIRS ?? "/usr/local/share:/usr/share"];
  const own = [XDG_CONFIG_HOME ?? `${HOME}/.config`, XDG_DATA_HOME ?? `${HOME}/.local/share`];
  return [...own, ...listed.flatMap((list) => list.split(":")), "/etc", "/usr/local/etc"];
}

/**
 * The sentence that no GPU can be found, where that is certain without loading anything: a Linux without a single Vulkan
 * driver. Dawn would find out too, half a second later and with complaints on standard error. Null everywhere else.
 */
export function missingDriver(): string | null {
  if (typeof process === "undefined" || process.platform !== "linux") return null;
  const { env } = process;
  const { existsSync, readdirSync } = process.getBuiltinModule("node:fs");
  if (variables.some((name) => env[name])) return null;
  const places = folders(env).map((folder) => `${folder}/vulkan/icd.d`);
  const found = places.some((place) => existsSync(place) && readdirSync(place).some((file) => file.endsWith(".json")));
  return found ? null : "no WebGPU adapter on this machine: no Vulkan driver is installed";
}
