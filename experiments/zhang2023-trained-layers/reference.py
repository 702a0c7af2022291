"""Numbers of reference.json, found without iclab: gradient flow as a matrix ODE, and risks on sampled prompts.

The flow is that of Lemma 5.2, dU/dt = u L^2 - u^2 Gamma L U L, du/dt = -tr(u Gamma L U L U^T - L^2 U^T), by the
classical Runge-Kutta steps of size 0.002 from U = 0.1 I / sqrt(d), u = 0.1. Risks are those of y = x_q . A m with
A = I / (1 + (d + 1) / N), on prompts of M pairs with inputs scaled by c; the query and the task are averaged exactly.
Run: python3 reference.py
"""

import numpy as np

rng = np.random.default_rng(2023)
D, N, SIGMA, H = 5, 20, 0.1, 0.002


def gamma(covariance):
    return (1 + 1 / N) * covariance + np.trace(covariance) / N * np.eye(D)


def flow(covariance, end, marks):
    g = gamma(covariance)
    state = (SIGMA * np.eye(D) / np.sqrt(D), SIGMA)

    def slope(U, u):
        return (
            u * covariance @ covariance - u**2 * g @ covariance @ U @ covariance,
            -np.trace(u * g @ covariance @ U @ covariance @ U.T - covariance @ covariance @ U.T),
        )

    def moved(by, h):
        return state[0] + h * by[0], state[1] + h * by[1]

    for k in range(1, round(end / H) + 1):
        a = slope(*state)
        b = slope(*moved(a, H / 2))
        c = slope(*moved(b, H / 2))
        d = slope(*moved(c, H))
        state = tuple(s + H / 6 * (p + 2 * q + 2 * r + t) for s, p, q, r, t in zip(state, a, b, c, d))
        if any(abs(k * H - mark) < H / 2 for mark in marks):
            U, u = state
            loss = np.trace(covariance) / 2 + np.trace(
                u**2 / 2 * g @ covariance @ U @ covariance @ U.T - u * covariance @ covariance @ U.T
            )
            print(f"  t = {k * H:g}: product {u * np.trace(U) / D:.5f}, loss {loss:.5f}, u {u:.5f}")


def risk(m, c, prompts=2_000_000, chunk=10_000):
    a = 1 / (1 + (D + 1) / N)
    sums = []
    for _ in range(prompts // chunk):
        x = c * rng.standard_normal((chunk, m, D))
        s = np.einsum("pij,pik->pjk", x, x, optimize=True) / m
        sums.append(c**2 * ((np.eye(D) - a * s) ** 2).sum((1, 2)))
    values = np.concatenate(sums)
    return values.mean(), values.std() / np.sqrt(prompts)


print("isotropic")
flow(np.eye(D), 3, [0.5, 1, 1.5, 2, 3])
print("diag(1, 1, 1/4, 1/16, 1)")
flow(np.diag([1, 1, 1 / 4, 1 / 16, 1]), 1000, [1, 10, 100, 1000])
for m, c in [(10, 1), (20, 1), (40, 1), (200, 1), (20, 0.5), (20, 1.5), (20, 2), (20, 3)]:
    print(f"M = {m}, c = {c}: risk %.5f +- %.5f" % risk(m, c))
