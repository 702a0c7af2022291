"""Numbers of reference.json, found without iclab: NumPy only.

    python3 reference.py

The coefficients of the paper's series as NumPy's generator gives them, the exact risk of the best weights of one
linear-attention layer by sixth moments summed over all pairings of a joint covariance, and rollouts by simulation.
"""

import itertools

import numpy as np


def coefficients(order, seed):
    np.random.seed(seed)
    while True:
        rho = np.random.uniform(-0.9, 0.9, order)
        companion = np.eye(order, k=-1)
        companion[0] = rho
        if max(abs(np.linalg.eigvals(companion))) < 1:
            return np.round(rho, 6)


def autocovariances(rho, s2, lags):
    """By the doubling of X = C X C^T + Q, then the recursion of the series."""
    p = len(rho)
    companion = np.eye(p, k=-1)
    companion[0] = rho
    noise = np.zeros((p, p))
    noise[0, 0] = s2
    covariance, power = noise.copy(), companion.copy()
    for _ in range(60):
        covariance = covariance + power @ covariance @ power.T
        power = power @ power
    gamma = list(covariance[0])
    for k in range(p, lags + 1):
        gamma.append(sum(rho[j] * gamma[k - 1 - j] for j in range(p)))
    return np.array(gamma)


def pairings(places):
    if not places:
        yield []
        return
    first, rest = places[0], places[1:]
    for i, other in enumerate(rest):
        for tail in pairings(rest[:i] + rest[i + 1 :]):
            yield [(first, other)] + tail


def moments(rho, s2, m):
    p = len(rho)
    gamma = autocovariances(rho, s2, m + p)
    cov = lambda s, t: gamma[abs(s - t)]
    features = list(itertools.product(range(p + 1), range(p + 1), range(p)))
    token = np.arange(m)
    cross = np.zeros(len(features))
    for f, (a, b, l) in enumerate(features):
        times = [token + a, token + b, np.full(m, m + l), np.full(m, m + p)]
        cross[f] = sum(np.prod([cov(times[s], times[t]) for s, t in pairing], axis=0).mean() for pairing in pairings([0, 1, 2, 3]))
    i, j = [grid.ravel() for grid in np.meshgrid(token, token)]
    second = np.zeros((len(features), len(features)))
    for f, (a, b, l) in enumerate(features):
        for g, (c, d, k) in enumerate(features[: f + 1]):
            times = [i + a, i + b, np.full(m * m, m + l), j + c, j + d, np.full(m * m, m + k)]
            value = sum(np.prod([cov(times[s], times[t]) for s, t in pairing], axis=0).mean() for pairing in pairings(list(range(6))))
            second[f, g] = second[g, f] = value
    return gamma[0], cross.reshape(p + 1, p + 1, p), second.reshape((p + 1, p + 1, p) * 2)


def best_layer(rho, s2, m, sweeps=400):
    gamma0, cross, second = moments(rho, s2, m)
    b = np.append(-rho[::-1], 1.0)
    for _ in range(sweeps):
        normal = np.einsum("a,c,ailckj->ilkj", b, b, second)
        shape = normal.shape[:2]
        size = shape[0] * shape[1]
        A = (np.linalg.pinv(normal.reshape(size, size), rcond=1e-11) @ np.einsum("a,ail->il", b, cross).ravel()).reshape(shape)
        normal = np.einsum("il,kj,ailckj->ac", A, A, second)
        right = np.einsum("il,ail->a", A, cross)
        b = np.linalg.pinv(normal, rcond=1e-11) @ right
    return gamma0 - b @ right


def rollouts(rho, m, prompts, horizon=60, seed=0):
    """The best layer of AR(1) is b = (-rho, 1), A = c b rho to leading order; c by its own quadratic risk."""
    rng = np.random.default_rng(seed)
    x = np.zeros((prompts, m + 1))
    x[:, 0] = rng.standard_normal(prompts) / np.sqrt(1 - rho**2)
    for t in range(m):
        x[:, t + 1] = rho * x[:, t] + rng.standard_normal(prompts)
    c = 1 / (1 + 4 / m)
    history, left, away = x.copy(), {}, np.zeros(prompts, bool)
    for h in range(1, horizon + 1):
        tokens = history.shape[1] - 1
        residual = history[:, 1:] - rho * history[:, :-1]
        forecast = c * (residual**2).sum(1) / tokens * rho * history[:, -1]
        left[h] = np.median(abs(forecast) / abs(rho**h * x[:, -1]))
        away |= ~(abs(forecast) <= 1000)
        history = np.column_stack([history, forecast])
    return {h: round(float(left[h]), 3) for h in (1, 5, 10, 20)}, round(float(away.mean()), 4)


if __name__ == "__main__":
    for order in (3, 5, 7):
        for seed in range(100, 107):
            print(order, seed, coefficients(order, seed).tolist())
    series = [coefficients(3, seed) for seed in range(100, 107)]
    for m in (5, 25):
        risks = [best_layer(rho, 0.05**2, m) for rho in series]
        print("best weights, m =", m, [f"{risk:.6f}" for risk in risks], f"mean {np.mean(risks):.6f}")
    print("best weights, (.5, .3), m = 10:", f"{best_layer(np.array([0.5, 0.3]), 1, 10):.5f}")
    print("best weights, Figure 2's series, m = 3:", f"{best_layer(coefficients(5, 42).round(4), 1, 3):.5f}", coefficients(5, 42).round(4).tolist())
    print("best weights, series 102, m = 25, over the noise:", f"{best_layer(coefficients(3, 102), 1, 25):.5f}")
    with np.errstate(all="ignore"):  # some rollouts run away
        for rho in (0.5, 0.9):
            print("rollouts", rho, rollouts(rho, 50, 40_000))
