import { select } from "../kernels/arithmetic.js";
import type { F32, U32 } from "../kernels/node.js";
import { vector } from "../kernels/vector.js";
import { addWord, equalWord, lessWord } from "../kernels/words.js";
import { chiTable } from "./chi-table.js";
import { drawPairs } from "./lengths.js";
import type { PairDraw } from "./pair-draw.js";

/**
 * Pairs with Gaussian coordinates, rotated among each other until few are left. The n x D matrix N of rows (z_j, e_j),
 * n > D, is Q R with orthonormal columns in Q, and Bartlett's decomposition of the Wishart matrix N^T N = R^T R says how
 * R is distributed: independent entries, zero below the diagonal, normal above it and chi of n - j degrees on it,
 * j = 0 .. D - 1. The D rows of R are drawn in place of N's n. What is linear in a pair turns with it: rows of R give
 * x = B z and y = w . x + noise e as those of N do, and sum_j (x_j, y_j) (x_j, y_j)^T comes out the same.
 *
 *   chi_n    N       N    ...        Row j draws its diagonal's normal first, then D more, of which those up to the
 *   0     chi_n-1    N    ...        diagonal are not used.
 *   0        0    chi_n-2 ...
 *
 * Source: Bartlett, "On the theory of statistical regression" (1933); Anderson, "An Introduction to Multivariate
 * Statistical Analysis" (2003), Corollary 7.2.1.
 *
 * @param n more pairs than columns
 * @param columns D: features + 1, or features where the labels have no noise
 */
export function rotatedPairs(n: number, features: number, columns: number): PairDraw {
  const chi = chiTable(n, columns);
  return {
    structure: `rotated gaussian, ${columns} columns, ${chi.width} coefficients`,
    tables: { chi: chi.numbers },
    lengths: (context, stream) => ({ ...drawPairs(context, stream), pairs: columns }),
    draw(j, own, _, { table }) {
      const normals = own.normals(columns + 1);
      const diagonal = chi.of(table("chi"), j, normals.at(0));
      const entry = (i: U32): F32 =>
        select(lessWord(i, j), 0, select(equalWord(i, j), diagonal, normals.at(addWord(i, 1))));
      return { z: vector(features, entry), e: columns > features ? entry(features) : 0 };
    },
  };
}
