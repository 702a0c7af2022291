"""Numbers of reference.json, found without iclab: NumPy only.

    python3 reference.py

Risks of the best linear predictions from a window of 3 times: from all variates, from the first alone, and with all other
variates treated alike, by projection in the joint covariance of 4 times, which is summed over powers of A.
"""

import numpy as np

def circulant(own, following, last):
    return np.array([[own, following, last], [last, own, following], [following, last, own]])


MATRICES = {"alike": circulant(0.1, 0.4, 0.4), "ring": circulant(0.4, 0.4, 0), "opposed": circulant(0.4, 0.4, -0.4)}


def joint(A, times):
    d = len(A)
    S, power = np.eye(d), A.copy()
    for _ in range(60):
        S = S + power @ S @ power.T
        power = power @ power
    whole = np.zeros((times * d, times * d))
    for s in range(times):
        for t in range(times):
            lag = np.linalg.matrix_power(A, abs(s - t))
            whole[s * d : (s + 1) * d, t * d : (t + 1) * d] = lag @ S if s >= t else S @ lag.T
    return whole


for name, A in MATRICES.items():
    d, p = 3, 3
    C = joint(A, p + 1)
    y = p * d
    first = np.zeros((p, len(C)))
    others = np.zeros((p, len(C)))
    for t in range(p):
        first[t, t * d] = 1
        others[t, t * d + 1 : t * d + d] = 1
    everything = np.eye(len(C))[: p * d]
    for title, views in [("all", everything), ("own past", first), ("alike", np.vstack([first, others]))]:
        G, c = views @ C @ views.T, views @ C[:, y]
        print(name, title, f"{C[y, y] - c @ np.linalg.solve(G, c):.6f}")
