import { lengthsColumn } from "../math/lengths-column.js";
import type { Law, Lengths, Row, Shift } from "../types.js";
import type { Frame } from "./frame.js";
import { lawSettings, lengths, makeLaw, type Resolving } from "./resolving.js";
import type { StudyTest } from "./study.js";
import type { Made } from "./units.js";
import type { Json } from "./yaml-document.js";

type SettledTest = StudyTest & { readonly settings: Json };

/** Every context and scale that `evaluate` names, crossed; the training law and context where it names none. */
export function resolveTests(resolving: Resolving, law: Made<Law>, kind: string, context: Lengths): SettledTest[] {
  const { frame, point, document } = resolving;
  const { shift = {}, context: asked } = frame.evaluate;
  const places =
    asked === "same"
      ? [context]
      : [asked].flat().map((field, i) => {
          const path = Array.isArray(asked) ? ["evaluate", "context", i] : ["evaluate", "context"];
          return lengths(resolving, field, law.value.features, path);
        });
  const named = shift.law ? shiftedLaw(resolving, shift.law as Json, kind) : law;
  const base = { ...named, value: named.value.excerpt?.later ?? named.value };
  if (base.value.features !== law.value.features)
    document.fail(
      ["evaluate", "shift", "law"],
      `the test has ${base.value.features} features, training ${law.value.features}`,
    );
  const tests = places.flatMap((place) =>
    scalesOf(shift).map((scales): SettledTest => {
      const columns = { testContext: lengthsColumn(place), ...scales };
      const settings = { ...columns, law: shift.law ? lawSettings(named) : "same" } as Json;
      try {
        const shifted = Object.keys(scales).length === 0 ? base.value : base.value.shifted(scales);
        return { columns, law: shifted, context: place, settings };
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return document.fail(point.written(["evaluate", "shift"]), error.message);
      }
    }),
  );
  return tests.filter((test, i) => i === tests.findIndex(({ columns }) => equal(columns, test.columns)));
}

function shiftedLaw(resolving: Resolving, written: Json, kind: string): Made<Law> {
  const { kind: named, ...own } = written as { readonly [key: string]: Json };
  const { kind: _, ...training } = resolving.frame.law;
  const options = named === undefined ? { ...(training as { [key: string]: Json }), ...own } : own;
  const path = ["evaluate", "shift", "law"];
  return makeLaw(resolving, named === undefined ? kind : String(named), options, path, resolving.frame.context, [
    "context",
  ]);
}

/** Every combination of the scales that the study names. */
function scalesOf(shift: NonNullable<Frame["evaluate"]["shift"]>): (Shift & Row)[] {
  const names = (["inputScale", "queryScale", "taskScale"] as const).filter((name) => shift[name] !== undefined);
  return names.reduce<(Shift & Row)[]>(
    (all, name) => all.flatMap((scales) => [shift[name]!].flat().map((factor) => ({ ...scales, [name]: factor }))),
    [{}],
  );
}

function equal(a: Row, b: Row): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
