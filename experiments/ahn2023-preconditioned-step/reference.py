"""Numbers of reference.json, found without iclab: the best preconditioner by least squares on sampled prompts.

One layer answers x_q . A m with m = S w, S = X^T X / n. For given S the mean over the query and over w ~ N(0, W) of
the squared error is tr[L (I - A S) W (I - S A^T)]. Its minimum over A solves A E[S W S] = W E[S] (A = e I for a plain
step); E[S W S] is sampled. Run: python3 reference.py
"""

import numpy as np

rng = np.random.default_rng(2023)
PROMPTS, CHUNK, D, N = 2_000_000, 20_000, 5, 20
SPECTRUM = np.diag([1, 1, 1 / 4, 1 / 16, 1])


def moments(covariance, tasks, n):
    root = np.linalg.cholesky(covariance)
    total = np.zeros((D, D))
    for _ in range(PROMPTS // CHUNK):
        x = rng.standard_normal((CHUNK, n, D)) @ root.T
        s = np.einsum("pij,pik->pjk", x, x, optimize=True) / n
        total += np.einsum("pij,jk,pkl->il", s, tasks, s, optimize=True)
    return total / (PROMPTS // CHUNK * CHUNK)


def dist(m):
    """Dist(M, I) = min_a |M - a I| / |M|, by least squares."""
    a = np.linalg.lstsq(np.eye(D).reshape(-1, 1), m.reshape(-1), rcond=None)[0][0]
    return np.linalg.norm(m - a * np.eye(D)) / np.linalg.norm(m)


def report(name, covariance, tasks, n=N):
    second = moments(covariance, tasks, n)
    best = np.linalg.solve(second, covariance @ tasks).T
    risk = np.trace(covariance @ tasks) - np.trace(covariance @ best @ covariance @ tasks)
    step = np.trace(covariance @ covariance @ tasks) / np.trace(covariance @ second)
    plain = np.trace(covariance @ tasks) - step * np.trace(covariance @ covariance @ tasks)
    print(f"{name}, n = {n}: least risk {risk:.4f}, best step {step:.4f} of risk {plain:.4f}, Dist {dist(best):.4f}")
    print("  diagonal of A*:", np.round(np.diag(best), 3))


def theorem_1(eigenvalues, n=N):
    """The paper's own closed form, tasks of identity covariance: a_i = 1 / ((n + 1) / n l_i + sum l / n)."""
    l = np.array(eigenvalues)
    a = 1 / ((n + 1) / n * l + l.sum() / n)
    print(f"Theorem 1, {eigenvalues}, n = {n}: risk {l.sum() - (l**2 * a).sum():.5f}, a {np.round(a, 4)}")


theorem_1([1, 1, 1, 1, 1])
theorem_1([1, 1, 1 / 4, 1 / 16, 1])
report("isotropic", np.eye(D), np.eye(D))
report("isotropic", np.eye(D), np.eye(D), N - 1)
report("diagonal", SPECTRUM, np.eye(D))
report("inverse tasks", SPECTRUM, np.linalg.inv(SPECTRUM))
