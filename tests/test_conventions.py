"""Each row of the table of conventions: both sides as numbers, and ours among them.

The other side is written out here as a rule, like those of `gdlib.formulas.updates`; where optax or
PyTorch takes it, it is compared with what they did.
"""

import re
from pathlib import Path

import numpy as np
import pytest

import gdlib as gd
from gdlib import optimizers, schedules
from gdlib.formulas import updates
from tests.golden.record import PROBLEMS, recorded

pytestmark = pytest.mark.filterwarnings("error")

PAGE = Path(__file__).parents[1] / "book" / "appendices" / "conventions.md"
ROWS = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| **`")]
RECORDED = {
    run["row"]: run["values"]
    for source in ("torch", "optax")
    for run in recorded(source).values()
    if "row" in run
}
START, ROSENBROCK = PROBLEMS["rosenbrock"]


def walk(rule, memory, gradient, count=20, start=(0.0,), **hyper):
    """The parameters before and after each step of a plain rule; `lr` may be a list of rates."""
    theta, state = np.array(start), (np.zeros(len(start)),) * memory
    rates = np.broadcast_to(hyper.pop("lr"), count)
    path = [theta]
    for t in range(1, count + 1):
        theta, state = rule(theta, gradient(theta), state, t, float(rates[t - 1]), **hyper)
        path.append(theta)
    return np.array(path)


def ours(optimizer, gradient, count=20, start=(0.0,)):
    """The same for one of our optimisers."""
    theta = np.array(start)
    state, path = optimizer.init(theta), [theta]
    for _ in range(count):
        theta, state = optimizer.step(theta, np.asarray(gradient(theta)), state)
        path.append(theta)
    return np.array(path)


def steady(grad):
    return lambda theta: np.full_like(theta, grad)


def first(rule, memory, grad, **hyper):
    """The length of the first step."""
    return -walk(rule, memory, steady(grad), 1, **hyper)[1, 0] * np.sign(grad)


def same(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)


# --- the table ---


def test_every_row_has_its_test_and_every_test_its_row():
    rows = [re.match(r"\| \*\*`([a-z-]+)`\*\* ", line)[1].replace("-", "_") for line in ROWS]
    tests = [name for name in globals() if name.startswith("test_") and "_row" not in name]
    assert [f"test_{row}" for row in rows] == tests and len(set(rows)) == len(rows)


def test_every_row_says_what_it_is_and_fills_its_columns():
    for line in ROWS:
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        assert len(cells) == 6 and all(cells), line
        assert cells[0].count(". ") >= 1 and cells[0].endswith(".")


# --- the rows, in their order ---


def momentum_inside(theta, grad, state, t, lr, beta=0.9):
    """Keras's, and Sutskever's."""
    (v,) = state
    v = beta * v - lr * grad
    return theta + v, (v,)


def test_momentum_lr():
    def agree(lr):
        rules = updates.momentum, momentum_inside
        outside, inside = (walk(r, 1, ROSENBROCK, start=START, lr=lr) for r in rules)
        return np.allclose(outside, inside, rtol=1e-12)

    assert agree(1e-4) and not agree([1e-4] * 10 + [1e-5] * 10)
    # After the fall to a tenth, the next step is at once a tenth as long; or still nearly as long.
    rates = [1.0] * 100 + [0.1]
    for rule, wanted in ((updates.momentum, 0.1), (momentum_inside, 0.9 + 0.1 * 0.1)):
        path = walk(rule, 1, steady(-1.0), 101, lr=rates)[:, 0]
        assert (path[-1] - path[-2]) / (path[-2] - path[-3]) == pytest.approx(wanted, rel=1e-3)
    optimizer = gd.Momentum(lr=lambda k: rates[k])
    same(ours(optimizer, steady(-1.0), 101), walk(updates.momentum, 1, steady(-1.0), 101, lr=rates))


def dampened(theta, grad, state, t, lr, beta, dampening):
    """PyTorch's, which leaves the first gradient whole."""
    (v,) = state
    v = grad if t == 1 else beta * v + (1 - dampening) * grad
    return theta - lr * v, (v,)


def test_dampening():
    path = walk(dampened, 1, ROSENBROCK, start=START, lr=1e-4, beta=0.9, dampening=0.4)
    same(path, RECORDED["dampening"])
    moved = -np.diff(walk(dampened, 1, steady(1.0), 200, lr=1.0, beta=0.9, dampening=0.4)[:, 0])
    plain = -np.diff(ours(gd.Momentum(lr=1.0), steady(1.0), 200)[:, 0])
    assert moved[0] == plain[0] == 1.0
    assert moved[-1] / plain[-1] == pytest.approx(1 - 0.4)
    smaller = -np.diff(ours(gd.Momentum(lr=0.6), steady(1.0), 200)[:, 0])
    assert smaller[0] == 0.6 and smaller[-1] == pytest.approx(moved[-1])


def nesterov_ahead(gradient, start, count, lr, beta):
    """Sutskever's: the point phi, and the point ahead of it, where the gradient is taken."""
    phi, u = np.array(start), np.zeros(len(start))
    yield phi, phi
    for rate in np.broadcast_to(lr, count):
        u = beta * u - rate * gradient(phi + beta * u)
        phi = phi + u
        yield phi, phi + beta * u


def nesterov_extrapolated(gradient, start, count, lr, beta):
    """Nesterov's: a gradient step to x, then an extrapolation to y."""
    x = y = np.array(start)
    yield x, y
    for rate in np.broadcast_to(lr, count):
        x, before = y - rate * gradient(y), x
        y = x + beta * (x - before)
        yield x, y


def test_nesterov_form():
    def paths(lr):
        forms = nesterov_ahead, nesterov_extrapolated
        walked = [np.array(list(f(ROSENBROCK, START, 20, lr, 0.9))) for f in forms]
        return *walked, walk(updates.nesterov, 1, ROSENBROCK, start=START, lr=lr, beta=0.9)

    ahead, extrapolated, path = paths(1e-4)
    same(ahead, extrapolated)
    same(ahead[:, 1], path)
    assert np.abs(ahead[5:, 0] - path[5:]).min() > 1e-5, "but not the point before the look ahead"
    same(ours(gd.Nesterov(lr=1e-4), ROSENBROCK, start=START), path)
    ahead, extrapolated, path = paths([1e-4] * 10 + [1e-5] * 10)
    same(ahead, extrapolated)
    assert np.abs(ahead[12:, 1] - path[12:]).max() > 1e-3, "and not when the rate changes"


def adagrad_inside(theta, grad, state, t, lr, eps=1e-7, initial=0.1):
    """Keras's and optax's."""
    (v,) = state
    v = (initial if t == 1 else v) + grad * grad
    return theta - lr * grad / np.sqrt(v + eps), (v,)


def test_adagrad_eps():
    def moved(grad):
        inside = first(adagrad_inside, 1, grad, lr=1.0, eps=1e-8, initial=0.0)
        return inside, -ours(optimizers.Adagrad(lr=1.0, eps=1e-8), steady(grad), 1)[1, 0]

    assert moved(1.0) == pytest.approx((1, 1), rel=1e-7)
    assert moved(1e-6) == pytest.approx((1e-6 / 1e-4, 1), rel=0.01)
    assert moved(1e-10) == pytest.approx((1e-10 / 1e-4, 1e-10 / 1e-8), rel=0.01)


def test_adagrad_start():
    same(
        walk(adagrad_inside, 1, ROSENBROCK, start=START, lr=0.1),
        RECORDED["adagrad-start"],
    )
    for grad, wanted in ((100.0, 1.0), (0.1, 0.1 / np.sqrt(0.11)), (1e-3, 1e-3 / np.sqrt(0.1))):
        from_a_tenth = first(adagrad_inside, 1, grad, lr=1.0, eps=0.0)
        assert from_a_tenth == pytest.approx(wanted, rel=1e-4)
        assert -ours(optimizers.Adagrad(lr=1.0), steady(grad), 1)[1, 0] == pytest.approx(1.0)


def rmsprop_inside(theta, grad, state, t, lr, alpha=0.9, eps=1e-7):
    """Keras's and optax's."""
    (v,) = state
    v = alpha * v + (1 - alpha) * grad * grad
    return theta - lr * grad / np.sqrt(v + eps), (v,)


def test_rmsprop_eps():
    path = walk(rmsprop_inside, 1, ROSENBROCK, start=START, lr=0.1, eps=0.01)
    same(path, RECORDED["rmsprop-eps"])
    tiny = 1e-9  # so that eps is all of the root
    inside = first(rmsprop_inside, 1, tiny, lr=1.0, eps=1e-8)
    for eps, factor in ((1e-4, 1.0), (1e-8, 1e-4)):
        outside = -ours(optimizers.RMSprop(lr=1.0, alpha=0.9, eps=eps), steady(tiny), 1)[1, 0]
        assert inside / outside == pytest.approx(factor, rel=0.05)


def adam_inside(theta, grad, state, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """With optax's eps_root."""
    m, v = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    return theta - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps), (m, v)


def test_adam_eps():
    path = walk(adam_inside, 2, ROSENBROCK, start=START, lr=0.1, eps=100.0)
    same(path, RECORDED["adam-eps"])
    tiny = 1e-9
    inside = first(adam_inside, 2, tiny, lr=1.0)
    for eps, factor in ((1e-4, 1.0), (1e-8, 1e-4)):
        outside = -ours(gd.Adam(lr=1.0, eps=eps), steady(tiny), 1)[1, 0]
        assert inside / outside == pytest.approx(factor, rel=0.11)


def adam_hat(theta, grad, state, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Keras's, and the end of section 2 of the paper."""
    m, v = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    lr = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return theta - lr * m / (np.sqrt(v) + eps), (m, v)


def test_adam_eps_hat():
    hat, plain = (walk(r, 2, ROSENBROCK, start=START, lr=0.1, eps=1e-300)
                  for r in (adam_hat, updates.adam))  # fmt: skip
    same(hat, plain)
    path = walk(adam_hat, 2, steady(1.0), 9000, lr=1.0, eps=0.1)[:, 0]
    for t, times in ((1, 31.6), (9000, 1.0)):
        assert 1 / np.sqrt(1 - 0.999**t) == pytest.approx(times, rel=1e-3)
        assert path[t - 1] - path[t] == pytest.approx(1 / (1 + 0.1 * times), rel=1e-3)
        grown = gd.Adam(lr=1.0, eps=0.1 * times)
        after = ours(grown, steady(1.0), t)[:, 0]
        assert after[-2] - after[-1] == pytest.approx(path[t - 1] - path[t], rel=1e-3)


def amsgrad_after(theta, grad, state, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """optax's: the largest of the corrected mean squares."""
    m, v, largest = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    largest = np.maximum(largest, v / (1 - beta2**t))
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(largest) + eps), (m, v, largest)


def test_amsgrad_max():
    path = walk(amsgrad_after, 3, ROSENBROCK, start=START, lr=0.1)
    same(path, RECORDED["amsgrad-max"])
    seen = iter([10.0] + [1.0] * 4999)
    after = walk(amsgrad_after, 3, lambda theta: np.array([next(seen)]), 5000, lr=1.0)[:, 0]
    seen = iter([10.0] + [1.0] * 4999)
    before = ours(optimizers.AMSGrad(lr=1.0), lambda theta: [next(seen)], 5000)[:, 0]
    assert after[1] == before[1] == pytest.approx(-1.0)
    assert after[-2] - after[-1] == pytest.approx(1 / 10, rel=0.01), "a tenth for ever"
    assert before[-2] - before[-1] == pytest.approx(1.0, rel=0.01), "forgotten"


def adamw_by_schedule(theta, grad, state, t, lr, schedule, weight_decay):
    """The paper's: `lr` is the base rate, times the schedule for the gradient alone."""
    moved, state = updates.adam(theta, grad, state, t, schedule * lr)
    return moved - schedule * weight_decay * theta, state


def test_adamw_decay():
    def left(lr):
        """What is left of a weight after a step without gradient."""
        by_schedule = walk(
            adamw_by_schedule, 2, steady(0.0), 1, (1.0,), lr=lr, schedule=0.5, weight_decay=0.2
        )
        adamw = optimizers.AdamW(lr=0.5 * lr, weight_decay=0.2)
        return by_schedule[-1, 0], ours(adamw, steady(0.0), 1, (1.0,))[-1, 0]

    assert left(0.1) == pytest.approx((1 - 0.5 * 0.2, 1 - 0.05 * 0.2), rel=1e-14)
    assert left(0.05) == pytest.approx((1 - 0.5 * 0.2, 1 - 0.025 * 0.2), rel=1e-14)


def nadam_constant(theta, grad, state, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """optax's: beta1 from the start."""
    m, v = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    return theta - lr * m_hat / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v)


def test_nadam_mu():
    same(walk(nadam_constant, 2, ROSENBROCK, start=START, lr=0.1), RECORDED["nadam-mu"])
    for decay, steps in ((1.0, 96), (0.004, 24_000)):  # Keras's and PyTorch's
        assert 0.96 ** (decay * steps) / 2 == pytest.approx(0.01, abs=2e-4)
    assert optimizers.Nadam().momentum_decay == 0.004
    # Once mu has grown, our rule is theirs.
    path = walk(nadam_constant, 2, ROSENBROCK, start=START, lr=0.1)
    grown = ours(optimizers.Nadam(lr=0.1, momentum_decay=1e4), ROSENBROCK, start=START)
    same(grown, path)
    young = ours(optimizers.Nadam(lr=0.1), ROSENBROCK, start=START)
    assert np.abs(young - path).max() > 0.01


def adamax_after(theta, grad, state, t, lr, beta1=0.9, beta2=0.999, eps=1e-7):
    """Keras's."""
    m, u = state
    m = beta1 * m + (1 - beta1) * grad
    u = np.maximum(beta2 * u, np.abs(grad))
    return theta - lr / (1 - beta1**t) * m / (u + eps), (m, u)


def test_adamax_eps():
    def moved(grads):
        """The last step, with eps of the size of the last gradients."""
        hyper, count = {"lr": 1.0, "beta1": 0.0, "beta2": 0.5, "eps": 1.0}, len(grads)
        seen = iter(grads)
        after = walk(adamax_after, 2, lambda theta: np.array([next(seen)]), count, **hyper)
        seen = iter(grads)
        before = ours(optimizers.Adamax(**hyper), lambda theta: [next(seen)], count)
        return after[-2, 0] - after[-1, 0], before[-2, 0] - before[-1, 0]

    assert moved([8.0]) == pytest.approx((8 / 9, 8 / 9), rel=1e-14)
    faded = moved([8.0, 0.1, 0.1, 0.1])
    assert faded == pytest.approx((0.1 / (8 / 8 + 1), 0.1 / ((8 + 1) / 8)), rel=1e-13)


def test_clip_order():
    theta, grad, clip, decay = np.array([3.0]), np.array([5.0]), 2.0, 0.5
    first_clipped = np.clip(grad, -clip, clip) + decay * theta
    last_clipped = np.clip(grad + decay * theta, -clip, clip)
    assert (first_clipped, last_clipped) == (3.5, 2.0)
    for option in ("clip_value", "clip_norm"):
        optimizer = gd.GradientDescent(lr=1.0, weight_decay=decay, **{option: clip})
        assert ours(optimizer, steady(5.0), 1, theta)[-1] == theta - first_clipped
    # Large weights take the gradient's room: here its sign no longer matters.
    assert np.clip(-grad + decay * 20 * theta, -clip, clip) == clip


def test_clip_norm_eps():
    grad = np.array([3.0, 4.0])
    in_pytorch = np.linalg.norm(grad * 1.0 / (np.linalg.norm(grad) + 1e-6))
    exact = np.linalg.norm(
        ours(gd.GradientDescent(lr=1.0, clip_norm=1.0), lambda _: grad, 1, (0.0, 0.0))[-1]
    )
    assert exact == pytest.approx(1.0, abs=1e-15)
    assert 1 - in_pytorch == pytest.approx(1e-6 / 5, rel=1e-5)


def test_schedule_start():
    def length_of_steps(lr):
        return np.diff(ours(gd.GradientDescent(lr=lr), steady(-1.0), 6)[:, 0])

    schedule = schedules.Step(lr=1.0, step_size=3, gamma=0.5)
    assert length_of_steps(schedule).tolist() == [1, 1, 1, 0.5, 0.5, 0.5]
    counted_from_one = length_of_steps(lambda k: schedule(k + 1))
    assert counted_from_one.tolist() == [1, 1, 0.5, 0.5, 0.5, 0.25]


def test_warm_up():
    n, k = 5, np.arange(7)
    full = schedules.Constant(1.0)
    in_pytorch = 1 / 3 + 2 / 3 * np.minimum(k, n) / n  # LinearLR's defaults
    from_zero = np.minimum(k, n) / n  # Keras and optax, from 0
    rates = np.array([schedules.Warmup(full, n)(int(step)) for step in k])
    np.testing.assert_allclose(rates, [0.2, 0.4, 0.6, 0.8, 1, 1, 1])
    assert [int(path.argmax()) for path in (in_pytorch, from_zero, rates)] == [n, n, n - 1]
    assert from_zero[0] == 0 and in_pytorch[0] == 1 / 3 and rates[0] == 1 / n
    path = ours(gd.GradientDescent(lr=lambda step: from_zero[step]), steady(1.0), 2)[:, 0]
    assert path[1] == path[0] and path[2] != path[1], "the first step does nothing"
