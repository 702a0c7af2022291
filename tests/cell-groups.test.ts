import { train } from "../src/engine/cpu/train.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { foldIn, keyOf } from "../src/math/keys.js";
import { CellGroups } from "../src/runner/cell-groups.js";
import type { CellPlan } from "../src/runner/cell-plan.js";
import { trainCell } from "../src/runner/cell-training.js";
import { trainGroup } from "../src/runner/group-training.js";
import type { Trainer } from "../src/runner/trainer.js";
import type { Run, Snapshot, Trial } from "../src/types.js";
import { context, features, openCpu, softmaxMixer, trialOf } from "./engine-trials.js";

const progress = { advance() {} };
const never = new AbortController().signal;

function planOf(name: string, trials: readonly Trial[], work = 1): CellPlan {
  return { cell: {}, key: keyOf(0), identity: name, name, trials, work, stored: undefined };
}

/** Cells that differ in key, noise, rate and steps: in numbers only. */
const cells = Array.from({ length: 7 }, (_, i) =>
  planOf(`cell-${i}`, [
    trialOf(
      { key: foldIn(keyOf(7), i), law: linearRegressionLaw({ features, noise: 0.1 * (i + 1) }), record: [0, 3] },
      { rate: 0.01 * (i + 1), steps: 5 + i, batch: 40 },
    ),
    trialOf({ key: foldIn(keyOf(8), i), mixer: softmaxMixer }, { steps: 4, batch: 40 }),
  ]),
);

const names = (plans: readonly CellPlan[]) => plans.map(({ name }) => name);
const free = () => true;
/** Bits and all: what JSON prints of a float64 reads back as the same. */
const text = (runs: readonly Run[]) =>
  JSON.stringify(
    runs.map(({ status, snapshots }) => [status, snapshots.map(({ weights, ...rest }) => [rest, weights])]),
  );

describe("which cells are trained together", () => {
  const grown = (most: number) => {
    const groups = new CellGroups(most);
    groups.trained(1, 0.125);
    return groups;
  };

  test("the first group is one cell, and later ones as many as take two seconds and the backend takes at once", () => {
    const groups = new CellGroups(1000);
    expect(names(groups.next(cells, free))).toEqual(["cell-0"]);
    groups.trained(1, 0.5);
    expect(names(groups.next(cells, free))).toEqual(names(cells.slice(0, 4)));
    expect(names(grown(6).next(cells, free))).toEqual(names(cells.slice(0, 3)));
  });

  test("a group is at most eight times as long as the one before", () => {
    const many = Array.from({ length: 30 }, (_, i) => planOf(String(i), cells[0]!.trials));
    const groups = new CellGroups(1000);
    groups.trained(1, 1e-9);
    expect(groups.next(many, free)).toHaveLength(8);
  });

  test("another mixer, law, context or batch, and long trials, are not among them", () => {
    const other = (change: Partial<Trial>, scheduled = {}) => [trialOf(change, { steps: 5, batch: 40, ...scheduled })];
    const plain = planOf("plain", other({}));
    const others = [
      planOf("mixer", other({ mixer: softmaxMixer })),
      planOf("law", other({ law: linearRegressionLaw({ features, noise: 0 }) })),
      planOf("context", other({ context: context + 1 })),
      planOf("batch", other({}, { batch: 41 })),
      planOf("random", other({ random: "pcg4d-boxmuller" })),
      planOf("nothing", []),
    ];
    const last = planOf("last", other({ key: keyOf(9) }, { rate: 1, clip: 2, warmup: 3 }));
    expect(names(grown(100).next([plain, ...others, last], free))).toEqual(["plain", "last"]);
    const long = ["a", "b"].map((name) => planOf(name, other({}, { steps: 2 ** 30 })));
    expect(names(grown(100).next(long, free))).toEqual(["a"]);
  });

  test("cells that others have are left out", () => {
    expect(names(grown(100).next(cells, ({ name }) => name !== "cell-0" && name !== "cell-2"))).toEqual(
      names([1, 3, 4, 5, 6].map((i) => cells[i]!)),
    );
  });
});

describe("cells that are trained together", () => {
  /** Trains cells together and each alone, on the CPU engine. */
  async function both(plans: readonly CellPlan[], threads: number): Promise<readonly (readonly [string, string])[]> {
    const backend = await openCpu(threads);
    const trainer: Trainer = (trials, env) => train(trials, { ...env, backend });
    const alone = (plan: CellPlan) => trainCell(plan, { train: trainer, progress }, never);
    const group = trainGroup(plans, { train: trainer, progress }, alone, never);
    const pairs: (readonly [string, string])[] = [];
    for (const { plan, training } of group.cells)
      pairs.push([text((await training).runs), text((await alone(plan)).runs)]);
    await group.over;
    await backend.close();
    return pairs;
  }

  test.each([1, 3])("have the snapshots that they have alone, bit for bit, on %d threads", async (threads) => {
    for (const [together, alone] of await both(cells, threads)) expect(together).toBe(alone);
  });

  test("end early and diverge without touching each other", async () => {
    const ending = planOf("ending", [trialOf({ record: [1, 2, 3], done: ({ step }) => step === 2 }, { batch: 40 })]);
    const diverging = planOf("diverging", [
      trialOf({}, { rate: 1e30, batch: 40, optimizer: { kind: "sgd", momentum: 0 } }),
    ]);
    const pairs = await both([diverging, ending, planOf("plain", [trialOf({}, { batch: 40 })])], 2);
    for (const [together, alone] of pairs) expect(together).toBe(alone);
    expect(pairs[0]![0]).toContain("diverged");
    expect(pairs[1]![0]).toContain('"step":2');
    expect(pairs[1]![0]).not.toContain('"step":3');
  });

  test("are there as soon as their own trials have ended", async () => {
    const seen: string[] = [];
    const trainer: Trainer = async function* (trials) {
      for (const [trial, { schedule }] of trials.entries()) {
        yield { trial, step: schedule.steps, loss: 1, status: "ok", weights: {} };
        await new Promise((resolve) => setTimeout(resolve));
        seen.push(`trained ${trial}`);
      }
    };
    const plans = ["a", "b"].map((name) => planOf(name, [trialOf()]));
    const group = trainGroup(plans, { train: trainer, progress }, () => Promise.reject(), never);
    for (const { plan, training } of group.cells) training.then(() => seen.push(plan.name));
    await group.over;
    expect(seen).toEqual(["a", "trained 0", "b", "trained 1"]);
  });
});

describe("where training them together fails", () => {
  /** Fails in the middle of trial `guilty`, and whenever it is among those that are trained. */
  function failing(guilty: Trial): Trainer {
    return async function* (trials) {
      for (const [trial, one] of trials.entries()) {
        if (one === guilty) throw new Error("no room on the card");
        yield { trial, step: one.schedule.steps, loss: 1, status: "ok", weights: {} } satisfies Snapshot;
      }
    };
  }

  test("only the guilty cell fails, the finished ones stay, and the others are trained alone", async () => {
    const trained: string[] = [];
    const trainer = failing(cells[2]!.trials[1]!);
    const told: number[] = [];
    const machine = { train: trainer, progress: { advance: (work: number) => void told.push(work) } };
    const alone = (plan: CellPlan) => {
      trained.push(plan.name);
      return trainCell(plan, machine, never);
    };
    const group = trainGroup(cells, machine, alone, never);
    const ends = await Promise.allSettled(group.cells.map(({ training }) => training));
    await group.over;
    expect(ends.map(({ status }) => status)).toEqual(cells.map((_, i) => (i === 2 ? "rejected" : "fulfilled")));
    expect(ends[2]).toMatchObject({ reason: { message: "no room on the card" } });
    expect(trained).toEqual(names(cells.slice(2)));
  });

  test("a trainer that leaves a trial unfinished is not believed", async () => {
    const lazy: Trainer = async function* () {};
    const alone = () => Promise.reject(new Error("alone"));
    const { cells: started } = trainGroup(cells.slice(0, 2), { train: lazy, progress }, alone, never);
    await expect(started[0]!.training).rejects.toThrow("alone");
  });

  test("an end that was asked for ends them all", async () => {
    const over = new AbortController();
    const trainer: Trainer = async function* (_, { signal }) {
      over.abort(new Error("enough"));
      signal!.throwIfAborted();
      yield* [];
    };
    const alone = () => Promise.reject(new Error("alone"));
    const group = trainGroup(cells.slice(0, 2), { train: trainer, progress }, alone, over.signal);
    for (const { training } of group.cells) await expect(training).rejects.toThrow("enough");
  });
});
