import { z } from "zod";
import { OwnError } from "../own/own-error.js";
import type { Catalogue, Claim } from "../types.js";
import type { Json, YamlDocument } from "./yaml-document.js";

/** A catalogue with what a file brings besides. */
export interface Equipped {
  readonly catalogue: Catalogue;
  readonly claims: readonly Claim[];
}

/** Adds the units of a file that a study names to a catalogue. @throws OwnError where they cannot be used */
export type Bring = (file: string, catalogue: Catalogue) => Promise<Equipped>;

const path = z.string().regex(/\.m?[tj]s$/);

/** How a study brings a person's own units. */
export const useField = z
  .union([path, z.array(path).min(1).max(100)])
  .describe("a file of your own laws, mixers, predictors and claims, such as ./mine.ts, or a list of them");

/**
 * The catalogue that a study has with the files that it names in `use:`.
 *
 * @param use what stands there, not checked yet
 * @throws StudyError where a file brings nothing that can be used, or none can be loaded here
 */
export async function equipped(
  use: Json | undefined,
  catalogue: Catalogue,
  document: YamlDocument,
  bring: Bring | undefined,
): Promise<Equipped> {
  // What is no path or list of them is told with the rest of the study.
  if (use === undefined || !useField.safeParse(use).success) return { catalogue, claims: [] };
  let all: Equipped = { catalogue, claims: [] };
  for (const [i, file] of [use].flat().entries()) {
    const place = Array.isArray(use) ? ["use", i] : ["use"];
    if (!bring) return document.fail(place, "own units cannot be loaded here; `iclab run` can");
    try {
      const { catalogue: larger, claims } = await bring(file as string, all.catalogue);
      all = { catalogue: larger, claims: [...all.claims, ...claims] };
    } catch (error) {
      if (error instanceof OwnError) return document.fail(place, error.message);
      throw error;
    }
  }
  const twice = all.claims.find(({ id }, i) => all.claims.findIndex((claim) => claim.id === id) < i);
  if (twice) return document.fail(["use"], `two claims are called \`${twice.id}\``);
  return all;
}
