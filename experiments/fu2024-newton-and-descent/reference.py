"""Numbers of reference.json, found without iclab: Newton's iteration and gradient descent as recursions in numpy.

Risks are over the label's variance, without noise. Given the inputs the error of an iterate w_k = P w is
tr((I - P) (I - P)^T L) for w ~ N(0, I) and a query of covariance L. Matrices, not eigenvalues, are iterated: M <- 2 M - M S M
from alpha S, and E <- (I - step S) E. Similarities are those of the paper, over sequences of 40 pairs. The trained stacks are
iclab's own. Run: python3 reference.py
"""

import numpy as np

rng = np.random.default_rng(2024)
D, PROMPTS = 20, 4000


def newton(S, steps, alpha):
    M = alpha[:, None, None] * S
    for _ in range(steps):
        M = 2 * M - M @ S @ M
    return np.eye(D) - M @ S


def descent(S, steps, size):
    one = np.eye(D) - size[:, None, None] * S
    return np.linalg.matrix_power(one, steps)


def frobenius(S):
    return 1 / np.linalg.norm(S @ S, axis=(1, 2))


def share(left, L):
    # left maps the task; the query's covariance weighs its rows.
    values = np.einsum("pij,ik,pkj->p", left, L, left) / np.trace(L)
    return f"{values.mean():.4g} +- {values.std() / np.sqrt(len(values)):.1g}"


def errors(n, L=np.eye(D), largest=False):
    x = rng.standard_normal((PROMPTS, n, D)) @ np.linalg.cholesky(L).T
    S = np.einsum("pij,pik->pjk", x, x)
    top = np.linalg.eigvalsh(S)[:, -1]
    for k in (1, 5, 9, 13, 17, 21):
        print(f"  n = {n}, Newton {k}: {share(newton(S, k, frobenius(S)), L)}")
    for k in (1, 5, 9):
        print(f"  n = {n}, Newton {k} from the text's start: {share(newton(S, k, 2 / top**2), L)}")
    for k in (1, 32, 128, 1024, 2048):
        size = 1 / top if largest else np.full(PROMPTS, 0.01)
        print(f"  n = {n}, gradient descent {k}: {share(descent(S, k, size), L)}")
    print(f"  n = {n}: l_max > 200 in {np.mean(top > 200):.4f}")


def similarity(sequences=200, n=40):
    ks, grid = range(1, 22), sorted({round(2 ** (j / 4)) for j in range(49)})
    cosines = {(k, g): [] for k in ks for g in [*grid, "ols"]}
    for _ in range(sequences):
        x, w = rng.standard_normal((n + 1, D)), rng.standard_normal(D)
        e = {name: [] for name in [*ks, *(("gd", g) for g in grid), "ols"]}
        for t in range(1, n + 1):
            S, q = x[:t].T @ x[:t], x[t]
            M = S / np.linalg.norm(S @ S)
            for k in ks:
                M = 2 * M - M @ S @ M
                e[k].append(q @ (M @ S @ w - w))
            one, left, power = np.eye(D) - 0.01 * S, w.copy(), 0
            values, vectors = np.linalg.eigh(S)
            for g in grid:
                e["gd", g].append(-(q @ vectors) @ ((1 - 0.01 * values) ** g * (vectors.T @ w)))
            e["ols"].append(q @ (np.linalg.pinv(S, rcond=1e-10) @ S @ w - w))
        unit = {name: np.array(v) / np.linalg.norm(v) for name, v in e.items()}
        for k in ks:
            for g in grid:
                cosines[k, g].append(unit[k] @ unit["gd", g])
            cosines[k, "ols"].append(unit[k] @ unit["ols"])
    for k in ks:
        best = max(grid, key=lambda g: np.mean(cosines[k, g]))
        ols = cosines[k, "ols"]
        print(f"  Newton {k}: gradient steps {best}, similarity {np.mean(cosines[k, best]):.4f}, ", end="")
        print(f"to least squares {np.mean(ols):.4f} +- {np.std(ols) / np.sqrt(sequences):.4f}")


for n in (5, 10, 20, 25, 30, 40):
    errors(n)
print("ill-conditioned")
errors(40, np.diag([200 / 101] * 10 + [2 / 101] * 10), True)
similarity()
