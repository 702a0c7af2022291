import type { Key, Law, Lengths, Prompts } from "../types.js";

/** Which prompts: the first so many of a law's stream. */
export interface Stream {
  readonly law: Law;
  readonly key: Key;
  readonly context: Lengths;
  readonly prompts: number;
}

/** Prompts in a chunk, at most. */
const MOST = 1024;

/** Context inputs in a chunk (prompts x pairs x features), times the passes over them: well under a second of work. */
const WORK = 2 ** 18;

/**
 * The prompts of a stream, a chunk at a time, with a breath after each: timers, signals and a page's events come in
 * between, so that Ctrl-C is heard. Chunks bound memory and change no number, as a prompt's index lies in its counter.
 *
 * @param passes how often every prompt will be predicted: the more, the smaller the chunks
 */
export async function* promptChunks({ law, key, context, prompts }: Stream, passes = 1): AsyncGenerator<Prompts> {
  const pairs = typeof context === "number" ? context : context.uniform[1];
  const size = Math.max(1, Math.min(MOST, Math.floor(WORK / ((pairs + 1) * law.features * passes))));
  for (let from = 0; from < prompts; from += size) {
    yield law.draw(key, { from, count: Math.min(size, prompts - from) }, context);
    await new Promise<void>((resume) => setTimeout(resume, 0));
  }
}
