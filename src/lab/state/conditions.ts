import { at } from "./paths.js";
import type { Json, Settings } from "./settings.js";

/** The number of features of settings whose law has them; 0 elsewhere. */
export function featuresOf(settings: Settings): number {
  const features = at(settings, "law.features");
  return typeof features === "number" ? features : 0;
}

/**
 * The condition number kappa of the inputs' covariance where it is the identity or falls as a power, k^-p with
 * kappa = d^p; null for other covariances.
 */
export function conditionOf(settings: Settings): number | null {
  const covariance = at(settings, "law.covariance");
  if (covariance === "identity") return 1;
  const power = at(settings, "law.covariance.power");
  return typeof power === "number" ? featuresOf(settings) ** power : null;
}

/** The covariance of this condition number. */
export function covarianceOf(condition: number, features: number): Json {
  if (condition === 1 || features < 2) return "identity";
  return { power: Number((Math.log(condition) / Math.log(features)).toPrecision(8)) };
}
