"""Trains one attention layer on fresh linear-regression prompts in PyTorch (eager), for `iclab bench cpu`.

The same protocol as jax_cpu.py: first line out {"version": ...}; then for every line in, {"attention", "heads",
"batch", "context", "features", "steps"}, a line out {"ms": milliseconds a step, "losses": [first, last]}.
"""

import json
import sys
import time

import torch


def draw(batch, context, features):
    """Tokens (batch, context, d + 1), queries (batch, d + 1), answers (batch)."""
    normals = torch.randn(batch, context + 2, features)
    task, inputs = normals[:, 0], normals[:, 1:]
    labels = torch.einsum("bjd,bd->bj", inputs, task)
    tokens = torch.cat([inputs[:, 1:], labels[:, 1:, None]], -1)
    query = torch.cat([inputs[:, 0], torch.zeros(batch, 1)], -1)
    return tokens, query, labels[:, 0]


def predict(KQ, OV, tokens, query, attention):
    keys = torch.einsum("hcd,bd->bhc", KQ, query)
    values = torch.einsum("bjc,hc->bhj", tokens, OV)
    if attention == "linear":
        written = torch.einsum("bhj,bjc->bhc", values, tokens)
        return torch.einsum("bhc,bhc->b", written, keys) / tokens.shape[1]
    shares = torch.softmax(torch.einsum("bjc,bhc->bhj", tokens, keys), -1)
    return (shares * values).sum((1, 2))


def run(attention, heads, batch, context, features, steps):
    torch.manual_seed(0)
    size = features + 1
    KQ = (0.01 * torch.randn(heads, size, size)).requires_grad_()
    OV = (0.01 * torch.randn(heads, size)).requires_grad_()
    optimizer = torch.optim.Adam([KQ, OV], lr=1e-3, betas=(0.9, 0.999), eps=1e-8)
    losses = []
    begun = time.perf_counter()
    for _ in range(steps):
        tokens, query, answer = draw(batch, context, features)
        loss = ((predict(KQ, OV, tokens, query, attention) - answer) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return {"ms": 1e3 * (time.perf_counter() - begun) / steps, "losses": [float(losses[0]), float(losses[-1])]}


print(json.dumps({"version": f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads"}), flush=True)
for line in sys.stdin:
    print(json.dumps(run(**json.loads(line))), flush=True)
