import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import type { InputsOption } from "../../src/laws/inputs.js";
import { identity, scaled } from "../../src/math/matrix.js";
import type { Row } from "../../src/types.js";
import { codeLaw, FEATURES } from "./laws.js";

/** A law that no layer was trained on, and how many pairs it is read at. */
export interface Family {
  readonly columns: Row & { readonly family: string; readonly shift: number };
  readonly law: typeof codeLaw;
  readonly context: number;
}

/** Variance of the trained inputs, U(-1/2, 1/2). */
const VARIANCE = 1 / 12;
const TRAINED = 10;

const of = (family: string, shift: number, law: Family["law"], context = TRAINED): Family => ({
  columns: { family, shift },
  ...{ law, context },
});

/** Inputs of another distribution and the trained variance. */
const inputs = (option: InputsOption) =>
  linearRegressionLaw({ features: FEATURES, inputs: option, covariance: scaled(identity(FEATURES), VARIANCE) });

/**
 * Families of Figure 2 and the appendix, and lengths: inputs and tasks times a factor, 5 to 40 pairs, other distributions of the
 * inputs. (The paper's are normal, exponential and Laplace, by the code with X divided by its norm.)
 */
export const families: readonly Family[] = [
  ...[0.5, 1.5, 2].map((factor) => of("inputs times", factor, codeLaw.shifted({ inputScale: factor }))),
  ...[0.5, 2].map((factor) => of("tasks times", factor, codeLaw.shifted({ taskScale: factor }))),
  ...[5, 20, 40].map((pairs) => of("pairs", pairs, codeLaw, pairs)),
  of("gaussian inputs", 1, inputs("gaussian")),
  of("binary inputs", 1, inputs("rademacher")),
  of("student inputs", 1, inputs({ student: 9 })),
];
