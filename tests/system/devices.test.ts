import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { deviceStarter, devicesOf } from "../../src/cli/devices.js";
import { cellFiles, iclab, mortal, scratch, smallStudy } from "../command.js";

const folder = scratch();
const files = join(folder, "gpu");
beforeAll(() => {
  for (const gpu of [0, 1, 2]) writeFileSync(`${files}${gpu}`, `GPU ${gpu}`);
});

describe("which GPUs are meant", () => {
  test("all of the machine's, or those that are named", () => {
    expect(devicesOf("all", files)).toEqual([0, 1, 2]);
    expect(devicesOf([2, 0], files)).toEqual([2, 0]);
  });

  test("one that is not there is named beside those that are", () => {
    expect(() => devicesOf([1, 3], files)).toThrow("--devices 3: this machine has the GPUs 0, 1, 2");
  });

  test("where no GPU has a file, numbers are believed and `all` is not", () => {
    expect(devicesOf([0, 1], join(folder, "none"))).toEqual([0, 1]);
    expect(() => devicesOf("all", join(folder, "none"))).toThrow(/^--devices all: no GPU of this machine has a file/);
  });
});

test("each process sees one GPU alone, and leaves it to the next when it ends", async () => {
  const main = join(folder, "main.mjs");
  writeFileSync(
    main,
    `import { readFileSync } from "node:fs";
     const seen = [0, 1, 2].map((gpu) => readFileSync(${JSON.stringify(files)} + gpu, "utf8"));
     process.send([...seen, process.env.CUDA_VISIBLE_DEVICES, process.argv[2]]);
     process.on("message", () => process.exit());`,
  );
  const start = deviceStarter([0, 2], main, files);
  const begin = () => {
    const child = mortal(start());
    return { child, told: new Promise((resolve) => child.once("message", resolve)) };
  };
  const [first, second] = [begin(), begin()];
  expect(await first.told).toEqual(["GPU 0", "", "", "0", "worker"]);
  expect(await second.told).toEqual(["", "", "GPU 2", "2", "worker"]);
  second.child.send("end");
  await new Promise((resolve) => second.child.once("exit", resolve));
  expect(await begin().told).toEqual(["", "", "GPU 2", "2", "worker"]);
  expect(readFileSync(`${files}1`, "utf8")).toBe("GPU 1");
});

/** SwiftShader in Vulkan's sight, as tests/system/swiftshader-environment.mjs has it: every number is this one adapter. */
const environment = {
  VK_ICD_FILENAMES: process.env.VK_ICD_FILENAMES ?? "/usr/lib/chromium/vk_swiftshader_icd.json",
  XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? "/tmp",
};

test("two devices share a folder's cells, which have the rows that one device gives them, bit for bit", async () => {
  const study = smallStudy({ seeds: "8" });
  const run = (out: string, ...words: string[]) =>
    iclab(["run", "-", "--out", join(folder, out), ...words], study, { environment });
  const two = await run("two", "--devices", "0,1");
  expect([two.status, two.stderr]).toEqual([
    0,
    expect.stringMatching(/training on webgpu .*, in 2 worker processes\n/),
  ]);
  const one = await run("one", "--backend", "webgpu");
  expect(one.status).toBe(0);
  const rows = (out: string) =>
    cellFiles(join(folder, out)).map((file) => [basename(file), readFileSync(file, "utf8").replace(/^.*\n/, "")]);
  expect(rows("two")).toHaveLength(16);
  expect(rows("two")).toEqual(rows("one"));
  const journal = readFileSync(join(folder, "two", "rows", "study", ".runners", "journal"), "utf8")
    .trimEnd()
    .split("\n");
  const began = journal.filter((line) => line.split(" ")[1] === "began");
  expect(began).toHaveLength(16);
  expect(new Set(began.map((line) => line.split(" ")[3])).size).toBe(2);
}, 240_000);

test.each([
  [["--devices", "0,1", "--backend", "cpu"], 2, "--devices is for GPUs: --backend cpu has none\n"],
  [["--devices", "0,1", "--workers", "2"], 2, "--devices starts a process for each GPU: leave --workers out\n"],
  [["--devices", "one"], 2, "Allowed is all, or different numbers of GPUs with commas between them: 0,1.\n"],
])("%j is status %i", async (words, status, sentence) => {
  const ended = await iclab(["run", "-", "--out", join(folder, "bad"), ...words], smallStudy());
  expect([ended.status, ended.stderr]).toEqual([status, expect.stringContaining(sentence)]);
});
