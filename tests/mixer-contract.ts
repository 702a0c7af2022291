import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mixerContract as clausesOf } from "../src/contracts/mixer.js";
import { context, features } from "../src/contracts/mixer-prompts.js";
import type { Backend, OpenTfjs } from "../src/types.js";
import { mixerCases, mixers } from "./mixer-cases.js";

/** Holds every file of src/mixers that is a mixer to its contract on a backend, with each of its examples of options. */
export function mixerContract(backend: Backend<OpenTfjs>): void {
  test("the folder has mixers, each with examples", () => {
    expect(mixers.length).toBeGreaterThan(0);
    for (const { examples } of mixers) expect(examples.length).toBeGreaterThan(0);
  });

  describe.each(mixerCases({ features, context }))(`${backend.name}: $title`, ({ mixer }) => {
    let open: OpenTfjs;
    beforeAll(async () => {
      const opened = await backend.open();
      if (typeof opened === "string") throw new Error(opened);
      open = opened;
    });
    afterAll(() => open?.close());

    for (const { says, check } of clausesOf(mixer, () => open)) test(says, check);
  });
}
