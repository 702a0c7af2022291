"""Numbers of reference.json, found without iclab: the loss of one gradient step on sampled spectra.

One step of rate e from 0 leaves the error (I - e S) w with S = X^T X / n. Averaged over w ~ N(0, I) and a query of
variance v, half its square is v E |I - e S|_F^2 / 2: a parabola in e whose two moments, E tr S and E tr S^2, are
sampled here and belong to no formula of iclab. Inputs are uniform on [-a, a]. Run: python3 reference.py
"""

import numpy as np
from scipy.optimize import minimize

rng = np.random.default_rng(2023)
PROMPTS, CHUNK, D = 1_000_000, 10_000, 10


def best_step(n, a):
    first, second = [], []
    for _ in range(PROMPTS // CHUNK):
        x = rng.uniform(-a, a, (CHUNK, n, D))
        s = np.einsum("pij,pik->pjk", x, x) / n
        first.append(np.trace(s, axis1=1, axis2=2))
        second.append((s**2).sum((1, 2)))
    t, q = np.concatenate(first), np.concatenate(second)
    step, v = t.mean() / q.mean(), a**2 / 3
    losses = v / 2 * (D - 2 * step * t + step**2 * q)
    return step, losses.mean(), losses.std() / np.sqrt(PROMPTS)


for n, a in [(10, 0.5), (25, 0.5), (50, 0.5), (100, 0.5), (10, 1)]:
    step, loss, error = best_step(n, a)
    print(f"n = {n}, U(-{a}, {a}): step {step:.4f}, loss {loss:.5f} +- {error:.5f}")


def looped(n, layers, curved, prompts=100_000):
    """Layers of one step e and one gamma: p <- p (1 - e l), l <- l (1 - n gamma l)^2, over sampled eigenvalues l of S."""
    x = rng.uniform(-0.5, 0.5, (prompts, n, D))
    l0 = np.linalg.eigvalsh(np.einsum("pij,pik->pjk", x, x, optimize=True) / n)

    def loss(v):
        l, p = l0, 1.0
        for _ in range(layers):
            p = p * (1 - v[0] * l)
            l = l * (1 - (n * v[1] if curved else 0) * l) ** 2
        return (p**2).sum(1).mean() / 24

    found = minimize(loss, [10.0, 0.1 * 10 / n] if curved else [6.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-5})
    name = "GD++" if curved else "gradient descent"
    print(f"{layers} looped layers of {name}, n = {n}: loss {found.fun:.5f}, step {found.x[0]:.3f}, gamma {found.x[1]:.4f}")


for n in [10, 25, 50, 100]:
    looped(n, 2, False)
    looped(n, 2, True)
looped(10, 5, False)
looped(10, 5, True)
