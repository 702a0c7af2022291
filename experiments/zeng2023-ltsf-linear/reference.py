"""Numbers of reference.json, found without iclab: NumPy only.

    python3 reference.py

NLinear's least risk by the normal equations of the window's differences, w = e_last + D v, and the break-even shift by
bisection on the two risks: no closed form of iclab is used.
"""

import numpy as np


def autocovariances(rho, lags):
    p = len(rho)
    companion = np.eye(p, k=-1)
    companion[0] = rho
    noise = np.zeros((p, p))
    noise[0, 0] = 1
    covariance, power = noise.copy(), companion.copy()
    for _ in range(60):
        covariance = covariance + power @ covariance @ power.T
        power = power @ power
    gamma = list(covariance[0])
    for k in range(p, lags + 1):
        gamma.append(sum(rho[j] * gamma[k - 1 - j] for j in range(p)))
    return np.array(gamma)


def risks(rho, window):
    gamma = autocovariances(rho, window)
    joint = np.array([[gamma[abs(i - j)] for j in range(window + 1)] for i in range(window + 1)])
    risk = lambda w: np.append(w, -1) @ joint @ np.append(w, -1)
    best = np.linalg.solve(joint[:-1, :-1], joint[:-1, -1])
    last = np.zeros(window)
    last[-1] = 1
    differences = np.eye(window)[:, :-1]
    differences[-1] = -1
    if window == 1:
        return best, risk(best), last, risk(last)
    v = np.linalg.solve(differences.T @ joint[:-1, :-1] @ differences, differences.T @ (joint[:-1, -1] - joint[:-1, :-1] @ last))
    level = last + differences @ v
    return best, risk(best), level, risk(level)


def break_even(rho, window):
    best, low, _, high = risks(rho, window)
    missing = 1 - best.sum()
    a, b = 0.0, 1e3
    for _ in range(200):
        middle = (a + b) / 2
        a, b = (middle, b) if low + (middle * missing) ** 2 < high else (a, middle)
    return a / np.sqrt(autocovariances(rho, 1)[0])


for rho, window in [([0.5], 1), ([0.5], 8), ([0.5, 0.3], 2), ([0.5, 0.3], 8), ([1.2, -0.5], 2), ([1.2, -0.5], 8), ([0.98], 8)]:
    print(rho, window, f"NLinear excess {risks(rho, window)[3] - 1:.6f}", f"break-even {break_even(rho, window):.6f}")
