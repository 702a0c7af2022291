"""
Weights, prompts and risks of models that were never in iclab, in float64 by NumPy: the forward passes are loops over
tokens, written from the papers (Ahn et al. 2023, Equation 3; He et al. 2025, Section 2). Run once:

    python3 tests/brought/reference-models.py

writes the .npz and .safetensors files beside it and prints expected.json. NumPy 2.4.6.
"""
import json, os, struct
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(20251125)
d, n, batch, heads = 3, 8, 64, 2
D = d + 1
x = rng.standard_normal((batch, n, d))
w = rng.standard_normal((batch, d))
y = np.einsum("bnd,bd->bn", x, w) + 0.3 * rng.standard_normal((batch, n))
query = rng.standard_normal((batch, d))
answer = np.einsum("bd,bd->b", query, w) + 0.3 * rng.standard_normal(batch)
length = rng.integers(0, n + 1, batch)


def tokens(b, m):
    pairs = [np.append(x[b, j], y[b, j]) for j in range(m)]
    return pairs, np.append(query[b], 0.0)


def linear(b, m, K, Q, V, P):
    pairs, q = tokens(b, m)
    total = 0.0
    for h in range(heads):
        for e in pairs:
            total += (P[h] @ (V[h] @ e)) * ((K[h] @ e) @ (Q[h] @ q))
    return total / max(m, 1)


def softmax(b, m, KQ, OV, scale):
    pairs, q = tokens(b, m)
    total = 0.0
    for h in range(heads):
        scores = np.array([scale * (e @ KQ[h] @ q) for e in pairs])
        if m == 0:
            continue
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        total += sum(share * (OV[h] @ e) for share, e in zip(shares, pairs))
    return total


def stack(b, m, KQ, PV):
    pairs, q = tokens(b, m)
    for l in range(KQ.shape[0]):
        update = lambda e: PV[l] @ sum((t * (t @ KQ[l] @ e) for t in pairs), np.zeros(D)) / max(m, 1)
        pairs, q = [e + update(e) for e in pairs], q + update(q)
    return -q[-1]


K, Q, V = (0.5 * rng.standard_normal((heads, D, D)) for _ in range(3))
P = 0.5 * rng.standard_normal((heads, D))
KQ = np.einsum("hia,hib->hab", K, Q)
OV = np.einsum("hi,hia->ha", P, V)
stackKQ, stackPV = (0.15 * rng.standard_normal((3, D, D)) for _ in range(2))

models = {
    "factored": (dict(K=K, Q=Q, V=V, P=P), lambda b, m: linear(b, m, K, Q, V, P)),
    "merged": (dict(KQ=KQ, OV=OV), lambda b, m: linear(b, m, K, Q, V, P)),
    "softmax": (dict(KQ=KQ, OV=OV), lambda b, m: softmax(b, m, KQ, OV, 1.0)),
    "stack": (dict(KQ=stackKQ, PV=stackPV), lambda b, m: stack(b, m, stackKQ, stackPV)),
}


def safetensors(path, arrays, dtype):
    names, end, header, data = sorted(arrays), 0, {}, b""
    for name in names:
        raw = np.ascontiguousarray(arrays[name], dtype).tobytes()
        kind = {"<f8": "F64", "<f4": "F32"}[dtype]
        header[name] = {"dtype": kind, "shape": list(arrays[name].shape), "data_offsets": [end, end + len(raw)]}
        data, end = data + raw, end + len(raw)
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


expected = {}
for name, (arrays, predict) in models.items():
    np.savez_compressed(os.path.join(here, name + ".npz"), **arrays)
    safetensors(os.path.join(here, name + ".safetensors"), arrays, "<f8")
    said = np.array([predict(b, int(length[b])) for b in range(batch)])
    full = np.array([predict(b, n) for b in range(batch)])
    expected[name] = {
        "risk": float(np.mean((said - answer) ** 2)),
        "riskAtFullLength": float(np.mean((full - answer) ** 2)),
        "first": [float(value) for value in said[:8]],
    }
np.savez(os.path.join(here, "prompts.npz"), x=x, y=y, query=query, answer=answer, length=length)
# The same numbers in other clothes: column-major, big-endian, float32, float16.
np.savez(os.path.join(here, "clothes.npz"), fortran=np.asfortranarray(K), big=K.astype(">f8"), single=K.astype("<f4"),
         half=K.astype("<f2"), plain=K)
safetensors(os.path.join(here, "single.safetensors"), dict(K=K), "<f4")
with open(os.path.join(here, "expected.json"), "w") as file:
    json.dump(expected, file, indent=2)
    file.write("\n")
