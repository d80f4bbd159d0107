"""The models: values recorded from PyTorch, gradients, solvers from outside, properties, checks."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression as LogisticThere
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score

import gdlib as gd
from gdlib import models
from gdlib.gradcheck import gradcheck
from gdlib.models import MLP, LinearRegression, LogisticRegression, SoftmaxRegression, initial

pytestmark = pytest.mark.filterwarnings("error")

GOLDEN = json.loads(Path(__file__).with_name("golden").joinpath("models.json").read_text("utf-8"))
ACTIVATIONS = ["identity", "sigmoid", "tanh", "relu", "leaky_relu", "gelu"]
MODELS = [
    LinearRegression(4),
    LinearRegression(4, loss="huber", l2=0.2, delta=0.5),
    LogisticRegression(4, l2=0.2),
    SoftmaxRegression(4, 3, l2=0.2),
    *(MLP((4, 6, 5, 3), activation=activation) for activation in ACTIVATIONS),
    MLP((4, 3)),
    MLP((4, 6, 1), activation="tanh", loss="mse"),
    MLP((4, 6, 1), activation="sigmoid", loss="huber", l2=0.1),
    MLP((4, 6, 1), activation="gelu", loss="binary"),
    MLP((4, 4, 4, 6, 3), activation="tanh", residual=True),
    MLP((4, 6, 5, 3), activation="tanh", batch_norm=True),
    MLP((4, 6, 5, 3), activation="tanh", dropout=0.4),
    MLP((4, 6, 6, 3), activation="gelu", batch_norm=True, residual=True, dropout=0.3, l2=0.1),
    MLP((4, 4, 1), activation="sigmoid", batch_norm=True, residual=True, loss="mse"),
]
each_model = pytest.mark.parametrize("model", MODELS, ids=repr)


def problem(model, n=12, dtype=float, seed=0):
    """Parameters off the beaten track, examples and targets that fit the model."""
    rng = np.random.default_rng([seed, n])
    theta = (model.init(rng) + 0.3 * rng.normal(size=model.n_params)).astype(dtype)
    X = rng.normal(size=(n, model.n_features)).astype(dtype)
    if not model.head.classes:
        return theta, X, rng.normal(size=n).astype(dtype)
    return theta, X, rng.integers(0, max(2, model.n_outputs), n)


def frozen(*arrays):
    for array in arrays:
        array.flags.writeable = False
    return arrays


def run_in(model, X):
    """A state that a few batches have left."""
    theta, _, y = problem(model, len(X))
    state = model.init_state()
    for k in range(3):
        _, _, state = model.train(theta, X + 0.1 * k, y, state, None)
    return state


# --- recorded from outside ---


def recorded(case):
    return f"{case['model']}({case['arguments']})"


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=recorded)
def test_losses_and_gradients_are_those_of_pytorch(case):
    model = getattr(models, case["model"])(**case["arguments"])
    theta, state = np.array(case["theta"]), model.init_state()
    for batch in case["batches"]:
        X, y = np.array(batch["X"]), np.array(batch["y"])
        loss, grad = model.loss_and_grad(theta, X, y)
        same_loss, same_grad, state = model.train(theta, X, y, state, None)
        assert loss == same_loss == pytest.approx(batch["loss"], rel=1e-12, abs=0)
        wanted = np.array(batch["grad"])
        assert np.linalg.norm(grad - wanted) <= 1e-12 * np.linalg.norm(wanted)
        np.testing.assert_allclose(grad, wanted, rtol=1e-12, atol=1e-13 * np.abs(wanted).max())
        assert (grad == same_grad).all() and len(state) == len(batch["state"])
        for ours, theirs in zip(state, batch["state"], strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)
    X = np.array(case["batches"][0]["X"])
    outputs = model.outputs(theta, X, state)
    np.testing.assert_allclose(outputs, case["outputs"], rtol=1e-12, atol=1e-13)


def test_every_choice_is_recorded():
    arguments = [case["arguments"] for case in GOLDEN["cases"]]
    assert {case["model"] for case in GOLDEN["cases"]} == set(models.__all__) - {
        "Layer", "Model", "Signal", "initial",
    }  # fmt: skip
    assert {a["activation"] for a in arguments if "activation" in a} == set(ACTIVATIONS)
    assert {"mse", "huber", "binary"} <= {a.get("loss") for a in arguments}
    for flag in ("batch_norm", "residual", "l2"):
        assert any(a.get(flag) and "sizes" in a for a in arguments), flag


# --- gradients ---


@each_model
@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_that_of_the_loss(model, seed):
    """Dropout with the same seed leaves out the same neurons, so it is a function like others."""
    theta, X, y = problem(model, seed=seed)
    assert gradcheck(lambda t: model.loss_and_grad(t, X, y, rng=seed), theta, rtol=1e-6)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_the_gradient_of_a_deep_network(batch_norm):
    model = MLP((4, *[8] * 12, 3), activation="gelu", residual=True, batch_norm=batch_norm)
    theta, X, y = problem(model, n=20)
    assert gradcheck(lambda t: model.loss_and_grad(t, X, y), theta, samples=200, rtol=1e-5)


# --- solvers from outside ---


def solved(model, X, y, **options):
    theta0 = model.init(0)
    options = {"maxiter": 5000, "maxfun": 10**5, "ftol": 1e-15, "gtol": 1e-9} | options
    found = minimize(
        model.loss_and_grad, theta0, args=(X, y), jac=True, method="L-BFGS-B", options=options
    )
    return found.x


def standardised(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)


def test_linear_regression_meets_the_normal_equations():
    X, y = load_diabetes(return_X_y=True)
    X, y = standardised(X), standardised(y[:, None])[:, 0]
    A = np.column_stack([X, np.ones(len(X))])
    wanted = np.linalg.solve(A.T @ A, A.T @ y)
    np.testing.assert_allclose(solved(LinearRegression(10), X, y), wanted, atol=1e-5)
    _, grad = LinearRegression(10).loss_and_grad(wanted, X, y)
    assert np.abs(grad).max() < 1e-13


def test_ridge_regression_is_that_of_scikit_learn():
    X, y = load_diabetes(return_X_y=True)
    X, y = standardised(X), y / 100
    ridge = Ridge(alpha=30.0, tol=1e-10).fit(X, y)
    theta = solved(LinearRegression(10, l2=2 * 30.0 / len(X)), X, y)
    np.testing.assert_allclose(theta, [*ridge.coef_, ridge.intercept_], atol=1e-6)


def test_logistic_regression_is_that_of_scikit_learn():
    X, y = load_breast_cancer(return_X_y=True)
    X = standardised(X)[:, :8]
    there = LogisticThere(C=0.5, tol=1e-10, max_iter=10**4).fit(X, y)
    model = LogisticRegression(8, l2=1 / (0.5 * len(X)))
    theta = solved(model, X, y)
    np.testing.assert_allclose(theta, [*there.coef_[0], *there.intercept_], atol=1e-4)
    assert (model.predict(theta, X) == there.predict(X)).all()
    assert model.score(theta, X, y) == there.score(X, y)


def test_softmax_regression_is_that_of_scikit_learn():
    X, y = load_iris(return_X_y=True)
    X = standardised(X)
    there = LogisticThere(C=2.0, tol=1e-10, max_iter=10**4).fit(X, y)
    model = SoftmaxRegression(4, 3, l2=1 / (2.0 * len(X)))
    theta = solved(model, X, y)
    (layer,) = model.layers(theta)
    np.testing.assert_allclose(layer.W, there.coef_.T, atol=1e-4)
    np.testing.assert_allclose(layer.b - layer.b.mean(), there.intercept_, atol=1e-4)
    assert (model.predict(theta, X) == there.predict(X)).all()


def test_huber_regression_resists_an_outlier():
    X = np.linspace(-1, 1, 21)[:, None]
    y = 2 * X[:, 0] + 1
    y[-1] = 100
    theta = solved(LinearRegression(1, loss="huber", delta=0.01), X, y)
    np.testing.assert_allclose(theta, [2, 1], atol=0.02)
    assert solved(LinearRegression(1), X, y)[0] > 10


def test_a_network_learns_xor():
    X, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    model = MLP((2, 8, 1), activation="tanh", loss="binary", init="xavier")
    theta = solved(model, X, y)
    assert model.score(theta, X, y) == 1 and model.loss(theta, X, y) < 1e-3


# --- all models ---


@each_model
def test_nothing_is_changed_and_nothing_is_kept(model):
    arrays = frozen(*problem(model))
    before = [array.copy() for array in arrays]
    theta, X, y = arrays
    start = frozen(*model.init_state())
    kept = [part.copy() for part in start]
    first = model.train(theta, X, y, start, np.random.default_rng(1))
    second = model.train(theta, X, y, start, np.random.default_rng(1))
    assert first[0] == second[0] and (first[1] == second[1]).all()
    for one, other in zip(first[2], second[2], strict=True):
        assert (one == other).all() and one is not other
    for array, old in zip((*arrays, *start), (*before, *kept), strict=True):
        assert (array == old).all()
    assert not any(np.shares_memory(first[1], array) for array in arrays)


@each_model
def test_training_and_evaluation_see_the_same_loss(model):
    """Without batch normalisation the two modes are one; with it, each uses its own statistics."""
    theta, X, y = problem(model)
    loss, _ = model.loss_and_grad(theta, X, y)
    state = run_in(model, X)
    same = model.loss(theta, X, y, state) == pytest.approx(loss, rel=1e-14)
    assert same != bool(state)


@each_model
def test_single_precision_stays_single(model):
    theta, X, y = problem(model, dtype=np.float32)
    state = model.init_state()
    for _ in range(2):
        loss, grad, state = model.train(theta, X, y, state, np.random.default_rng(0))
        assert {part.dtype for part in (grad, *state)} == {np.dtype(np.float32)}
    assert model.outputs(theta, X, state).dtype == np.float32
    loss, grad = model.loss_and_grad(theta, X, y)
    assert isinstance(loss, float) and grad.dtype == np.float32
    wide, by_wide = model.loss_and_grad(theta.astype(float), X.astype(float), y)
    assert loss == pytest.approx(wide, rel=1e-5)
    np.testing.assert_allclose(grad, by_wide, atol=1e-5 * np.abs(by_wide).max() + 1e-6)


@each_model
def test_theta_decides_on_the_precision(model):
    theta, X, y = problem(model)
    narrow = theta.astype(np.float32)
    assert model.loss_and_grad(narrow, X, y)[1].dtype == np.float32
    assert model.outputs(narrow, X, model.init_state()).dtype == np.float32
    assert model.loss_and_grad(theta, X.astype(np.float32), y)[1].dtype == np.float64


@each_model
def test_layers_are_views_that_cover_theta(model):
    theta = model.init(0)
    layers = model.layers(theta)
    parts = [part for layer in layers for part in layer if part.size]
    assert all(np.shares_memory(part, theta) for part in parts)
    assert sum(part.size for part in parts) == model.n_params
    for part in parts:
        part[...] = 7
    assert (theta == 7).all()
    assert np.shape(layers[0].W)[0] == model.n_features


@each_model
def test_a_diverged_model_makes_no_noise(model):
    theta, X, y = problem(model)
    for bad in (1e300, np.inf, np.nan):
        loss, grad = model.loss_and_grad(theta * bad, X, y)
        assert grad.shape == theta.shape
        assert isinstance(model.loss(theta * bad, X, y, model.init_state()), float)
        assert model.predict(theta * bad, X, model.init_state()).shape == y.shape
        if np.isnan(bad):
            assert np.isnan(loss)


@each_model
def test_lists_and_whole_numbers_will_do(model):
    theta, X, y = problem(model)
    X = np.round(X * 10)
    loss, grad = model.loss_and_grad(theta, X, y)
    for examples in (X.tolist(), X.astype(int), X.astype(np.int8)):
        again, by_again = model.loss_and_grad(theta.tolist(), examples, y.tolist())
        assert again == loss and (by_again == grad).all()


@each_model
def test_layer_grad_norms_add_up(model):
    theta, X, y = problem(model)
    norms = model.layer_grad_norms(theta, X, y)
    _, grad = model.loss_and_grad(theta, X, y)
    assert norms.shape == (len(model.layers(theta)),)
    assert np.linalg.norm(norms) == pytest.approx(np.linalg.norm(grad), rel=1e-12)
    first = np.concatenate([part.ravel() for part in model.layers(grad)[0]])
    assert norms[0] == pytest.approx(np.linalg.norm(first), rel=1e-12)


def test_the_penalty_spares_intercepts():
    for kind in (
        lambda l2: SoftmaxRegression(4, 3, l2=l2),
        lambda l2: MLP((4, 5, 3), batch_norm=True, l2=l2),
    ):
        plain, penalised = kind(0.0), kind(0.6)
        theta, X, y = problem(plain)
        state = plain.init_state()
        weights = [layer.W for layer in plain.layers(theta)]
        cost = 0.3 * sum((W * W).sum() for W in weights)
        (loss, grad), (more, by_more) = (m.loss_and_grad(theta, X, y) for m in (plain, penalised))
        assert more - loss == pytest.approx(cost)
        assert penalised.loss(theta, X, y, state) - plain.loss(theta, X, y, state) == (
            pytest.approx(cost)
        )
        for layer, difference in zip(
            plain.layers(theta), plain.layers(by_more - grad), strict=True
        ):
            np.testing.assert_allclose(difference.W, 0.6 * layer.W, atol=1e-14)
            assert not difference.b.any() and not difference.gamma.any()


# --- predictions ---


def test_scores():
    X, y = load_diabetes(return_X_y=True)
    model = LinearRegression(10)
    theta = np.arange(11.0)
    assert model.predict(theta, X) == pytest.approx(X @ theta[:-1] + 10)
    assert model.score(theta, X, y) == pytest.approx(r2_score(y, model.predict(theta, X)))
    flat = np.zeros(10 + 1)
    assert model.score(flat, X, np.zeros(len(X))) == 1
    assert model.score(flat, X, np.ones(len(X))) == 0


def test_labels():
    model = LogisticRegression(1)
    X = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    assert model.predict([1.0, 1.5], X).tolist() == [0, 1, 1, 1]
    assert model.score([1.0, 1.5], X, [0, 0, 1, 1]) == 0.75
    softmax = SoftmaxRegression(1, 3)
    assert softmax.predict([-1.0, 0.0, 1.0, 0.0, 0.5, 0.0], X).tolist() == [0, 0, 2, 2]
    assert softmax.predict([0.0] * 6, X).dtype.kind == "i"


# --- the multilayer perceptron ---


def test_a_network_without_hidden_layers_is_linear():
    for network, linear in (
        (MLP((4, 3)), SoftmaxRegression(4, 3)),
        (MLP((4, 1), loss="binary"), LogisticRegression(4)),
        (MLP((4, 1), loss="mse"), LinearRegression(4)),
    ):
        theta, X, y = problem(network)
        loss, grad = network.loss_and_grad(theta, X, y)
        same, by_same = linear.loss_and_grad(theta, X, y)
        assert loss == pytest.approx(same, rel=1e-14)
        np.testing.assert_allclose(grad, by_same, rtol=1e-12, atol=1e-15)


def test_a_network_of_identities_is_a_product_of_matrices():
    model = MLP((4, 5, 6, 3), activation="identity")
    theta, X, _ = problem(model)
    for layer in model.layers(theta):
        layer.b[...] = 0
    product = np.linalg.multi_dot([layer.W for layer in model.layers(theta)])
    np.testing.assert_allclose(model.outputs(theta, X), X @ product, rtol=1e-12)


def test_activations_and_signal_of_two_layers_by_hand():
    model = MLP((4, 6, 3), activation="tanh", dropout=0.5)
    theta, X, y = problem(model)
    one, two = model.layers(theta)
    z = X @ one.W + one.b
    hidden, logits = model.activations(theta, X)
    np.testing.assert_allclose(hidden, np.tanh(z), rtol=1e-14)
    np.testing.assert_allclose(logits, np.tanh(z) @ two.W + two.b, rtol=1e-14)
    _, slope = gd.losses.softmax_cross_entropy(logits, y)
    dz = slope @ two.W.T / np.cosh(z) ** 2
    signal = model.signal(theta, X, y)
    np.testing.assert_allclose(signal.forward, [z.var(), logits.var()], rtol=1e-12)
    wanted = [np.linalg.norm(dz), np.linalg.norm(slope)]
    np.testing.assert_allclose(signal.backward, wanted, rtol=1e-12)


@pytest.mark.parametrize("n", [255, 256, 257, 700])
def test_many_examples_are_evaluated_as_few(n):
    model = MLP((4, 6, 3), activation="tanh")
    theta, X, _ = problem(model, n=n)
    wanted = model.activations(theta, X)[-1]
    np.testing.assert_allclose(model.outputs(theta, X), wanted, rtol=1e-12, atol=1e-15)


def test_zero_weights_never_break_the_symmetry():
    model = MLP((4, 6, 3), activation="tanh", init="zeros")
    _, X, y = problem(model)
    theta, ones = model.init(0), MLP((4, 6, 3), activation="tanh")
    assert not theta.any()
    for same in (theta, np.full(model.n_params, 0.3)):
        for _ in range(5):
            same = same - 0.5 * ones.loss_and_grad(same, X, y)[1]
            W = model.layers(same)[0].W
            np.testing.assert_allclose(W, W[:, :1] * np.ones(6), rtol=1e-12, atol=1e-15)
    assert not model.layers(theta - 0.5 * ones.loss_and_grad(theta, X, y)[1])[0].W.any()


def test_residual_connections_carry_the_input_through():
    model = MLP((4, 4, 4, 4, 3), residual=True, init="zeros")
    _, X, _ = problem(model)
    theta = model.init(0)
    model.layers(theta)[-1].W[...] = np.arange(12.0).reshape(4, 3)
    assert all((a == X).all() for a in model.activations(theta, X)[:-1])
    np.testing.assert_allclose(model.outputs(theta, X), X @ np.arange(12.0).reshape(4, 3))
    sizes = (4, 5, 2, 6, 3)  # no layer keeps its width
    theta = MLP(sizes).init(0)
    outputs = MLP(sizes, residual=True).outputs(theta, X)
    assert (outputs == MLP(sizes).outputs(theta, X)).all()


# --- batch normalisation ---


def normalised(**arguments):
    model = MLP((4, 6, 5, 3), batch_norm=True, **arguments)
    return model, *problem(model, n=9)


def test_batch_normalisation_sets_mean_and_variance():
    """Each neuron then has the mean b and the variance gamma^2, but for eps."""
    model, theta, X, _ = normalised(activation="identity")
    for layer, a in zip(model.layers(theta), model.activations(theta, 100 * X)[:-1], strict=False):
        np.testing.assert_allclose(a.mean(axis=0), layer.b, atol=1e-12)
        np.testing.assert_allclose(a.var(axis=0), layer.gamma**2, rtol=1e-3)


def test_running_statistics_approach_those_of_the_data():
    model, theta, X, y = normalised()
    z = X @ model.layers(theta)[0].W
    mean, var, *_ = state = model.init_state()
    assert not mean.any() and (var == 1).all() and len(state) == 4
    for k in range(1, 300):
        state = model.train(theta, X, y, state, None)[2]
        if k in (1, 7, 299):
            left = 0.9**k
            np.testing.assert_allclose(state[0], (1 - left) * z.mean(axis=0), rtol=1e-12)
            unbiased = z.var(axis=0, ddof=1)
            np.testing.assert_allclose(state[1], left + (1 - left) * unbiased, rtol=1e-12)


def test_evaluation_does_not_look_at_the_other_examples():
    model, theta, X, _ = normalised()
    state = run_in(model, X)
    together = model.outputs(theta, X, state)
    alone = np.concatenate([model.outputs(theta, X[k : k + 1], state) for k in range(len(X))])
    np.testing.assert_allclose(alone, together, rtol=1e-12)
    first, second = model.activations(theta, X)[-1], model.activations(theta, X[:5])[-1]
    assert not np.allclose(first[:5], second)


def test_a_normalised_layer_does_not_feel_the_scale_of_its_weights():
    """So its gradient is at right angles to them, up to eps."""
    model, theta, X, y = normalised(activation="tanh")
    X = 1000 * X
    loss, grad = model.loss_and_grad(theta, X, y)
    scaled = theta.copy()
    model.layers(scaled)[0].W[...] *= 5
    assert model.loss_and_grad(scaled, X, y)[0] == pytest.approx(loss, rel=1e-6)
    W, dW = model.layers(theta)[0].W, model.layers(grad)[0].W
    assert abs((W * dW).sum()) < 1e-6 * np.linalg.norm(W) * np.linalg.norm(dW)


@pytest.mark.parametrize("method", ["loss", "score", "predict", "outputs"])
def test_evaluation_needs_the_state(method):
    model, theta, X, y = normalised()
    arguments = (theta, X, y) if method in ("loss", "score") else (theta, X)
    with pytest.raises(ValueError, match=r"^state must be the state that training ended with, "):
        getattr(model, method)(*arguments)
    with pytest.raises(ValueError, match=r"^state must be a state of this model, got "):
        getattr(model, method)(*arguments, model.init_state()[:2])


def test_a_batch_of_one_has_no_variance():
    model, theta, X, y = normalised()
    with pytest.raises(ValueError, match=r"^X must have at least 2 rows to train with batch "):
        model.loss_and_grad(theta, X[:1], y[:1])


# --- dropout ---


def test_dropout_leaves_out_its_part_and_keeps_the_mean():
    """A wide linear layer of equal neurons: the output is the mean of the masks."""
    p, width = 0.3, 40_000
    model = MLP((1, width, 1), activation="identity", dropout=p, loss="mse")
    theta = np.zeros(model.n_params)
    one, two = model.layers(theta)
    one.W[...], two.W[...] = 1, 1 / width
    X, y = np.ones((1, 1)), np.zeros(1)
    loss, grad = model.loss_and_grad(theta, X, y, rng=1)
    deviation = np.sqrt(p / (1 - p) / width)  # of the mean of the masks, each 0 or 1 / (1 - p)
    assert np.sqrt(loss) == pytest.approx(1, abs=4 * deviation)
    by_two = model.layers(grad)[1].W / (2 * np.sqrt(loss))  # the masked activations
    values, counts = np.unique(by_two.round(9), return_counts=True)
    np.testing.assert_allclose(values, [0, 1 / (1 - p)], atol=1e-8)
    assert counts[0] / width == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / width))


def test_dropout_happens_only_with_a_generator():
    model, plain = MLP((4, 20, 3), dropout=0.5), MLP((4, 20, 3))
    theta, X, y = problem(model)
    loss, grad = plain.loss_and_grad(theta, X, y)
    assert model.loss_and_grad(theta, X, y)[0] == loss == model.loss(theta, X, y)
    assert (model.loss_and_grad(theta, X, y)[1] == grad).all()
    dropped = [model.loss_and_grad(theta, X, y, rng=seed)[0] for seed in (1, 1, 2)]
    assert dropped[0] == dropped[1] != dropped[2] and loss not in dropped
    rng = np.random.default_rng(1)
    assert [model.loss_and_grad(theta, X, y, rng=rng)[0] for _ in range(2)] != dropped[:2]


# --- initial weights ---

WIDE = MLP((300, 200, 100, 10))


def chi_square_bounds(variance, n, level=1e-6):
    low, high = stats.chi2.ppf([level, 1 - level], n)
    return variance * low / n, variance * high / n


@pytest.mark.parametrize(
    "name, variance",
    [
        ("normal", lambda m, n: 1.0),
        ("xavier", lambda m, n: 2 / (m + n)),
        ("he", lambda m, n: 2 / m),
        ("orthogonal", lambda m, n: 1 / max(m, n)),
    ],
)
@pytest.mark.parametrize("scale", [1.0, 0.3])
def test_initial_variances(name, variance, scale):
    model = MLP(WIDE.sizes, init=name, init_scale=scale)
    for W, b, _ in model.layers(model.init(5)):
        low, high = chi_square_bounds(scale**2 * variance(*W.shape), W.size)
        assert low < (W * W).mean() < high
        assert abs(W.mean()) < 5 * np.sqrt(high / W.size)
        assert not b.any()


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7)])
def test_orthogonal_weights(shape):
    W = initial.orthogonal(np.random.default_rng(0), *shape)
    assert W.shape == shape
    small = W.T @ W if shape[0] >= shape[1] else W @ W.T
    np.testing.assert_allclose(small, np.eye(min(shape)), atol=1e-14)


@pytest.mark.parametrize("name", initial.__all__)
@pytest.mark.parametrize("bad", [0, -1, 2.0, True, None])
def test_bad_widths_are_named(name, bad):
    function = getattr(initial, name)
    with pytest.raises(ValueError, match=r"^fan_in must be a whole number >= [01], got "):
        function(0, bad, 3)
    with pytest.raises(ValueError, match=r"^fan_out must be a whole number >= [01], got "):
        function(0, 3, bad)


def test_orthogonal_weights_have_no_preferred_sign():
    rng = np.random.default_rng(0)
    corners = [initial.orthogonal(rng, 3, 3)[0, 0] > 0 for _ in range(1000)]
    assert 430 < sum(corners) < 570


def test_he_keeps_the_signal_through_thirty_layers_of_relu():
    sizes = (256, *[256] * 30, 10)
    X = np.random.default_rng(0).normal(size=(64, 256))
    y = np.arange(64) % 10
    he, xavier = (MLP(sizes, init=name) for name in ("he", "xavier"))
    kept, lost = (model.signal(model.init(1), X, y) for model in (he, xavier))
    assert 0.1 < kept.forward[29] / kept.forward[0] < 10
    assert 0.1 < kept.backward[0] / kept.backward[29] < 10
    assert np.log2(lost.forward[29] / lost.forward[0]) == pytest.approx(-29, abs=4)
    assert np.log2(lost.backward[0] / lost.backward[29]) == pytest.approx(-29 / 2, abs=3)


@pytest.mark.parametrize("model", [WIDE, LogisticRegression(3), MLP((3, 4, 2), batch_norm=True)])
def test_a_seed_gives_the_same_start(model):
    theta = model.init(3)
    assert theta.shape == (model.n_params,) and theta.dtype == np.float64
    assert (theta == model.init(np.random.default_rng(3))).all()
    if isinstance(model, MLP):
        assert (theta != model.init(4)).any()
        assert all((layer.gamma == 1).all() for layer in model.layers(theta))


# --- text and checks ---


def test_the_text_shows_what_is_not_default():
    assert repr(MLP([2, 3, 1], loss="mse", dropout=0.1)) == (
        "MLP(sizes=(2, 3, 1), loss='mse', dropout=0.1)"
    )
    assert repr(LinearRegression(3)) == "LinearRegression(n_features=3)"
    assert repr(SoftmaxRegression(3, 4, l2=0.5)) == (
        "SoftmaxRegression(n_features=3, n_classes=4, l2=0.5)"
    )


GOOD = SoftmaxRegression(2, 3)
REGRESSION = LinearRegression(2)
ZEROS = np.zeros((4, 2))
BAD_CALLS = [
    (GOOD, np.zeros(8), ZEROS, [0] * 4, "theta must have shape (9,), got (8,)"),
    (GOOD, np.zeros((9, 1)), ZEROS, [0] * 4, "theta must have shape (9,), got (9, 1)"),
    (GOOD, np.full(9, 1j), ZEROS, [0] * 4, "theta must hold numbers, got array([0.+1.j, "),
    (GOOD, np.zeros(9), np.zeros(2), [0], "X must have shape (n, 2), n > 0, got (2,)"),
    (GOOD, np.zeros(9), np.zeros((4, 3)), [0] * 4, "X must have shape (n, 2), n > 0, got (4, 3)"),
    (GOOD, np.zeros(9), np.zeros((0, 2)), [], "X must have shape (n, 2), n > 0, got (0, 2)"),
    (GOOD, np.zeros(9), [["a", "b"]], [0], "X must hold finite numbers, got array([['a', 'b']]"),
    (GOOD, np.zeros(9), [[0, np.nan]], [0], "X must hold finite numbers, got array([[ 0., nan]])"),
    (GOOD, np.zeros(9), [[0, np.inf]], [0], "X must hold finite numbers, got array([[ 0., inf]])"),
    (GOOD, np.zeros(9), ZEROS, [0] * 3, "y must have shape (4,), one for each example, got (3,)"),
    (GOOD, np.zeros(9), ZEROS, [0, 1, 2, 3], "y must hold whole labels from 0 to 2, got array(["),
    (GOOD, np.zeros(9), ZEROS, [0, 1, 2, -1], "y must hold whole labels from 0 to 2, got array(["),
    (GOOD, np.zeros(9), ZEROS, [0.0] * 4, "y must hold whole labels from 0 to 2, got array(["),
    (
        REGRESSION, np.zeros(3), ZEROS, np.zeros((4, 1)),
        "y must have shape (4,), one for each example, got (4, 1)",
    ),
    (REGRESSION, np.zeros(3), ZEROS, [0, 0, 0, np.nan], "y must hold finite numbers, got array(["),
    (
        LogisticRegression(2), np.zeros(3), ZEROS, np.zeros((4, 1)),
        "y must have shape (4,), one for each example, got (4, 1)",
    ),
    (
        LogisticRegression(2), np.zeros(3), ZEROS, [-1, 1, 1, 1],
        "y must hold labels 0 and 1, got array([-1, 1, 1, 1])",
    ),
    (
        MLP((2, 4, 1), loss="mse"), np.zeros(17), ZEROS, np.zeros((4, 1)),
        "y must have shape (4,), one for each example, got (4, 1)",
    ),
]  # fmt: skip


@pytest.mark.parametrize("model, theta, X, y, message", BAD_CALLS)
@pytest.mark.parametrize("method", ["loss_and_grad", "loss", "score", "layer_grad_norms"])
def test_bad_arguments_are_named(method, model, theta, X, y, message):
    with pytest.raises(ValueError) as caught:
        getattr(model, method)(theta, X, y)
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)


def test_check_returns_arrays():
    X, y = GOOD.check([[1, 2]], [2])
    assert X.shape == (1, 2) and y.tolist() == [2]


SIZES = "sizes must be whole numbers >= 1, at least two, the last "
BAD_MODELS = [
    (LinearRegression, {"n_features": 0}, "n_features must be a whole number >= 1, got 0"),
    (LinearRegression, {"n_features": 2.0}, "n_features must be a whole number >= 0, got 2.0"),
    (LinearRegression, {"n_features": 2, "loss": "mae"}, "loss must be one of mse, huber; got "),
    (LinearRegression, {"n_features": 2, "loss": "softmax"}, "loss must be one of mse, huber; got"),
    (LinearRegression, {"n_features": 2, "delta": 0}, "delta must be a positive finite number, "),
    (LinearRegression, {"n_features": 2, "l2": -1}, "l2 must be a finite number >= 0, got -1"),
    (LogisticRegression, {"n_features": 2, "l2": np.nan}, "l2 must be a finite number >= 0, got "),
    (SoftmaxRegression, {"n_features": 2, "n_classes": 1}, "n_classes must be a whole number >= 2"),
    (MLP, {"sizes": (3,)}, SIZES + ">= 2 for this loss, got (3,)"),
    (MLP, {"sizes": 3}, SIZES + ">= 2 for this loss, got 3"),
    (MLP, {"sizes": (3, 0, 2)}, SIZES),
    (MLP, {"sizes": (3, 2.5, 2)}, SIZES),
    (MLP, {"sizes": (3, True, 2)}, SIZES),
    (MLP, {"sizes": (3, 1)}, SIZES + ">= 2 for this loss, got (3, 1)"),
    (MLP, {"sizes": (3, 2), "loss": "mse"}, SIZES + "1 for this loss, got (3, 2)"),
    (MLP, {"sizes": (3, 2), "loss": ["mse"]}, "loss must be one of mse, huber, binary, softmax; "),
    (MLP, {"sizes": (3, 2), "activation": "swish"}, "activation must be one of identity, sigmoid,"),
    (MLP, {"sizes": (3, 2), "init": "lecun"}, "init must be one of he, normal, orthogonal, "),
    (MLP, {"sizes": (3, 2), "init_scale": 0}, "init_scale must be a positive finite number, got 0"),
    (MLP, {"sizes": (3, 2), "dropout": 1.0}, "dropout must be a number in [0, 1), got 1.0"),
    (MLP, {"sizes": (3, 2), "dropout": -0.1}, "dropout must be a number in [0, 1), got -0.1"),
    (MLP, {"sizes": (3, 2), "batch_norm": "yes"}, "batch_norm must be True or False, got 'yes'"),
    (MLP, {"sizes": (3, 2), "residual": 2}, "residual must be True or False, got 2"),
]


@pytest.mark.parametrize("kind, arguments, message", BAD_MODELS)
def test_bad_models_are_refused(kind, arguments, message):
    with pytest.raises(ValueError) as caught:
        kind(**arguments)
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)


@pytest.mark.parametrize("rng", [None, "a", 1.5, True, np.random])
def test_a_bad_generator_is_named(rng):
    with pytest.raises(TypeError, match=r"^rng must be a seed or a numpy Generator, got "):
        WIDE.init(rng)
