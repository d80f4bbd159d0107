"""The optimisers: closed forms, steps recorded from PyTorch and optax, properties, checks."""

import inspect
from dataclasses import FrozenInstanceError, fields, replace
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import gdlib as gd
from gdlib import optimizers
from tests.golden.record import PROBLEMS, recorded

pytestmark = pytest.mark.filterwarnings("error")

OPTIMIZERS = gd.Optimizer.__subclasses__()
OPTIONS = ("weight_decay", "l1", "clip_value", "clip_norm")

each_optimizer = pytest.mark.parametrize("cls", OPTIMIZERS, ids=lambda cls: cls.__name__)
vectors = arrays(float, 3, elements=st.floats(-1e3, 1e3, allow_subnormal=False))


GOLDEN = {
    name: run for name, run in (recorded("torch") | recorded("optax")).items() if "rule" in run
}


def steps(optimizer, theta, gradient, count):
    """The parameters after each step; `gradient` takes theta and the number of the step, from 1."""
    theta, state, path = np.asarray(theta, float), optimizer.init(theta), []
    for t in range(1, count + 1):
        theta, state = optimizer.step(theta, np.asarray(gradient(theta, t)), state)
        path.append(theta)
    return np.array(path)


def lengths(optimizer, grad, count):
    """How far each step goes, against a steady gradient."""
    path = steps(optimizer, [0.0], lambda theta, t: [grad], count)[:, 0]
    return -np.diff(path, prepend=0.0) * np.sign(grad)


def own(cls):
    """The rule's own hyperparameters."""
    return list(inspect.signature(cls.rule).parameters)[4:]


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


@pytest.mark.parametrize("cls", [optimizers.SignDescent, optimizers.Adamax])
def test_every_step_under_a_steady_gradient_has_the_length_lr(cls):
    for grad in (1e-3, -1e3):
        np.testing.assert_allclose(lengths(cls(lr=0.25), grad, 9), 0.25, rtol=2e-5)


def test_sign_descent_moves_lr_exactly_or_not_at_all():
    path = steps(optimizers.SignDescent(lr=0.1), [0.0] * 3, lambda *_: [1e-300, -7.0, 0.0], 1)
    assert path[0].tolist() == [-0.1, 0.1, 0.0]


@pytest.mark.parametrize("grad", [1e-3, -40.0])
def test_step_k_of_adagrad_under_a_steady_gradient_has_the_length_lr_over_root_k(grad):
    k = np.arange(1, 51)
    np.testing.assert_allclose(
        lengths(optimizers.Adagrad(lr=0.3), grad, 50), 0.3 / np.sqrt(k), rtol=1e-6
    )


def test_rmsprop_under_a_steady_gradient_starts_long_for_no_bias_is_corrected():
    k = np.arange(1, 51)
    plain = lengths(optimizers.RMSprop(lr=0.1, alpha=0.9), 5.0, 50)
    np.testing.assert_allclose(plain, 0.1 / np.sqrt(1 - 0.9**k), rtol=1e-6)
    centered = lengths(optimizers.RMSprop(lr=0.1, alpha=0.9, centered=True), 5.0, 50)
    np.testing.assert_allclose(centered, 0.1 / np.sqrt(0.9**k * (1 - 0.9**k)), rtol=1e-6)


@pytest.mark.parametrize("alpha", [0.0, 0.3, 0.5])
@pytest.mark.parametrize("grad", [0.1, -3.3, 1e5])
def test_a_variance_that_rounding_leaves_negative_is_zero(alpha, grad):
    optimizer = optimizers.RMSprop(lr=1e-9, alpha=alpha, eps=1.0, centered=True)
    np.testing.assert_allclose(lengths(optimizer, grad, 200)[100:], 1e-9 * abs(grad), rtol=0.01)


@pytest.mark.parametrize("lr, rho, eps, grad", [(1.0, 0.9, 1e-6, 3.0), (0.5, 0.5, 0.1, -0.2)])
def test_the_first_step_of_adadelta(lr, rho, eps, grad):
    wanted = lr * np.sqrt(eps) * abs(grad) / np.sqrt((1 - rho) * grad**2 + eps)
    optimizer = optimizers.Adadelta(lr=lr, rho=rho, eps=eps)
    assert lengths(optimizer, grad, 1)[0] == pytest.approx(wanted, rel=1e-14)


def test_adadelta_moves_the_root_mean_square_of_its_steps():
    """Both means as explicit sums with weights (1 - rho) rho^age."""
    grads, rho, eps = np.random.default_rng(2012).normal(size=30), 0.8, 1e-3
    path = steps(optimizers.Adadelta(rho=rho, eps=eps), [0.0], lambda _, t: grads[t - 1 : t], 30)[
        :, 0
    ]
    moves = np.diff(path, prepend=0.0)
    for t in range(30):
        weights = (1 - rho) * rho ** np.arange(t + 1)[::-1]
        of_steps = np.sqrt(weights[1:] @ moves[:t] ** 2 + eps)
        of_grads = np.sqrt(weights @ grads[: t + 1] ** 2 + eps)
        assert moves[t] == pytest.approx(-of_steps / of_grads * grads[t], rel=1e-9)


@given(grads=st.lists(st.floats(0.1, 1e3), min_size=6, max_size=6).map(sorted))
def test_amsgrad_is_adam_while_the_gradient_grows(grads):
    paths = [
        steps(cls(lr=0.1), [0.0], lambda _, t: [grads[t - 1]], 6)
        for cls in (gd.Adam, optimizers.AMSGrad)
    ]
    assert (paths[0] == paths[1]).all()


def test_amsgrad_does_not_forget_a_large_gradient():
    grads = [100.0] + [1.0] * 2000
    ends = [
        steps(cls(lr=0.01, beta2=0.9), [0.0], lambda _, t: grads[t - 1 : t], 2001)[-2:, 0]
        for cls in (gd.Adam, optimizers.AMSGrad)
    ]
    assert ends[0][0] - ends[0][1] == pytest.approx(0.01)
    assert ends[1][0] - ends[1][1] == pytest.approx(0.01 / np.sqrt(0.1 * 100**2))


def test_nadam_joins_its_means_by_the_products_of_mu():
    grads, beta1, beta2, decay = np.random.default_rng(2016).normal(size=30), 0.8, 0.95, 0.05
    nadam = optimizers.Nadam(lr=0.1, beta1=beta1, beta2=beta2, eps=0.01, momentum_decay=decay)
    path = steps(nadam, [0.0], lambda _, t: grads[t - 1 : t], 30)[:, 0]
    mu = beta1 * (1 - 0.96 ** (decay * np.arange(1, 32)) / 2)
    theta = 0.0
    for t in range(1, 31):
        ages, seen = np.arange(t)[::-1], grads[:t]
        m = (1 - beta1) * beta1**ages @ seen
        m_hat = mu[t] * m / (1 - np.prod(mu[: t + 1]))
        m_hat += (1 - mu[t - 1]) * grads[t - 1] / (1 - np.prod(mu[:t]))
        theta -= 0.1 * m_hat / (np.sqrt(np.average(seen**2, weights=beta2**ages)) + 0.01)
        assert path[t - 1] == pytest.approx(theta, rel=1e-12)


def test_adamax_remembers_the_largest_gradient_and_lets_it_fade():
    adamax = optimizers.Adamax(lr=1.0, beta1=0.0, beta2=0.5, eps=1e-12)
    path = steps(adamax, [0.0], lambda _, t: [8.0 if t == 1 else 1.0], 5)[:, 0]
    np.testing.assert_allclose(np.diff(path), [-1 / 4, -1 / 2, -1, -1], rtol=1e-11)


@pytest.mark.parametrize("lr, weight_decay", [(0.1, 0.5), (1e-3, 0.01), (0.5, 2.0)])
def test_adamw_shrinks_by_one_minus_lr_times_decay(lr, weight_decay):
    adamw = optimizers.AdamW(lr=lr, weight_decay=weight_decay)
    path = steps(adamw, [1.0, -3.0], lambda theta, t: np.zeros(2), 20)
    k = np.arange(1, 21)[:, None]
    wanted = (1 - lr * weight_decay) ** k * [1.0, -3.0]
    np.testing.assert_allclose(path, wanted, rtol=1e-12, atol=1e-300)


@given(theta=vectors, grads=st.lists(vectors, min_size=3, max_size=3))
def test_adamw_without_decay_is_adam(theta, grads):
    adam, adamw = gd.Adam(lr=0.1), optimizers.AdamW(lr=0.1, weight_decay=0.0)
    paths = [steps(o, theta, lambda _, t: grads[t - 1], 3) for o in (adam, adamw)]
    assert (paths[0] == paths[1]).all()


def test_l2_under_adam_is_not_weight_decay():
    """L2 goes through the quotient: the first step has the length lr, whatever the decay."""
    for weight_decay in (0.01, 1.0):
        moved = steps(
            gd.Adam(lr=0.1, weight_decay=weight_decay), [3.0, -5.0], lambda *_: np.zeros(2), 1
        )
        np.testing.assert_allclose(moved[0], [2.9, -4.9], rtol=1e-6)


@each_optimizer
def test_the_zero_gradient_moves_nothing(cls):
    """But for AdamW, whose weights decay by themselves."""
    decay = {"weight_decay": 0.0} if cls is optimizers.AdamW else {}
    path = steps(cls(lr=0.5, **decay), [3.0, -4.0], lambda theta, t: np.zeros(2), 5)
    assert (path == [3.0, -4.0]).all()


# --- what every optimiser can do besides ---


def test_weight_decay_adds_the_gradient_of_the_l2_penalty():
    plain, decayed = gd.Momentum(lr=1e-4), gd.Momentum(lr=1e-4, weight_decay=0.7)
    land = gd.landscape("rosenbrock")
    penalised = steps(plain, land.start, lambda theta, t: land.grad(theta) + 0.7 * theta, 30)
    path = steps(decayed, land.start, lambda theta, t: land.grad(theta), 30)
    assert (path == penalised).all()


@pytest.mark.parametrize("clip", [{"clip_value": 2.0}, {"clip_norm": 2.0}])
def test_clipping_comes_before_the_weight_decay(clip):
    optimizer = gd.GradientDescent(lr=1.0, weight_decay=10.0, **clip)
    assert steps(optimizer, [1.0], lambda *_: [-50.0], 1)[0, 0] == 1.0 - (-2.0 + 10.0)


def test_values_are_clipped_before_the_norm():
    optimizer = gd.GradientDescent(lr=1.0, clip_value=3.0, clip_norm=1.0)
    np.testing.assert_allclose(
        steps(optimizer, [0.0, 0.0], lambda *_: [-300.0, 3.0], 1)[0],
        np.array([1, -1]) / np.sqrt(2),
    )


@pytest.mark.parametrize("scale", [1e-200, 1e-3, 0.2, 1.0, 1e5, 1e200])
def test_a_clipped_gradient_keeps_its_direction(scale):
    optimizer = gd.GradientDescent(lr=1.0, clip_norm=1.0)
    moved = -steps(optimizer, [0.0, 0.0], lambda *_: [3 * scale, -4 * scale], 1)[0]
    np.testing.assert_allclose(moved, np.array([0.6, -0.8]) * min(1.0, 5 * scale), rtol=1e-14)


def test_a_zero_gradient_can_be_clipped():
    assert (steps(gd.GradientDescent(lr=1.0, clip_norm=1.0), [2.0], lambda *_: [0.0], 1) == 2).all()


def test_single_precision_gradients_are_clipped_where_their_squares_overflow():
    optimizer, theta = gd.GradientDescent(lr=1.0, clip_norm=1.0), np.zeros(2, np.float32)
    grad = np.array([3e25, 4e25], np.float32)
    moved, _ = optimizer.step(theta, grad, optimizer.init(theta))
    np.testing.assert_allclose(-moved, [0.6, 0.8], rtol=1e-6)
    assert moved.dtype == np.float32


def test_the_proximal_step_solves_the_lasso_with_exact_zeros():
    """Of (theta - a)^2 / 2 + l1 |theta| the minimum is a drawn l1 towards zero, or zero."""
    a = np.array([3.0, 0.5, -0.999, -2.0, 0.0])
    optimizer = gd.GradientDescent(lr=0.5, l1=1.0)
    path = steps(optimizer, np.full(5, 1.7), lambda theta, t: theta - a, 200)
    np.testing.assert_allclose(path[-1], [2.0, 0.0, 0.0, -1.0, 0.0], rtol=1e-12)
    assert (path[20:, [1, 2, 4]] == 0).all()


@each_optimizer
@given(theta=vectors, grad=vectors, l1=st.floats(0, 100))
def test_the_proximal_step_moves_lr_times_l1_towards_zero(cls, theta, grad, l1):
    plain = steps(cls(lr=0.1), theta, lambda *_: grad, 1)[0]
    wanted = np.sign(plain) * np.maximum(np.abs(plain) - 0.1 * l1, 0)
    shrunk = steps(cls(lr=0.1, l1=l1), theta, lambda *_: grad, 1)[0]
    np.testing.assert_allclose(shrunk, wanted, rtol=1e-12, atol=1e-300)
    assert (shrunk[np.abs(plain) <= 0.1 * l1] == 0).all()


def test_the_proximal_step_uses_the_rate_of_the_step():
    optimizer = gd.GradientDescent(lr=lambda k: [0.5, 0.25][k], l1=1.0)
    assert steps(optimizer, [4.0], lambda *_: [0.0], 2)[:, 0].tolist() == [3.5, 3.25]


@each_optimizer
def test_options_that_do_nothing_change_nothing(cls):
    idle = {"l1": 0, "clip_value": 1e300, "clip_norm": 1e300}
    paths = [
        steps(cls(lr=0.01, **options), [1.0, -2.0], lambda theta, t: 3 * theta, 9)
        for options in ({}, idle)
    ]
    assert (paths[0] == paths[1]).all()


# --- a schedule for a learning rate ---


def test_the_first_step_has_the_first_rate():
    asked = []

    def schedule(k):
        asked.append(k)
        return [0.5, 0.25, 0.0, 2.0][k]

    optimizer = gd.GradientDescent(lr=schedule)
    assert not asked and optimizer.grid == () and optimizer.hyper == {"lr": schedule}
    path = steps(optimizer, [0.0], lambda *_: [-1.0], 4)[:, 0]
    assert path.tolist() == [0.5, 0.75, 0.75, 2.75] and asked == [0, 1, 2, 3]


@each_optimizer
def test_a_constant_schedule_is_a_number(cls):
    paths = [
        steps(cls(lr=lr), [1.0, -2.0], lambda theta, t: 3 * theta, 9)
        for lr in (0.01, lambda k: np.float64(0.01))
    ]
    assert (paths[0] == paths[1]).all()


def test_a_schedule_is_felt_outside_the_velocity():
    """The velocity holds gradients: at rate zero nothing moves, and all is remembered."""
    path = steps(gd.Momentum(lr=lambda k: float(k != 1), beta=0.5), [0.0], lambda *_: [-1.0], 3)
    assert path[:, 0].tolist() == [1.0, 1.0, 2.75]


def test_rate():
    array = np.array([0.1, 0.2])
    assert gd.Adam(lr=0.1).rate(7) == 0.1 and gd.Adam(lr=array).rate(7) is array
    rate = gd.Adam(lr=lambda k: np.float32(k)).rate(7)
    assert rate == 7.0 and type(rate) is float


@pytest.mark.parametrize("bad", [nan, inf, -0.1, "a", None, [0.1], 1j, np.ones(2)])
def test_a_schedule_without_a_learning_rate_is_named(bad):
    def schedule(k):
        return bad

    optimizer, theta = gd.GradientDescent(lr=schedule), np.ones(2)
    with pytest.raises(
        ValueError, match=r"^the schedule <function .* must return a finite number >= 0, got .* 0$"
    ):
        optimizer.step(theta, theta, optimizer.init(theta))


# --- recorded from outside ---


@pytest.mark.parametrize("name", GOLDEN)
def test_steps_are_those_of_other_libraries(name):
    """Each step from the recorded parameters; only what the rule remembers is our own."""
    run = GOLDEN[name]
    optimizer, gradient = (
        getattr(optimizers, run["rule"])(**run["hyper"]),
        PROBLEMS[run["problem"]][1],
    )
    # PyTorch clips to a norm of max_norm * norm / (norm + 1e-6).
    rtol = 1e-6 if name.startswith("torch") and "clip_norm" in run["hyper"] else 1e-12
    path = run["values"]
    state, ours = optimizer.init(path[0]), []
    for theta in path[:-1]:
        ahead, state = optimizer.step(theta, gradient(theta), state)
        ours.append(ahead)
    np.testing.assert_allclose(ours, path[1:], rtol=rtol, atol=0)


@each_optimizer
def test_every_optimizer_is_recorded(cls):
    runs = {name: run for name, run in GOLDEN.items() if run["rule"] == cls.__name__}
    long = [run for run in runs.values() if len(run["values"]) == 201]
    assert {run["problem"] for run in long} == set(PROBLEMS)
    sources = {name.split("-")[0] for name in runs}
    alone = {"SignDescent": {"optax"}, "AMSGrad": {"torch"}, "Nadam": {"torch"}}
    assert sources == alone.get(cls.__name__, {"torch", "optax"})
    varied = {name for run in long for name in run["hyper"]}
    assert varied >= set(own(cls)), "every hyperparameter away from its default"
    assert cls in (gd.GradientDescent, optimizers.SignDescent) or any(
        set(run["hyper"]) <= {"lr"} for run in long
    ), "the defaults"


def test_weight_decay_and_clipping_are_recorded():
    seen = {(name.split("-")[0], option) for name, run in GOLDEN.items() for option in run["hyper"]}
    for option in ("weight_decay", "clip_value", "clip_norm"):
        assert {("torch", option), ("optax", option)} <= seen


@each_optimizer
def test_rule_and_optimizer_have_the_same_parameters(cls):
    ours = {field.name: field.default for field in fields(cls)}
    taken = list(inspect.signature(cls.rule).parameters.values())[4:]
    assert set(ours) == {p.name for p in taken} | set(OPTIONS)
    assert list(cls(lr=0.1).hyper) == [p.name for p in taken]
    positional = list(inspect.signature(cls).parameters)[: len(taken)]
    assert positional == [p.name for p in taken if p.name != "weight_decay"] + [
        "weight_decay" for p in taken if p.name == "weight_decay"
    ]
    for parameter in taken:
        assert parameter.name == "lr" or parameter.default == ours[parameter.name]


def test_defaults():
    adam = {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    assert gd.Adam().hyper == optimizers.AMSGrad().hyper == adam
    assert optimizers.AdamW().hyper == adam | {"weight_decay": 0.01}
    assert optimizers.Adamax().hyper == adam | {"lr": 0.002}
    assert optimizers.Nadam().hyper == adam | {"lr": 0.002, "momentum_decay": 0.004}
    assert gd.Momentum(lr=1).hyper == gd.Nesterov(lr=1).hyper == {"lr": 1, "beta": 0.9}
    assert optimizers.Adagrad().hyper == {"lr": 0.01, "eps": 1e-10}
    rmsprop = {"lr": 0.01, "alpha": 0.99, "eps": 1e-8, "centered": False}
    assert optimizers.RMSprop().hyper == rmsprop
    assert optimizers.Adadelta().hyper == {"lr": 1.0, "rho": 0.9, "eps": 1e-6}


@pytest.mark.parametrize(
    "optimizer, text",
    [
        (gd.Adam(), "Adam(lr=0.001)"),
        (gd.Adam(lr=0.001, beta1=0.9, l1=0.0), "Adam(lr=0.001)"),
        (gd.Momentum(0.1, 0.8, clip_norm=1.0), "Momentum(lr=0.1, beta=0.8, clip_norm=1.0)"),
        (gd.Momentum(lr=0.1, weight_decay=0.2), "Momentum(lr=0.1, weight_decay=0.2)"),
        (optimizers.AdamW(weight_decay=0.01), "AdamW(lr=0.001)"),
        (optimizers.AdamW(weight_decay=0.0), "AdamW(lr=0.001, weight_decay=0.0)"),
        (optimizers.RMSprop(centered=True), "RMSprop(lr=0.01, centered=True)"),
        (gd.Adam(lr=np.array([0.1, 0.2])), "Adam(lr=array([0.1, 0.2]))"),
        (gd.Adam(lr=np.float64(0.5)), "Adam(lr=0.5)"),
    ],
)
def test_repr_shows_what_differs_from_the_default(optimizer, text):
    assert repr(optimizer) == text


# --- properties ---


@each_optimizer
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
        assert state_next.t == state.t + 1 and type(state_next.t) is int
        theta, state = theta_next, state_next
    assert type(state) is cls.State and state._fields == ("t", *cls.memory)
    for part, first in zip(state[1:], optimizer.init(kept)[1:], strict=True):
        assert part.shape == first.shape == kept.shape and (first == 0).all()


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
    assert (once[0] == again[0]).all() and once[1].t == again[1].t == 2
    for part, same in zip(once[1], again[1], strict=True):
        assert np.array_equal(part, same)


@each_optimizer
@given(theta=vectors, grads=st.lists(vectors, min_size=3, max_size=3))
def test_coordinates_do_not_see_each_other(cls, theta, grads):
    optimizer = cls(lr=0.1)
    together = steps(optimizer, theta, lambda _, t: grads[t - 1], 3)
    for k in range(3):
        alone = steps(optimizer, theta[k : k + 1], lambda _, t, k=k: grads[t - 1][k : k + 1], 3)
        assert (together[:, k] == alone[:, 0]).all()


FORGETFUL = {
    optimizers.RMSprop: {"alpha": 0.0},
    gd.Adam: {"beta1": 0.0, "beta2": 0.0},
    optimizers.Adamax: {"beta1": 0.0, "beta2": 0.0},
}


@pytest.mark.parametrize("cls", [gd.Momentum, gd.Nesterov])
@given(theta=vectors, grads=st.lists(vectors, min_size=4, max_size=4), lr=st.floats(1e-4, 10))
def test_without_momentum_it_is_gradient_descent(cls, theta, grads, lr):
    def gradient(theta, t):
        return grads[t - 1]

    plain = steps(gd.GradientDescent(lr=lr), theta, gradient, 4)
    assert (steps(cls(lr=lr, beta=0.0), theta, gradient, 4) == plain).all()


@pytest.mark.parametrize("cls, off", FORGETFUL.items())
@given(grads=st.lists(st.floats(-1e3, 1e3).filter(lambda g: abs(g) > 1e-3), min_size=4, max_size=4))
def test_without_memory_it_is_sign_descent(cls, off, grads):
    def gradient(theta, t):
        return [grads[t - 1]]

    plain = steps(optimizers.SignDescent(lr=0.1), [0.0], gradient, 4)
    path = steps(cls(lr=0.1, eps=1e-30, **off), [0.0], gradient, 4)
    np.testing.assert_allclose(path, plain, rtol=1e-12, atol=1e-15)


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
@pytest.mark.parametrize(
    "hyper",
    [
        {"lr": np.float64(0.1)},
        {"lr": lambda k: np.float64(0.1)},
        dict.fromkeys(OPTIONS, np.float64(0.5)),
    ],
    ids=["scalar", "schedule", "options"],
)
def test_numpy_scalars_do_not_raise_the_precision(cls, hyper):
    optimizer, theta = cls(**{"lr": 0.1} | hyper), np.ones(2, np.float32)
    moved, _ = optimizer.step(theta, theta, optimizer.init(theta))
    assert moved.dtype == np.float32


@each_optimizer
def test_hyperparameters_cannot_be_changed(cls):
    optimizer = cls(lr=0.1)
    with pytest.raises(FrozenInstanceError):
        optimizer.lr = 0.2


def test_the_grid_is_what_the_hyperparameters_broadcast_to():
    assert gd.Adam(lr=np.full((3, 1), 0.1), beta2=np.full(4, 0.9)).grid == (3, 4)
    assert gd.Adam().grid == ()
    assert gd.Adam(lr=lambda k: 0.1, clip_norm=np.ones((5, 1))).grid == (5, 1)


# Not what is raised to a power: NumPy may take the power of an array another way than a number's.
POWERS = {"beta1", "beta2", "momentum_decay"}
EXACT = {"beta": 0.5, "eps": 1e-3, "alpha": 0.75, "rho": 0.75, "weight_decay": 0.25}


@each_optimizer
@settings(max_examples=25)
@given(theta=vectors, grads=st.lists(vectors, min_size=3, max_size=3), data=st.data())
def test_a_grid_is_its_single_runs(cls, theta, grads, data):
    """To the last bit, for every hyperparameter and option that may be an array."""
    hyper = {"lr": np.array([0.1, 0.5, 2.0])[:, None]}
    names = [n for n in (*own(cls)[1:], *OPTIONS) if n not in POWERS | {"centered"}]
    for name in data.draw(st.sets(st.sampled_from(names), max_size=3)):
        hyper[name] = EXACT.get(name, 0.5) * np.array([1.0, 0.5])
    optimizer = cls(**hyper)
    spread = (slice(None), *(None for _ in optimizer.grid))
    start = np.broadcast_to(theta[spread], (3, *optimizer.grid))
    path = steps(
        optimizer, start, lambda _, t: np.broadcast_to(grads[t - 1][spread], start.shape), 3
    )
    for index in np.ndindex(optimizer.grid):
        one = {k: float(np.broadcast_to(v, optimizer.grid)[index]) for k, v in hyper.items()}
        alone = steps(cls(**one), theta, lambda _, t: grads[t - 1], 3)
        np.testing.assert_array_equal(path[(..., *index)], alone)


@each_optimizer
def test_a_grid_of_decays_is_its_single_runs_closely(cls):
    hyper = {name: np.array([0.5, 0.9]) for name in own(cls) if name in POWERS}
    path = steps(cls(lr=0.1, **hyper), np.full((1, *cls(lr=0.1, **hyper).grid), 3.0), _slope, 9)
    for k in range(2 if hyper else 0):
        one = {name: float(values[k]) for name, values in hyper.items()}
        alone = steps(cls(lr=0.1, **one), [3.0], _slope, 9)
        np.testing.assert_allclose(path[:, :, k], alone, rtol=1e-12)


def _slope(theta, t):
    return 2 * theta + t


@each_optimizer
def test_a_changed_copy_steps_by_its_own_hyperparameters(cls):
    """What an instance has worked out for its steps stays with it."""
    one = cls(lr=0.1)
    steps(one, [1.0], _slope, 1)
    other = replace(one, lr=0.2, weight_decay=0.5, l1=0.5)
    fresh = cls(lr=0.2, weight_decay=0.5, l1=0.5)
    assert (steps(other, [1.0], _slope, 3) == steps(fresh, [1.0], _slope, 3)).all()
    assert (steps(other, [1.0], _slope, 3) != steps(one, [1.0], _slope, 3)).any()


# --- checks ---

OTHERS = [nan, "a", None, True, 1j, "0.1", {}, np.array([]), np.array(["a"]), np.array([True])]
BAD = {
    "a positive finite number": [*OTHERS, 0, -1, inf, np.array([0.1, -0.1]), np.array([0.1, nan])],
    "a finite number >= 0": [*OTHERS, -1e-9, inf, np.array([0.1, -0.1])],
    "a number in [0, 1)": [*OTHERS, 1, -0.1, 1.5, inf, [0.5], np.array([0.5, 1.0])],
    "a positive number": [*OTHERS, 0, -1, -inf, np.array([1.0, inf])],
    "True or False": [nan, "a", None, 2, 0.5, -1, 1j, np.array([True, False])],
}
WANTED = {"lr": "a positive finite number", "eps": "a positive finite number"}
WANTED |= dict.fromkeys(["weight_decay", "l1", "momentum_decay"], "a finite number >= 0")
WANTED |= dict.fromkeys(["beta", "beta1", "beta2", "alpha", "rho"], "a number in [0, 1)")
WANTED |= dict.fromkeys(["clip_value", "clip_norm"], "a positive number")
WANTED |= {"centered": "True or False"}


@each_optimizer
def test_bad_hyperparameters_are_named(cls):
    for name in (field.name for field in fields(cls)):
        for value in BAD[WANTED[name]]:
            with pytest.raises(ValueError) as caught:
                cls(**{"lr": 0.1} | {name: value})
            shown = " ".join(repr(value).split())
            assert str(caught.value) == f"{name} must be {WANTED[name]}, got {shown}"


def test_hyperparameters_that_do_not_broadcast():
    with pytest.raises(ValueError, match=r"^hyperparameters must .* lr \(2,\), beta \(3,\)$"):
        gd.Momentum(lr=np.full(2, 0.1), beta=np.full(3, 0.5))
    with pytest.raises(ValueError, match=r"^hyperparameters must .* lr \(2,\), l1 \(3,\)$"):
        gd.Momentum(lr=np.full(2, 0.1), l1=np.full(3, 0.5))


@each_optimizer
def test_options_are_named_when_given(cls):
    """A number too many must not become a weight decay."""
    with pytest.raises(TypeError):
        cls(*([0.1] * (len(own(cls)) + ("weight_decay" not in own(cls)))))


@each_optimizer
def test_a_gradient_of_another_shape(cls):
    optimizer, theta = cls(lr=0.1), np.ones(3)
    with pytest.raises(
        ValueError, match=r"^grad must have the shape of theta, \(3,\), got \(2,\)$"
    ):
        optimizer.step(theta, np.ones(2), optimizer.init(theta))
