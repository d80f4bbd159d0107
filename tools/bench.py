"""Measure the library beside its peers: `make bench`.

Each case runs in a process of its own for each library and number of threads, all in one run, in
turns; what is printed and written to `book/appendices/benchmarks.csv` is the median of the turns.
Times are this machine's at this hour. Ratios within a run travel better: compare those.

PyTorch is not among the book's requirements. `make bench` sets it up in a folder of its own; where
that fails its columns are left out.
"""

import csv
import importlib.metadata
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import timeit
from itertools import product
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "book" / "appendices" / "benchmarks.csv"
TURNS = 2
LONG = {"1e6": 10**6, "1e7": 10**7}
STEPS, SETTINGS = 100, (60, 20)


def seconds(function, least=0.2):
    """The time of one call: the best of three loops that each take `least` seconds or more."""
    function()
    timer = timeit.Timer(function)
    number, _ = timer.autorange(lambda number, taken: None)
    number = max(1, round(number * least / 0.2))
    return min(timer.repeat(3, number)) / number


# --- (1) one step on two parameters ---

RULES = {  # ours: (the name in torch.optim, its arguments)
    "GradientDescent": ("SGD", {"lr": 0.1}),
    "SignDescent": (None, {}),
    "Momentum": ("SGD", {"lr": 0.1, "momentum": 0.9}),
    "Nesterov": ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    "Adagrad": ("Adagrad", {"lr": 0.1}),
    "RMSprop": ("RMSprop", {"lr": 0.1}),
    "Adadelta": ("Adadelta", {"lr": 0.1}),
    "Adam": ("Adam", {"lr": 0.1}),
    "AdamW": ("AdamW", {"lr": 0.1}),
    "AMSGrad": ("Adam", {"lr": 0.1, "amsgrad": True}),
    "Nadam": ("NAdam", {"lr": 0.1}),
    "Adamax": ("Adamax", {"lr": 0.1}),
}
START, GRAD = [1.0, -2.0], [0.3, -0.7]


def step_gdlib():
    import gdlib as gd

    for name in RULES:
        optimizer = getattr(gd, name)(lr=0.1)
        theta, grad = np.array(START), np.array(GRAD)
        run = [theta, optimizer.init(theta)]

        def step(optimizer=optimizer, grad=grad, run=run):
            run[0], run[1] = optimizer.step(run[0], grad, run[1])

        yield name, seconds(step)


def step_torch():
    import torch

    for name, (theirs, arguments) in RULES.items():
        if theirs is None:
            continue
        theta = torch.nn.Parameter(torch.tensor(START, dtype=torch.float64))
        theta.grad = torch.tensor(GRAD, dtype=torch.float64)
        optimizer = getattr(torch.optim, theirs)([theta], foreach=False, **arguments)
        yield name, seconds(optimizer.step)


def step_sklearn():
    from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

    makers = {
        "GradientDescent": lambda p: SGDOptimizer(p, 0.1, momentum=0.0, nesterov=False),
        "Momentum": lambda p: SGDOptimizer(p, 0.1, momentum=0.9, nesterov=False),
        "Nesterov": lambda p: SGDOptimizer(p, 0.1, momentum=0.9, nesterov=True),
        "Adam": lambda p: AdamOptimizer(p, 0.1),
    }
    for name, make in makers.items():
        theta, grads = [np.array(START)], [np.array(GRAD)]
        optimizer = make(theta)
        yield name, seconds(lambda o=optimizer, p=theta, g=grads: o.update_params(p, g))


# --- (2) a grid of paths ---


def _rates_and_betas():
    return np.geomspace(1e-3, 0.1, SETTINGS[0]), np.linspace(0, 0.95, SETTINGS[1])


def grid_gdlib():
    import gdlib as gd

    land = gd.landscape("bowl")
    lr, beta = _rates_and_betas()
    optimizer = gd.Momentum(lr=lr[:, None], beta=beta)
    paths = len(lr) * len(beta)
    yield "a path", seconds(lambda: gd.minimize(land, land.start, optimizer, STEPS)) / paths


def grid_torch(paths=12):
    import torch

    lr, beta = _rates_and_betas()
    settings = list(product(lr.tolist(), beta.tolist()))[:: len(lr) * len(beta) // paths]

    def all_paths():
        for one_lr, one_beta in settings:
            theta = torch.nn.Parameter(torch.tensor([-2.5, 2.0], dtype=torch.float64))
            optimizer = torch.optim.SGD([theta], lr=one_lr, momentum=one_beta, foreach=False)
            for _ in range(STEPS):
                optimizer.zero_grad()
                (0.5 * (theta[0] * theta[0] + 10.0 * theta[1] * theta[1])).backward()
                optimizer.step()

    yield "a path", seconds(all_paths, least=0.0) / len(settings)


# --- (3) Adam on a long vector ---


def _long():
    for dtype, (label, size) in product(("float64", "float32"), LONG.items()):
        rng = np.random.default_rng(0)
        yield f"{dtype} {label}", rng.normal(size=(2, size)).astype(dtype)


def long_gdlib():
    import gdlib as gd

    for label, (theta, grad) in _long():
        optimizer = gd.Adam()
        run = [theta, optimizer.init(theta)]

        def step(optimizer=optimizer, grad=grad, run=run):
            run[0], run[1] = optimizer.step(run[0], grad, run[1], inplace=True)

        yield label, seconds(step)


def long_numpy():
    """The same without Numba."""
    from gdlib import fast

    fast.compiler = lambda: None
    yield from long_gdlib()


def long_torch():
    import torch

    for label, (theta, grad) in _long():
        parameter = torch.nn.Parameter(torch.from_numpy(theta))
        parameter.grad = torch.from_numpy(grad)
        yield label, seconds(torch.optim.Adam([parameter], fused=True).step)


def long_bandwidth():
    """What moving the bytes alone takes: Adam reads four vectors and writes three of them."""
    for label, (theta, grad) in _long():
        copied = seconds(lambda a=theta, b=grad: np.copyto(a, b))  # two vectors' worth
        yield label, copied * 7 / 2


# --- (4) a network on the digits, to 97 % of the training set ---

GOAL, BATCH, EPOCHS = 0.97, 32, 40


def _digits():
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return X / 16.0, y


def network_gdlib():
    import gdlib as gd

    X, y = _digits()
    model = gd.models.MLP((64, 128, 10))

    def train():
        def reached(epoch):
            return model.score(epoch.theta, X, y) >= GOAL

        history = gd.fit(
            model, X, y, gd.Adam(), batch_size=BATCH, epochs=EPOCHS, rng=0, callbacks=[reached]
        )
        assert model.score(history.theta, X, y) >= GOAL

    yield "to 97 %", seconds(train, least=1.0)


def network_sklearn():
    from sklearn.neural_network import MLPClassifier

    X, y = _digits()
    classes = np.unique(y)

    def train():
        model = MLPClassifier((128,), batch_size=BATCH, random_state=0, alpha=0.0)
        for _ in range(EPOCHS):
            model.partial_fit(X, y, classes=classes)
            if model.score(X, y) >= GOAL:
                return
        raise AssertionError("not reached")

    yield "to 97 %", seconds(train, least=1.0)


def network_torch():
    import torch

    X, y = _digits()
    X, y = torch.from_numpy(X), torch.from_numpy(y)

    def train():
        torch.manual_seed(0)
        torch.set_default_dtype(torch.float64)
        model = torch.nn.Sequential(
            torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)
        )
        optimizer = torch.optim.Adam(model.parameters())
        loss = torch.nn.CrossEntropyLoss()
        for _ in range(EPOCHS):
            for batch in torch.randperm(len(X)).split(BATCH):
                optimizer.zero_grad()
                loss(model(X[batch]), y[batch]).backward()
                optimizer.step()
            with torch.no_grad():
                if (model(X).argmax(1) == y).double().mean() >= GOAL:
                    return
        raise AssertionError("not reached")

    yield "to 97 %", seconds(train, least=1.0)


# --- all of them ---

CASES = {  # case: (libraries, the first being the measure; threads; the unit; its size in seconds)
    "step": (("torch", "gdlib", "sklearn"), (1,), "µs", 1e-6),
    "grid": (("torch", "gdlib"), (1,), "µs", 1e-6),
    "long": (("torch", "gdlib", "numpy", "bandwidth"), (1, 2), "ms", 1e-3),
    "network": (("torch", "gdlib", "sklearn"), (1, 2), "ms", 1e-3),
}
THREADS = ("OMP", "OPENBLAS", "MKL", "NUMBA")


def measured(case, library, threads):
    """Run one case for one library in a process of its own; the times by label."""
    count = {f"{name}_NUM_THREADS": str(threads) for name in THREADS}
    command = [sys.executable, __file__, case, library]
    done = subprocess.run(
        command, env=os.environ | count, capture_output=True, text=True, cwd=ROOT, check=False
    )
    if done.returncode:
        sys.exit(f"{case} of {library} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def all_cases():
    """Yield the rows of the table."""
    has_torch = importlib.util.find_spec("torch") is not None
    if not has_torch:
        print("PyTorch is not installed: its columns are left out")
    for case, (libraries, numbers, unit, size) in CASES.items():
        for threads in numbers:
            turns = {library: [] for library in libraries if has_torch or library != "torch"}
            for _ in range(TURNS):  # in turns, so that a busy minute meets all of them
                for library, found in turns.items():
                    found.append(measured(case, library, threads))
            for library, found in turns.items():
                for label in found[0]:
                    time = statistics.median(turn[label] for turn in found)
                    against = turns.get("torch") or []
                    reference = [turn[label] for turn in against if label in turn]
                    ratio = f"{time / statistics.median(reference):.3f}" if reference else ""
                    yield case, label, threads, library, f"{time / size:.4g}", unit, ratio


def versions():
    yield f"Python {platform.python_version()}"
    for name in ("numpy", "numba", "scikit-learn", "torch"):
        try:
            yield f"{name} {importlib.metadata.version(name)}"
        except importlib.metadata.PackageNotFoundError:
            yield f"no {name}"
    yield f"{platform.machine()}, {os.cpu_count()} processors"


def main():
    if len(sys.argv) == 3:
        case, library = sys.argv[1:]
        sys.path.insert(0, str(ROOT))
        json.dump(dict(globals()[f"{case}_{library}"]()), sys.stdout)
        return
    print("; ".join(versions()))
    rows = list(all_cases())
    head = ("case", "what", "threads", "library", "time", "unit", "ratio to torch")
    for row in (head, *rows):
        print("{:9}{:18}{:>9}  {:11}{:>10} {:4}{:>16}".format(*map(str, row)))
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
    print(f"written: {TABLE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
