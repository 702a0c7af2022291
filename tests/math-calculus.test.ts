import { normalCdf, normalQuantile, studentCdf, studentQuantile } from "../src/math/distributions.js";
import { minimum } from "../src/math/minimum.js";
import { solveOde } from "../src/math/ode.js";
import { gaussLegendre, integrate } from "../src/math/quadrature.js";
import { root } from "../src/math/roots.js";

const EPS = Number.EPSILON;
/** Error of a against b relative to b. */
const relative = (a: number, b: number) => Math.abs(a / b - 1);

/** All values of this block: mpmath 1.3.0 with 40 digits (erfc, betainc, findroot), rounded to doubles. */
describe("distributions", () => {
  test.each([
    ...[
      [-38, 2.88542835e-316],
      [-8, 6.220960574271784e-16],
      [-3, 0.0013498980316300946],
    ],
    ...[
      [-2.0001, 0.022744733391410546],
      [-2, 0.02275013194817921],
      [-1, 0.15865525393145705],
    ],
    ...[
      [-0.001, 0.49960105778608893],
      [0.3, 0.6179114221889527],
      [3, 0.9986501019683699],
    ],
  ])("P(Z <= %d) = %d", (z, p) => {
    expect(relative(normalCdf(z!), p!)).toBeLessThan(64 * EPS);
  });

  test.each([
    ...[
      [-2.5, 4, 0.03338327240599407],
      [-50, 3, 8.808576020635988e-6],
      [-0.001, 1e6, 0.49960105788582454],
    ],
    ...[
      [-1, 1, 0.25],
      [-200, 2.5, 1.2715477190689987e-6],
      [-0.1, 0.5, 0.4731658105643032],
    ],
    ...[
      [-1e10, 0.7, 3.1082900535110215e-8],
      [-4, 99, 6.112576378555655e-5],
      [-4, 299, 3.994990881481425e-5],
    ],
    ...[
      [1.3, 7, 0.8826160823038114],
      [-0.01, 3, 0.496324555706426],
      [-3, 1e5, 0.0013502304420323595],
    ],
  ])("P(T <= %d) of %d degrees = %d", (t, degrees, p) => {
    expect(relative(studentCdf(t!, degrees!), p!)).toBeLessThan(64 * EPS + 2.5e-17 * degrees!);
  });

  test.each([
    ...[
      [1e-300, -37.0470962993612],
      [1e-10, -6.361340902404057],
      [0.025, -1.9599639845400543],
    ],
    ...[
      [0.975, 1.9599639845400538],
      [0.00135, -2.999976992703393],
      [0.7, 0.5244005127080407],
      [0.5, 0],
    ],
  ])("the normal quantile of %d is %d", (p, z) => {
    expect(Math.abs(normalQuantile(p!) - z!)).toBeLessThanOrEqual(32 * EPS * Math.abs(z!));
  });

  test.each([
    ...[
      [0.975, 4, 2.7764451051977934],
      [0.975, 1, 12.706204736174694],
      [0.99865, 2, 19.206015887811365],
    ],
    ...[
      [1e-6, 3, -103.29946778041935],
      [0.99865, 9, 4.094204800476594],
      [1e-4, 0.5, -10284911.563163385],
    ],
    ...[[0.000375, 1e6, -3.370627600453282]],
  ])("the t quantile of %d with %d degrees is %d", (p, degrees, t) => {
    expect(relative(studentQuantile(p!, degrees!), t!)).toBeLessThan(64 * EPS + 2.5e-17 * degrees!);
  });

  test("the ends of a law are its ends, and what is no probability is refused", () => {
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(studentQuantile(1, 3)).toBe(Number.POSITIVE_INFINITY);
    expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
    expect(normalCdf(-1e9)).toBe(0);
    expect(normalCdf(40)).toBe(1);
    expect(studentCdf(Number.NEGATIVE_INFINITY, 2)).toBe(0);
    expect(studentCdf(-1, Number.POSITIVE_INFINITY)).toBe(normalCdf(-1));
    expect(normalCdf(Number.NaN)).toBeNaN();
    expect(studentCdf(Number.NaN, 3)).toBeNaN();
    for (const p of [-0.1, 1.1, Number.NaN]) expect(() => normalQuantile(p)).toThrow(RangeError);
    for (const degrees of [0, -1, Number.NaN]) expect(() => studentCdf(0, degrees)).toThrow(RangeError);
  });
});

describe("quadrature", () => {
  test.each([1, 2, 5, 12, 64])(
    "the Gauss-Legendre rule of %d points is exact to degree 2 n - 1 and no further",
    (n) => {
      const { nodes, weights } = gaussLegendre(n);
      const moment = (degree: number) => nodes.reduce((total, x, k) => total + weights[k]! * x ** degree, 0);
      for (let degree = 0; degree < 2 * n; degree++)
        expect(Math.abs(moment(degree) - (degree % 2 ? 0 : 2 / (degree + 1)))).toBeLessThan(8 * n * EPS);
      if (n <= 12) expect(relative(moment(2 * n), 2 / (2 * n + 1))).toBeGreaterThan(1e6 * EPS);
    },
  );

  test.each<[string, (x: number) => number, number, number, number]>([
    ["exp", Math.exp, 0, 1, Math.E - 1],
    ["a narrow peak", (x) => 1 / (1e-6 + x * x), -1, 1, 2e3 * Math.atan(1e3)],
    ["the normal density", (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI), -1, 3, normalCdf(3) - normalCdf(-1)],
    ["a root at its branch", Math.sqrt, 0, 1, 2 / 3],
    ["backwards", Math.cos, 1, 0, -Math.sin(1)],
    ["zero", () => 0, 0, 1, 0],
  ])("integrates %s", (_, f, low, high, value) => {
    expect(Math.abs(integrate(f, low, high) - value)).toBeLessThanOrEqual(1e-12 * Math.abs(value));
  });

  test("an integral that is not finite is refused", () => {
    expect(() => integrate((x) => 1 / x, 0, 1)).toThrow("does not converge");
    expect(() => integrate(() => Number.NaN, 0, 1)).toThrow("does not converge");
    expect(() => gaussLegendre(0)).toThrow(RangeError);
  });
});

describe("roots", () => {
  test.each<[string, (x: number) => number, number, number, number]>([
    ["cos x = x", (x) => Math.cos(x) - x, 0, 1, 0.7390851332151607],
    ["e^x = 1e10", (x) => Math.exp(x) - 1e10, -1000, 700, 23.025850929940457],
    ["a threefold root", (x) => (x - 1) ** 3, -10, 17, 1],
    ["a jump", (x) => (x < 0.3 ? -1 : 1), 0, 1, 0.3],
    ["an infinite end", (x) => Math.log(x), 0, 5, 1],
    ["a root at an end", (x) => x - 2, 2, 9, 2],
  ])("finds %s to the last digits", (_, f, low, high, x) => {
    // A threefold root is found to the cube root of what f resolves; here f is exact near it.
    expect(relative(root(f, low, high), x)).toBeLessThan(8 * EPS);
  });

  test("a root at zero is found, and in tens of evaluations", () => {
    let evaluations = 0;
    const f = (x: number) => {
      evaluations++;
      return Math.expm1(x);
    };
    expect(Math.abs(root(f, -3, 50, EPS))).toBeLessThan(EPS);
    expect(evaluations).toBeLessThan(40);
  });

  test("no change of sign and NaN are refused", () => {
    expect(() => root((x) => x * x + 1, -1, 1)).toThrow("change of sign: f(-1) = 2 and f(1) = 2");
    expect(() => root(() => Number.NaN, -1, 1)).toThrow("change of sign");
    expect(() => root((x) => (Math.abs(x) === 1 ? x : Number.NaN), -1, 1)).toThrow("NaN");
  });
});

describe("minimum", () => {
  test.each<[string, (x: number) => number, number, number, number, number]>([
    ["a parabola", (x) => (x - 2) ** 2 + 3, -5, 100, 2, 3],
    ["x - log x", (x) => x - Math.log(x), 1e-6, 50, 1, 1],
    ["a kink", (x) => Math.abs(x - 0.7), 0, 1, 0.7, 0],
    ["an edge", (x) => x, 0, 1, 0, 0],
  ])("finds the bottom of %s", (_, f, low, high, x, value) => {
    const found = minimum(f, low, high);
    expect(Math.abs(found.x - x)).toBeLessThan(4 * Math.sqrt(EPS) * Math.max(1, Math.abs(x)));
    expect(found.f).toBe(f(found.x));
    expect(found.f - value).toBeLessThan(4 * Math.sqrt(EPS));
  });

  test("a smooth bottom takes parabolas: about half the evaluations of golden sections", () => {
    let evaluations = 0;
    minimum((x) => x - Math.log(x) + 0 * evaluations++, 1e-6, 50);
    // Golden sections alone: log(50 / 6e-8) / log(1.618) = 43.
    expect(evaluations).toBeLessThan(25);
  });

  test("NaN and an empty interval are refused", () => {
    expect(() => minimum(() => Number.NaN, 0, 1)).toThrow("NaN");
    expect(() => minimum((x) => x, 1, 1)).toThrow("from 1 to 1");
  });
});

describe("ordinary differential equations", () => {
  const oscillator = (_: number, y: Float64Array, slope: Float64Array) => {
    slope[0] = y[1]!;
    slope[1] = -y[0]!;
  };

  test("an oscillator is at every requested time where cosine and sine are", () => {
    const times = [0, 0, 0.1, 1, 2.5, 20];
    const states = solveOde(oscillator, [1, 0], times);
    // Local errors of 1e-10 add up over the phase travelled.
    for (const [k, t] of times.entries()) {
      expect(Math.abs(states[k]![0]! - Math.cos(t))).toBeLessThanOrEqual(1e-10 * 5 * t);
      expect(Math.abs(states[k]![1]! + Math.sin(t))).toBeLessThanOrEqual(1e-10 * 5 * t);
    }
  });

  test("a tighter tolerance is met at the price of a fifth-order method", () => {
    const run = (tolerance: number) => {
      let calls = 0;
      const counted: typeof oscillator = (t, y, slope) => {
        calls++;
        oscillator(t, y, slope);
      };
      const [, end] = solveOde(counted, [1, 0], [0, 10], { relative: tolerance, absolute: tolerance });
      return { calls, error: Math.abs(end![0]! - Math.cos(10)) };
    };
    const [loose, tight] = [run(1e-6), run(1e-11)];
    expect(tight.error).toBeLessThan(loose.error * 1e-3);
    // 1e5 times the accuracy for 1e5^(1/5) = 10 times the steps.
    expect(tight.calls / loose.calls).toBeLessThan(13);
    expect(tight.calls / loose.calls).toBeGreaterThan(7);
  });

  test("a right-hand side that depends on time is evaluated at its stages", () => {
    const [, end] = solveOde(
      (t, y, slope) => {
        slope[0] = 5 * t ** 4 * y[0]!;
      },
      [1],
      [0, 1.2],
    );
    expect(relative(end![0]!, Math.exp(1.2 ** 5))).toBeLessThan(1e-9);
  });

  test("states of zero start and decay", () => {
    const [, end] = solveOde(
      (_, y, slope) => {
        slope[0] = 1 - y[0]!;
      },
      [0],
      [0, 3],
    );
    expect(relative(end![0]!, 1 - Math.exp(-3))).toBeLessThan(1e-9);
    expect(
      solveOde(
        (_, __, slope) => {
          slope[0] = 0;
        },
        [2],
        [0, 1e9],
      )[1]![0],
    ).toBe(2);
  });

  test("a solution that leaves the finite numbers, unordered times and too many steps are refused", () => {
    const square = (_: number, y: Float64Array, slope: Float64Array) => {
      slope[0] = y[0]! ** 2;
    };
    expect(() => solveOde(square, [1], [0, 2])).toThrow("cannot be followed beyond t = 0.99999");
    expect(() => solveOde(oscillator, [1, 0], [0, 2, 1])).toThrow("1 came after 2");
    expect(() => solveOde(oscillator, [1, 0], [0, 1e6], { steps: 100 })).toThrow("101 steps");
    expect(() => solveOde(oscillator, [1, 0], [0, Number.POSITIVE_INFINITY])).toThrow("finite");
  });
});
