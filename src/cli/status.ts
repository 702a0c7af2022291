import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type CellState, cellStates, type State } from "../runner/cell-states.js";
import { Presence } from "../runner/presence.js";
import { Store } from "../runner/store.js";
import { UsageError } from "./failure.js";
import { experimentsIn } from "./stored-rows.js";

const STATES: readonly State[] = ["done", "diverged", "running", "failed", "pending"];

/** Seconds between two looks of `--watch`. */
const PERIOD = 2;

/** `iclab status`: where every cell of a folder stands, from what lies in it; `--watch` looks again until all runs end. */
export async function status(
  folder: string,
  { watch, json }: { readonly watch?: boolean; readonly json?: boolean },
): Promise<void> {
  for (let before = ""; ; await pause(1000 * PERIOD)) {
    const all = standings(folder);
    const text = json ? `${JSON.stringify(all, null, 2)}\n` : all.map(asText).join("");
    if (text !== before) process.stdout.write(watch && process.stdout.isTTY ? `\x1b[H\x1b[J${text}` : text);
    before = text;
    if (!watch || all.every(({ runners }) => runners === 0)) return;
  }
}

interface Standing {
  readonly experiment: string;
  readonly counts: Readonly<Record<State, number>>;
  readonly runners: number;
  readonly cells: readonly CellState[];
}

function standings(folder: string): Standing[] {
  const names = experimentsIn(folder);
  if (names.length === 0)
    throw new UsageError(`${folder} holds no run; \`iclab run\` and \`iclab reproduce\` make one there`);
  return names.map((experiment) => {
    const store = new Store(join(folder, "rows", experiment));
    const cells = cellStates(store);
    const count = (wanted: State) => cells.filter(({ state }) => state === wanted).length;
    const counts = Object.fromEntries(STATES.map((state) => [state, count(state)])) as Record<State, number>;
    return { experiment, counts, runners: new Presence(store.marks()).others().length, cells };
  });
}

function asText({ experiment, counts, cells, runners }: Standing): string {
  const told = STATES.map((state) => `${counts[state]} ${state}`).join(", ");
  const at = runners === 0 ? "no run is at work" : `${runners} ${runners === 1 ? "run is" : "runs are"} at work`;
  const lines = cells.flatMap(({ cell, state, runner, message }) => {
    if (runner) return [`  running   ${cell} (process ${runner.pid} on ${runner.host})`];
    if (message !== undefined) return [`  failed    ${cell}: ${message}`];
    return state === "diverged" ? [`  diverged  ${cell}`] : [];
  });
  return `${[`${experiment}: ${cells.length} cells, ${told}; ${at}`, ...lines].join("\n")}\n`;
}
