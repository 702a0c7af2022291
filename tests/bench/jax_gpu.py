"""Trains many attention layers at once on fresh linear-regression prompts in JAX, for `iclab bench gpu`.

One compiled program: jax.vmap over models of a lax.scan over steps, each of which draws its prompts, takes the gradient
of the mean squared error and makes a step of Adam. The gradient of linear attention is written by hand, which XLA
compiles to faster code than its own. The protocol is that of jax_cpu.py: first line out {"version": ...}; then for every
line in, {"attention", "heads", "models", "batch", "context", "features", "steps", "random"}, a line out {"ms":
milliseconds in which all models take a step, "losses": [mean of the first, mean of the last]}.
"""

import functools
import json
import os
import sys
import time

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

import jax
import jax.numpy as jnp

RATE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-8


def draw(key, batch, context, features):
    """Tokens (batch, context, d + 1), queries (batch, d + 1), answers (batch)."""
    normals = jax.random.normal(key, (batch, context + 2, features))
    task, inputs = normals[:, 0], normals[:, 1:]
    labels = jnp.einsum("bjd,bd->bj", inputs, task)
    tokens = jnp.concatenate([inputs[:, 1:], labels[:, 1:, None]], -1)
    query = jnp.concatenate([inputs[:, 0], jnp.zeros((batch, 1))], -1)
    return tokens, query, labels[:, 0]


def linear(weights, tokens, query, answer):
    """Loss and gradient of heads of linear attention by hand."""
    batch, context = tokens.shape[:2]
    keys = jnp.einsum("hcd,bd->bhc", weights["KQ"], query)
    values = jnp.einsum("bjc,hc->bhj", tokens, weights["OV"])
    scores = jnp.einsum("bjc,bhc->bhj", tokens, keys)
    written = jnp.einsum("bhj,bjc->bhc", values, tokens) / context
    read = jnp.einsum("bhj,bjc->bhc", scores, tokens) / context
    residual = jnp.einsum("bhc,bhc->b", written, keys) - answer
    slope = 2 * residual / batch
    gradient = {
        "KQ": jnp.einsum("bhc,bd->hcd", written * slope[:, None, None], query),
        "OV": jnp.einsum("bhc,b->hc", read, slope),
    }
    return jnp.mean(residual**2), gradient


def softmax_loss(weights, tokens, query, answer):
    keys = jnp.einsum("hcd,bd->bhc", weights["KQ"], query)
    values = jnp.einsum("bjc,hc->bhj", tokens, weights["OV"])
    shares = jax.nn.softmax(jnp.einsum("bjc,bhc->bhj", tokens, keys), -1)
    return jnp.mean(((shares * values).sum((1, 2)) - answer) ** 2)


gradients = {"linear": linear, "softmax": jax.value_and_grad(softmax_loss)}


def adam(weights, first, second, gradient, updates):
    first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradient)
    second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradient)
    moved = jax.tree.map(
        lambda w, m, v: w - RATE * (m / (1 - BETA1**updates)) / (jnp.sqrt(v / (1 - BETA2**updates)) + EPSILON),
        weights,
        first,
        second,
    )
    return moved, first, second


@functools.partial(jax.jit, static_argnames=("batch", "context", "features", "attention", "steps"))
def train(weights, keys, *, batch, context, features, attention, steps):
    def one(key):
        def step(state, index):
            prompts = draw(jax.random.fold_in(key, index), batch, context, features)
            loss, gradient = gradients[attention](state[0], *prompts)
            return adam(*state, gradient, index.astype(jnp.float32) + 1), loss

        zeros = jax.tree.map(jnp.zeros_like, weights)
        return jax.lax.scan(step, (weights, zeros, zeros), jnp.arange(steps))[1]

    return jax.vmap(one)(keys)


def run(attention, heads, models, batch, context, features, steps, random):
    size = features + 1
    start = jax.random.split(jax.random.key(0), 2)
    weights = {
        "KQ": 0.01 * jax.random.normal(start[0], (heads, size, size)),
        "OV": 0.01 * jax.random.normal(start[1], (heads, size)),
    }
    keys = jax.random.split(jax.random.key(1, impl=random), models)
    given = dict(batch=batch, context=context, features=features, attention=attention, steps=steps)
    begun = time.perf_counter()
    losses = train(weights, keys, **given)
    losses.block_until_ready()
    ms = 1e3 * (time.perf_counter() - begun) / steps
    return {"ms": ms, "losses": [float(losses[:, 0].mean()), float(losses[:, -1].mean())]}


print(json.dumps({"version": f"JAX {jax.__version__}, {jax.devices()[0].device_kind}"}), flush=True)
for line in sys.stdin:
    print(json.dumps(run(**json.loads(line))), flush=True)
