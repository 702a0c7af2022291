/** The right-hand side y' = f(t, y): reads `state`, writes `slope`. */
export type Slope = (time: number, state: Float64Array, slope: Float64Array) => void;

export interface Accuracy {
  /** Local error allowed relative to each entry; 1e-10 where left out. */
  readonly relative?: number;
  /** Local error allowed beside it; 1e-12 where left out. */
  readonly absolute?: number;
  /** Attempts before giving up; a million where left out. */
  readonly steps?: number;
}

/** Dormand and Prince's tableau: row s gives the state of stage s + 1; the last row is the fifth-order solution. */
const TABLEAU = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
] as const;
const NODES = [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1] as const;
/** Fifth-order less fourth-order weights: the estimate of the local error. */
const ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40] as const;

/**
 * Solves y' = f(t, y), y(times[0]) = `start`, by the Dormand-Prince 5(4) pair with adaptive steps, and returns y at
 * every requested time. Steps end exactly on those times, so each result has the full accuracy.
 * Source: Dormand and Prince, "A family of embedded Runge-Kutta formulae", J. Comp. Appl. Math. 6 (1980), Table 2.
 *
 * @throws RangeError where times do not ascend, or the solution leaves the finite numbers or needs too many steps.
 */
export function solveOde(
  slope: Slope,
  start: ArrayLike<number>,
  times: readonly number[],
  { relative = 1e-10, absolute = 1e-12, steps = 1e6 }: Accuracy = {},
): Float64Array[] {
  const size = start.length;
  const stages = Array.from({ length: 7 }, () => new Float64Array(size));
  let state = Float64Array.from(start);
  let trial = new Float64Array(size);
  let time = times[0] ?? 0;
  slope(time, state, stages[0]!);

  /** One trial step to `trial`; returns the root mean square of error / allowance, at most 1 for a good step. */
  const attempt = (step: number): number => {
    for (const [s, row] of TABLEAU.entries()) {
      for (let i = 0; i < size; i++) {
        let change = 0;
        for (let k = 0; k < row.length; k++) change += row[k]! * stages[k]![i]!;
        trial[i] = state[i]! + step * change;
      }
      slope(time + NODES[s]! * step, trial, stages[s + 1]!);
    }
    let squares = 0;
    for (let i = 0; i < size; i++) {
      let error = 0;
      for (let k = 0; k < ERROR.length; k++) error += ERROR[k]! * stages[k]![i]!;
      const allowance = absolute + relative * Math.max(Math.abs(state[i]!), Math.abs(trial[i]!));
      squares += ((step * error) / allowance) ** 2;
    }
    return Math.sqrt(squares / size);
  };

  let step = firstStep(state, stages[0]!, relative);
  let attempts = 0;
  return times.map((end, index) => {
    if (!(end >= time) || !Number.isFinite(end))
      throw new RangeError(`times of a solution ascend and are finite: ${end} came after ${times[index - 1] ?? time}`);
    while (time < end) {
      const last = step >= end - time;
      const taken = last ? end - time : step;
      const error = attempt(taken);
      if (++attempts > steps || !(time + taken > time))
        throw new RangeError(
          `the solution cannot be followed beyond t = ${time}: ${attempts} steps, the next ${taken}`,
        );
      const good = error <= 1;
      const factor = Number.isFinite(error) ? Math.min(5, Math.max(0.2, 0.9 * error ** -0.2)) : 0.1;
      // A step cut short by a requested time says nothing against the longer one.
      step = good && last ? Math.max(step, taken * factor) : taken * factor;
      if (!good) continue;
      time = last ? end : time + taken;
      [state, trial] = [trial, state];
      // First same as last: the seventh stage is the slope at the new state.
      [stages[0], stages[6]] = [stages[6]!, stages[0]!];
    }
    return Float64Array.from(state);
  });
}

/** A step over which the state moves by about relative^(1/5) of itself: small enough to start, grown at once. */
function firstStep(state: Float64Array, slope: Float64Array, relative: number): number {
  const [size, speed] = [Math.hypot(...state), Math.hypot(...slope)];
  return speed > 0 && size > 0 ? (relative ** 0.2 * size) / speed : relative ** 0.2;
}
