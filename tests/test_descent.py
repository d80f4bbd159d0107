"""`minimize` and its `Trace`: what a run must be, how it ends, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gdlib as gd
from gdlib.landscapes import LANDSCAPES

pytestmark = pytest.mark.filterwarnings("error")

OPTIMIZERS = gd.Optimizer.__subclasses__()
each_optimizer = pytest.mark.parametrize("cls", OPTIMIZERS, ids=lambda cls: cls.__name__)
each_landscape = pytest.mark.parametrize("name", LANDSCAPES)
each_steep_landscape = pytest.mark.parametrize(  # Ackley's is flat far out: nothing overflows there
    "name", [name for name in LANDSCAPES if name != "ackley"]
)

BOWL = gd.landscape("bowl", condition=10)


def parabola(theta):
    """Half of theta^2, in any number of dimensions and in the precision of `theta`."""
    return (theta * theta).sum(axis=0) / 2, theta


# --- what a run is ---


@given(
    condition=st.floats(1, 1e3),
    angle=st.floats(-4, 4),
    part=st.floats(0.01, 0.99),
    start=st.tuples(st.floats(-3, 3), st.floats(-3, 3)),
)
@settings(max_examples=60)
def test_below_two_over_the_curvature_the_loss_never_rises(condition, angle, part, start):
    bowl = gd.landscape("bowl", condition=condition, angle=angle)
    trace = gd.minimize(bowl, start, gd.GradientDescent(lr=part * 2 / condition), steps=60)
    rounding = 1e-12 * trace.loss[0]
    assert (np.diff(trace.loss) <= rounding).all()
    assert not trace.diverged


def test_above_two_over_the_curvature_the_loss_rises():
    trace = gd.minimize(BOWL, BOWL.start, gd.GradientDescent(lr=1.01 * 2 / 10), steps=100)
    assert trace.loss[-1] > trace.loss[0]


@each_optimizer
@each_landscape
def test_a_trace_is_the_steps_taken_by_hand(cls, name):
    land, optimizer = gd.landscape(name), cls(lr=1e-3)
    trace = gd.minimize(land, land.start, optimizer, steps=12)
    theta = np.array(land.start)
    state = optimizer.init(theta)
    for k in range(13):
        loss, grad = land(theta)
        assert (trace.theta[k] == theta).all() and trace.loss[k] == loss
        assert trace.grad_norm[k] == pytest.approx(np.hypot(*grad), rel=1e-14)
        theta, state = optimizer.step(theta, grad, state)
    assert trace.theta.shape == (13, 2) and (trace.lr == np.full(12, 1e-3)).all()
    assert (trace.n_steps, trace.diverged, trace.converged) == (12, False, False)


def test_more_dimensions_than_two():
    trace = gd.minimize(parabola, np.arange(5), gd.GradientDescent(lr=0.5), steps=3)
    assert (trace.theta[3] == np.arange(5) / 8).all()


@each_optimizer
def test_no_steps(cls):
    trace = gd.minimize(BOWL, BOWL.start, cls(lr=0.1), steps=0)
    assert trace.theta.tolist() == [list(BOWL.start)] and trace.lr.shape == (0,)
    assert (trace.n_steps, trace.diverged, trace.converged) == (0, False, False)
    assert len(trace.loss) == len(trace.grad_norm) == 1


@each_optimizer
def test_the_start_is_not_changed(cls):
    start = np.array(BOWL.start)
    trace = gd.minimize(BOWL, start, cls(lr=0.1), steps=3)
    assert (start == BOWL.start).all()
    assert not np.shares_memory(start, trace.theta)
    trace.theta[0] = 99
    assert (start == BOWL.start).all()


@each_optimizer
def test_runs_do_not_share_anything(cls):
    optimizer = cls(lr=0.01)
    first, again = (gd.minimize(BOWL, BOWL.start, optimizer, steps=9) for _ in range(2))
    assert (first.theta == again.theta).all() and not np.shares_memory(first.theta, again.theta)


@each_optimizer
def test_single_precision_stays_single(cls):
    seen = set()

    def fun(theta):
        seen.add(theta.dtype)
        return parabola(theta)

    trace = gd.minimize(fun, np.ones(2, np.float32), cls(lr=0.1), steps=4)
    assert seen == {np.dtype("f4")} and trace.theta.dtype == np.float32


# --- schedules ---


@pytest.mark.parametrize("cls", [gd.GradientDescent, gd.Momentum, gd.Adam])
def test_a_schedule_is_asked_for_every_step(cls):
    def schedule(k):
        return 0.1 / (1 + k)

    trace = gd.minimize(BOWL, BOWL.start, cls(lr=schedule), steps=7)
    assert trace.lr.tolist() == [schedule(k) for k in range(7)]
    optimizer = cls(lr=schedule)
    theta = np.array(BOWL.start)
    state = optimizer.init(theta)
    for _ in range(7):
        theta, state = optimizer.step(theta, BOWL.grad(theta), state)
    assert (trace.theta[-1] == theta).all()


def test_the_first_step_has_the_schedules_first_rate():
    rates = [0.5, 0.25, 0.125]
    trace = gd.minimize(parabola, [1.0], gd.GradientDescent(lr=rates.__getitem__), steps=3)
    assert trace.theta[:, 0].tolist() == [1.0, 0.5, 0.375, 0.328125]


def test_a_schedule_goes_with_a_grid_of_what_else_there_is():
    beta = np.array([0.0, 0.5, 0.9])
    optimizer = gd.Momentum(lr=lambda k: 0.1 / (1 + k), beta=beta)
    trace = gd.minimize(BOWL, BOWL.start, optimizer, steps=5)
    assert trace.lr.shape == (5, 3)
    assert (trace.lr == [[0.1 / (1 + k)] * 3 for k in range(5)]).all()


def test_a_schedule_ends_with_the_run():
    trace = gd.minimize(BOWL, BOWL.start, gd.GradientDescent(lr=lambda k: 1e200), steps=9)
    assert trace.diverged and len(trace.lr) == trace.n_steps
    trace = gd.minimize(BOWL, BOWL.start, gd.GradientDescent(lr=lambda k: 0.1), 999, tol=1e-3)
    assert trace.converged and len(trace.lr) == trace.n_steps < 999


# --- grids ---


def hyper_grid(cls):
    """Learning rates that descend and one that diverges, against three of the next hyperparameter.

    Not decays of Adam: NumPy may take the power of an array another way than that of a number.
    """
    other = {"Momentum": ("beta", [0.0, 0.5, 0.95]), "Adam": ("eps", [1e-8, 1e-2, 1.0])}
    other["Nesterov"] = other["Momentum"]
    hyper = {"lr": np.array([[1e-3], [2e-2], [1e200]])}
    if cls.__name__ in other:
        name, values = other[cls.__name__]
        hyper[name] = np.array(values)
    return hyper


def check_grid(land, cls, hyper, same):
    grid = cls(**hyper).grid
    trace = gd.minimize(land, land.start, cls(**hyper), steps=40, tol=1e-2)
    assert np.isfinite(trace.theta).all() and np.isfinite(trace.loss).all()
    for index in np.ndindex(grid):
        one = {k: float(np.broadcast_to(v, grid)[index]) for k, v in hyper.items()}
        alone = gd.minimize(land, land.start, cls(**one), steps=40, tol=1e-2)
        for end in ("n_steps", "diverged", "converged"):
            assert getattr(trace, end)[index] == getattr(alone, end)
        for field in ("theta", "loss", "grad_norm"):
            column = getattr(trace, field)[(..., *index)]
            n = alone.n_steps + 1
            same(column[:n], getattr(alone, field))
            same(column[n:], np.broadcast_to(column[n - 1], column[n:].shape))
        assert (trace.lr[(..., *index)] == one["lr"]).all()
    return trace


@each_optimizer
@each_steep_landscape
def test_a_grid_is_its_single_runs(cls, name):
    trace = check_grid(gd.landscape(name), cls, hyper_grid(cls), np.testing.assert_array_equal)
    assert trace.diverged.any() and not trace.diverged.all()


def test_a_grid_of_decays_is_its_single_runs_closely():
    hyper = {"lr": np.array([[0.01], [0.1]]), "beta1": np.array([0.5, 0.9]), "beta2": 0.99}

    def same(a, b):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)

    check_grid(gd.landscape("himmelblau"), gd.Adam, hyper, same)


# --- how it ends ---


@each_optimizer
@each_steep_landscape
def test_divergence_is_a_result(cls, name):
    land = gd.landscape(name)
    trace = gd.minimize(land, land.start, cls(lr=1e200), steps=50)
    assert trace.diverged is True and trace.converged is False
    assert trace.n_steps < 50 and len(trace.theta) == len(trace.loss) == trace.n_steps + 1
    for part in (trace.theta, trace.loss, trace.grad_norm):
        assert np.isfinite(part).all()


@pytest.mark.parametrize("dtype, largest", [(np.float64, 1024), (np.float32, 128)])
def test_the_step_of_overflow_is_as_predicted(dtype, largest):
    """With lr = 3 theta is (-2)^k; its square overflows at 2k = 1024, in single precision 128."""
    trace = gd.minimize(parabola, np.ones(1, dtype), gd.GradientDescent(lr=3.0), steps=2000)
    assert trace.diverged and trace.n_steps == largest // 2 - 1
    assert (trace.theta[:, 0] == (-2.0) ** np.arange(largest // 2)).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("where", ["loss", "grad"])
def test_a_run_ends_where_the_function_is_not_finite(bad, where):
    def fun(theta):
        loss, grad = parabola(theta)
        if theta[0] < 0.3:
            return (bad, grad) if where == "loss" else (loss, grad * bad)
        return loss, grad

    trace = gd.minimize(fun, [1.0], gd.GradientDescent(lr=0.5), steps=10)
    assert trace.diverged and trace.theta[:, 0].tolist() == [1.0, 0.5]


def test_a_run_ends_where_theta_is_not_finite():
    def fun(theta):
        return 0.0, np.array([-1e308])

    trace = gd.minimize(fun, [0.0], gd.GradientDescent(lr=1.0), steps=10)
    assert trace.diverged and trace.theta[:, 0].tolist() == [0.0, 1e308]


def test_tol_stops_at_the_first_small_gradient():
    trace = gd.minimize(BOWL, BOWL.start, gd.GradientDescent(lr=0.1), steps=1000, tol=1e-3)
    assert trace.converged is True and trace.n_steps == len(trace.lr) < 1000
    assert trace.grad_norm[-1] <= 1e-3 < trace.grad_norm[:-1].min()


def test_tol_is_inclusive():
    trace = gd.minimize(parabola, [3.0, 4.0], gd.GradientDescent(lr=0.5), steps=9, tol=2.5)
    assert trace.converged and trace.n_steps == 1 and trace.grad_norm.tolist() == [5.0, 2.5]


def test_a_start_that_is_good_enough():
    trace = gd.minimize(BOWL, [0.0, 0.0], gd.GradientDescent(lr=0.1), steps=9, tol=0.0)
    assert trace.converged and trace.n_steps == 0
    trace = gd.minimize(BOWL, [0.0, 0.0], gd.GradientDescent(lr=0.1), steps=9)
    assert not trace.converged and trace.n_steps == 9, "without tol, all steps are taken"


@pytest.mark.parametrize("exponent", [-200, 200])
def test_the_norm_neither_overflows_nor_vanishes(exponent):
    scale = 10.0**exponent

    def fun(theta):
        return 0.0, np.array([3.0, 4.0]) * scale

    trace = gd.minimize(fun, [0.0, 0.0], gd.GradientDescent(lr=1.0), steps=0)
    assert trace.grad_norm[0] == pytest.approx(5 * scale, rel=1e-14)


# --- what it refuses ---

GD = gd.GradientDescent(lr=0.1)
VECTOR = r"theta0 must be a vector of finite numbers, shape \(d,\), got "
COUNT = "steps must be a whole number >= 0, got "
SHAPES = r"fun must return a loss of shape \(\) and a gradient of shape \(2,\), got "


@pytest.mark.parametrize(
    "change, message",
    [
        ({"theta0": []}, VECTOR + r"shape \(0,\)"),
        ({"theta0": 1.0}, VECTOR + r"shape \(\)"),
        ({"theta0": [[1.0, 2.0]]}, VECTOR + r"shape \(1, 2\)"),
        ({"theta0": [1.0, np.nan]}, VECTOR + r"\[1\.0, nan\]"),
        ({"theta0": [np.inf, 1.0]}, VECTOR + r"\[inf, 1\.0\]"),
        ({"theta0": ["a", "b"]}, VECTOR + r"\['a', 'b'\]"),
        ({"theta0": [1.0, [2.0]]}, VECTOR + r"\[1\.0, \[2\.0\]\]"),
        ({"steps": -1}, COUNT + "-1"),
        ({"steps": 1.5}, COUNT + "1.5"),
        ({"steps": True}, COUNT + "True"),
        ({"steps": "9"}, COUNT + "'9'"),
        ({"tol": -1e-3}, "tol must be a finite number >= 0, got -0.001"),
        ({"tol": np.nan}, "tol must be a finite number >= 0, got nan"),
        ({"optimizer": 0.1}, "optimizer must be an optimiser such as .*, got 0.1"),
        ({"optimizer": "Adam"}, "optimizer must be an optimiser such as .*, got 'Adam'"),
        ({"fun": lambda theta: (theta, theta)}, SHAPES + r"\(2,\) and \(2,\)"),
        ({"fun": lambda theta: (0.0, 0.0)}, SHAPES + r"\(\) and \(\)"),
        ({"fun": lambda theta: (0.0, np.ones(3))}, SHAPES + r"\(\) and \(3,\)"),
        ({"fun": lambda theta: 0.0}, r"fun must return the pair \(loss, grad\), got 0.0"),
        (
            {"fun": lambda theta: (0.0, theta, 0)},
            r"fun must return the pair \(loss, grad\), got .*",
        ),
        ({"fun": 0.1}, r"fun must be callable, fun\(theta\) -> \(loss, grad\), got 0.1"),
        ({"optimizer": gd.Adam}, "optimizer must be an optimiser such as .*, got <class .*"),
        ({"tol": np.array([1.0, 2.0])}, "tol must be a finite number >= 0, got array.*"),
        ({"fun": lambda theta: (np.nan, theta)}, "fun must be finite at theta0, got loss nan"),
    ],
)
def test_bad_arguments_are_named(change, message):
    arguments = {"fun": BOWL, "theta0": BOWL.start, "optimizer": GD, "steps": 5} | change
    with pytest.raises(ValueError, match=f"^{message}$"):
        gd.minimize(**arguments)


def test_an_error_inside_fun_is_the_readers_to_see():
    def fun(theta):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        gd.minimize(fun, BOWL.start, GD, steps=5)
