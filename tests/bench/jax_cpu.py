"""Trains one attention layer on fresh linear-regression prompts in JAX, for `iclab bench cpu`.

The whole training is one compiled program: lax.scan over steps, each of which draws its prompts, differentiates the
mean squared error and takes a step of Adam. First line out: {"version": ...}. Then for every line in,
{"attention", "heads", "batch", "context", "features", "steps", "random"}, a line out: {"ms": milliseconds a step,
"losses": [first, last]}. `random` is a JAX generator: threefry2x32 (the default of JAX) or rbg.
"""

import functools
import json
import sys
import time

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


def predict(weights, tokens, query, attention):
    keys = jnp.einsum("hcd,bd->bhc", weights["KQ"], query)
    values = jnp.einsum("bjc,hc->bhj", tokens, weights["OV"])
    if attention == "linear":
        written = jnp.einsum("bhj,bjc->bhc", values, tokens)
        return jnp.einsum("bhc,bhc->b", written, keys) / tokens.shape[1]
    shares = jax.nn.softmax(jnp.einsum("bjc,bhc->bhj", tokens, keys), -1)
    return (shares * values).sum((1, 2))


def loss(weights, tokens, query, answer, attention):
    return jnp.mean((predict(weights, tokens, query, attention) - answer) ** 2)


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
def train(weights, key, *, batch, context, features, attention, steps):
    def step(state, index):
        prompts = draw(jax.random.fold_in(key, index), batch, context, features)
        value, gradient = jax.value_and_grad(loss)(state[0], *prompts, attention)
        return adam(*state, gradient, index.astype(jnp.float32) + 1), value

    zeros = jax.tree.map(jnp.zeros_like, weights)
    return jax.lax.scan(step, (weights, zeros, zeros), jnp.arange(steps))


def run(attention, heads, batch, context, features, steps, random):
    size = features + 1
    start = jax.random.split(jax.random.key(0), 2)
    weights = {
        "KQ": 0.01 * jax.random.normal(start[0], (heads, size, size)),
        "OV": 0.01 * jax.random.normal(start[1], (heads, size)),
    }
    given = dict(batch=batch, context=context, features=features, attention=attention, steps=steps)
    begun = time.perf_counter()
    _, losses = train(weights, jax.random.key(1, impl=random), **given)
    losses.block_until_ready()
    return {"ms": 1e3 * (time.perf_counter() - begun) / steps, "losses": [float(losses[0]), float(losses[-1])]}


print(json.dumps({"version": f"JAX {jax.__version__}, {jax.devices()[0].platform}"}), flush=True)
for line in sys.stdin:
    print(json.dumps(run(**json.loads(line))), flush=True)
