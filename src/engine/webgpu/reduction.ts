import type { WgslOutput } from "../../kernels/wgsl.js";

/** One sum over prompts: of the product of two rows of factors, or of nothing where an output is 0 for every prompt. */
export interface Sum {
  /** The output's number among those of the program. */
  readonly output: number;
  readonly rows: readonly [left: number, right: number] | null;
}

/** Factors that are in workgroup memory together, a row of lanes each, and the sums that are made of them. */
export interface Round {
  /** What a lane writes into each row. */
  readonly rows: readonly string[];
  readonly sums: readonly Sum[];
}

type Scalar = Extract<WgslOutput, { left: string }>;

/**
 * Shares a program's scalar outputs out over rounds of at most `most` rows. A gradient u v^T needs the rows of u and v
 * only: 133 sums of a layer of linear attention at d = 10 are made of 37 rows, in one round where memory allows.
 *
 * @param most 3 or more: two factors and the constant 1
 */
export function roundsOf(outputs: readonly Scalar[], most: number): readonly Round[] {
  const rounds: { rows: string[]; sums: Sum[] }[] = [];
  const open = () => {
    const made = { rows: [], sums: [] };
    rounds.push(made);
    return made;
  };
  let round: { rows: string[]; sums: Sum[] } = open();
  outputs.forEach(({ left, right }, output) => {
    if (left === "0.0" || right === "0.0") {
      round.sums.push({ output, rows: null });
      return;
    }
    const factors = [left, right ?? "1.0"];
    const missing = new Set(factors.filter((factor) => !round.rows.includes(factor)));
    if (round.rows.length + missing.size > most) round = open();
    for (const factor of factors) if (!round.rows.includes(factor)) round.rows.push(factor);
    round.sums.push({ output, rows: [round.rows.indexOf(factors[0]!), round.rows.indexOf(factors[1]!)] });
  });
  return rounds;
}
