import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Presence, type Runner, thisRunner } from "../../src/runner/presence.js";
import { Reservations } from "../../src/runner/reservations.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "iclab-runners-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const far = (id: string): Runner => ({ id, host: "node7", pid: 1, machine: `node7 ${id}`, ticks: "1" });
const show = (runner: Runner, secondsAgo: number) => {
  const file = join(folder, `${runner.id}.runner`);
  writeFileSync(file, JSON.stringify(runner));
  utimesSync(file, new Date(Date.now() - 1000 * secondsAgo), new Date(Date.now() - 1000 * secondsAgo));
};

test("a process of this machine lives as long as it runs, and a number that was given again is another process", async () => {
  const presence = new Presence(folder);
  const child = spawn("sleep", ["60"]);
  const gone = new Promise((resolve) => child.on("close", resolve));
  const me = thisRunner();
  expect(presence.isAlive(me)).toBe(true);
  expect(presence.isAlive({ ...me, ticks: "1" })).toBe(false);
  const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  const other = { ...me, id: "child", pid: child.pid!, ticks: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]! };
  expect(presence.isAlive(other)).toBe(true);
  child.kill("SIGKILL");
  await gone;
  expect(presence.isAlive(other)).toBe(false);
});

test("a process that has ended, and that nobody has asked after, does not live", async () => {
  // The shell becomes a process that never asks after the child that it had.
  const parent = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 60"]);
  try {
    const pid = Number(await new Promise((resolve) => parent.stdout.once("data", resolve)));
    const fields = () =>
      readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
    const runner = { ...thisRunner(), id: "child", pid, ticks: fields()[19]! };
    const presence = new Presence(folder);
    expect(presence.isAlive(runner)).toBe(true);
    while (fields()[0] !== "Z") await new Promise((resolve) => setTimeout(resolve, 10));
    expect(presence.isAlive(runner)).toBe(false);
  } finally {
    parent.kill("SIGKILL");
  }
});

test("a runner of another machine lives as long as its sign is renewed", async () => {
  const presence = new Presence(folder);
  presence.open();
  show(far("a"), 60);
  show(far("b"), 180);
  expect(presence.others().map(({ id }) => id)).toEqual(["a"]);
  await presence.close();
  expect(readdirSync(folder).sort()).toEqual(["a.runner", "b.runner"]);
});

test("a sign of life is renewed while the main thread computes", async () => {
  const presence = new Presence(folder);
  presence.open();
  const file = join(folder, `${presence.me.id}.runner`);
  const { statSync } = await import("node:fs");
  utimesSync(file, new Date(0), new Date(0));
  const until = Date.now() + 20_000;
  while (statSync(file).mtimeMs < 1000 && Date.now() < until);
  expect(statSync(file).mtimeMs).toBeGreaterThan(1000);
  await presence.close();
}, 30_000);

test("of two runners one gets a cell, and the other is told which", () => {
  show(far("a"), 0);
  show(thisRunner(), 0);
  const [a, b] = [new Reservations(new Presence(folder, far("a"))), new Reservations(new Presence(folder))];
  expect(a.take("cell")).toBeNull();
  expect(b.take("cell")).toEqual(far("a"));
  expect(b.take("cell.1")).toBeNull();
  expect(b.holder("cell")).toEqual(far("a"));
  a.release("cell", "finished");
  expect(b.holder("cell")).toBeNull();
  expect(b.take("cell")).toBeNull();
});

test("a dead runner's cell goes to one of those who want it, also after a second death", () => {
  for (const id of ["a", "b", "c"]) show(far(id), 0);
  const of = (id: string) => new Reservations(new Presence(folder, far(id)));
  expect(of("a").take("cell")).toBeNull();
  show(far("a"), 1000);
  expect(of("b").take("cell")).toBeNull();
  expect(of("c").take("cell")).toEqual(far("b"));
  show(far("b"), 1000);
  const c = of("c");
  expect(c.take("cell")).toBeNull();
  // Only who has a cell gives it free.
  of("b").release("cell", "finished");
  expect(of("a").holder("cell")).toEqual(far("c"));
  c.release("cell", "finished");
  expect(readdirSync(folder).filter((file) => file.endsWith(".reserved"))).toEqual([]);
});

test("the journal has a line for each beginning and end", () => {
  show(thisRunner(), 0);
  const reservations = new Reservations(new Presence(folder));
  reservations.take("context=3,seed=0-abc");
  reservations.release("context=3,seed=0-abc", "failed");
  const lines = readFileSync(join(folder, "journal"), "utf8").trimEnd().split("\n");
  expect(lines.map((line) => line.split(" ").slice(1, 3).join(" "))).toEqual([
    "began context=3,seed=0-abc",
    "failed context=3,seed=0-abc",
  ]);
});
