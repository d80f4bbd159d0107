"""What `make bench` prints: times of one run beside each other, and their ratios.

Times depend on the machine, ratios much less: compare ratios, and only within one run.
"""

import os
import platform
import statistics
import time

import numpy as np

import gdlib as gd
from gdlib.formulas import updates
from gdlib.formulas.descend import descend

REPEATS = 7


def milliseconds(function, repeats=REPEATS):
    """The median time of `function`, and the spread of its times; one call first to warm up."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times), min(times), max(times)


def compare(title, cases, repeats=REPEATS):
    print(f"\n{title}, median of {repeats}")
    print(f"  {'':44}{'median ms':>12}{'min':>12}{'max':>12}{'ratio':>9}")
    first = None
    for label, function in cases.items():
        median, low, high = milliseconds(function, repeats)
        first = first or median
        print(f"  {label:44}{median:12.3f}{low:12.3f}{high:12.3f}{median / first:9.2f}")


def adam_on_a_long_vector(n=1_000_000):
    """One step of the unchanged rule, on the whole vector and in a compiled loop over it."""
    rng = np.random.default_rng(0)
    theta, grad, m = rng.normal(size=(3, n))
    v = rng.random(n)
    hyper = (1e-3, 0.9, 0.999, 1e-8)
    cases = {"NumPy, the whole vector": lambda: updates.adam(theta, grad, (m, v), 10.0, *hyper)}
    try:
        import numba
    except ImportError:
        print("\nNumba is not installed (the extra `fast`): its line is left out.")
        return f"{n:.0e} parameters, float64, one step of Adam", cases

    rule = numba.njit(error_model="numpy")(updates.adam)

    @numba.njit(error_model="numpy")
    def loop(theta, grad, m, v, t, lr, beta1, beta2, eps):
        for i in range(theta.size):
            theta[i], (m[i], v[i]) = rule(theta[i], grad[i], (m[i], v[i]), t, lr, beta1, beta2, eps)

    own = [part.copy() for part in (theta, grad, m, v)]  # the loop writes where it reads
    loop(*own, 10.0, *hyper)
    wanted, (wanted_m, wanted_v) = updates.adam(theta, grad, (m, v), 10.0, *hyper)
    for part, want in zip((own[0], *own[2:]), (wanted, wanted_m, wanted_v), strict=True):
        np.testing.assert_allclose(part, want, rtol=1e-12)
    cases["Numba, a loop over the same rule, in place"] = lambda: loop(*own, 10.0, *hyper)
    return f"{n:.0e} parameters, float64, one step of Adam", cases


def a_grid_of_hyperparameters(steps=100):
    land = gd.landscape("bowl")
    lr = np.geomspace(1e-3, 0.1, 60)[:, None]
    beta = np.linspace(0, 0.95, 20)

    def at_once():
        return gd.minimize(land, land.start, gd.Momentum(lr=lr, beta=beta), steps)

    def one_by_one():
        for one_lr in lr[:, 0].tolist():
            for one_beta in beta.tolist():
                gd.minimize(land, land.start, gd.Momentum(lr=one_lr, beta=one_beta), steps)

    cases = {"one grid of 60 x 20": at_once, "1200 single runs": one_by_one}
    return f"momentum on the bowl, {steps} steps, 1200 settings", cases, 3


def one_path(steps=100):
    land = gd.landscape("rosenbrock")
    loss, gradient, _ = land.functions
    hyper = (1e-3, 0.9)

    def plain():
        return list(descend(updates.momentum, loss, gradient, land.start, (0.0,), steps, hyper))

    def traced():
        return gd.minimize(land, land.start, gd.Momentum(*hyper), steps)

    return f"one path of {steps} steps on Rosenbrock", {"descend": plain, "minimize": traced}


def versions():
    yield f"Python {platform.python_version()}, NumPy {np.__version__}"
    try:
        import numba

        yield f"Numba {numba.__version__}"
    except ImportError:
        yield "no Numba"
    yield f"{platform.machine()}, {os.cpu_count()} processors"


def main():
    print("; ".join(versions()))
    for case in (adam_on_a_long_vector, a_grid_of_hyperparameters, one_path):
        compare(*case())


if __name__ == "__main__":
    main()
