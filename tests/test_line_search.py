"""Line searches: the rates they find, against closed forms, and how they end."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gdlib as gd
from gdlib.landscapes import LANDSCAPES
from gdlib.line_search import Backtracking, Exact, LineSearch

pytestmark = pytest.mark.filterwarnings("error")

SEARCHES = [
    Backtracking(),
    Backtracking(grow=None),
    Backtracking(lr=1e-3, shrink=0.9, c=0.5, grow=10.0),
    Exact(),
    Exact(lr_max=1.0),
]
each_search = pytest.mark.parametrize("search", SEARCHES, ids=str)


class Counted:
    """A function that counts how often it is asked."""

    def __init__(self, fun):
        self.fun, self.calls = fun, 0

    def __call__(self, theta):
        self.calls += 1
        return self.fun(theta)


def quadratic(seed):
    """A random quadratic with curvatures from 1e-3 to 1e3, and a start."""
    rng = np.random.default_rng(seed)
    d = rng.integers(1, 12)
    Q, _ = np.linalg.qr(rng.normal(size=(d, d)))
    H = Q @ np.diag(10 ** rng.uniform(-3, 3, size=d)) @ Q.T
    return H, lambda theta: (theta @ H @ theta / 2, H @ theta), rng.normal(size=d)


# --- the rate ---


@given(st.integers(0, 10**6))
@settings(max_examples=100)
def test_on_a_quadratic_the_exact_rate_is_cauchys(seed):
    H, fun, theta = quadratic(seed)
    loss, grad = fun(theta)
    rate = Exact(lr_max=1e4).search(fun, theta, loss, grad)
    assert rate == pytest.approx(grad @ grad / (grad @ H @ grad), rel=1e-10)


@given(st.integers(0, 10**6), st.floats(0.1, 0.9), st.floats(1e-4, 0.9), st.floats(1e-3, 1e3))
@settings(max_examples=100)
def test_backtracking_takes_the_first_rate_that_armijo_accepts(seed, shrink, c, lr):
    H, fun, theta = quadratic(seed)
    loss, grad = fun(theta)
    search = Backtracking(lr=lr, shrink=shrink, c=c)
    rate = search.search(fun, theta, loss, grad)
    # on a quadratic the condition is lr <= 2 (1 - c) g.g / g.H.g
    border = 2 * (1 - c) * (grad @ grad) / (grad @ H @ grad)
    tried = lr
    while tried > border * (1 + 1e-9):
        tried *= shrink
    assert rate == tried or abs(rate / border - 1) < 1e-6


@pytest.mark.parametrize("grow, begins", [(None, 8.0), (1.0, 0.25), (2.0, 0.5), (3.0, 0.75)])
def test_each_step_begins_where_the_last_one_ended(grow, begins):
    tried = []

    def fun(theta):
        tried.append(1 - theta[0])
        return 0.0, theta

    one = np.ones(1)
    assert Backtracking(lr=8.0, grow=grow).search(fun, one, 1.0, one, last=0.25) == begins
    assert tried == [begins]
    assert Backtracking(lr=8.0, grow=grow).search(fun, one, 1.0, one) == 8.0


def test_armijos_border_is_inclusive():
    """theta^2 / 2 from 1 with rate 1 falls by 1/2, which is c * lr * g^2 for c = 1/2."""
    one = np.ones(1)

    def fun(theta):
        return theta @ theta / 2, theta

    assert Backtracking(c=0.5).search(fun, one, 0.5, one) == 1.0
    assert Backtracking(c=0.5 + 1e-9).search(fun, one, 0.5, one) == 0.5


def test_the_largest_rate_is_taken_where_the_loss_still_falls():
    slope = np.array([-2.0])
    for lr_max in (0.5, 7.0):
        rate = Exact(lr_max=lr_max).search(lambda t: (-2 * t[0], slope), np.zeros(1), 0.0, slope)
        assert rate == lr_max


def test_the_exact_rate_never_leads_up():
    """A valley at 1, a ridge, and a deeper-looking valley at 5 that lies higher than the start."""

    def fun(theta):
        x = theta[0]
        return (x - 1) ** 2 * (x - 5) ** 2 + 12 * x, np.array(
            [2 * (x - 1) * (x - 5) * (2 * x - 6) + 12]
        )

    start = np.array([0.8])
    loss, grad = fun(start)
    for lr_max in np.linspace(0.05, 1.0, 40) / abs(grad[0]) * 6:
        rate = Exact(lr_max=lr_max).search(fun, start, float(loss), grad)
        assert rate > 0 and fun(start - rate * grad)[0] <= loss


@each_search
@pytest.mark.parametrize("beyond", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_no_lower(search, beyond):
    def fun(theta):
        good = theta[0] > 0.9
        return (theta[0], np.ones(1)) if good else (beyond, np.full(1, beyond))

    rate = search.search(fun, np.ones(1), 1.0, np.ones(1))
    assert 0 < rate < 0.1


@each_search
def test_a_search_that_finds_nothing_says_so(search):
    def wrong(theta):
        return float(theta[0] != 0), np.array([1.0 if theta[0] == 0 else -1.0])

    assert search.search(wrong, np.zeros(1), 0.0, np.ones(1)) == 0.0
    trace = gd.minimize(wrong, [0.0], gd.GradientDescent(lr=search), steps=9)
    assert (trace.n_steps, trace.converged, trace.diverged) == (0, False, False)
    assert trace.theta.shape == (1, 1) and trace.lr.shape == (0,)


# --- the run ---


@each_search
@pytest.mark.parametrize("name", LANDSCAPES)
def test_the_loss_never_rises(search, name):
    land = gd.landscape(name)
    trace = gd.minimize(land, land.start, gd.GradientDescent(lr=search), steps=200)
    assert (np.diff(trace.loss) <= 0).all() and len(trace.lr) == trace.n_steps
    assert (trace.lr > 0).all()
    for k in range(min(trace.n_steps, 20)):
        step = gd.GradientDescent(lr=float(trace.lr[k]))
        ahead, _ = step.step(trace.theta[k], land.grad(trace.theta[k]), step.init(trace.theta[k]))
        assert (ahead == trace.theta[k + 1]).all()


@pytest.mark.parametrize("condition", [1.0, 3.0, 10.0, 100.0])
def test_from_the_worst_start_the_exact_search_has_kantorovichs_rate(condition):
    bowl = gd.landscape("bowl", condition=condition)
    trace = gd.minimize(bowl, [condition, 1.0], gd.GradientDescent(lr=Exact()), steps=1)
    kept = trace.loss[1] / trace.loss[0]
    assert kept == pytest.approx(((condition - 1) / (condition + 1)) ** 2, abs=1e-12)


def test_exact_steps_turn_by_right_angles():
    land = gd.landscape("rosenbrock")
    trace = gd.minimize(land, land.start, gd.GradientDescent(lr=Exact()), steps=30)
    grads = np.array([land.grad(theta) for theta in trace.theta])
    units = grads / np.linalg.norm(grads, axis=1, keepdims=True)
    assert abs((units[1:] * units[:-1]).sum(axis=1)).max() < 1e-9


def test_backtracking_needs_no_rate_from_its_reader():
    for condition in (10.0, 1e3):
        bowl = gd.landscape("bowl", condition=condition)
        fun = Counted(bowl)
        search = Backtracking(lr=1e3)
        trace = gd.minimize(fun, bowl.start, gd.GradientDescent(lr=search), 20_000, tol=1e-6)
        assert trace.converged and fun.calls < 4 * trace.n_steps + 20


def test_runs_share_nothing():
    land = gd.landscape("beale")
    optimizer = gd.GradientDescent(lr=Backtracking())
    first, again = (gd.minimize(land, land.start, optimizer, steps=20) for _ in range(2))
    assert (first.theta == again.theta).all() and (first.lr == again.lr).all()


@each_search
def test_single_precision_stays_single(search):
    def fun(theta):
        assert theta.dtype == np.float32
        return theta @ theta, 2 * theta

    trace = gd.minimize(fun, np.ones(3, np.float32), gd.GradientDescent(lr=search), steps=5)
    assert trace.theta.dtype == np.float32 and trace.n_steps


def test_a_search_of_ones_own():
    class Half(LineSearch):
        def search(self, fun, theta, loss, grad, last=None):
            return 1.0 if last is None else last / 2

    trace = gd.minimize(lambda t: (t @ t / 2, t), [4.0], gd.GradientDescent(lr=Half()), steps=3)
    assert trace.lr.tolist() == [1.0, 0.5, 0.25]


# --- what it refuses ---


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: Backtracking(lr=0.0), "lr must be a positive finite number, got 0.0"),
        (lambda: Backtracking(lr=np.ones(2)), "lr must be a positive finite number, got array.*"),
        (lambda: Backtracking(shrink=1.0), r"shrink must be a number in \(0, 1\), got 1.0"),
        (lambda: Backtracking(shrink=0), r"shrink must be a number in \(0, 1\), got 0"),
        (lambda: Backtracking(c=-0.1), r"c must be a number in \(0, 1\), got -0.1"),
        (lambda: Backtracking(c=np.nan), r"c must be a number in \(0, 1\), got nan"),
        (lambda: Backtracking(grow=0.9), "grow must be None or a finite number >= 1, got 0.9"),
        (lambda: Backtracking(grow="2"), "grow must be None or a finite number >= 1, got '2'"),
        (lambda: Exact(lr_max=np.inf), "lr_max must be a positive finite number, got inf"),
        (lambda: Exact(lr_max=True), "lr_max must be a positive finite number, got True"),
    ],
)
def test_bad_parameters_are_named(make, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        make()


@pytest.mark.parametrize(
    "optimizer",
    [
        gd.Momentum(lr=Exact()),
        gd.Adam(lr=Backtracking()),
        gd.GradientDescent(lr=Exact(), weight_decay=0.1),
        gd.GradientDescent(lr=Exact(), clip_norm=1.0),
        gd.GradientDescent(lr=Exact(), l1=np.array([0.1, 0.2])),
    ],
    ids=str,
)
def test_a_search_needs_plain_gradient_descent(optimizer):
    with pytest.raises(ValueError, match=r"^lr may be a line search only in a plain gd\.Gradient"):
        gd.minimize(gd.landscape("bowl"), [1.0, 1.0], optimizer, steps=3)


def test_a_search_is_no_schedule():
    optimizer = gd.GradientDescent(lr=Exact())
    theta = np.ones(2)
    with pytest.raises(ValueError, match=r"must see the loss .*: use it with gd\.minimize$"):
        optimizer.step(theta, theta, optimizer.init(theta))
