import { promptChunks, type Stream } from "../../src/evaluation/prompt-chunks.js";
import type { Nd, Prompts } from "../../src/types.js";

type Predict = (prompts: Prompts) => Nd<["batch"]>;

/** E (one - other)^2 of two predictions over the prompts of a stream, in units of the label squared. */
export async function meanSquaredDistance(one: Predict, other: Predict, stream: Stream): Promise<number> {
  let sum = 0;
  for await (const prompts of promptChunks(stream)) {
    const [a, b] = [one(prompts).data, other(prompts).data];
    for (let p = 0; p < a.length; p++) sum += (a[p]! - b[p]!) ** 2;
  }
  return sum / stream.prompts;
}
