import type { Key, Law, Lengths, Prompts, Slice } from "../types.js";

/** Which prompts: the first so many of a law's stream. */
export interface Stream {
  readonly law: Law;
  readonly key: Key;
  readonly context: Lengths;
  readonly prompts: number;
  /** Ends the reading before its next chunk, which throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Prompts in a chunk, at most. */
const MOST = 1024;

/** Context inputs in a chunk (prompts x pairs x features), times the passes over them: well under a second of work. */
const WORK = 2 ** 18;

/** Context inputs of a prompt, with the query: what drawing and predicting it costs in proportion to. */
export function inputsOf({ law, context }: Pick<Stream, "law" | "context">): number {
  const pairs = typeof context === "number" ? context : context.uniform[1];
  return (pairs + 1) * law.features;
}

/**
 * The chunks of a stream. They bound memory and change no number, as a prompt's index lies in its counter.
 *
 * @param passes how often every prompt will be predicted: the more, the smaller the chunks
 */
export function slicesOf(stream: Stream, passes = 1): { readonly count: number; at(chunk: number): Slice } {
  const size = Math.max(1, Math.min(MOST, Math.floor(WORK / (inputsOf(stream) * passes))));
  return {
    count: Math.ceil(stream.prompts / size),
    at: (chunk) => ({ from: chunk * size, count: Math.min(size, stream.prompts - chunk * size) }),
  };
}

/**
 * The prompts of a stream, a chunk at a time, with a breath after each: timers, signals and a page's events come in
 * between, so that Ctrl-C is heard.
 */
export async function* promptChunks(stream: Stream, passes = 1): AsyncGenerator<Prompts> {
  const { law, key, context, signal } = stream;
  const slices = slicesOf(stream, passes);
  for (let chunk = 0; chunk < slices.count; chunk++) {
    signal?.throwIfAborted();
    yield law.draw(key, slices.at(chunk), context);
    await new Promise<void>((resume) => setTimeout(resume, 0));
  }
}
