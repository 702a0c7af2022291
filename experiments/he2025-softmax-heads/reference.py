"""Numbers of reference.json, found without iclab: softmax heads on sampled prompts, the flow, and closed forms, in numpy.

d = 5, n = 40, x ~ N(0, I), w ~ N(0, I / d), noise variance 0.1, the query's label noisy too. For given attention weights a of
a prompt the mean over tasks and noise of the squared error is exact: with q the query, u = X^T a,
E (q . w + e - mu a . y)^2 = |q|^2 / d + s2 - 2 mu q . u / d + mu^2 (|u|^2 / d + s2 |a|^2). The flow is that of half the
approximate loss, by Runge-Kutta steps. Run: python3 reference.py
"""

import numpy as np

rng = np.random.default_rng(2025)
D, N, S2 = 5, 40, 0.1


def softmax(scores):
    e = np.exp(scores - scores.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def moments(attention, n=N, prompts=400_000, chunk=20_000):
    """Means of q . u / d and of |u|^2 / d + s2 |a|^2."""
    total = np.zeros(2)
    for _ in range(prompts // chunk):
        x, q = rng.standard_normal((chunk, n, D)), rng.standard_normal((chunk, D))
        a = attention(np.einsum("pij,pj->pi", x, q))
        u = np.einsum("pij,pi->pj", x, a)
        total += [(q * u).sum() / D, (u * u).sum() / D + S2 * (a * a).sum()]
    return total / prompts


def heads(omega, n=N, count=1):
    gain, spread = moments(lambda s: softmax(omega * s) - (softmax(-omega * s) if count == 2 else 0), n)
    return gain / spread, 1 + S2 - gain**2 / spread


def step(k):
    g = k / (k + D + 1 + D * S2)
    return g, 1 + S2 - g


def loss(om, mu):
    return 1 + S2 - 2 * mu @ om + mu @ (np.outer(om, om) + (1 + S2) / N * np.exp(D * np.outer(om, om))) @ mu


def slope(state):
    om, mu = state
    e = (1 + S2) / N * np.exp(D * np.outer(om, om))
    reach = om @ mu
    return -np.array([mu * (reach - 1) + D * mu * (e @ (mu * om)), om * (reach - 1) + e @ mu])


def flow(om, mu, marks, h=0.01):
    state, t = np.array([om, mu], float), 0.0
    for mark in marks:
        while t < mark - h / 2:
            a = slope(state)
            b = slope(state + h / 2 * a)
            c = slope(state + h / 2 * b)
            state, t = state + h / 6 * (a + 2 * b + 2 * c + slope(state + h * c)), t + h
        print(f"  t = {mark}: omega {state[0].round(4)}, mu {state[1].round(4)}, loss {loss(*state):.5f}")


def gamma(k):
    S = 0.5 ** np.abs(np.subtract.outer(np.arange(D), np.arange(D)))
    G = (1 + 1 / k) * S + (np.trace(S) + D * S2) / k * np.eye(D)
    inverse = np.linalg.inv(G)
    return 1 + S2 - np.trace(S @ inverse @ S) / D, inverse


for omega in (0.4472, 0.48, 0.5, 0.52, 0.54, 0.56, 0.6):
    print("one head, omega %.4f: mu %.4f, risk %.4f" % (omega, *heads(omega)))
for omega in (0.13, 0.15, 0.3):
    mu, risk = heads(omega, count=2)
    print(f"two heads, omega {omega}: mu {mu:.3f}, 2 omega mu {2 * omega * mu:.4f}, risk {risk:.4f}")
print("gradient step %.5f, risk %.5f; debiased %.5f, risk %.5f" % (*step(N), *step(N - 1)))
for n in (10, 20, 60, 100):
    g, r = step(N)[0], n
    print(f"n = {n}: the step of 40 pairs {1 - 2 * g + g * g * (n + D + 1 + D * S2) / n + S2:.5f}")
print("correlated: preconditioned %.5f, debiased %.5f" % (gamma(N)[0], gamma(N - 1)[0]))
print(gamma(N - 1)[1].round(4))
one, more = [4 * 5.4 / (k + 5.4) for k in (48, 47)]
print(f"one task on 4 of 6 features, noise variance 0.4: preconditioned {one:.5f}, debiased {more:.5f} above the noise")
print("flow, opposite")
flow([0.1, -0.05], [0.05, -0.1], [1, 10, 100, 1000])
print("flow, same sign")
flow([0.1, 0.05], [0.05, 0.1], [1, 10, 100])
