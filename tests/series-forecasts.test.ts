import { forecasts } from "../experiments/zhou2025-forecasting-in-context/forecasts.js";
import { rollOut } from "../experiments/zhou2025-forecasting-in-context/rollout.js";
import { Draws } from "../src/math/draws.js";
import { keyOf } from "../src/math/keys.js";
import { nd } from "../src/math/nd.js";
import linearAttention from "../src/mixers/linear-attention.js";

const [WINDOW, KNOWN, STEPS] = [2, 7, 6];
const draws = new Draws(keyOf(8));
const series = Array.from({ length: 3 }, () => Float64Array.from({ length: KNOWN + STEPS }, () => draws.normal()));
const b = [0.3, -0.2, 0.5];
const A = [
  [0.1, 0.4],
  [-0.3, 0.2],
  [0.2, 0.6],
];
const mixer = linearAttention.make(linearAttention.options.parse({}), { features: WINDOW, context: KNOWN - WINDOW });
const weights = {
  KQ: nd(["head", "key", "query"], [1, 3, 3], Float64Array.from(A.flatMap((row) => [...row, 0]))),
  OV: nd(["head", "token"], [1, 3], Float64Array.from(b)),
};
const predict = (prompts: Parameters<typeof mixer.forward>[1]) => mixer.forward(weights, prompts);
const at = { window: WINDOW, known: KNOWN, told: [1, 4, 6] };

test("a rollout of a layer through growing prompts is the rollout of its products, step by step", () => {
  const rolled = forecasts(predict, series, { ...at, mode: "rollout" });
  for (const [i, row] of series.entries()) {
    const other = rollOut({ b, A }, row.subarray(0, KNOWN), STEPS);
    const scale = Math.max(...other.map(Math.abs));
    for (let h = 0; h < STEPS; h++) expect(Math.abs(rolled[i]![h]! - other[h]!)).toBeLessThan(1e-13 * scale);
  }
});

test("with the values that came each step is the first step of a rollout from there, and only what is told is made", () => {
  const taught = forecasts(predict, series, { ...at, mode: "teacher" });
  for (const [i, row] of series.entries())
    for (let h = 0; h < STEPS; h++) {
      const [next] = rollOut({ b, A }, row.subarray(0, KNOWN + h), 1);
      if (at.told.includes(h + 1))
        expect(Math.abs(taught[i]![h]! - next!)).toBeLessThan(1e-13 * Math.abs(next!) + 1e-15);
      else expect(taught[i]![h]).toBeNaN();
    }
});
