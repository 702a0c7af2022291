import { type SeriesWindows, seriesWindowsLaw } from "../src/laws/series-windows.js";
import { keyOf } from "../src/math/keys.js";
import type { Law } from "../src/types.js";

const key = keyOf(71);
const count = 400;
/** Values that say where they stand. */
const places = Float64Array.from({ length: 30 }, (_, t) => t);

describe.each([
  ["alone", false],
  ["with a constant row", true],
])("windows %s", (_, constant) => {
  const law = seriesWindowsLaw(places, { window: 3, constant });
  const m = 4;
  const { x, y, query, answer } = law.draw(key, { from: 0, count }, m);

  test("are successive values of the series: inputs, labels, query and answer", () => {
    const row = (from: number) => [from, from + 1, from + 2, ...(constant ? [1] : [])];
    for (let b = 0; b < count; b++) {
      const start = x.data[b * m * law.features]!;
      const inputs = Array.from({ length: m }, (_j, j) => row(start + j)).flat();
      expect([...x.data.subarray(b * m * law.features, (b + 1) * m * law.features)]).toEqual(inputs);
      expect([...y.data.subarray(b * m, (b + 1) * m)]).toEqual([3, 4, 5, 6].map((t) => start + t));
      expect([...query.data.subarray(b * law.features, (b + 1) * law.features)]).toEqual(row(start + m));
      expect(answer.data[b]).toBe(start + m + 3);
    }
  });

  test("start at every place that there is, each as often as the others within 4 standard errors", () => {
    const starts = Array.from({ length: 23 }, () => 0);
    for (let b = 0; b < count; b++) starts[x.data[b * m * law.features]!]!++;
    const error = Math.sqrt((count / 23) * (1 - 1 / 23));
    expect(starts.filter((often) => !(Math.abs(often - count / 23) < 4 * error))).toEqual([]);
  });
});

test("a series is made once, and only when a prompt is drawn", () => {
  let made = 0;
  const read = () => {
    made++;
    return places;
  };
  const law = seriesWindowsLaw({ length: 30, read }, { window: 2 });
  expect(law.population).toEqual({
    ...{ family: "series-windows", window: 2, features: 2, constant: false, length: 30, noise: 0 },
  } satisfies SeriesWindows);
  expect(made).toBe(0);
  law.draw(key, { from: 0, count: 1 }, 2);
  law.draw(key, { from: 0, count: 1 }, 3);
  expect(made).toBe(1);
});

test("a series is rescaled as a whole", () => {
  const law = seriesWindowsLaw(places, { window: 2 });
  const doubled = law.shifted({ inputScale: 2 }).draw(key, { from: 0, count: 5 }, 3);
  const plain = law.draw(key, { from: 0, count: 5 }, 3);
  expect([...doubled.y.data]).toEqual([...plain.y.data].map((value) => 2 * value));
  expect(() => law.shifted({ queryScale: 2 })).toThrow("scaled as a whole");
});

test.each<[string, () => unknown, RegExp]>([
  [
    "a value that is not a number",
    () => seriesWindowsLaw(Float64Array.of(1, Number.NaN, 2), { window: 1 }),
    /value 2 of/,
  ],
  ["no window", () => seriesWindowsLaw(places, { window: 0 }), /whole number of values from 1, not 0/],
  [
    "a prompt longer than the series",
    () => drawn(seriesWindowsLaw(places, { window: 5 }), 25),
    /needs 31 values.* has 30/,
  ],
])("%s is refused with the reason", (_, make, reason) => {
  expect(make).toThrow(reason);
});

test("a prompt of the whole series is drawn", () => {
  expect(drawn(seriesWindowsLaw(places, { window: 5 }), 24).answer.data[0]).toBe(29);
});

function drawn(law: Law<SeriesWindows>, context: number) {
  return law.draw(key, { from: 0, count: 1 }, context);
}
