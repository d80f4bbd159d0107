"""The losses and the activations: closed forms, extremes, gradients, checks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special, stats

from gdlib import losses
from gdlib.formulas import activations
from gdlib.gradcheck import gradcheck

pytestmark = pytest.mark.filterwarnings("error")

ACTIVATIONS = ["identity", "sigmoid", "tanh", "relu", "leaky_relu", "gelu"]
LOSSES = {  # loss: (outputs, fitting targets)
    "mse": ([0.5, -3.0, 2.0], [1.0, 1.0, 2.5]),
    "huber": ([0.5, -3.0, 2.0], [1.0, 1.0, 2.5]),
    "binary_cross_entropy": ([0.5, -3.0, 2.0], [1, 1, 0]),
    "softmax_cross_entropy": ([[0.5, -3.0], [2.0, 2.5], [0.1, 0.0]], [1, 0, 0]),
}
each_loss = pytest.mark.parametrize("name", LOSSES)
each_activation = pytest.mark.parametrize("name", ACTIVATIONS)
logits = arrays(float, (3, 4), elements=st.floats(-50, 50))
triples = arrays(float, 3, elements=st.floats(-50, 50))


def arguments(name, dtype=float):
    outputs, y = LOSSES[name]
    return getattr(losses, name), np.array(outputs, dtype), np.array(y)


# --- closed forms ---


def test_the_squared_loss_has_no_half():
    loss, gradient = losses.mse([3.0, 0.0], [1.0, 1.0])
    assert loss == (4 + 1) / 2
    assert gradient.tolist() == [2 * 2 / 2, 2 * -1 / 2]


@pytest.mark.parametrize("delta", [0.25, 1.0, 3.0])
def test_the_huber_loss_is_a_parabola_then_a_line(delta):
    for error in (-4.0, -delta, -0.1, 0.0, 0.2, delta, 5.0):
        loss, (slope,) = losses.huber([error], [0.0], delta)
        size, near = abs(error), abs(error) <= delta
        assert loss == pytest.approx(error**2 / 2 if near else delta * (size - delta / 2))
        assert slope == pytest.approx(np.sign(error) * min(size, delta))


def test_cross_entropy_is_the_log_of_the_probability():
    probability = 1 / (1 + math.exp(-0.7))
    loss, (slope,) = losses.binary_cross_entropy([0.7], [1])
    assert loss == pytest.approx(-math.log(probability), rel=1e-15)
    assert slope == pytest.approx(probability - 1, rel=1e-15)
    z = np.array([[1.0, 2.0, 4.0]])
    loss, gradient = losses.softmax_cross_entropy(z, [1])
    assert loss == pytest.approx(-special.log_softmax(z)[0, 1], rel=1e-15)
    np.testing.assert_allclose(gradient, special.softmax(z) - [[0, 1, 0]], rtol=1e-15)


@given(z=triples, y=arrays(int, 3, elements=st.integers(0, 1)))
def test_two_classes_are_binary(z, y):
    loss, gradient = losses.binary_cross_entropy(z, y)
    twin, by_logits = losses.softmax_cross_entropy(np.column_stack([np.zeros(3), z]), y)
    assert loss == pytest.approx(twin, rel=1e-12, abs=1e-15)
    np.testing.assert_allclose(gradient, by_logits[:, 1], rtol=1e-9, atol=1e-15)


@given(z=logits, y=arrays(int, 3, elements=st.integers(0, 3)), shift=st.floats(-1e4, 1e4))
def test_softmax_does_not_feel_a_shift(z, y, shift):
    loss, gradient = losses.softmax_cross_entropy(z, y)
    moved, by_moved = losses.softmax_cross_entropy(z + shift, y)
    assert moved == pytest.approx(loss, rel=1e-9, abs=1e-9)
    np.testing.assert_allclose(by_moved, gradient, atol=1e-9)
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-15)


# --- extremes ---


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("z, y, cost", [(1e4, 1, 0), (1e4, 0, 1e4), (-1e4, 1, 1e4), (-1e4, 0, 0)])
def test_cross_entropies_are_exact_far_out(dtype, z, y, cost):
    wrong = float(cost > 0)
    loss, gradient = losses.binary_cross_entropy(np.array([z], dtype), [y])
    assert (loss, gradient.tolist()) == (cost, [wrong if y == 0 else -wrong])
    loss, gradient = losses.softmax_cross_entropy(np.array([[0, z]], dtype), [y])
    assert (loss, gradient.tolist()) == (
        cost,
        [[-wrong, wrong]] if y == 0 else [[wrong, -wrong]],
    )


@pytest.mark.parametrize("margin", [20.0, 40.0, 300.0, 700.0])
@pytest.mark.parametrize("y", [0, 1])
def test_a_wide_margin_keeps_its_digits(margin, y):
    """Where a probability would have been rounded to 1 and the loss to 0."""
    loss, (slope,) = losses.binary_cross_entropy([margin if y else -margin], [y])
    wanted = math.exp(-margin) / (1 + math.exp(-margin))
    assert loss == pytest.approx(math.log1p(math.exp(-margin)), rel=1e-14, abs=0)
    assert slope == pytest.approx(-wanted if y else wanted, rel=1e-14, abs=0)


@each_loss
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan, 1e200])
def test_what_has_diverged_makes_no_noise(name, bad):
    function, outputs, y = arguments(name)
    outputs[0] = bad
    loss, gradient = function(outputs, y)
    assert isinstance(loss, float) and gradient.shape == outputs.shape
    assert not math.isnan(bad) or math.isnan(loss)
    assert name != "mse" or math.isnan(bad) or loss == math.inf


# --- gradients ---


@each_loss
@pytest.mark.parametrize("seed", range(5))
def test_the_gradient_is_that_of_the_loss(name, seed):
    function, outputs, y = arguments(name)
    outputs = outputs + np.random.default_rng(seed).normal(size=outputs.shape)

    def fun(vector):
        loss, gradient = function(vector.reshape(outputs.shape), y)
        return loss, gradient.ravel()

    assert gradcheck(fun, outputs.ravel(), rtol=1e-8)


@each_loss
def test_the_loss_is_a_mean(name):
    function, outputs, y = arguments(name)
    loss, gradient = function(outputs, y)
    parts = [function(outputs[k : k + 1], y[k : k + 1]) for k in range(3)]
    assert loss == pytest.approx(np.mean([part for part, _ in parts]), rel=1e-14)
    np.testing.assert_allclose(gradient, np.concatenate([g for _, g in parts]) / 3, rtol=1e-14)


# --- properties ---


@each_loss
def test_single_precision_stays_single(name):
    function, outputs, y = arguments(name, np.float32)
    for targets in (y, y.astype(np.float32) if y.dtype == float else y.astype(np.int32)):
        for check in (True, False):
            loss, gradient = function(outputs, targets, check=check)
            assert isinstance(loss, float) and gradient.dtype == np.float32
    wide, by_wide = function(outputs.astype(float), y)
    assert loss == pytest.approx(wide, rel=1e-6)
    np.testing.assert_allclose(gradient, by_wide, rtol=1e-5, atol=1e-7)


@each_loss
def test_nothing_is_changed_and_checks_change_nothing(name):
    function, outputs, y = arguments(name)
    outputs.flags.writeable = y.flags.writeable = False
    loss, gradient = function(outputs, y)
    again, by_again = function(outputs, y, check=False)
    assert loss == again and (gradient == by_again).all()
    assert loss == function(outputs.tolist(), y.tolist())[0]


def test_labels_may_be_bools():
    assert losses.binary_cross_entropy([1.0, 2.0], [True, False])[0] == pytest.approx(
        losses.binary_cross_entropy([1.0, 2.0], [1.0, 0.0])[0]
    )


# --- checks ---

SHAPE = "y must have shape (3,), one for each example, got "
BAD = [
    ("mse", [1.0, 2.0, 3.0], np.zeros((3, 1)), SHAPE + "(3, 1)"),
    ("huber", [1.0, 2.0, 3.0], np.zeros((3, 1)), SHAPE + "(3, 1)"),
    ("binary_cross_entropy", [1.0, 2.0, 3.0], np.zeros((3, 1)), SHAPE + "(3, 1)"),
    ("softmax_cross_entropy", np.zeros((3, 2)), np.zeros((3, 1), int), SHAPE + "(3, 1)"),
    ("mse", [1.0, 2.0, 3.0], [1.0, 2.0], SHAPE + "(2,)"),
    ("mse", np.zeros((3, 1)), np.zeros(3), "outputs must have shape (n,), n > 0, got (3, 1)"),
    ("mse", [], [], "outputs must have shape (n,), n > 0, got (0,)"),
    ("mse", ["a"], [1.0], "outputs must hold numbers, got array(['a'], dtype='<U1')"),
    ("mse", [1.0], [np.nan], "y must hold finite numbers, got array([nan])"),
    ("mse", [1.0], [1j], "y must hold finite numbers, got array([0.+1.j])"),
    ("binary_cross_entropy", [1.0], [2], "y must hold labels 0 and 1, got array([2])"),
    ("binary_cross_entropy", [1.0], [-1], "y must hold labels 0 and 1, got array([-1])"),
    ("binary_cross_entropy", [1.0], [0.5], "y must hold labels 0 and 1, got array([0.5])"),
    (
        "softmax_cross_entropy",
        [1.0, 2.0],
        [0, 1],
        "outputs must have shape (n, n_classes), n > 0, got (2,)",
    ),
    ("softmax_cross_entropy", [[1.0, 2.0]], [2], "y must hold whole labels from 0 to 1, got arr"),
    ("softmax_cross_entropy", [[1.0, 2.0]], [-1], "y must hold whole labels from 0 to 1, got arr"),
    ("softmax_cross_entropy", [[1.0, 2.0]], [1.0], "y must hold whole labels from 0 to 1, got arr"),
]


@pytest.mark.parametrize("name, outputs, y, message", BAD)
def test_bad_arguments_are_named(name, outputs, y, message):
    with pytest.raises(ValueError) as caught:
        getattr(losses, name)(outputs, y)
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)


@pytest.mark.parametrize("delta", [0, -1, np.nan, np.inf, "a", None, [1.0]])
def test_a_bad_delta_is_named(delta):
    with pytest.raises(ValueError, match=r"^delta must be a positive finite number, got "):
        losses.huber([1.0], [1.0], delta)


# --- activations ---


def activation(name):
    return getattr(activations, name), getattr(activations, name + "_slope")


def test_activations_are_what_they_are_called():
    x = np.linspace(-30, 30, 1201)
    np.testing.assert_allclose(activations.sigmoid(x), special.expit(x), rtol=1e-14)
    np.testing.assert_allclose(activations.tanh(x), np.tanh(x), rtol=1e-15)
    assert (activations.relu(x) == np.where(x > 0, x, 0)).all()
    assert (activations.leaky_relu(x, 0.2) == np.where(x > 0, x, 0.2 * x)).all()
    assert (activations.identity(x) == x).all()
    inner = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
    np.testing.assert_allclose(activations.gelu(x), x / 2 * (1 + np.tanh(inner)), atol=1e-14)
    np.testing.assert_allclose(activations.gelu(x), x * stats.norm.cdf(x), atol=5e-4)


@each_activation
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_activations_far_out(name, dtype):
    function, slope = activation(name)
    x = np.array([-1e4, -200.0, 200.0, 1e4], dtype)
    ends = {  # values and slopes at -1e4 and 1e4
        "identity": (-1e4, 1e4, 1, 1), "sigmoid": (0, 1, 0, 0), "tanh": (-1, 1, 0, 0),
        "relu": (0, 1e4, 0, 1), "leaky_relu": (-100, 1e4, 0.01, 1), "gelu": (0, 1e4, 0, 1),
    }[name]  # fmt: skip
    values, slopes = function(x), slope(x) * np.ones_like(x)
    assert values.dtype == slopes.dtype == dtype
    assert np.isfinite(values).all() and np.isfinite(slopes).all()
    got = [values[0], values[-1], slopes[0], slopes[-1]]
    np.testing.assert_allclose(got, ends, rtol=1e-6, atol=0)


@each_activation
def test_slopes_are_derivatives(name):
    function, slope = activation(name)
    x = np.random.default_rng(1).uniform(-6, 6, 400)
    h = 1e-5
    numeric = (function(x + h) - function(x - h)) / (2 * h)
    np.testing.assert_allclose(slope(x) * np.ones(400), numeric, atol=1e-9)


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_slopes_keep_their_digits_in_the_tails(name):
    """Where 1 - tanh(x)^2 would be 0; both decay as an exponential."""
    slope = activation(name)[1]
    rate, size = (1, 1) if name == "sigmoid" else (2, 4)
    for x in (-100.0, 50.0, 100.0):
        assert slope(x) == pytest.approx(size * math.exp(-rate * abs(x)), rel=1e-13, abs=0)


def test_slopes_at_the_kink_are_those_of_the_left():
    assert activations.relu_slope(0.0) == 0
    assert activations.leaky_relu_slope(0.0) == 0.01
    assert activations.leaky_relu_slope(np.array([-1.0, 0.0, 1.0]), 0.3).tolist() == [0.3, 0.3, 1]


@each_activation
def test_nan_stays_nan(name):
    assert np.isnan(activation(name)[0](np.nan))
