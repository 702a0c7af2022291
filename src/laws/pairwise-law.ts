import type { Law, Rows } from "../types.js";
import { drawn, drawnRecipe } from "./drawn.js";
import { linearQuery } from "./drawn-tasks.js";
import { type Pairwise, pairwiseProgram } from "./pairwise-program.js";
import type { Regression } from "./regression.js";
import { type Scales, shiftedScales, unscaled } from "./scales.js";

/** A law as a function of its scales: what it is a text of, and what closed forms are written in. */
export type Scaled<P extends Regression> = (scales: Scales) => {
  readonly pairwise: Pairwise;
  readonly population: P;
  /** Covariance of the query, where it is the same in every prompt and labels are linear, their task told. */
  readonly queryCovariance?: Rows;
};

/** The law of a name: its program, its prompts in float64, and itself shifted. */
export function pairwiseLaw<P extends Regression>(name: string, made: Scaled<P>, scales: Scales = unscaled): Law<P> {
  const { pairwise, population, queryCovariance } = made(scales);
  const program = pairwiseProgram(pairwise);
  return {
    name,
    features: population.features,
    population,
    program,
    draw: drawn(program, population.features),
    recipe: drawnRecipe(program, population.features),
    ...(queryCovariance && { query: linearQuery(program, queryCovariance) }),
    shifted: (shift) => pairwiseLaw(name, made, shiftedScales(scales, shift)),
  };
}

/** @throws RangeError unless the noise is a finite standard deviation of 0 or more. */
export function checkNoise(noise: number): void {
  if (!(noise >= 0 && noise < Number.POSITIVE_INFINITY))
    throw new RangeError(`the noise is a finite standard deviation of 0 or more, not ${noise}`);
}
