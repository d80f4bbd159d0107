"""Gradient checking and diagnostics: closed forms, known failures, checks."""

import dataclasses

import numpy as np
import pytest

import gdlib as gd
from gdlib.diagnostics import (
    convergence_rate,
    gradient_noise_scale,
    hessian_vector,
    sharpness,
    widest_margin,
)
from gdlib.gradcheck import GradCheck, gradcheck
from gdlib.models import MLP, LinearRegression

pytestmark = pytest.mark.filterwarnings("error")

LANDSCAPES = ["bowl", "rosenbrock", "beale", "himmelblau", "saddle"]


def quadratic(matrix, centre=0.0):
    """The function (theta - c)^T A (theta - c) / 2, whose Hessian is A."""

    def fun(theta):
        grad = matrix @ (theta - centre)
        return (theta - centre) @ grad / 2, grad

    return fun


def symmetric(eigenvalues, seed=0):
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues),) * 2))
    return (Q * eigenvalues) @ Q.T


def cubes(theta):
    return np.sum(theta**3), 3 * theta**2


# --- gradcheck ---


@pytest.mark.parametrize("name", LANDSCAPES)
def test_gradients_of_landscapes_pass(name):
    land = gd.landscape(name)
    rng = np.random.default_rng(0)
    for _ in range(20):
        theta = [rng.uniform(*ends) for ends in land.domain]
        assert gradcheck(land, theta), theta


@pytest.mark.parametrize("name", LANDSCAPES)
def test_gradients_pass_at_critical_points(name):
    """The derivative is 0 but for rounding; a relative error alone would mean nothing there."""
    land = gd.landscape(name)
    for x, y, _ in land.critical_points:
        assert gradcheck(land, [x, y])


@pytest.mark.parametrize("factor", [1 + 1e-4, 0.5, 2.0, -1.0, 0.0])
@pytest.mark.parametrize("wrong", range(5))
def test_the_wrong_coordinate_is_named(wrong, factor):
    def fun(theta):
        loss, grad = cubes(theta)
        grad[wrong] *= factor
        return loss, grad

    theta = np.linspace(0.5, 2.0, 5)
    found = gradcheck(fun, theta)
    assert not found and not found.ok and not found.kink
    assert found.coordinate == wrong and found.checked == 5
    assert found.numeric == pytest.approx(3 * theta[wrong] ** 2, rel=1e-8)
    assert found.analytic == pytest.approx(factor * 3 * theta[wrong] ** 2, rel=1e-15)
    assert found.error == pytest.approx(abs(factor - 1) / max(1, abs(factor)), rel=1e-3)


def test_a_wrong_derivative_cannot_hide_behind_a_large_one():
    scales = np.array([1.0, 1e-4])

    def fun(theta):
        return scales @ theta**2, 2 * scales * theta * [1, 1.01]

    assert gradcheck(fun, [1.0, 1.0]).coordinate == 1
    assert not gradcheck(fun, [1.0, 1.0])


def test_the_numeric_error_is_what_theory_says():
    """For a cubic h^2 |f'''| / 6 is h^2, exact but for rounding."""
    for h in (1e-2, 1e-3):
        found = gradcheck(cubes, [1.0], eps=h, rtol=1e-9)
        assert found.numeric - found.analytic == pytest.approx(h * h, rel=1e-4)
        assert not found and gradcheck(cubes, [1.0], eps=h, rtol=h * h)


def test_the_step_grows_with_the_parameter():
    """With a fixed step, rounding of theta itself would spoil this."""
    found = gradcheck(lambda t: (np.sum(t * t), 2 * t), [1e8])
    assert found and found.error < 1e-8


@pytest.mark.parametrize("subgradient", [-1.0, 0.0, 1.0])
def test_a_kink_is_no_derivative_whatever_it_is_called(subgradient):
    def fun(theta):
        return np.sum(np.abs(theta)), np.where(theta == 0, subgradient, np.sign(theta))

    found = gradcheck(fun, [2.0, 0.0, -1.0])
    assert not found and found.kink and found.coordinate == 1
    assert gradcheck(fun, [2.0, 1e-3, -1.0])
    near = gradcheck(fun, [2.0, 1e-7, -1.0])  # nearer than the step: the numeric value is spoilt
    assert not near and near.coordinate == 1 and abs(near.numeric) < 0.1


@pytest.mark.parametrize("power", [2, 3, 4])
def test_a_smooth_minimum_is_no_kink(power):
    def fun(theta):
        return 1e6 * np.sum(np.abs(theta) ** power), 1e6 * power * np.sign(theta) * np.abs(
            theta
        ) ** (power - 1)

    assert gradcheck(fun, [0.0, 0.0])


def test_a_sample_is_drawn_of_many_coordinates():
    theta = np.linspace(1, 2, 3000)
    assert gradcheck(cubes, theta).checked == 1000
    assert gradcheck(cubes, theta, samples=7).checked == 7
    seen = set()

    def wrong_everywhere(theta):
        return cubes(theta)[0], 0 * theta

    for seed in range(5):
        found = gradcheck(wrong_everywhere, theta, samples=1, rng=seed)
        assert found == gradcheck(wrong_everywhere, theta, samples=1, rng=seed)
        seen.add(found.coordinate)
    assert len(seen) > 1


def test_single_precision_is_checked_in_single_precision():
    seen = set()

    def fun(theta):
        seen.add(theta.dtype)
        return float(np.sum(theta * theta)), 2 * theta

    assert gradcheck(fun, np.ones(3, np.float32))
    assert seen == {np.dtype(np.float32)}
    assert not gradcheck(lambda t: (np.sum(t * t), 2.1 * t), np.ones(3, np.float32))


def test_a_loss_that_ends_nearby_fails():
    def fun(theta):
        return np.log(theta[0]), 1 / theta

    assert not gradcheck(fun, [1e-9])
    assert gradcheck(fun, [0.1])


def test_what_is_found_can_be_read():
    found = gradcheck(cubes, [1.0, 2.0])
    assert isinstance(found, GradCheck) and repr(found) == (
        "GradCheck(passed: 2 coordinates within 1e-06)"
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.ok = False


def test_theta_is_not_changed():
    theta = np.array([1.0, 2.0])
    theta.flags.writeable = False
    assert gradcheck(cubes, theta)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"fun": None}, "fun must be callable, fun(theta) -> (loss, grad), got None"),
        ({"fun": lambda t: 1.0}, "fun must return the pair (loss, grad), got 1.0"),
        (
            {"fun": lambda t: (1.0, [1.0])},
            "fun must return a number and a gradient of shape (2,), got () and (1,)",
        ),
        (
            {"fun": lambda t: (t, t)},
            "fun must return a number and a gradient of shape (2,), got (2,) and (2,)",
        ),
        ({"fun": lambda t: (np.nan, t)}, "fun must be finite at theta, got loss nan"),
        ({"theta": [[1.0]]}, "theta must be a vector of finite numbers, shape (d,), got shape"),
        ({"theta": [np.nan, 1.0]}, "theta must be a vector of finite numbers, shape (d,), got ["),
        ({"samples": 0}, "samples must be a whole number from 1 to 2, got 0"),
        ({"samples": 3}, "samples must be a whole number from 1 to 2, got 3"),
        ({"samples": 1.5}, "samples must be a whole number >= 0, got 1.5"),
        ({"eps": 0}, "eps must be a positive finite number, got 0"),
        ({"rtol": -1}, "rtol must be a positive finite number, got -1"),
    ],
)
def test_bad_arguments_of_gradcheck_are_named(arguments, message):
    with pytest.raises(ValueError) as caught:
        gradcheck(**{"fun": cubes, "theta": [1.0, 2.0]} | arguments)
    assert str(caught.value).startswith(message)


# --- convergence rate ---


@pytest.mark.parametrize("lr", [0.05, 0.1, 0.15, 0.19])
def test_gradient_descent_converges_at_the_rate_of_its_slowest_direction(lr):
    bowl = gd.landscape("bowl", condition=10)
    trace = gd.minimize(bowl, bowl.start, gd.GradientDescent(lr=lr), steps=150)
    rate = max(abs(1 - lr * 1), abs(1 - lr * 10))
    assert convergence_rate(trace) == pytest.approx(rate, rel=1e-6)
    assert convergence_rate(trace, of="loss") == pytest.approx(rate**2, rel=1e-6)
    assert convergence_rate(trace, window=10) == pytest.approx(rate, rel=1e-6)


def test_oscillations_average_out():
    """Momentum in its complex regime: the root of beta, seen through a cosine."""
    steps = np.arange(400)
    values = 0.9**steps * (1.5 + np.cos(0.7 * steps))
    assert convergence_rate(values, window=300) == pytest.approx(0.9, rel=1e-3)


def test_a_rate_to_a_floor():
    values = 3 + 0.8 ** np.arange(50)
    assert convergence_rate(values, lowest=3.0) == pytest.approx(0.8, rel=1e-6)
    assert convergence_rate(values) > 0.999
    grows = 1.1 ** np.arange(9)
    assert convergence_rate(grows) == pytest.approx(1.1)


def test_the_window_looks_back_from_the_end():
    values = np.concatenate([0.5 ** np.arange(20), 0.5**19 * 0.9 ** np.arange(1, 21)])
    assert convergence_rate(values, window=20) == pytest.approx(0.9)
    assert convergence_rate(values, window=39) < 0.8
    assert convergence_rate(values[:20]) == pytest.approx(0.5)
    assert convergence_rate(values, window=1) == pytest.approx(0.9)


def test_what_has_arrived_has_no_rate():
    assert np.isnan(convergence_rate([1.0, 0.0, 0.0]))
    assert convergence_rate([1.0, 0.5, 0.25, 0.0], window=3) == pytest.approx(0.5)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"trace": [1.0]}, "trace must be a single run of at least one step, got values of shape"),
        ({"trace": np.ones((3, 2))}, "trace must be a single run of at least one step, got values"),
        ({"of": "lr"}, "of must be one of grad_norm, loss; got 'lr'"),
        ({"window": 0}, "window must be a whole number from 1 to 2, got 0"),
        ({"window": 3}, "window must be a whole number from 1 to 2, got 3"),
        ({"lowest": np.nan}, "lowest must be a finite number, got nan"),
    ],
)
def test_bad_arguments_of_the_rate_are_named(arguments, message):
    with pytest.raises(ValueError) as caught:
        convergence_rate(**{"trace": [1.0, 0.5, 0.25]} | arguments)
    assert str(caught.value).startswith(message)


# --- curvature ---


@pytest.mark.parametrize("length", [1e-6, 1.0, 1e6])
def test_hessian_vector_products_of_a_quadratic(length):
    matrix = symmetric(np.linspace(-3, 7, 12))
    v = np.random.default_rng(1).normal(size=12) * length
    product = hessian_vector(quadratic(matrix, 0.5), np.ones(12), v)
    np.testing.assert_allclose(product, matrix @ v, rtol=1e-8, atol=1e-8 * length)
    assert not hessian_vector(quadratic(matrix), np.ones(12), np.zeros(12)).any()


@pytest.mark.parametrize("name", ["rosenbrock", "beale", "himmelblau"])
def test_hessian_vector_products_of_landscapes(name):
    land, v = gd.landscape(name), np.array([0.6, -0.8])
    product = hessian_vector(land, [0.3, -0.4], v)
    np.testing.assert_allclose(product, land.hessian([0.3, -0.4]) @ v, rtol=1e-7)


@pytest.mark.parametrize(
    "eigenvalues",
    [
        [1.0, 2.0, 5.0, 30.0],
        [-1.0, 0.0, 4.0],
        [-30.0, -2.0, 5.0],  # the largest of size is the most negative one
        [-7.0, -3.0, -2.0],
        [3.0, 3.0, 3.0],
        [2.0],
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_sharpness_is_the_largest_eigenvalue(eigenvalues, seed):
    fun = quadratic(symmetric(np.array(eigenvalues), seed), 1.0)
    found = sharpness(fun, np.zeros(len(eigenvalues)), rng=seed)
    assert isinstance(found, float)
    assert found == pytest.approx(max(eigenvalues), rel=1e-5)


def test_sharpness_of_the_flat_is_zero():
    assert sharpness(lambda theta: (0.0, np.zeros(3)), np.ones(3)) == 0
    assert sharpness(quadratic(symmetric(np.array([-2.0, -1.0, 0.0]))), np.ones(3)) == (
        pytest.approx(0, abs=1e-6)
    )


def test_sharpness_of_a_network_is_that_of_its_hessian():
    rng = np.random.default_rng(0)
    model = MLP((3, 5, 2), activation="tanh")
    X, y, theta = rng.normal(size=(30, 3)), rng.integers(0, 2, 30), model.init(0)

    def fun(theta):
        return model.loss_and_grad(theta, X, y)

    columns = [hessian_vector(fun, theta, e) for e in np.eye(len(theta))]
    np.testing.assert_allclose(columns, np.transpose(columns), atol=1e-8)
    wanted = np.linalg.eigvalsh(columns)[-1]
    assert sharpness(fun, theta) == pytest.approx(wanted, rel=1e-5)
    assert sharpness(fun, theta, rng=1) == sharpness(fun, theta, rng=1)
    assert sharpness(fun, theta, steps=1, rng=1) < wanted


def test_sharpness_is_where_gradient_descent_turns_unstable():
    land = gd.landscape("himmelblau")
    edge = 2 / sharpness(land, [3.0, 2.0])
    for times, stays in ((0.97, True), (1.03, False)):
        trace = gd.minimize(land, [3.001, 2.001], gd.GradientDescent(lr=times * edge), steps=200)
        near = np.linalg.norm(trace.theta[-1] - [3, 2]) < 1e-3
        assert near == stays


def test_a_gradient_that_overflows_has_no_sharpness():
    assert np.isnan(sharpness(lambda theta: (0.0, theta * np.inf), [1.0]))


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"tol": 0}, "tol must be a positive finite number, got 0"),
        ({"steps": 0}, "steps must be a whole number >= 1, got 0"),
        ({"theta": []}, "theta must be a vector of finite numbers, shape (d,), got shape (0,)"),
        ({"fun": 3}, "fun must be callable, fun(theta) -> (loss, grad), got 3"),
    ],
)
def test_bad_arguments_of_sharpness_are_named(arguments, message):
    with pytest.raises(ValueError) as caught:
        sharpness(**{"fun": cubes, "theta": [1.0, 2.0]} | arguments)
    assert str(caught.value).startswith(message)


def test_a_vector_of_another_length_is_refused():
    with pytest.raises(ValueError, match=r"^v must have the shape of theta, \(2,\), got \(3,\)$"):
        hessian_vector(cubes, [1.0, 2.0], [1.0, 2.0, 3.0])


# --- noise ---


class Mean:
    """The loss |theta - x|^2 / 2, whose gradient is theta - x: noise as in the data."""

    @staticmethod
    def loss_and_grad(theta, X, y):
        difference = theta - X
        return float((difference**2).sum() / 2 / len(X)), difference.mean(axis=0)


def test_the_noise_scale_of_a_mean():
    """Per example everything is a closed form of the sample's mean and covariance."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 3)) * [1.0, 2.0, 3.0]
    theta = np.array([1.0, 1.0, -1.0])
    found = gradient_noise_scale(Mean, theta, X, np.zeros(50))
    trace = X.var(axis=0, ddof=1).sum()
    square = ((theta - X.mean(axis=0)) ** 2).sum() - trace / 50
    np.testing.assert_allclose(found, [trace / square, trace, square], rtol=1e-12)


@pytest.mark.parametrize("batch_size", [1, 4])
def test_both_estimates_are_unbiased(batch_size):
    """Averaged over many samples of 9, within 4.5 standard errors of the population's values."""
    rng = np.random.default_rng(1)
    deviations, theta = np.array([1.0, 2.0]), np.array([0.6, -0.3])
    found = np.array(
        [
            gradient_noise_scale(
                Mean, theta, rng.normal(size=(9, 2)) * deviations, np.zeros(9), batch_size, rng
            )[1:]
            for _ in range(4000)
        ]
    )
    error = found.std(axis=0) / np.sqrt(len(found))
    wanted = [(deviations**2).sum(), (theta**2).sum()]
    assert (np.abs(found.mean(axis=0) - wanted) < 4.5 * error).all()
    assert (4.5 * error < [0.6, 0.6]).all()  # narrow enough to see a bias of trace / 8


def test_the_noise_scale_of_a_regression():
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(400, 3)), rng.normal(size=400)
    model, theta = LinearRegression(3), np.array([1.0, 0.0, 2.0, 0.5])
    residual = X @ theta[:3] + theta[3] - y
    grads = 2 * residual[:, None] * np.column_stack([X, np.ones(400)])
    trace = grads.var(axis=0, ddof=1).sum()
    square = (grads.mean(axis=0) ** 2).sum() - trace / 400
    found = gradient_noise_scale(model, theta, X, y)
    np.testing.assert_allclose(found, [trace / square, trace, square], rtol=1e-10)
    coarse = gradient_noise_scale(model, theta, X, y, batch_size=10)
    assert coarse.scale == pytest.approx(found.scale, rel=0.5)


def test_at_the_minimum_there_is_only_noise():
    X = np.array([[1.0], [-1.0]])
    assert gradient_noise_scale(Mean, [0.0], X, np.zeros(2)) == (np.inf, 2.0, -1.0)


def test_batch_normalisation_takes_batches():
    rng = np.random.default_rng(0)
    model = MLP((3, 4, 2), batch_norm=True)
    X, y = rng.normal(size=(40, 3)), rng.integers(0, 2, 40)
    found = gradient_noise_scale(model, model.init(0), X, y, batch_size=8)
    assert found.trace > 0
    assert found == gradient_noise_scale(model, model.init(0), X, y, batch_size=8)
    assert found != gradient_noise_scale(model, model.init(0), X, y, batch_size=8, rng=1)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"batch_size": 0}, "batch_size must be a whole number from 1 to 2, got 0"),
        ({"batch_size": 3}, "batch_size must be a whole number from 1 to 2, got 3"),
        ({"y": np.zeros(3)}, "X and y must have the same length, got (4, 1) and (3,)"),
    ],
)
def test_bad_arguments_of_the_noise_scale_are_named(arguments, message):
    usual = {"model": Mean, "theta": [1.0], "X": np.ones((4, 1)), "y": np.zeros(4)}
    with pytest.raises(ValueError) as caught:
        gradient_noise_scale(**usual | arguments)
    assert str(caught.value).startswith(message)


# --- the widest margin ---


def two_classes(d=3, n=40, seed=0):
    """Examples on both sides of a plane, none nearer to it than a tenth."""
    rng = np.random.default_rng(seed)
    X, normal = rng.normal(size=(n, d)), rng.normal(size=d)
    height = X @ normal / np.linalg.norm(normal)
    X += np.outer(0.1 * np.sign(height), normal / np.linalg.norm(normal))
    return X, (height > 0).astype(int)


@pytest.mark.parametrize("seed", range(5))
def test_widest_margin_satisfies_the_conditions_of_karush_kuhn_and_tucker(seed):
    X, y = two_classes(seed=seed)
    v, rows = widest_margin(X, y), (2 * y - 1)[:, None] * X
    margins = rows @ v
    assert margins.min() >= 1 - 1e-9
    touching = margins < 1 + 1e-7
    weights, *_ = np.linalg.lstsq(rows[touching].T, v, rcond=None)
    np.testing.assert_allclose(rows[touching].T @ weights, v, atol=1e-8)
    assert weights.min() > -1e-8


def test_widest_margin_is_where_logistic_regression_heads():
    X, y = two_classes()
    v, theta = widest_margin(X, y), np.zeros(3)
    sign = 2 * y - 1
    turned = []
    for k in range(100_001):
        if k in (100, 1000, 10_000, 100_000):
            turned.append(theta @ v / np.linalg.norm(theta) / np.linalg.norm(v))
        theta = theta + (sign / (1 + np.exp(sign * (X @ theta)))) @ X / len(X)
    assert np.all(np.diff(turned) > 0)
    assert turned[-1] > 0.99


def test_widest_margin_refuses_what_no_plane_separates():
    X, y = two_classes()
    with pytest.raises(ValueError, match="separable by a plane through 0"):
        widest_margin(np.vstack([X, X[:1]]), np.append(y, 1 - y[0]))
    with pytest.raises(ValueError, match="separable"):
        widest_margin([[0.0], [1.0]], [0, 1])  # 0 has a margin of 0 whatever v is


@pytest.mark.parametrize(
    ("X", "y", "named"),
    [
        ([1.0, 2.0], [0, 1], "X must be finite numbers of shape"),
        ([[np.nan], [1.0]], [0, 1], "X must be finite numbers"),
        ([[1.0], [-1.0]], [0, 2], "y must be 0 or 1 for each of the 2 rows"),
        ([[1.0], [-1.0]], [0], "y must be 0 or 1 for each of the 2 rows"),
    ],
)
def test_widest_margin_names_a_bad_argument(X, y, named):
    with pytest.raises(ValueError, match=named):
        widest_margin(X, y)
