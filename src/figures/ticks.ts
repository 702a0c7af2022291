const ENOUGH = 3;

/** Round numbers from a to b on a logarithmic axis: powers of ten, or as many digits between them as make three. */
export function logTicks(a: number, b: number): number[] {
  const powers = Array.from({ length: Math.ceil(Math.log10(b / a)) + 2 }, (_, k) => Math.floor(Math.log10(a)) + k);
  const within = (digits: readonly number[]) =>
    powers.flatMap((k) => digits.map((digit) => Number(`${digit}e${k}`))).filter((x) => x >= a && x <= b);
  const choices = [within([1]), within([1, 2, 5]), within([1, 2, 3, 4, 5, 6, 7, 8, 9]), roundTicks(a, b)];
  const chosen = choices.find((ticks) => ticks.length >= ENOUGH) ?? choices.at(-1)!;
  const every = Math.ceil(chosen.length / 10);
  return chosen.filter((_, k) => k % every === 0);
}

/** Multiples of 1, 2 or 5 times a power of ten from a to b, about five of them. */
function roundTicks(a: number, b: number): number[] {
  const rough = (b - a) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(a / step);
  return Array.from({ length: Math.floor(b / step) - first + 1 }, (_, k) => (first + k) * step);
}

/** A tick's number without float64's tail: `0.3`, `100`, `1e6`. */
export function tickText(x: number): string {
  const rounded = Number(x.toPrecision(6));
  const size = Math.abs(rounded);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? rounded.toExponential().replace("e+", "e") : String(rounded);
}
