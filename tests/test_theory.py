"""What theory says, against runs of the thing itself and against derivations of another kind."""

import math

import numpy as np
import pytest

import gdlib as gd
from gdlib.formulas import theory, updates

pytestmark = pytest.mark.filterwarnings("error")

RATES = [0.01, 0.3, 0.99, 1.0, 1.7, 1.99, 2.0, 2.01, 2.5]  # lr * curvature
BETAS = [0.0, 0.2, 0.5, 0.81, 0.95]


def path(rule, lr, curvature, theta, state, hyper=(), steps=200):
    seen = [theta]
    for t in range(1, steps + 1):
        theta, state = rule(theta, curvature * theta, state, t, lr, *hyper)
        seen.append(theta)
    return seen


# --- descent and momentum ---


@pytest.mark.parametrize("rate", RATES)
def test_one_step_of_descent_multiplies_by_its_factor(rate):
    lr, curvature = rate / 3, 3.0
    factor = theory.descent_factor(lr, curvature)
    seen = path(updates.gradient_descent, lr, curvature, 1.5, (), steps=20)
    np.testing.assert_allclose(seen, 1.5 * factor ** np.arange(21), rtol=1e-12)


def test_descent_diverges_beyond_two_not_beyond_one():
    assert abs(theory.descent_factor(1.99, 1)) < 1 < abs(theory.descent_factor(2.01, 1))
    assert theory.descent_factor(1, 1) == 0


def one_step(rule, lr, curvature, beta):
    """The matrix by which one step of `rule` moves (theta, v)."""
    columns = []
    for theta, v in ((1.0, 0.0), (0.0, 1.0)):
        theta, (v,) = rule(theta, curvature * theta, (v,), 1, lr, beta)
        columns.append((theta, v))
    return np.transpose(columns)


@pytest.mark.parametrize("rate", [*RATES, 2.9, 3.7])
@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize(
    "rule, radius",
    [
        (updates.momentum, theory.momentum_radius),
        (updates.nesterov, theory.nesterov_radius),
    ],
)
def test_radius_is_the_largest_eigenvalue_of_a_step(rule, radius, rate, beta):
    lr, curvature = rate / 5, 5.0
    sizes = np.abs(np.linalg.eigvals(one_step(rule, lr, curvature, beta)))
    assert radius(lr, curvature, beta) == pytest.approx(sizes.max(), abs=3e-8)  # a double root


@pytest.mark.parametrize("beta", [0.25, 0.81, 0.95])
def test_radius_in_the_three_regimes_of_momentum(beta):
    root = math.sqrt(beta)
    low, high = (1 - root) ** 2, (1 + root) ** 2  # between them, the roots are complex
    assert theory.momentum_radius(0.9 * low, 1, beta) > root
    assert theory.momentum_radius(low, 1, beta) == pytest.approx(root, abs=1e-7)
    for rate in np.linspace(1.001 * low, 0.999 * high, 9):
        assert theory.momentum_radius(rate, 1, beta) == root  # and not 2 root
    assert theory.momentum_radius(1.01 * high, 1, beta) > root
    border = 2 + 2 * beta
    assert theory.momentum_radius(0.999 * border, 1, beta) < 1
    assert theory.momentum_radius(1.001 * border, 1, beta) > 1


def test_a_run_shrinks_by_the_radius():
    for rule, radius in (
        (updates.momentum, theory.momentum_radius),
        (updates.nesterov, theory.nesterov_radius),
    ):
        for rate, beta in ((0.02, 0.8), (0.5, 0.8), (2.2, 0.8)):
            size = np.abs(path(rule, rate, 1.0, 1.0, (0.0,), (beta,), steps=600))
            first, last = size[200:250].max(), size[550:600].max()
            assert (last / first) ** (1 / 350) == pytest.approx(radius(rate, 1, beta), rel=2e-3)


def test_without_beta_all_radii_are_that_of_descent():
    rate = np.array(RATES)
    wanted = np.abs(theory.descent_factor(rate, 1))
    np.testing.assert_allclose(theory.momentum_radius(rate, 1, 0), wanted, atol=1e-15)
    np.testing.assert_allclose(theory.nesterov_radius(rate, 1, 0), wanted, atol=1e-15)


@pytest.mark.parametrize("condition", [1.0, 4.0, 25.0, 1000.0])
def test_the_best_momentum_is_the_best(condition):
    mu, top = 0.5, 0.5 * condition
    lr, beta, rate = theory.momentum_best(mu, top)
    root = math.sqrt(condition)
    assert rate == pytest.approx((root - 1) / (root + 1), abs=1e-14)

    def worst(lr, beta):
        curvature = np.linspace(mu, top, 101)[:, None, None]
        return theory.momentum_radius(lr, curvature, beta).max(axis=0)

    assert worst(lr, beta).item() == pytest.approx(rate, abs=3e-8)  # a double root
    lrs, betas = np.meshgrid(lr * np.geomspace(0.2, 3, 80), np.linspace(0, 0.999, 80))
    assert worst(lrs, betas).min() >= rate - 1e-12


# --- noise ---


def second_moments(lr, curvature, noise, beta):
    """The stationary covariance of (theta, v), by solving its linear equations."""
    step = one_step(updates.momentum, lr, curvature, beta)
    push = np.array([-lr, 1.0]) * math.sqrt(noise)
    linear = np.eye(4) - np.kron(step, step)
    return np.linalg.solve(linear, np.outer(push, push).ravel()).reshape(2, 2)


@pytest.mark.parametrize("rate", [0.01, 0.5, 1.0, 1.9])
@pytest.mark.parametrize("beta", BETAS)
def test_noise_floor_solves_the_equations_of_the_covariance(rate, beta):
    lr, curvature, noise = rate / 3, 3.0, 0.7
    wanted = second_moments(lr, curvature, noise, beta)[0, 0]
    assert theory.noise_floor(lr, curvature, noise, beta) == pytest.approx(wanted, rel=1e-9)


def test_noise_floor_is_what_noisy_runs_come_to():
    rng = np.random.default_rng(0)
    for lr, curvature, noise, beta in (
        (0.2, 2.0, 3.0, 0.0),
        (0.9, 2.0, 0.5, 0.0),
        (0.1, 2, 1, 0.6),
    ):
        theta, state = np.zeros(40_000), (np.zeros(40_000),)
        for t in range(1, 120):
            grad = curvature * theta + rng.normal(0, math.sqrt(noise), theta.shape)
            theta, state = updates.momentum(theta, grad, state, t, lr, beta)
        floor = theory.noise_floor(lr, curvature, noise, beta)
        assert theta.var() == pytest.approx(floor, rel=0.04)  # 1 / sqrt(20000) is 0.7 percent


def test_noise_floor_is_infinite_where_descent_is_not_stable():
    rates = np.array([1.0, 1.999, 2.0, 2.001, 5.0])
    assert np.isfinite(theory.noise_floor(rates, 1, 1)).tolist() == [True, True] + 3 * [False]
    assert theory.noise_floor(2.0, 1.0, 0.0) == math.inf
    assert np.isfinite(theory.noise_floor(3.0, 1.0, 1.0, beta=0.6))


@pytest.mark.parametrize("rate", [0.0, *RATES])
def test_noise_variance_follows_its_recursion(rate):
    lr, curvature, noise, start = rate / 2, 2.0, 0.3, 1.7
    variance, seen = start, []
    for _ in range(30):
        seen.append(variance)
        variance = (1 - rate) ** 2 * variance + lr**2 * noise
    got = theory.noise_variance(np.arange(30), lr, curvature, noise, start)
    np.testing.assert_allclose(got, seen, rtol=1e-11)
    assert [theory.noise_variance(k, lr, curvature, noise, start) for k in range(30)] == (
        pytest.approx(seen, rel=1e-11)
    )


def test_noise_variance_ends_at_the_noise_floor():
    lr = np.array([0.1, 0.5, 1.0, 1.5])
    got = theory.noise_variance(2000, lr, 1.0, 0.3, 50.0)
    np.testing.assert_allclose(got, theory.noise_floor(lr, 1.0, 0.3), rtol=1e-12)


def test_batch_noise_is_the_variance_of_a_mean():
    """Over all batches there are: with and without taking an example twice."""
    from itertools import combinations, product

    grads = np.array([1.0, -2.0, 0.5, 4.0, 3.0])
    for b in range(1, 6):
        apart = np.var([np.mean(batch) for batch in combinations(grads, b)])
        assert theory.batch_noise(grads.var(), b, 5) == pytest.approx(apart, abs=1e-15)
        any_twice = np.var([np.mean(batch) for batch in product(grads, repeat=b)])
        assert theory.batch_noise(grads.var(), b, np.inf) == pytest.approx(any_twice)


# --- delay ---


def growth(rate, delay):
    """The size of the largest root of z^(delay + 1) - z^delay + rate."""
    polynomial = np.zeros(delay + 2)
    polynomial[0] = 1
    polynomial[1] -= 1
    polynomial[-1] += rate
    return np.abs(np.roots(polynomial)).max()


@pytest.mark.parametrize("delay", [0, 1, 2, 3, 7, 20])
def test_delay_threshold_is_where_the_roots_leave_the_circle(delay):
    border = theory.delay_threshold(delay)
    assert growth(0.999 * border, delay) < 1 < growth(1.001 * border, delay)


def test_delay_thresholds_in_closed_form():
    assert theory.delay_threshold(0) == pytest.approx(2)
    assert theory.delay_threshold(1) == pytest.approx(1)
    assert theory.delay_threshold(2) == pytest.approx((math.sqrt(5) - 1) / 2)
    assert theory.delay_threshold(1000) == pytest.approx(math.pi / 2001 / 2 * 2, rel=1e-6)


@pytest.mark.parametrize("delay", [0, 1, 4])
def test_delayed_descent_is_stable_up_to_the_threshold(delay):
    for share, stable in ((0.97, True), (1.03, False)):
        rate = float(share * theory.delay_threshold(delay))
        size = np.abs(list(theory.delayed_descent(1.0, rate / 2, 2.0, delay, 3000)))
        assert (size[-50:].max() < 1e-3) if stable else (size[-50:].max() > 1e3)


@pytest.mark.parametrize("delay", [0, 1, 2, 5])
def test_delayed_descent_step_by_step(delay):
    seen = list(theory.delayed_descent(3.0, 0.1, 2.0, delay, 12))
    assert len(seen) == 13 and seen[0] == 3.0
    for k in range(12):
        assert seen[k + 1] == seen[k] - 0.1 * 2.0 * seen[max(k - delay, 0)]


def test_delayed_descent_without_delay_is_descent():
    line = gd.minimize(lambda x: ((x * x).sum(axis=0), 2 * x), [3.0], gd.GradientDescent(lr=0.1), 9)
    np.testing.assert_allclose(
        list(theory.delayed_descent(3.0, 0.1, 2.0, 0, 9)), line.theta[:, 0], rtol=1e-14
    )


def test_delayed_descent_takes_a_grid_of_rates():
    lr = np.array([0.1, 0.4])
    whole = np.array(list(theory.delayed_descent(1.0, lr, 1.0, 2, 20))[1:])
    for column, each in zip(whole.T, lr.tolist(), strict=True):
        assert column.tolist() == list(theory.delayed_descent(1.0, each, 1.0, 2, 20))[1:]


# --- saddles, depth, averages ---


@pytest.mark.parametrize("distance", [1e-12, 1e-3, -0.5, 1.0, 3.0])
@pytest.mark.parametrize("lr", [0.01, 0.2])
def test_saddle_escape_counts_the_steps(distance, lr):
    curvature, radius, theta, steps = -2.5, 1.0, distance, 0
    while abs(theta) < radius:
        theta, _ = updates.gradient_descent(theta, curvature * theta, (), 1, lr)
        steps += 1
    assert math.ceil(theory.saddle_escape(distance, lr, curvature, radius)) == steps


def test_saddle_escape_on_a_landscape():
    land = gd.landscape("saddle")
    trace = gd.minimize(land, [0.0, 1e-9], gd.GradientDescent(lr=0.1), 300)
    left = np.flatnonzero(np.abs(trace.theta[:, 1]) >= 1)[0]
    assert left == math.ceil(theory.saddle_escape(1e-9, 0.1, -2.0, 1.0))


def test_there_is_no_escape_from_the_saddle_itself():
    assert theory.saddle_escape(np.array([0.0, -0.0]), 0.1, -1.0, 1.0).tolist() == 2 * [math.inf]
    assert theory.saddle_escape(0.0, 0.1, -1.0, 1.0) == math.inf


@pytest.mark.parametrize(
    "slope, activate, mean_square",
    [
        ("identity", lambda z: z, 1.0),
        ("relu", lambda z: np.maximum(z, 0), 0.5),
    ],
    ids=["identity", "relu"],
)
def test_layer_factor_is_what_a_layer_does(slope, activate, mean_square):
    """Forwards and backwards, averaged over random weights."""
    rng = np.random.default_rng(4)
    n_in, n_out, variance = 60, 40, 0.03
    x, error = rng.normal(size=n_in), rng.normal(size=n_out)
    forwards, backwards = [], []
    for _ in range(3000):
        weights = rng.normal(0, math.sqrt(variance), (n_out, n_in))
        z = weights @ x
        forwards.append(np.mean(activate(z) ** 2))
        on = np.ones(n_out) if slope == "identity" else z > 0
        backwards.append(np.mean((weights.T @ (error * on)) ** 2))
    want = theory.layer_factor(n_in, variance, mean_square) * np.mean(x**2)
    assert np.mean(forwards) == pytest.approx(want, rel=0.03)
    want = theory.layer_factor(n_out, variance, mean_square) * np.mean(error**2)
    assert np.mean(backwards) == pytest.approx(want, rel=0.03)


def test_signal_after_many_layers():
    assert theory.signal_after(30, theory.layer_factor(100, 1 / 100, 0.5)) == 2.0**-30
    assert theory.signal_after(np.arange(3), 0.1).tolist() == pytest.approx([1, 0.1, 0.01])
    assert theory.signal_after(0, 5.0) == 1


@pytest.mark.parametrize("beta", [0.1, 0.5, 0.9, 0.999])
def test_half_life_is_when_half_is_left(beta):
    assert beta ** theory.half_life(beta) == pytest.approx(0.5)
    assert theory.half_life(beta) != pytest.approx(1 / beta)
    assert theory.half_life(np.array([0.0, 0.25])).tolist() == [0, 0.5] and theory.half_life(0) == 0


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
def test_window_is_the_sum_of_the_weights(beta):
    assert theory.window(beta) == pytest.approx(sum(beta**k for k in range(5000)))


# --- grids ---


def test_a_phase_diagram_is_one_call():
    lr, beta = np.linspace(0.01, 4, 60)[:, None], np.linspace(0, 0.99, 40)
    for radius in (theory.momentum_radius, theory.nesterov_radius):
        diagram = radius(lr, 1.0, beta)
        assert diagram.shape == (60, 40) and diagram[7, 11] == radius(lr[7, 0], 1.0, beta[11])
    stable = theory.momentum_radius(lr, 1.0, beta) < 1
    assert (stable == (lr < 2 + 2 * beta)).all()
    assert (np.isfinite(theory.noise_floor(lr, 1.0, 1.0, beta)) == stable).all()
