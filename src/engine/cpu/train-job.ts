import { chunkPrompts, type Instance } from "../../kernels/instance.js";
import { foldIn } from "../../math/keys.js";
import type { Barrier } from "./barrier.js";
import { Course } from "./course.js";
import type { Job, Report } from "./job.js";
import { Pauses } from "./pauses.js";

/**
 * One thread's part of training one trial. The members take chunks of 128 prompts as they come; each chunk is summed in
 * float32 lanes and then in float64. When all chunks of a step are summed, every member adds them up in order of the
 * prompts and moves its own copy of the weights. The order of addition is therefore fixed by the prompts, not by the
 * threads: one, two or three of them give the same weights bit for bit, and they meet but once a step.
 * Where another member fails, this one ends without a word.
 */
export async function trainJob(
  job: Job,
  kernel: Instance,
  barrier: Barrier,
  report: (report: Report) => void,
): Promise<void> {
  const { trial, member, schedule, settings, tables, from, checkpointEvery } = job;
  const { batch, steps } = schedule;
  const { width } = job.kernel.layout;
  const chunks = Math.ceil(batch / chunkPrompts);
  const turns = [0, 1].map((turn) => new Float64Array(job.memory.sums, turn * chunks * width * 8, chunks * width));
  const course = new Course(job.initial, schedule, job.record, from, (made, weights) => {
    if (member === 0) report({ kind: "snapshot", trial, ...made, weights });
  });
  const prompts = foldIn(job.key, "prompts");
  const pauses = new Pauses();
  let told = performance.now();
  for (let step = (from?.step ?? 0) + 1; step <= steps && !course.diverged; step++) {
    const sums = turns[step % 2]!;
    const given = { parameters: course.weights, settings, tables, key: foldIn(prompts, step) };
    for (let chunk = barrier.claim(chunks); chunk < chunks; chunk = barrier.claim(chunks)) {
      const from = chunk * chunkPrompts;
      sums.set(kernel.sums(given, from, Math.min(batch, from + chunkPrompts)), chunk * width);
      if (!job.memory.shared && pauses.due) await pauses.pause();
    }
    barrier.meet();
    if (barrier.abandoned) return;
    if (barrier.halted) break;
    course.advance(step, sums);
    if (member > 0 || checkpointEvery === null || course.diverged || step === steps) continue;
    if (performance.now() - told < checkpointEvery) continue;
    report({ kind: "checkpoint", trial, state: course.state });
    told = performance.now();
  }
  if (member === 0) report({ kind: "finished", trial });
}
