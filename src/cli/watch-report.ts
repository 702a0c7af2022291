import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { cellStates } from "../runner/cell-states.js";
import { Presence } from "../runner/presence.js";
import { publish } from "../runner/publish.js";
import { Store } from "../runner/store.js";
import { conclude } from "./conclude.js";
import { UsageError } from "./failure.js";
import { judgedRows } from "./report.js";
import { experimentsIn } from "./stored-rows.js";

/** Seconds between two looks into the folder, and between two times that the page is loaded. */
const LOOK = 2;
const RELOAD = 5;

/**
 * `iclab report --watch`: writes the page whenever rows have arrived, and has it load itself again, from a file as from a
 * server, until Ctrl-C. The page that is left then is as `iclab report` writes it, and so are the verdicts that are printed.
 *
 * @param show opens the page, once there is one
 */
export async function watchReport(folder: string, show: (page: string) => void): Promise<void> {
  const over = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => over.abort());
  const say = (sentence: string) => void process.stderr.write(`${sentence}\n`);
  say(`watching ${folder}; Ctrl-C ends it`);
  let [before, isShown] = ["", false];
  while (!over.signal.aborted) {
    const now = markOf(folder);
    if (now !== before) {
      before = now;
      const says = standingOf(folder);
      const page = await written(folder, says);
      if (page !== undefined) say(`${says}: ${page}`);
      if (page !== undefined && !isShown) show(page);
      isShown ||= page !== undefined;
    }
    await pause(1000 * LOOK, undefined, { signal: over.signal }).catch(() => {});
  }
  const { sections, rows } = await judgedRows(folder, say);
  conclude(sections, publish(folder, sections), rows);
}

/** Writes the page as far as there are rows. @returns its path, or undefined where there is nothing yet */
async function written(folder: string, says: string): Promise<string | undefined> {
  try {
    const { sections } = await judgedRows(folder, () => {});
    return publish(folder, sections, { says: `${says}; this page loads itself again`, seconds: RELOAD });
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** Changes when rows have arrived, or runs have come or gone. */
function markOf(folder: string): string {
  const parts = experimentsIn(folder).map((name) => {
    const store = new Store(join(folder, "rows", name));
    const runners = new Presence(store.marks()).others().length;
    return [name, runners, statSync(store.folder, { throwIfNoEntry: false })?.mtimeMs];
  });
  return JSON.stringify(parts);
}

/** Where the folder stands, in words. */
function standingOf(folder: string): string {
  const stores = experimentsIn(folder).map((name) => new Store(join(folder, "rows", name)));
  const states = stores.flatMap((store) => cellStates(store).map(({ state }) => state));
  const finished = states.filter((state) => state === "done" || state === "diverged").length;
  const failures = states.filter((state) => state === "failed").length;
  const runners = stores.reduce((sum, store) => sum + new Presence(store.marks()).others().length, 0);
  const failed = failures > 0 ? `, ${failures} failed` : "";
  const atWork = runners === 0 ? "no run is at work" : `${runners} at work`;
  return `${finished} of ${states.length} cells have rows${failed}, ${atWork}`;
}
