import { z } from "zod";
import { autocovariances } from "../math/autocovariance.js";
import { spectralRadius } from "../math/reflection.js";
import type { Law, Population, Unit } from "../types.js";
import { autoregressiveProgram } from "./autoregressive-program.js";
import { drawn, drawnRecipe } from "./drawn.js";
import { type Innovations, type InnovationsOption, innovationsOf, innovationsOption } from "./innovations.js";
import { type Coefficients, fixedCoefficients, orderOf, reflectedCoefficients } from "./series-coefficients.js";

/** A series x_t = sum_j rho_j x_(t-j) + noise e_t, cut into windows of p values. */
export interface Autoregression extends Population {
  readonly family: "autoregression";
  /** Entries of an input: the p values of the window, and the constant 1 where there is one. */
  readonly features: number;
  /** Values p that a prediction sees. */
  readonly window: number;
  readonly constant: boolean;
  readonly coefficients: Coefficients;
  readonly innovations: Pick<Innovations, "kind" | "kurtosis">;
  /** Standard deviation of the innovations: its square is the risk of the best prediction. */
  readonly noise: number;
}

/** What a law of series is made of. */
export interface SeriesSettings {
  readonly coefficients: Coefficients;
  /** Values that a prediction sees; the order of the series where left out. */
  readonly window?: number;
  readonly constant?: boolean;
  /** Standard deviation of the innovations; 1 where left out. */
  readonly noise?: number;
  readonly innovations?: InnovationsOption;
}

/** What is left of a start that is off: half a unit in the last place of single precision. */
const FORGOTTEN = 2 ** -25;
const LONGEST_BURN_IN = 20_000;

/**
 * Autoregressive series as prompts. With m pairs one prompt is a series of m + p + 1 values and its Hankel matrix:
 *
 *   ┌───────┬───────┬─────┬─────────┬───────────┐
 *   │ x_1   │ x_2   │ ... │ x_m     │ x_(m+1)   │
 *   │  :    │  :    │     │  :      │  :        │   p values, oldest first (and a 1 below them where `constant`)
 *   │ x_p   │ x_p+1 │ ... │ x_m+p-1 │ x_(m+p)   │
 *   │ x_p+1 │ x_p+2 │ ... │ x_(m+p) │ (x_m+p+1) │   labels; the last one is to be predicted
 *   └───────┴───────┴─────┴─────────┴───────────┘
 *
 * so that every mixer and predictor of labelled pairs reads it unchanged; the papers' history is n = m + p. The series is
 * stationary from its first value: exactly so for Gaussian innovations. Others start from normals of the stationary
 * covariance, which is then right at every time, and run until what is left of the normals is below 2^-25.
 * Source: Zhou, Wang, Goel, Zhang 2025, Definition 3.1.
 *
 * @throws RangeError where noise, window or innovations make no such law, with what is allowed
 *
 * @example
 * import { autoregressiveLaw } from "iclab/laws/autoregressive";
 * import { fixedCoefficients } from "iclab/laws/series-coefficients";
 * import { keyOf } from "iclab/math/keys";
 *
 * const law = autoregressiveLaw({ coefficients: fixedCoefficients([0.5, -0.3]), noise: 1 });
 * const { x, y } = law.draw(keyOf(1), { from: 0, count: 1 }, 3); // windows of one series, each with the value after it
 * x.shape; // [1, 3, 2]
 * x.data[3] === y.data[0]; // true
 */
export function autoregressiveLaw(given: SeriesSettings): Law<Autoregression> {
  const { coefficients, window = orderOf(coefficients), constant = false, noise = 1 } = given;
  if (!(noise > 0 && noise < Number.POSITIVE_INFINITY))
    throw new RangeError(`the noise is a finite standard deviation above 0, not ${noise}`);
  if (!(Number.isSafeInteger(window) && window >= 1))
    throw new RangeError(`a window holds a whole number of values from 1, not ${window}`);
  refuseInfinite(coefficients);
  const innovations = innovationsOf(given.innovations ?? "gaussian");
  const features = constant ? window + 1 : window;
  const { kind, kurtosis } = innovations;
  const population: Autoregression = {
    family: "autoregression",
    features,
    window,
    constant,
    coefficients,
    innovations: { kind, kurtosis },
    noise,
  };
  const burnIn = burnInOf(coefficients, innovations);
  const program = autoregressiveProgram({ window, constant, coefficients, noise, innovations, burnIn });
  return {
    name: "autoregressive",
    features,
    population,
    program,
    draw: drawn(program, features),
    recipe: drawnRecipe(program, features),
    shifted({ inputScale = 1, queryScale = 1, taskScale = 1 }) {
      if (queryScale !== 1 || taskScale !== 1)
        throw new RangeError("a series is scaled as a whole: only `inputScale` is a shift of it");
      if (constant && inputScale !== 1)
        throw new RangeError("a series with a constant row cannot be rescaled as a whole");
      return autoregressiveLaw({ ...given, noise: noise * inputScale });
    },
  };
}

/**
 * gamma_0 .. gamma_lags of a series whose coefficients are the same in all prompts.
 *
 * @throws RangeError where they are drawn for every prompt
 */
export function autocovariancesOf({ coefficients, noise }: Autoregression, lags: number): readonly number[] {
  if (coefficients.kind !== "fixed") throw new RangeError("the coefficients are drawn for every prompt");
  return autocovariances(coefficients.reflections, noise ** 2, lags);
}

/** The mean of gamma_0 over the prompts diverges where coefficients come arbitrarily near to the unit circle. */
function refuseInfinite(coefficients: Coefficients): void {
  if (coefficients.kind === "fixed") return;
  const { order, within } = coefficients;
  if (coefficients.kind === "partial") {
    if (within < 1) return;
    throw new RangeError(
      "partial autocorrelations up to 1 give series of infinite mean square, so every risk that grows with it is " +
        "infinite; allowed: `partial` below 1",
    );
  }
  if (coefficients.root < 1 || order * within < 1) return;
  throw new RangeError(
    `coefficients uniform on ±${within} come arbitrarily near to a unit root at order ${order}, and series then have ` +
      "infinite mean square; allowed: `root` below 1 beside `rejection`",
  );
}

function burnInOf(coefficients: Coefficients, { kind }: Innovations): number {
  if (kind === "gaussian") return 0;
  if (coefficients.kind !== "fixed")
    throw new RangeError(`coefficients that are drawn need gaussian innovations; these are ${kind}`);
  const radius = spectralRadius(coefficients.rho);
  const steps = radius === 0 ? orderOf(coefficients) : Math.log(FORGOTTEN) / Math.log(radius);
  if (!(steps <= LONGEST_BURN_IN))
    throw new RangeError(
      `a series with a root of modulus ${radius.toPrecision(6)} forgets its start after ${Math.ceil(steps)} steps only, ` +
        `more than the ${LONGEST_BURN_IN} that are run; gaussian innovations need none`,
    );
  return 2 * Math.ceil(steps / 2);
}

const fraction = z.number().positive().lte(1);
const order = z.int().min(1).max(16).describe("number q of coefficients");
const coefficientsOption = z
  .union(
    [
      z.array(z.number()).min(1).max(64).describe("rho_1, rho_2, ... with x_t = sum_j rho_j x_(t-j) + noise e_t"),
      z.strictObject({
        reflections: z.array(z.number()).min(1).max(64).describe("partial autocorrelations r_1, r_2, ..."),
      }),
      z.strictObject({
        order,
        partial: fraction.describe("partial autocorrelations uniform on ±partial in each prompt"),
      }),
      z.strictObject({
        order,
        rejection: fraction.describe(
          "coefficients uniform on ±rejection, drawn again until stationary, in each prompt",
        ),
        root: fraction.default(1).describe("largest modulus that a root may have"),
      }),
    ],
    {
      error:
        "coefficients are [rho_1, ...], { reflections: [r_1, ...] }, { order, partial: a } or { order, rejection: a }, " +
        "with 0 < a <= 1",
    },
  )
  .describe("coefficients of the series: fixed, or drawn for every prompt");

const options = z
  .strictObject({
    coefficients: coefficientsOption,
    window: z.int().min(1).max(1024).optional().describe("values p that a prediction sees; the order where left out"),
    constant: z.boolean().default(false).describe("whether a constant 1 stands below the window"),
    noise: z.number().positive().default(1).describe("standard deviation of the innovations, above 0"),
    innovations: innovationsOption.default("gaussian"),
  })
  .superRefine(({ coefficients }, context) => {
    try {
      coefficientsOf(coefficients);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue({ code: "custom", path: ["coefficients"], message: error.message });
    }
  });

function coefficientsOf(option: z.infer<typeof coefficientsOption>): Coefficients {
  if (Array.isArray(option)) return fixedCoefficients(option);
  if ("reflections" in option) return reflectedCoefficients(option.reflections);
  if ("partial" in option) return { kind: "partial", order: option.order, within: option.partial };
  return { kind: "rejection", order: option.order, within: option.rejection, root: option.root };
}

export type Options = z.infer<typeof options>;

const autoregressive: Unit<Options, Law<Autoregression>> = {
  name: "autoregressive",
  says: "Series x_t = sum_j rho_j x_(t-j) + noise e_t as Hankel prompts, with fixed or drawn coefficients.",
  options,
  make: ({ coefficients, window, ...others }) =>
    autoregressiveLaw({ ...others, coefficients: coefficientsOf(coefficients), ...(window && { window }) }),
};

export default autoregressive;
