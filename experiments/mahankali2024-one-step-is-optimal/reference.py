"""Numbers of reference.json, found without iclab: the paper's step and its risk, by least squares on sampled prompts.

The layer answers eta s with s = sum_j y_j x_j . S^-1 x_q over n pairs (not divided by n). Whatever the targets, the best
eta is E[y_q s] / E[s^2] and its risk E[y_q^2] - E[y_q s]^2 / E[s^2]. Means over the query and the noise are exact where
targets are linear; nonlinear ones are sampled. Theorem 3's moments are integrated on a grid. Run: python3 reference.py
"""

import numpy as np

rng = np.random.default_rng(2024)
D, N, PROMPTS, CHUNK = 5, 20, 2_000_000, 20_000
S = 0.5 ** np.abs(np.subtract.outer(np.arange(D), np.arange(D)))


def sampled(labels, noise, covariance=np.eye(D), tasks=np.eye(D)):
    inverse, root, task = np.linalg.inv(covariance), np.linalg.cholesky(covariance), np.linalg.cholesky(tasks)
    rows = []
    for _ in range(PROMPTS // CHUNK):
        w = rng.standard_normal((CHUNK, D)) @ task.T
        x = rng.standard_normal((CHUNK, N + 1, D)) @ root.T
        y = labels(np.einsum("pij,pj->pi", x, w), w, rng) + noise * rng.standard_normal((CHUNK, N + 1))
        s = np.einsum("pj,pji,pi->p", y[:, :N], x[:, :N] @ inverse, x[:, N], optimize=True)
        rows.append(np.stack([y[:, N] ** 2, y[:, N] * s, s**2], 1))
    rows = np.concatenate(rows)
    label, gain, spread = rows.mean(0)
    eta, risk = gain / spread, label - gain**2 / spread
    # Delta method for the ratio and for the risk.
    g = np.stack([np.ones(3) * [0, 1 / spread, -gain / spread**2], [1, -2 * eta, eta**2]])
    error = np.sqrt(np.einsum("ki,ij,kj->k", g, np.cov(rows.T), g) / PROMPTS)
    return f"eta {eta:.6f} +- {error[0]:.6f}, risk {risk:.4f} +- {error[1]:.4f}"


def linear(scores, w, rng):
    return scores


def relu(scores, w, rng):
    return np.maximum(scores, 0) * rng.choice([-1, 1], (len(scores), 1))


def cube(scores, w, rng):
    return (scores / np.linalg.norm(w, axis=1, keepdims=True)) ** 3


def theorem_3(g, length_moment, noise):
    """Moments of f = +-g(w . x) for g homogeneous, E |w|^(2 p) = length_moment, by the trapezium rule."""
    z = np.linspace(-14, 14, 2_000_001)
    p = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    mean = lambda f: np.trapezoid(f * p, z)
    b = length_moment * mean(z * g(z)) ** 2
    f2 = length_moment * mean(g(z) ** 2)
    spread = length_moment * (mean(g(z) ** 2 * z * z) + (D - 1) * mean(g(z) ** 2)) + noise**2 * D
    eta = b / ((N - 1) * b + spread)
    return f"eta {eta:.6f}, risk {f2 + noise**2 - N * eta * b:.5f}"


for noise in (0, 0.5, 1):
    eta = 1 / (N + D + 1 + noise**2)
    print(f"noise {noise}: eta {eta:.6f}, risk {D * (D + 1 + noise**2) * eta + noise**2:.5f}, by hand")
    print("  isotropic     ", sampled(linear, noise))
    print("  preconditioned", sampled(linear, noise, S, np.linalg.inv(S)))
    print("  relu          ", sampled(relu, noise), "; theorem", theorem_3(lambda z: np.maximum(z, 0), D, noise))
    print("  cubic         ", sampled(cube, noise), "; theorem", theorem_3(lambda z: z**3, 1, noise))
