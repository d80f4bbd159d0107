"""The optimisers: closed forms, paths recorded from PyTorch and optax, properties, checks."""

import inspect
import json
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import gdlib as gd

pytestmark = pytest.mark.filterwarnings("error")

OPTIMIZERS = gd.Optimizer.__subclasses__()
GOLDEN = json.loads(
    Path(__file__).with_name("golden").joinpath("optimizers.json").read_text("utf-8")
)

each_optimizer = pytest.mark.parametrize("cls", OPTIMIZERS, ids=lambda cls: cls.__name__)
vectors = arrays(float, 3, elements=st.floats(-1e3, 1e3, allow_subnormal=False))


def steps(optimizer, theta, gradient, count):
    """The parameters after each step; `gradient` takes theta and the number of the step, from 1."""
    theta, state, path = np.asarray(theta, float), optimizer.init(theta), []
    for t in range(1, count + 1):
        theta, state = optimizer.step(theta, np.asarray(gradient(theta, t)), state)
        path.append(theta)
    return np.array(path)


# --- closed forms ---


def test_gradient_descent_on_a_quadratic_is_a_geometric_sequence():
    lr, curvature, start = 0.3, np.array([0.5, 2.0, 6.5]), np.array([1.0, -3.0, 0.1])
    path = steps(gd.GradientDescent(lr=lr), start, lambda theta, t: curvature * theta, 40)
    k = np.arange(1, 41)[:, None]
    np.testing.assert_allclose(path, (1 - lr * curvature) ** k * start, rtol=1e-12)


@pytest.mark.parametrize("times, grows", [(0.999, False), (1.001, True)])
def test_the_bound_on_the_learning_rate_is_two_over_the_curvature(times, grows):
    path = steps(gd.GradientDescent(lr=times * 2 / 5.0), [1.0], lambda theta, t: 5.0 * theta, 100)
    assert (abs(path[-1, 0]) > 1.0) == grows


# One step of (theta, v) on a theta^2 / 2 is a matrix; its determinant is beta for momentum, so that
# complex eigenvalues have the modulus sqrt(beta).
MATRICES = {
    gd.Momentum: lambda lr, beta, a: [[1 - lr * a, -lr * beta], [a, beta]],
    gd.Nesterov: lambda lr, beta, a: [[1 - lr * a * (1 + beta), -lr * beta**2], [a, beta]],
}


@pytest.mark.parametrize("cls", MATRICES)
@pytest.mark.parametrize("lr, beta, a", [(0.1, 0.9, 1.0), (0.5, 0.5, 3.0), (0.01, 0.99, 20.0)])
def test_momentum_on_a_quadratic_is_a_power_of_a_matrix(cls, lr, beta, a):
    path = steps(cls(lr=lr, beta=beta), [2.0], lambda theta, t: a * theta, 30)[:, 0]
    matrix = np.array(MATRICES[cls](lr, beta, a))
    wanted = [(np.linalg.matrix_power(matrix, k) @ [2.0, 0.0])[0] for k in range(1, 31)]
    np.testing.assert_allclose(path, wanted, rtol=1e-9, atol=1e-12)


def test_momentum_shrinks_at_the_root_of_beta_where_it_oscillates():
    beta = 0.81
    path = steps(gd.Momentum(lr=1.0, beta=beta), [1.0], lambda theta, t: theta, 400)[:, 0]
    shrunk = np.abs(path[-20:]).max() / np.abs(path[180:200]).max()
    assert shrunk ** (1 / 200) == pytest.approx(np.sqrt(beta), rel=2e-3)


@pytest.mark.parametrize("cls", [gd.Momentum, gd.Nesterov])
def test_a_steady_gradient_moves_lr_over_one_minus_beta(cls):
    path = steps(cls(lr=0.1, beta=0.75), [0.0], lambda theta, t: [2.0], 200)[:, 0]
    assert path[-2] - path[-1] == pytest.approx(0.1 * 2.0 / (1 - 0.75))


def test_nesterov_is_the_lookahead_form():
    """Sutskever et al.: u = beta u - lr grad(phi + beta u), phi = phi + u; ours is phi + beta u."""
    land, lr, beta = gd.landscape("rosenbrock"), 1e-3, 0.9
    path = steps(gd.Nesterov(lr=lr, beta=beta), land.start, lambda theta, t: land.grad(theta), 60)
    phi, u = np.array(land.start), np.zeros(2)
    for theta in path:
        u = beta * u - lr * land.grad(phi + beta * u)
        phi = phi + u
        np.testing.assert_allclose(theta, phi + beta * u, rtol=1e-9)


def test_the_first_step_of_adam_has_the_length_lr():
    grad = np.array([1e-3, -1e3, 4.0])
    path = steps(gd.Adam(lr=0.01), [0.0, 0.0, 0.0], lambda theta, t: grad, 1)
    np.testing.assert_allclose(path[0], -0.01 * np.sign(grad), rtol=2e-5)


@pytest.mark.parametrize("eps", [1e-8, 0.5])
def test_adam_under_a_steady_gradient_repeats_its_first_step(eps):
    """Both unbiased means are then exact whatever the decays: g, and g^2 with the root |g|."""
    grad = np.array([0.25, -3.0])
    adam = gd.Adam(lr=0.1, beta1=0.7, beta2=0.98, eps=eps)
    path = steps(adam, [0.0, 0.0], lambda theta, t: grad, 50)
    wanted = -0.1 * np.arange(1, 51)[:, None] * grad / (np.abs(grad) + eps)
    np.testing.assert_allclose(path, wanted, rtol=1e-10)


def test_adam_divides_weighted_means():
    """The moments as explicit sums with weights beta^age, divided by the sum of the weights."""
    grads = np.random.default_rng(2015).normal(size=30)
    adam = gd.Adam(lr=0.1, beta1=0.8, beta2=0.95, eps=0.01)
    path = steps(adam, [0.0], lambda theta, t: grads[t - 1 : t], 30)[:, 0]
    theta = 0.0
    for t in range(1, 31):
        ages, seen = np.arange(t)[::-1], grads[:t]
        mean = np.average(seen, weights=0.8**ages)
        theta -= 0.1 * mean / (np.sqrt(np.average(seen**2, weights=0.95**ages)) + 0.01)
        assert path[t - 1] == pytest.approx(theta, rel=1e-12)


@each_optimizer
def test_the_zero_gradient_moves_nothing(cls):
    path = steps(cls(lr=0.5), [3.0, -4.0], lambda theta, t: np.zeros(2), 5)
    assert (path == [3.0, -4.0]).all()


# --- recorded from outside ---


@pytest.mark.parametrize(
    "run", GOLDEN["paths"], ids=lambda run: f"{run['source']}-{run['case']}-{run['problem']}"
)
def test_steps_are_those_of_other_libraries(run):
    gradients, rosenbrock = np.array(GOLDEN["gradients"]), gd.landscape("rosenbrock")

    def gradient(theta, t):
        return gradients[t - 1] if run["problem"] == "sequence" else rosenbrock.grad(theta)

    optimizer = getattr(gd, run["rule"])(**run["hyper"])
    path = steps(optimizer, GOLDEN["start"][run["problem"]], gradient, len(run["theta"]))
    np.testing.assert_allclose(path, run["theta"], rtol=1e-12, atol=0)


def test_every_optimizer_is_recorded():
    for cls in OPTIMIZERS:
        runs = [run for run in GOLDEN["paths"] if run["rule"] == cls.__name__]
        assert {run["source"] for run in runs} == {"PyTorch", "optax"}
        assert {run["problem"] for run in runs} == {"sequence", "rosenbrock"}
        assert min(len(run["theta"]) for run in runs) >= 20


@each_optimizer
def test_rule_and_optimizer_have_the_same_parameters(cls):
    wanted = [(field.name, field.default) for field in fields(cls)]
    taken = list(inspect.signature(cls.rule).parameters.values())[4:]
    assert [p.name for p in taken] == [name for name, _ in wanted]
    for parameter, (name, default) in zip(taken, wanted, strict=True):
        assert name == "lr" or parameter.default == default


def test_defaults():
    assert gd.Adam().hyper == {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    assert gd.Momentum(lr=1).hyper == gd.Nesterov(lr=1).hyper == {"lr": 1, "beta": 0.9}


# --- properties ---


@each_optimizer
@settings(deadline=None)
@given(theta=vectors, grads=st.lists(vectors, min_size=1, max_size=4))
def test_nothing_is_changed_in_place(cls, theta, grads):
    optimizer, kept = cls(lr=0.1), theta.copy()
    state = optimizer.init(theta)
    for grad in grads:
        inputs = [theta, grad, *state[1:]]
        before = [np.array(v) for v in inputs]
        for v in inputs:
            v.flags.writeable = False
        theta_next, state_next = optimizer.step(theta, grad, state)
        for v, old in zip(inputs, before, strict=True):
            assert (v == old).all()
        assert state_next.t == state.t + 1
        theta, state = theta_next, state_next
    assert (optimizer.init(kept)[1:] == np.zeros_like(state[1:])).all()


@each_optimizer
def test_states_are_never_shared(cls):
    optimizer, theta = cls(lr=0.1), np.ones(3)
    first, second = optimizer.init(theta), optimizer.init(theta)
    assert first.t == 0 and first._fields == ("t", *cls.memory)
    parts = [theta, *first[1:], *second[1:]]
    for k, one in enumerate(parts):
        assert not any(np.shares_memory(one, other) for other in parts[k + 1 :])
    for part in first[1:]:
        part += 1
    assert all((part == 0).all() for part in (*second[1:], *optimizer.init(theta)[1:]))


@each_optimizer
def test_a_step_can_be_taken_again(cls):
    optimizer, theta, grad = cls(lr=0.1), np.array([1.0, 2.0]), np.array([0.5, -3.0])
    _, state = optimizer.step(theta, grad, optimizer.init(theta))
    once, again = optimizer.step(theta, grad, state), optimizer.step(theta, grad, state)
    assert (once[0] == again[0]).all() and np.array_equal(once[1][1:], again[1][1:])


@each_optimizer
@settings(deadline=None)
@given(theta=vectors, grads=st.lists(vectors, min_size=3, max_size=3))
def test_coordinates_do_not_see_each_other(cls, theta, grads):
    optimizer = cls(lr=0.1)
    together = steps(optimizer, theta, lambda _, t: grads[t - 1], 3)
    for k in range(3):
        alone = steps(optimizer, theta[k : k + 1], lambda _, t, k=k: grads[t - 1][k : k + 1], 3)
        assert (together[:, k] == alone[:, 0]).all()


@pytest.mark.parametrize("cls", [gd.Momentum, gd.Nesterov])
@settings(deadline=None)
@given(theta=vectors, grads=st.lists(vectors, min_size=4, max_size=4), lr=st.floats(1e-4, 10))
def test_without_momentum_it_is_gradient_descent(cls, theta, grads, lr):
    def gradient(theta, t):
        return grads[t - 1]

    plain = steps(gd.GradientDescent(lr=lr), theta, gradient, 4)
    assert (steps(cls(lr=lr, beta=0.0), theta, gradient, 4) == plain).all()


@settings(deadline=None)
@given(
    grads=st.lists(st.floats(0.1, 1e3), min_size=5, max_size=5),
    factor=st.sampled_from([2.0**-20, 2.0**20]),
)
def test_adam_does_not_feel_the_scale_of_the_loss(grads, factor):
    adam = gd.Adam(lr=0.1, eps=1e-30)
    paths = [steps(adam, [0.0], lambda _, t, s=s: [s * grads[t - 1]], 5) for s in (1.0, factor)]
    np.testing.assert_allclose(*paths, rtol=1e-12)


@each_optimizer
def test_single_precision_stays_single(cls):
    optimizer, theta = cls(lr=0.1), np.ones(2, np.float32)
    state = optimizer.init(theta)
    for _ in range(3):
        theta, state = optimizer.step(theta, 2 * theta, state)
        assert {v.dtype for v in (theta, *state[1:])} == {np.dtype(np.float32)}


@each_optimizer
def test_hyperparameters_cannot_be_changed(cls):
    optimizer = cls(lr=0.1)
    with pytest.raises(FrozenInstanceError):
        optimizer.lr = 0.2


def test_the_grid_is_what_the_hyperparameters_broadcast_to():
    assert gd.Adam(lr=np.full((3, 1), 0.1), beta2=np.full(4, 0.9)).grid == (3, 4)
    assert gd.Adam().grid == ()


# --- checks ---

BAD_RATES = [0, -1, np.nan, np.inf, "a", None, True, [0.1, -0.1], 1j]
BAD_FRACTIONS = [1, -0.1, 1.5, np.nan, "a", None, [0.5, 1.0]]
BAD = [
    (cls, name, value)
    for cls in OPTIMIZERS
    for name in (field.name for field in fields(cls))
    for value in (BAD_FRACTIONS if name.startswith("beta") else BAD_RATES)
]


@pytest.mark.parametrize("cls, name, value", BAD)
def test_bad_hyperparameters_are_named(cls, name, value):
    wanted = "a number in [0, 1)" if name.startswith("beta") else "a positive finite number"
    with pytest.raises(ValueError) as caught:
        cls(**{"lr": 0.1} | {name: value})
    assert str(caught.value) == f"{name} must be {wanted}, got {value!r}"


def test_hyperparameters_that_do_not_broadcast():
    with pytest.raises(ValueError, match=r"^hyperparameters must .* lr \(2,\), beta \(3,\)$"):
        gd.Momentum(lr=np.full(2, 0.1), beta=np.full(3, 0.5))


@each_optimizer
def test_a_gradient_of_another_shape(cls):
    optimizer, theta = cls(lr=0.1), np.ones(3)
    with pytest.raises(
        ValueError, match=r"^grad must have the shape of theta, \(3,\), got \(2,\)$"
    ):
        optimizer.step(theta, np.ones(2), optimizer.init(theta))
