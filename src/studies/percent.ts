import { z } from "zod";

const LITERAL = /^\d+(\.\d+)?\s?%$/;

/** `1%` as a part: 0.01. */
export const percent = z
  .string()
  .regex(LITERAL)
  .transform((text) => Number(text.replace("%", "").trim()) / 100)
  .describe("a percentage, such as 1%");
