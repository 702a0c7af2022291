import { recent } from "../../src/kernels/recent.js";

test("values are made once a name, and the names used last are kept", () => {
  const made: string[] = [];
  const get = recent<string>(2);
  const ask = (name: string): string =>
    get(name, () => {
      made.push(name);
      return `value of ${name}`;
    });
  expect(["a", "b", "a", "c", "a", "b"].map(ask)).toEqual(
    ["a", "b", "a", "c", "a", "b"].map((name) => `value of ${name}`),
  );
  // c put b out, as a had been used since.
  expect(made).toEqual(["a", "b", "c", "b"]);
});
