"""Trains many attention layers at once on fresh linear-regression prompts in PyTorch, for `iclab bench gpu`.

A step of all models (a batch dimension of their own, gradients by autograd, Adam) is captured once as a CUDA graph and
replayed. The protocol is that of torch_cpu.py: first line out {"version": ...}; then for every line in, {"attention",
"heads", "models", "batch", "context", "features", "steps"}, a line out {"ms": milliseconds in which all models take a
step, "losses": [mean of the first, mean of the last]}.
"""

import json
import sys
import time

import torch


def draw(models, batch, context, features):
    """Tokens (models, batch, context, d + 1), queries (models, batch, d + 1), answers (models, batch)."""
    normals = torch.randn(models, batch, context + 2, features, device="cuda")
    task, inputs = normals[:, :, 0], normals[:, :, 1:]
    labels = torch.einsum("mbjd,mbd->mbj", inputs, task)
    tokens = torch.cat([inputs[:, :, 1:], labels[:, :, 1:, None]], -1)
    query = torch.cat([inputs[:, :, 0], torch.zeros(models, batch, 1, device="cuda")], -1)
    return tokens, query, labels[:, :, 0]


def predict(KQ, OV, tokens, query, attention):
    keys = torch.einsum("mhcd,mbd->mbhc", KQ, query)
    values = torch.einsum("mbjc,mhc->mbhj", tokens, OV)
    if attention == "linear":
        written = torch.einsum("mbhj,mbjc->mbhc", values, tokens)
        return torch.einsum("mbhc,mbhc->mb", written, keys) / tokens.shape[2]
    shares = torch.softmax(torch.einsum("mbjc,mbhc->mbhj", tokens, keys), -1)
    return (shares * values).sum((2, 3))


graphs = {}


def captured(attention, heads, models, batch, context, features):
    """The graph of a step, and where it leaves its loss."""
    name = (attention, heads, models, batch, context, features)
    if name in graphs:
        return graphs[name]
    torch.manual_seed(0)
    size = features + 1
    KQ = (0.01 * torch.randn(models, heads, size, size, device="cuda")).requires_grad_()
    OV = (0.01 * torch.randn(models, heads, size, device="cuda")).requires_grad_()
    optimizer = torch.optim.Adam([KQ, OV], lr=1e-3, betas=(0.9, 0.999), eps=1e-8, capturable=True, fused=True)

    def step():
        tokens, query, answer = draw(models, batch, context, features)
        loss = ((predict(KQ, OV, tokens, query, attention) - answer) ** 2).mean(1)
        optimizer.zero_grad(set_to_none=False)
        loss.sum().backward()
        optimizer.step()
        return loss.detach().mean()

    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = step()
    graphs[name] = graph, loss
    return graphs[name]


def run(attention, heads, models, batch, context, features, steps):
    graph, loss = captured(attention, heads, models, batch, context, features)
    graph.replay()
    first = float(loss)
    torch.cuda.synchronize()
    begun = time.perf_counter()
    for _ in range(steps):
        graph.replay()
    torch.cuda.synchronize()
    return {"ms": 1e3 * (time.perf_counter() - begun) / steps, "losses": [first, float(loss)]}


print(json.dumps({"version": f"PyTorch {torch.__version__}, {torch.cuda.get_device_name(0)}"}), flush=True)
for line in sys.stdin:
    print(json.dumps(run(**json.loads(line))), flush=True)
