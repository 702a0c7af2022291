"""Where training of the layer with a constant row can end, found without iclab: NumPy and SciPy.

    python3 stationary-points.py

The risk of (b, A) is a quartic in them, with the moments of 400,000 prompts of (.5, .3) at m = 10 in it. Forty starts are
minimised to a gradient of 1e-8, and the Hessian's eigenvalues are printed at each end. One of them is 0: (t b, A / t)
predict the same.
"""

import numpy as np
from scipy.optimize import minimize

RHO, PAIRS, PROMPTS = np.array([0.5, 0.3]), 10, 400_000


def moments(rng):
    companion = np.array([RHO, [1, 0]])
    covariance, power = np.diag([1.0, 0]), companion.copy()
    for _ in range(60):
        covariance, power = covariance + power @ covariance @ power.T, power @ power
    x = np.zeros((PROMPTS, PAIRS + 3))
    x[:, 1::-1] = rng.standard_normal((PROMPTS, 2)) @ np.linalg.cholesky(covariance).T
    for t in range(2, PAIRS + 3):
        x[:, t] = x[:, t - 2 : t] @ RHO[::-1] + rng.standard_normal(PROMPTS)
    gram = np.zeros((PROMPTS, 4, 4))
    for i in range(PAIRS):
        token = np.stack([x[:, i], x[:, i + 1], np.ones(PROMPTS), x[:, i + 2]], 1)
        gram += token[:, :, None] * token[:, None, :] / PAIRS
    query = np.stack([x[:, PAIRS], x[:, PAIRS + 1], np.ones(PROMPTS)], 1)
    features = (gram[:, :, :, None] * query[:, None, None, :]).reshape(PROMPTS, 48)
    answer = x[:, PAIRS + 2]
    second = (features.T @ features / PROMPTS).reshape(4, 4, 3, 4, 4, 3)
    return second, (features.T @ answer / PROMPTS).reshape(4, 4, 3), (answer**2).mean()


def main():
    rng = np.random.default_rng(0)
    second, cross, square = moments(rng)

    def risk(v):
        b, A = v[:4], v[4:].reshape(4, 3)
        weights = b[:, None, None] * A
        spread = np.einsum("abcdef,def->abc", second, weights)
        slope = 2 * (spread - cross)
        value = (weights * spread).sum() - 2 * (weights * cross).sum() + square
        return value, np.append(np.einsum("abc,bc->a", slope, A), np.einsum("abc,a->bc", slope, b))

    def hessian(v, h=1e-5):
        steps = h * np.eye(16)
        rows = np.array([(risk(v + step)[1] - risk(v - step)[1]) / (2 * h) for step in steps])
        return (rows + rows.T) / 2

    options = {"gtol": 1e-11, "maxiter": 20_000}
    ends = [minimize(risk, 0.3 * rng.standard_normal(16), jac=True, method="BFGS", options=options).x for _ in range(40)]
    ends.sort(key=lambda v: risk(v)[0])
    seen = -np.inf
    for v in ends:
        value, slope = risk(v)
        if value > seen + 1e-5:
            starts = sum(abs(risk(other)[0] - value) < 1e-5 for other in ends)
            print(f"risk {value:.4f} in {starts} starts, slope {abs(slope).max():.0e}")
            least = np.round(np.linalg.eigvalsh(hessian(v))[:3], 5)
            print("  least eigenvalues", least, " b", np.round(v[:4] / np.linalg.norm(v[:4]), 2))
        seen = value


main()
