import type { LinearRegression } from "../laws/gaussian-linear.js";
import { degreesOfFreedom } from "../predictors/sampled-spectra.js";
import type { Population } from "../types.js";
import type { Study } from "./study.js";

/** Degrees of Student's t up to which a label's square, and the square of y_j x_j, has no variance. */
const LABEL = 4;
const PRODUCT = 8;

/**
 * What a study's laws say of standard errors before anything is sampled, a sentence for each law whose Student t inputs (or
 * innovations) have too few moments. The variance of a squared error is a fourth moment of the error: of the labels, which are
 * linear in inputs and exist for nu > 4, and of what a gradient step or linear attention predicts, which is quadratic in a
 * context input and takes nu > 8. A sampled standard error is finite all the same, and means nothing.
 */
export function heavyLaws({ cells }: Pick<Study, "cells">): string[] {
  const laws = cells.flatMap(({ tests }) => tests.map(({ law }) => ({ name: law.name, ...momentsOf(law.population) })));
  const sentences = laws.flatMap(({ name, what, degrees }) => {
    if (degrees > PRODUCT) return [];
    const law = `the law ${name} has ${what} of Student's t with ${told(degrees)}`;
    if (degrees <= LABEL)
      return [`${law}: squared errors have no variance, and no standard error of a risk can be trusted`];
    const predictions = "what is quadratic in a context input (a gradient step, linear attention)";
    return [`${law}: squared errors of ${predictions} have no variance, and their standard errors cannot be trusted`];
  });
  return [...new Set(sentences)];
}

/** The degrees of the law's Student t; infinite where it has none. */
function momentsOf(population: Population): { readonly what: string; readonly degrees: number } {
  const { inputs, innovations } = population as Partial<Pick<LinearRegression, "inputs">> & {
    readonly innovations?: Pick<LinearRegression["inputs"], "kurtosis"> & { readonly kind: string };
  };
  const drawn = inputs ?? innovations;
  if (drawn?.kind !== "student") return { what: "", degrees: Number.POSITIVE_INFINITY };
  return { what: inputs ? "inputs" : "innovations", degrees: degreesOfFreedom(drawn.kurtosis) };
}

/** An infinite kurtosis is known of 4 degrees and of fewer. */
function told(degrees: number): string {
  return degrees <= LABEL ? "4 degrees of freedom or fewer" : `${Number(degrees.toPrecision(4))} degrees of freedom`;
}
