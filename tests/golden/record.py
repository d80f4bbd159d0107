"""Record what PyTorch and optax do, step by step, for `tests/test_optimizers.py` to compare with.

Needed only to record anew, in an environment of its own:

    python -m venv golden-env
    golden-env/bin/pip install torch==2.13.0 optax==0.2.8
    golden-env/bin/python tests/golden/record.py

Everything is float64 on the CPU. Two problems: a fixed sequence of gradients, whose four
coordinates differ in scale by nine orders of magnitude, and Rosenbrock's function from (-1.2, 1).
"""

import json
from pathlib import Path

import jax
import numpy as np
import optax
import torch

STEPS = 25
START = [1.0, -2.0, 0.5, 3.0]
ROSENBROCK_START = [-1.2, 1.0]

CASES = {  # name: (our rule, our hyperparameters on the sequence, and on Rosenbrock)
    "sgd": ("GradientDescent", {"lr": 0.1}, {"lr": 1e-3}),
    "momentum": ("Momentum", {"lr": 0.1, "beta": 0.9}, {"lr": 3e-4, "beta": 0.8}),
    "nesterov": ("Nesterov", {"lr": 0.1, "beta": 0.9}, {"lr": 3e-4, "beta": 0.8}),
    "adam": ("Adam", {"lr": 0.001}, {"lr": 0.05}),
    "adam, other decays, large eps": (
        "Adam",
        {"lr": 0.1, "beta1": 0.8, "beta2": 0.95, "eps": 0.01},
        {"lr": 0.1, "beta1": 0.5, "beta2": 0.9, "eps": 1.0},
    ),
}


def gradients():
    """Noise around a drift, and a coordinate that is zero for the first five steps."""
    rng = np.random.default_rng(1847)
    sequence = (0.3 + rng.normal(size=(STEPS, 4))) * [1.0, 1e-6, 1e3, 1e-2]
    sequence[:5, 3] = 0.0
    return sequence.round(12)


def rosenbrock(theta):
    x, y = theta
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def in_torch(rule, lr, beta=0.9, beta1=0.9, beta2=0.999, eps=1e-8):
    def optimizer(theta):
        if rule == "Adam":
            return torch.optim.Adam([theta], lr=lr, betas=(beta1, beta2), eps=eps)
        return torch.optim.SGD(
            [theta],
            lr=lr,
            momentum=0.0 if rule == "GradientDescent" else beta,
            nesterov=rule == "Nesterov",
        )

    def run(start, gradient):
        theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        stepper = optimizer(theta)
        path = [theta.tolist()]
        for k in range(STEPS):
            stepper.zero_grad()
            if gradient is None:
                rosenbrock(theta).backward()
            else:
                theta.grad = torch.tensor(gradient[k], dtype=torch.float64)
            stepper.step()
            path.append(theta.tolist())
        return path

    return run


def in_optax(rule, lr, beta=0.9, beta1=0.9, beta2=0.999, eps=1e-8):
    optimizer = {
        "GradientDescent": lambda: optax.sgd(lr),
        "Momentum": lambda: optax.sgd(lr, momentum=beta),
        "Nesterov": lambda: optax.sgd(lr, momentum=beta, nesterov=True),
        "Adam": lambda: optax.adam(lr, b1=beta1, b2=beta2, eps=eps),
    }[rule]()

    def run(start, gradient):
        theta = jax.numpy.array(start)
        state = optimizer.init(theta)
        path = [theta.tolist()]
        for k in range(STEPS):
            grad = jax.grad(rosenbrock)(theta) if gradient is None else jax.numpy.array(gradient[k])
            updates, state = optimizer.update(grad, state)
            theta = optax.apply_updates(theta, updates)
            path.append(theta.tolist())
        return path

    return run


def main():
    jax.config.update("jax_enable_x64", True)
    sequence = gradients()
    paths = []
    for source, maker in {"PyTorch": in_torch, "optax": in_optax}.items():
        for name, (rule, *settings) in CASES.items():
            problems = ("sequence", START, sequence), ("rosenbrock", ROSENBROCK_START, None)
            for hyper, (problem, start, gradient) in zip(settings, problems, strict=True):
                path = maker(rule, **hyper)(start, gradient)
                about = {"source": source, "case": name, "rule": rule, "problem": problem}
                paths.append(about | {"hyper": hyper, "theta": path[1:]})
    record = {
        "versions": {
            "torch": torch.__version__,
            "optax": optax.__version__,
            "jax": jax.__version__,
        },
        "start": {"sequence": START, "rosenbrock": ROSENBROCK_START},
        "gradients": sequence.tolist(),
        "paths": paths,
    }
    lines = (
        json.dumps(record)
        .replace('{"source"', '\n{"source"')
        .replace(', "gradients"', ',\n"gradients"')
    )
    Path(__file__).with_name("optimizers.json").write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
