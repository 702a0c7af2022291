"""Numbers of reference.json, found without iclab: the best preconditioner by least squares on sampled prompts.

One layer answers x_q . A m with m = S w, S = X^T X / n. For given S the mean over the query and over w ~ N(0, W) of
the squared error is tr[L (I - A S) W (I - S A^T)]. Its minimum over A solves A E[S W S] = W E[S] (A = e I for a plain
step); E[S W S] is sampled. Run: python3 reference.py
"""

import numpy as np
from scipy.optimize import minimize

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


def spectra(n, prompts=400_000):
    x = rng.standard_normal((prompts, n, D))
    return np.linalg.eigvalsh(np.einsum("pij,pik->pjk", x, x, optimize=True) / n)


def best_steps(k, n=N):
    """k steps of own sizes: P(l) = 1 - l Q(l) of least E sum_i P(l_i)^2, by least squares over sampled eigenvalues."""
    l = spectra(n).reshape(-1)
    powers = l[:, None] ** np.arange(1, k + 1)
    q = np.linalg.solve(powers.T @ powers, powers.sum(0))
    left = 1 - powers @ q
    sizes = np.sort(1 / np.roots(np.concatenate(([1.0], -q))[::-1]).real)
    print(f"{k} best steps, n = {n}: risk {D * (left**2).mean():.5f}, sizes {np.round(sizes, 4)}")


def curved_layers(n, start, prompts=100_000):
    """Three layers of scalars on sampled prompts: p <- p (1 - a l), l <- l (1 - b l)^2, and b = B a of the paper's B. There
    are several valleys of nearly equal depth: the floor of the one that `start` lies in."""
    l0 = spectra(n, prompts)

    def loss(v):
        l, p = l0, 1.0
        for k in range(3):
            p = p * (1 - v[k] * l)
            if k < 2:
                l = l * (1 - v[3 + k] * l) ** 2
        return np.log(D * (p**2).mean())

    found = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 2000, "xatol": 1e-4, "fatol": 1e-6})
    steps, B = np.round(found.x[:3], 3), np.round(found.x[3:] / found.x[:2], 3)
    print(f"three curved layers, n = {n}: log risk {found.fun:.3f}, steps {steps}, B {B}")


for k in [2, 3, 4]:
    best_steps(k)
best_steps(3, 10)
curved_layers(20, [0.38, 2.4, 9.5, 0.34, 1.36])
curved_layers(20, [0.37, 3.1, 8.2, 0.33, 1.1])
curved_layers(10, [0.32, 2.1, 12.8, 0.29, 1.65])
