import { availableParallelism, cpus, loadavg } from "node:os";

/** Where and when a benchmark ran. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  readonly date: string;
  /** Mean number of busy threads in the minute before: other work than ours slows everything. */
  readonly load: number;
}

export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? "unknown processor",
    cores: availableParallelism(),
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    load: loadavg()[0] ?? 0,
  };
}

export function machineLine({ processor, cores, node, date, load }: Machine): string {
  return `${date}, ${processor}, ${cores} cores, Node ${node}, load before the start ${load.toFixed(1)}`;
}
