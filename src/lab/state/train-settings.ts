import type { StudyModel } from "../../studies/study.js";
import type { JsonMap } from "./settings.js";

/** A model's training as a study writes it, every field in its place: what `scheduleOf` reads the same schedule from. */
export function trainSettings({ schedule, until, drawing }: StudyModel): JsonMap {
  const { steps, batch, rate, clip, warmup, decay, lossFactor, optimizer } = schedule;
  const { kind, ...rest } = optimizer;
  return {
    ...{ steps, batch, rate, optimizer: kind, ...rest, clip, warmup, decay, lossFactor },
    ...(until !== null && { until: { excess: until } }),
    ...drawing,
  } as unknown as JsonMap;
}
