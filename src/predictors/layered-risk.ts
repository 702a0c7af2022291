import type { Differentiable } from "../math/quasi-newton.js";
import type { Spectrum } from "./sampled-spectra.js";

/** A spectrum as flat numbers: what an optimizer reads over and over. */
interface Flat {
  readonly eigenvalues: Float64Array;
  readonly signal: Float64Array;
  readonly noise: Float64Array;
  readonly squares: Float64Array;
  readonly shares: Float64Array;
}

/**
 * The mean risk of K layers over sampled prompts as a function of their steps a_k and curvatures b_k, with gradient.
 * In the eigenbasis of S / n a layer multiplies what is not learned, p, and maps the eigenvalue l:
 *
 *   p <- p (1 - a_k l),   l <- l (1 - b_k l)^2,   from p = 1,
 *
 * and with r_i the p of direction i after the last layer a prompt's risk, label noise of the query left out, is
 *
 *   sum_ij r_i r_j (U^T W U)_ij (U^T Lq U)_ij + s2 sum_i (1 - r_i)^2 / (n l_i) (U^T Lq U)_ii
 *
 * Source: von Oswald et al. 2023, Appendix A.10, in eigenvalues; the gradient is reverse mode by hand.
 *
 * @param layers the number K; the variables are a_0 .. a_(K-1), b_0 .. b_(K-1), in units of 1 / `unit`
 */
export function layeredRisk(
  spectra: readonly Spectrum[],
  { layers, noiseVariance, unit, degree }: { layers: number; noiseVariance: number; unit: number; degree: number },
): Differentiable {
  const prompts = spectra.map((spectrum) => flattened(spectrum, unit, degree));
  const width = Math.max(...prompts.map(({ eigenvalues }) => eigenvalues.length));
  // Layer after layer of each direction: p and l before the layer, p behind the last.
  const [left, values] = [new Float64Array(width * (layers + 1)), new Float64Array(width * (layers + 1))];
  return (x, gradient) => {
    gradient.fill(0);
    let risk = 0;
    for (const { eigenvalues, signal, noise, squares, shares } of prompts)
      for (let q = 0; q < squares.length; q++) {
        const share = shares[q]! / prompts.length;
        const size = eigenvalues.length;
        for (let i = 0; i < size; i++) forward(squares[q]! * eigenvalues[i]!, i, x);
        for (let i = 0; i < size; i++) {
          const at = i * (layers + 1);
          const r = left[at + layers]!;
          let beside = 0;
          for (let j = 0; j < size; j++) beside += signal[i * size + j]! * left[j * (layers + 1) + layers]!;
          risk += share * r * beside;
          let slope = 2 * beside;
          if (values[at]! > 0) {
            const letIn = (noiseVariance * noise[i]!) / (unit * values[at]!);
            risk += share * letIn * (1 - r) * (1 - r);
            slope -= 2 * letIn * (1 - r);
          }
          backward(share * slope, i, x, gradient);
        }
      }
    return risk;
  };

  function forward(eigenvalue: number, i: number, x: Float64Array): void {
    const at = i * (layers + 1);
    left[at] = 1;
    values[at] = eigenvalue;
    for (let k = 0; k < layers; k++) {
      const l = values[at + k]!;
      const kept = 1 - x[layers + k]! * l;
      left[at + k + 1] = left[at + k]! * (1 - x[k]! * l);
      values[at + k + 1] = l * kept * kept;
    }
  }

  function backward(slope: number, i: number, x: Float64Array, gradient: Float64Array): void {
    const at = i * (layers + 1);
    let byLeft = slope;
    let byValue = 0;
    for (let k = layers - 1; k >= 0; k--) {
      const p = left[at + k]!;
      const l = values[at + k]!;
      const step = x[k]!;
      const bend = x[layers + k]! * l;
      const kept = 1 - bend;
      gradient[k] = gradient[k]! - byLeft * p * l;
      gradient[layers + k] = gradient[layers + k]! - byValue * 2 * kept * l * l;
      byValue = byValue * kept * (kept - 2 * bend) - byLeft * p * step;
      byLeft *= 1 - step * l;
    }
  }
}

function flattened({ eigenvalues, radius, signal, noise }: Spectrum, unit: number, degree: number): Flat {
  return {
    eigenvalues: Float64Array.from(eigenvalues, (value) => value / unit),
    signal: Float64Array.from(signal.flat()),
    noise: Float64Array.from(noise),
    squares: radius.values,
    shares: radius.rootWeights.map((root) => root ** degree),
  };
}
