import { availableParallelism } from "node:os";
import { join } from "node:path";
import { openBackend } from "../runner/backends.js";
import type { Job } from "../runner/cell-plan.js";
import type { Progress } from "../runner/progress.js";
import { runExperiment } from "../runner/run-experiment.js";
import { Store } from "../runner/store.js";
import { trainedTogether, trainerOf } from "../runner/trainer.js";
import type { Order, Told } from "../runner/worker-messages.js";
import type { GridRequest } from "../slurm/request.js";
import type { BackendName, OpenBackend } from "../types.js";
import { failure } from "./failure.js";
import { paperJobs } from "./reproduce.js";
import { studyJob } from "./study-job.js";

/** What a worker process is told first. */
export interface Opening {
  readonly of: GridRequest["of"];
  /** The folder that a study and what it was read with lie in. */
  readonly texts: string;
  readonly out: string;
  readonly seed: number;
  readonly backend: BackendName | "auto";
  /** Processes that share this machine. */
  readonly size: number;
  /** One cell at a time, and nothing else meanwhile. */
  readonly alone: boolean;
  readonly resume: boolean;
  readonly retry: boolean;
  readonly checkpointEvery?: number;
  /** When the run began that it is a part of. */
  readonly begun: string;
}

/**
 * The program of a worker process: opens a backend, and computes what cells there are of each part that it is told to,
 * until whoever started it is gone.
 */
export async function worker(): Promise<void> {
  if (!process.send) throw new Error("this command is started by iclab itself");
  // Ctrl-C reaches all processes of a terminal: the one that started this one decides.
  process.on("SIGINT", () => {});
  process.on("disconnect", () => process.exit());
  if (!process.connected) process.exit();
  let opened: Promise<Opened>;
  process.on("message", (order: Order<Opening>) => {
    const work = async () => {
      if (order.kind === "open") {
        opened = open(order.opening);
        await opened;
      } else await compute(await opened, order);
    };
    work().catch((error) => {
      const { status, message } = failure(error);
      tell({ kind: "fault", message, isMachine: status === 3 });
    });
  });
  await new Promise(() => {});
}

interface Opened {
  readonly opening: Opening;
  readonly backend: OpenBackend;
  readonly jobs: readonly Job[];
}

async function open(opening: Opening): Promise<Opened> {
  const { of, texts, seed, size } = opening;
  const threads = Math.max(1, Math.floor(availableParallelism() / size));
  const backend = await openBackend(opening.backend, threads);
  const jobs =
    "paper" in of ? await paperJobs(of.paper, of.scale, seed) : [(await studyJob(join(texts, "study.yaml"), seed)).job];
  tell({ kind: "opened", backend: backend.name, adapter: backend.adapter });
  return { opening, backend, jobs };
}

async function compute(
  { opening, backend, jobs }: Opened,
  { part, cells }: Extract<Order, { kind: "run" }>,
): Promise<void> {
  const { out, alone, resume, retry, checkpointEvery, begun } = opening;
  const job = jobs[part]!;
  const store = new Store(join(out, "rows", job.id));
  await runExperiment(
    { ...job, cells },
    {
      ...{ backend, store, resume, retry, begun, progress, alone, part: true },
      ...(!alone && { together: trainedTogether(backend) }),
      ...(checkpointEvery !== undefined && { checkpointEvery }),
      train: await trainerOf(backend),
      say: (sentence, about = {}) => tell({ kind: "say", sentence, about }),
    },
  );
  tell({ kind: "over" });
}

const progress: Progress = {
  start() {},
  begin: (cell) => tell({ kind: "begin", cell }),
  advance: (work) => tell({ kind: "advance", work }),
  skip: (work) => tell({ kind: "skip", work }),
  finish: (cell) => tell({ kind: "finish", cell }),
  stop() {},
};

function tell(told: Told): void {
  // Whoever started this process may have gone: `disconnect` ends it.
  process.send!(told, () => {});
}
