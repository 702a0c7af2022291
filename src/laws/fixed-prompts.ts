import { randomStream } from "../kernels/random.js";
import { type Vector, vector } from "../kernels/vector.js";
import { addWord, mulWord } from "../kernels/words.js";
import type { Key, Law, Population, Prompts } from "../types.js";
import { drawn, drawnRecipe } from "./drawn.js";

/**
 * Finitely many prompts of a law, drawn once, each as likely as the others ever after: what a model sees that is trained on a
 * fixed set of data. What it has learned is tested on the law itself.
 * Source: von Oswald et al. 2023, Appendix A.1 (fixed training sets of 128 to 8,192 tasks).
 *
 * @param context pairs of a prompt: the set is of one length, and is drawn at no other
 * @param key of the set
 * @throws RangeError unless the set has a prompt, and where prompts of another length are asked for
 */
export function fixedPromptsLaw<P extends Population>(law: Law<P>, count: number, context: number, key: Key): Law<P> {
  if (!(Number.isSafeInteger(count) && count >= 1))
    throw new RangeError(`a fixed set has a whole number of prompts from 1, not ${count}`);
  const { features } = law;
  const width = context * (features + 1) + features + 1;
  const table = tableOf(law.draw(key, { from: 0, count }, context), width);
  const program: Law["program"] = {
    structure: `one of ${count} prompts of ${context} pairs`,
    settings: new Float64Array(0),
    tables: { prompts: table },
    build({ key: own, prompt, table: read }, random, asked) {
      if (asked !== context)
        throw new RangeError(`the set has prompts of ${context} pairs, and not of ${JSON.stringify(asked)}`);
      const entries = read("prompts");
      const start = mulWord(randomStream(random, { key: own, prompt }).integer(count), width);
      const after = addWord(start, context * (features + 1));
      const input = (from: typeof start): Vector => vector(features, (i) => entries.at(addWord(from, i)));
      return {
        features,
        ...{ pairs: context, length: context },
        pair(j) {
          const at = addWord(start, mulWord(j, features + 1));
          return { x: input(at), y: entries.at(addWord(at, features)) };
        },
        query: input(after),
        answer: entries.at(addWord(after, features)),
      };
    },
  };
  return {
    name: "fixed-prompts",
    features,
    population: law.population,
    program,
    draw: drawn(program, features),
    recipe: drawnRecipe(program, features),
    shifted: (shift) => fixedPromptsLaw(law.shifted(shift), count, context, key),
  };
}

/** Prompts one after another: pairs (x_j, y_j), then the query and its answer. */
function tableOf({ x, y, query, answer }: Prompts, width: number): Float64Array {
  const [count, context, d] = x.shape;
  const table = new Float64Array(count * width);
  for (let p = 0; p < count; p++) {
    for (let j = 0; j < context; j++) {
      table.set(x.data.subarray((p * context + j) * d, (p * context + j + 1) * d), p * width + j * (d + 1));
      table[p * width + j * (d + 1) + d] = y.data[p * context + j]!;
    }
    table.set(query.data.subarray(p * d, (p + 1) * d), (p + 1) * width - d - 1);
    table[(p + 1) * width - 1] = answer.data[p]!;
  }
  return table;
}
