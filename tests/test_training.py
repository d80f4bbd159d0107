"""`fit` and its `History`: the batches it takes, how it ends, and how it goes on."""

import json
import tracemalloc
from dataclasses import fields
from itertools import chain, count, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gdlib as gd
from gdlib import descent, models
from gdlib.history import History
from gdlib.schedules import Step
from gdlib.training import EpochReport, fit

pytestmark = pytest.mark.filterwarnings("error")

RNG = np.random.default_rng(3)
X = RNG.normal(size=(23, 4))
Y = X @ [1.0, -2.0, 0.5, 0.0] + 0.3 * RNG.normal(size=23)
LABELS = (Y > 0).astype(int)
HELD_OUT = (X[:7] + 0.1, Y[:7] - 0.2)
LINEAR = models.LinearRegression(n_features=4)
GD = gd.GradientDescent(lr=0.05)


class Spy:
    """A student's model that notes which rows it is given: the loss is their mean."""

    def __init__(self):
        self.seen = []

    def loss_and_grad(self, theta, X, y):
        assert (X[:, 0] == y).all(), "an example and its target stay together"
        self.seen.append(X[:, 0].astype(int).tolist())
        return X.mean(), np.zeros_like(theta)


def spied(n, epochs=3, **options):
    rows = np.arange(n, dtype=float)
    spy = Spy()
    history = fit(spy, rows[:, None], rows, GD, theta0=[0.0], epochs=epochs, **options)
    steps = len(history.loss) // epochs if epochs else 0
    return history, [spy.seen[k * steps : (k + 1) * steps] for k in range(epochs)]


def same(a, b, but=("seconds",)):
    """Whether two histories are the same to the last bit."""
    for field in fields(History):
        if field.name not in but:
            mine, other = getattr(a, field.name), getattr(b, field.name)
            for one, two in zip(
                mine if isinstance(mine, tuple) else [mine],
                other if isinstance(other, tuple) else [other],
                strict=True,
            ):
                assert np.asarray(one).dtype == np.asarray(two).dtype, field.name
                np.testing.assert_array_equal(one, two, err_msg=field.name)
    assert repr(a) == repr(b)


# --- the batches ---

sizes = st.tuples(st.integers(1, 40), st.integers(1, 50), st.integers(0, 99))


@given(sizes)
@settings(max_examples=60)
def test_an_epoch_uses_every_row_once(case):
    n, b, seed = case
    history, epochs = spied(n, batch_size=b, rng=seed)
    for batches in epochs:
        assert sorted(chain(*batches)) == list(range(n))
        assert [len(batch) for batch in batches[:-1]] == [min(b, n)] * (-(-n // b) - 1)
        assert len(batches[-1]) == n - min(b, n) * (len(batches) - 1)
    assert history.epoch_end.tolist() == [k * -(-n // b) for k in (1, 2, 3)]
    seen = np.cumsum([len(batch) for batches in epochs for batch in batches])
    assert history.samples.tolist() == seen.tolist()


@given(sizes)
@settings(max_examples=40)
def test_drop_last_leaves_out_the_smaller_batch_alone(case):
    n, b, seed = case
    history, epochs = spied(n, batch_size=b, rng=seed, drop_last=True)
    for batches in epochs:
        rows = [*chain(*batches)]
        assert len(set(rows)) == len(rows) == n // min(b, n) * min(b, n)
        assert {len(batch) for batch in batches} == {min(b, n)}
    assert history.samples[-1] == 3 * len(rows)


@given(sizes)
@settings(max_examples=40)
def test_with_replacement_all_batches_are_full(case):
    n, b, seed = case
    history, epochs = spied(n, batch_size=b, rng=seed, replace=True)
    for batches in epochs:
        assert [len(batch) for batch in batches] == [min(b, n)] * -(-n // b)
    assert history.samples.tolist() == [min(b, n) * (k + 1) for k in range(len(history.samples))]


def test_with_replacement_rows_are_drawn_independently():
    _, (batches,) = spied(50, epochs=1, batch_size=1, replace=True)
    assert len({row for (row,) in batches}) < 45, "36 are missed or repeated, in the mean"
    _, epochs = spied(10, epochs=400, batch_size=10, replace=True)
    counts = np.bincount(np.ravel(epochs), minlength=10)
    assert abs(counts - 400).max() < 5 * np.sqrt(400 * 0.9), "every row is as likely as others"


def test_each_epoch_has_an_order_of_its_own_and_each_seed():
    _, epochs = spied(20, epochs=9, batch_size=1)
    orders = {str(batches) for batches in epochs}
    orders.add(str(spied(20, epochs=1, batch_size=1, rng=1)[1][0]))
    assert len(orders) == 10
    assert spied(20, epochs=9, batch_size=1)[1] == epochs


def test_the_first_row_is_anyone():
    """Each of 5 rows comes first in a fifth of 1000 epochs, within 5 standard deviations."""
    _, epochs = spied(5, epochs=1000, batch_size=1)
    counts = np.bincount([batches[0][0] for batches in epochs])
    assert abs(counts - 200).max() < 5 * np.sqrt(1000 * 0.2 * 0.8)


@pytest.mark.parametrize("optimizer", [GD, gd.Momentum(lr=0.02), gd.Adam(lr=0.1)])
@pytest.mark.parametrize("batch_size", [23, 1000])
def test_the_batch_of_all_rows_is_minimize(optimizer, batch_size):
    history = fit(LINEAR, X, Y, optimizer, batch_size=batch_size, epochs=40)
    trace = gd.minimize(lambda t: LINEAR.loss_and_grad(t, X, Y), np.zeros(5), optimizer, steps=40)
    assert (history.theta == trace.theta[-1]).all()
    assert (history.loss == trace.loss[:-1]).all() and (history.epoch_loss == history.loss).all()
    np.testing.assert_allclose(history.grad_norm, trace.grad_norm[:-1], rtol=1e-14)
    assert (history.lr == trace.lr).all()


def test_a_run_is_the_steps_taken_by_hand():
    optimizer = gd.Adam(lr=0.05)
    history = fit(LINEAR, X, Y, optimizer, batch_size=5, epochs=4, rng=7)
    rng = np.random.default_rng(7)
    theta = LINEAR.init(rng)
    state = optimizer.init(theta)
    losses, norms, means = [], [], []
    for _ in range(4):
        order = rng.permutation(23)
        for i in range(0, 23, 5):
            rows = order[i : i + 5]
            loss, grad = LINEAR.loss_and_grad(theta, X[rows], Y[rows])
            theta, state = optimizer.step(theta, grad, state)
            losses.append(loss)
            norms.append(np.linalg.norm(grad))
        means.append((5 * sum(losses[-5:-1]) + 3 * losses[-1]) / 23)
    assert (history.theta == theta).all() and history.loss.tolist() == losses
    assert all((a == b).all() for a, b in zip(history.optimizer_state[1:], state[1:], strict=True))
    assert history.optimizer_state.t == 20
    np.testing.assert_allclose(history.grad_norm, norms, rtol=1e-14)
    np.testing.assert_allclose(history.epoch_loss, means, rtol=1e-14)
    assert (history.stopped, history.diverged) == ("epochs", False)


def test_the_models_state_and_its_draws_go_from_batch_to_batch():
    net, optimizer = models.MLP(sizes=(4, 6, 2), batch_norm=True, dropout=0.3), gd.Momentum(lr=0.1)
    held_out = (X[:7], LABELS[:7])
    history = fit(net, X, LABELS, optimizer, batch_size=6, epochs=2, rng=2, validation=held_out)
    rng = np.random.default_rng(2)
    theta = net.init(rng)
    state, model_state = optimizer.init(theta), net.init_state()
    for epoch in range(2):
        order = rng.permutation(23)
        for i in range(0, 23, 6):
            rows = order[i : i + 6]
            _, grad, model_state = net.train(theta, X[rows], LABELS[rows], model_state, rng)
            theta, state = optimizer.step(theta, grad, state)
        assert history.val_loss[epoch] == net.loss(theta, *held_out, model_state)
    assert (history.theta == theta).all()
    assert all((a == b).all() for a, b in zip(history.model_state, model_state, strict=True))


def test_the_mean_of_an_epoch_counts_examples_not_batches():
    """The loss is the batch's mean row, so the mean over all examples is the mean of all rows."""
    history, _ = spied(10, batch_size=7)
    np.testing.assert_allclose(history.epoch_loss, 4.5, rtol=1e-14)
    assert (abs(history.loss.reshape(3, 2).mean(axis=1) - 4.5) > 0.1).any(), "7 and 3 are not alike"


def test_time_goes_on():
    history = fit(LINEAR, X, Y, GD, batch_size=4, epochs=3)
    assert (np.diff(history.seconds) > 0).all() and history.seconds[0] > 0
    resumed = fit(LINEAR, X, Y, GD, batch_size=4, epochs=5, resume=history)
    assert (resumed.seconds[:18] == history.seconds).all()
    assert (np.diff(resumed.seconds) > 0).all()


def test_a_schedule_counts_steps():
    schedule = Step(lr=0.1, step_size=4, gamma=0.5)
    history = fit(LINEAR, X, Y, gd.GradientDescent(lr=schedule), batch_size=8, epochs=3)
    assert history.lr.tolist() == [schedule(k) for k in range(9)]
    theta, moves = LINEAR.init(0), []
    spy = fit(LINEAR, X, Y, gd.GradientDescent(lr=schedule), batch_size=23, epochs=6)
    for k in range(6):
        before = theta
        theta = theta - schedule(k) * LINEAR.loss_and_grad(theta, X, Y)[1]
        moves.append(np.linalg.norm(theta - before))
    assert (spy.theta == theta).all()
    np.testing.assert_allclose(spy.grad_norm * spy.lr, moves, rtol=1e-12)


def test_nothing_that_is_passed_changes():
    own_X, own_y, own_theta = X.copy(), Y.copy(), np.ones(5)
    history = fit(LINEAR, own_X, own_y, GD, theta0=own_theta, epochs=2, validation=(own_X, own_y))
    assert (own_X == X).all() and (own_y == Y).all() and (own_theta == 1).all()
    assert not np.shares_memory(history.theta, own_theta)
    same(history, fit(LINEAR, X, Y, GD, theta0=np.ones(5), epochs=2, validation=(X, Y)))


def test_a_generator_is_a_seed_in_use():
    rng = np.random.default_rng(5)
    first = fit(LINEAR, X, Y, GD, rng=rng, batch_size=4)
    same(first, fit(LINEAR, X, Y, GD, rng=5, batch_size=4))
    assert (fit(LINEAR, X, Y, GD, rng=rng, batch_size=4).theta != first.theta).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("data_dtype", [np.float32, np.float64])
def test_the_start_decides_the_precision(dtype, data_dtype, tmp_path):
    class Seen:
        def loss_and_grad(self, theta, X, y):
            assert theta.dtype == X.dtype == y.dtype == dtype
            return LINEAR.loss_and_grad(theta, X, y)

    rows, y = X.astype(data_dtype), Y.astype(data_dtype)
    for data in (rows, mapped(tmp_path, rows)):
        history = fit(Seen(), data, y, gd.Adam(), theta0=np.ones(5, dtype), epochs=2, batch_size=4)
        assert history.theta.dtype == history.optimizer_state.m.dtype == dtype
        assert history.loss.dtype == np.float64


def test_labels_and_counts_stay_whole():
    class Seen:
        def loss_and_grad(self, theta, X, y):
            assert X.dtype == np.uint8 and y.dtype == np.int64
            return 0.0, theta

    fit(Seen(), np.ones((9, 2), np.uint8), np.ones(9, np.int64), GD, theta0=[1.0], epochs=1)


def test_examples_may_have_any_shape():
    class Image:
        def loss_and_grad(self, theta, X, y):
            assert X.shape[1:] == (2, 3) and y.shape[1:] == (5,)
            return 0.0, theta

    fit(Image(), np.ones((9, 2, 3)), np.ones((9, 5)), GD, theta0=[1.0], epochs=1)


# --- validation and early stopping ---


def test_validation_is_scored_on_its_own_data_after_the_epoch():
    thetas = []
    history = fit(
        LINEAR, X, Y, GD, batch_size=6, epochs=5, validation=HELD_OUT,
        callbacks=[lambda report: thetas.append(report.theta)],
    )  # fmt: skip
    assert history.val_loss.tolist() == [LINEAR.loss(theta, *HELD_OUT) for theta in thetas]
    assert history.val_score.tolist() == [LINEAR.score(theta, *HELD_OUT) for theta in thetas]
    best = int(history.val_loss.argmin())
    assert history.best_epoch == best and (history.best_theta == thetas[best]).all()
    assert (history.theta == thetas[-1]).all()


def test_without_validation_there_is_no_best():
    history = fit(LINEAR, X, Y, GD, epochs=2)
    assert np.isnan(history.val_loss).all() and np.isnan(history.val_score).all()
    assert history.val_loss.shape == history.val_score.shape == (2,)
    assert history.best_epoch is history.best_theta is history.best_state is None


class Scripted:
    """A student's model whose validation losses are prescribed; a step adds 1 to `theta`."""

    def __init__(self, losses):
        self.losses = iter(losses)

    def loss_and_grad(self, theta, X, y):
        return 0.0, -np.ones_like(theta)

    def loss(self, theta, X, y):
        return next(self.losses)


def scripted(losses, **options):
    model = Scripted(losses)
    one = gd.GradientDescent(lr=1.0)
    start = {} if "resume" in options else {"theta0": [0.0]}
    return fit(model, X, Y, one, batch_size=23, validation=HELD_OUT, **start, **options)


@pytest.mark.parametrize(
    "losses, patience, epochs, best",
    [
        ([5, 4, 3, 3, 3, 2], 2, 5, 2),  # an equal loss is not lower
        ([5, 4, 3, 3, 2, 3, 3], 2, 7, 4),
        ([5, 6, 1], 1, 2, 0),
        ([5, 6, 7, 4, 5, 6, 7, 1], 3, 7, 3),
        ([np.nan, np.nan, 1], 2, 2, None),
        ([np.nan, 3, np.inf, np.nan, 1], 2, 4, 1),
    ],
)
def test_patience_counts_epochs_without_a_lower_loss(losses, patience, epochs, best):
    history = scripted(losses, epochs=len(losses), patience=patience)
    assert len(history.epoch_end) == epochs and history.best_epoch == best
    assert history.stopped == ("patience" if epochs < len(losses) else "epochs")
    assert history.theta.tolist() == [epochs]
    assert best is None or history.best_theta.tolist() == [best + 1]


def test_patience_outlives_an_interruption():
    whole = scripted([3, 2, 4, 5, 6, 7], epochs=6, patience=3)
    part = scripted([3, 2, 4], epochs=3, patience=3)
    rest = scripted([5, 6, 7], epochs=6, patience=3, resume=part)
    assert rest.stopped == "patience" and len(rest.epoch_end) == 5
    same(rest, whole)
    same(scripted([7], epochs=6, patience=3, resume=rest), whole)
    assert len(scripted([7], epochs=6, patience=4, resume=rest).epoch_end) == 6


# --- callbacks ---


def test_callbacks_are_told_and_may_stop():
    told, late = [], []
    history = fit(
        LINEAR, X, Y, GD, batch_size=5, epochs=9, validation=HELD_OUT,
        callbacks=[lambda report: told.append(report) or np.bool_(report.epoch == 3), late.append],
    )  # fmt: skip
    assert history.stopped == "callback" and len(told) == 3 and late == told
    for k, report in enumerate(told):
        assert isinstance(report, EpochReport)
        assert (report.epoch, report.step) == (k + 1, history.epoch_end[k])
        assert report.loss == history.epoch_loss[k]
        assert (report.val_loss, report.val_score) == (history.val_loss[k], history.val_score[k])
        assert report.seconds == history.seconds[report.step - 1]
    assert (told[-1].theta == history.theta).all() and told[-1].model_state == ()


def test_an_error_in_a_callback_is_the_readers_to_see():
    def callback(report):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        fit(LINEAR, X, Y, GD, callbacks=[callback])


# --- going on ---

NET = models.MLP(sizes=(4, 6, 2), batch_norm=True, dropout=0.3)
RUN = {"batch_size": 6, "validation": (X[:7] + 0.1, LABELS[:7]), "rng": 11}


def train(model=NET, **options):
    return fit(model, X, LABELS, gd.Adam(lr=0.03), **RUN | options)


WHOLE = train(epochs=7)


class Interrupted:
    """`NET` with a Ctrl-C at the given call of a method, before or after its work."""

    def __init__(self, method, call, late):
        calls, work = count(), getattr(NET, method)

        def interrupted(*args):
            stop = next(calls) == call
            if stop and not late:
                raise KeyboardInterrupt
            result = work(*args)
            if stop:
                raise KeyboardInterrupt
            return result

        setattr(self, method, interrupted)

    def __getattr__(self, name):
        return getattr(NET, name)


@pytest.mark.parametrize("epochs", range(8))
def test_to_resume_is_never_to_have_stopped(epochs):
    part = train(epochs=epochs)
    assert len(part.epoch_end) == epochs
    same(train(epochs=7, resume=part, rng=99), WHOLE)


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", [0, 1, 3, 4, 9, 11])
def test_ctrl_c_within_an_epoch_loses_nothing(call, late, replace, tmp_path):
    part = train(Interrupted("train", call, late), epochs=7, replace=replace)
    assert part.stopped == "interrupted" and not part.diverged
    assert len(part.loss) == call and len(part.epoch_end) == call // 4
    assert len(part.order) == (24 if replace else 23)
    part.save(tmp_path / "run.npz")
    for kept in (part, History.load(tmp_path / "run.npz")):
        same(train(epochs=7, replace=replace, resume=kept), train(epochs=7, replace=replace))


@pytest.mark.parametrize("method", ["loss", "score"])
def test_ctrl_c_while_validating_loses_nothing(method):
    part = train(Interrupted(method, 2, True), epochs=7)
    assert part.stopped == "interrupted" and len(part.loss) == 12 and len(part.epoch_end) == 2
    same(train(epochs=7, resume=part), WHOLE)


def test_ctrl_c_in_a_callback_loses_nothing():
    def callback(report):
        if report.epoch == 4:
            raise KeyboardInterrupt

    part = train(epochs=7, callbacks=[callback])
    assert part.stopped == "interrupted" and len(part.epoch_end) == 4 and not len(part.order)
    same(train(epochs=7, resume=part), WHOLE)


def test_interrupted_twice_in_one_epoch():
    once = train(Interrupted("train", 5, False), epochs=7)
    twice = train(Interrupted("train", 1, True), epochs=7, resume=once)
    assert len(once.loss) == 5 and len(twice.loss) == 6
    same(train(epochs=7, resume=twice), WHOLE)


def test_what_is_new_applies_from_the_resumption_on():
    part = fit(LINEAR, X, Y, GD, batch_size=6, epochs=2)
    rest = fit(LINEAR, X, Y, gd.GradientDescent(lr=0.01), batch_size=23, epochs=4, resume=part)
    assert rest.lr.tolist() == [0.05] * 8 + [0.01] * 2
    assert rest.samples.tolist() == [6, 12, 18, 23, 29, 35, 41, 46, 69, 92]
    assert rest.epoch_end.tolist() == [4, 8, 9, 10]


@pytest.mark.parametrize("bits", ["PCG64", "MT19937", "Philox", "SFC64"])
def test_a_history_can_be_kept(bits, tmp_path):
    rng = np.random.Generator(getattr(np.random, bits)(1))
    for k, history in enumerate([train(epochs=3, rng=rng), fit(LINEAR, X, Y, GD, epochs=0)]):
        history.save(tmp_path / f"{k}")
        loaded = History.load(tmp_path / f"{k}")
        same(loaded, history, but=("rng_state",))
        for state in (loaded.rng_state, history.rng_state):
            assert json.dumps(state, default=np.ndarray.tolist)
        assert type(loaded.diverged) is bool and type(loaded.stopped) is str
    part = History.load(tmp_path / "0")
    rng = np.random.Generator(getattr(np.random, bits)(1))
    same(train(epochs=5, resume=part), train(epochs=5, rng=rng), but=("seconds", "rng_state"))


# --- divergence ---


@pytest.mark.parametrize("batch_size", [1, 6, 23])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_divergence_is_a_result(batch_size, dtype):
    start = np.ones(5, dtype)
    wild = gd.GradientDescent(lr=30.0)
    history = fit(LINEAR, X, Y, wild, theta0=start, batch_size=batch_size, epochs=500)
    assert history.diverged is True and history.stopped == "diverged"
    assert 1 < len(history.loss) == len(history.lr) == len(history.samples) < 23 * 500
    for part in (history.theta, history.loss, history.grad_norm, history.epoch_loss):
        assert np.isfinite(part).all()
    assert np.abs(history.theta).max() > 1e10 and history.theta.dtype == dtype


class Cliff:
    """A student's model with a loss, gradient or point that is not finite from step `k` on."""

    def __init__(self, k, what):
        self.calls, self.k, self.what = count(), k, what

    def loss_and_grad(self, theta, X, y):
        there = next(self.calls) >= self.k
        loss = np.nan if there and self.what == "loss" else 1.0
        grad = -np.ones_like(theta)
        if there and self.what != "loss":
            grad[0] = {"grad": np.inf, "theta": -1e308}[self.what]
        return loss, grad


@pytest.mark.parametrize("what", ["loss", "grad"])
@pytest.mark.parametrize("k", [0, 1, 3, 4, 6])
def test_a_run_ends_at_the_last_point_that_was_finite(what, k):
    one = gd.GradientDescent(lr=1.0)
    history = fit(Cliff(k, what), X, Y, one, theta0=[0.0, 0.0], batch_size=6, epochs=3)
    assert history.diverged and len(history.loss) == k and len(history.epoch_end) == k // 4
    assert history.theta.tolist() == [max(k - 1, 0)] * 2


def test_a_point_that_is_not_finite_is_seen_at_the_end_of_the_epoch():
    ten = gd.GradientDescent(lr=10.0)  # 10 * 1e308 is infinite
    history = fit(Cliff(3, "theta"), X, Y, ten, theta0=[0.0, 0.0], batch_size=6, epochs=3)
    assert history.diverged and len(history.loss) == 4 and history.theta.tolist() == [30, 30]
    history = fit(Cliff(5, "theta"), X, Y, ten, theta0=[0.0, 0.0], batch_size=6, epochs=3)
    assert history.diverged and len(history.loss) == 8 and history.theta.tolist() == [40, 40]


@pytest.mark.parametrize("exponent", [-200, -20, 0, 20, 200])
def test_the_norm_neither_overflows_nor_vanishes(exponent):
    class Slope:
        def loss_and_grad(self, theta, X, y):
            return 0.0, np.array([3.0, 4.0]) * 10.0**exponent

    history = fit(Slope(), X, Y, GD, theta0=[0.0, 0.0], epochs=1)
    assert history.grad_norm[0] == pytest.approx(5 * 10.0**exponent, rel=1e-14)
    assert not history.diverged


# --- data on disk ---


def mapped(folder, array):
    path = folder / f"{array.dtype}-{array.shape}.npy"
    np.save(path, array)
    return np.load(path, mmap_mode="r")


@pytest.mark.parametrize("options", [{}, {"batch_size": 6}, {"batch_size": 6, "replace": True}])
def test_a_file_trains_as_its_array_does(options, tmp_path):
    rows = mapped(tmp_path, X)
    assert isinstance(rows, np.memmap)
    val = (mapped(tmp_path, HELD_OUT[0]), HELD_OUT[1])
    on_disk = fit(LINEAR, rows, Y, GD, epochs=3, validation=val, **options)
    same(on_disk, fit(LINEAR, X, Y, GD, epochs=3, validation=HELD_OUT, **options))


def test_a_file_is_never_in_memory_whole(tmp_path):
    n, d = 40_000, 50
    rows = np.lib.format.open_memmap(tmp_path / "X.npy", "w+", np.float64, (n, d))
    rows[:] = np.arange(d)
    y = np.zeros(n)
    model = models.LinearRegression(n_features=d)
    small = gd.GradientDescent(lr=1e-6)
    tracemalloc.start()
    try:
        history = fit(model, rows, y, small, batch_size=500, epochs=2)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(history.loss) == 160 and not history.diverged
    assert peak < rows.nbytes / 4, f"{peak} bytes at once, of {rows.nbytes} in the file"


def test_a_file_is_checked_whole(tmp_path):
    rows = np.zeros((9000, 4))
    rows[8999, 3] = np.nan
    with pytest.raises(ValueError, match="X must hold finite numbers"):
        fit(LINEAR, mapped(tmp_path, rows), np.zeros(9000), GD)


# --- a student's own model ---


def test_a_model_needs_no_more_than_loss_and_grad():
    class Mine:
        def loss_and_grad(self, theta, X, y):
            error = X @ theta - y
            return error @ error / len(y), 2 * X.T @ error / len(y)

    history = fit(
        Mine(), X, Y, GD, theta0=np.zeros(4), batch_size=6, epochs=200, validation=HELD_OUT
    )
    exact = np.linalg.lstsq(X, Y, rcond=None)[0]
    np.testing.assert_allclose(history.theta, exact, atol=0.1)
    assert history.val_loss[-1] == Mine().loss_and_grad(history.theta, *HELD_OUT)[0]
    assert np.isnan(history.val_score).all() and history.model_state == ()


def test_a_models_own_loss_init_and_score_are_used():
    class Mine:
        def init(self, rng):
            return rng.normal(size=2)

        def loss_and_grad(self, theta, X, y):
            return 1.0, np.zeros(2)

        def loss(self, theta, X, y):
            return 2.0

        def score(self, theta, X, y):
            return 3.0

    history = fit(Mine(), X, Y, GD, rng=4, epochs=1, validation=HELD_OUT)
    assert history.theta.tolist() == np.random.default_rng(4).normal(size=2).tolist()
    assert (history.val_loss.tolist(), history.val_score.tolist()) == ([2.0], [3.0])


# --- what one sees ---


def test_what_a_history_shows():
    history = fit(LINEAR, X, Y, GD, batch_size=6, epochs=2, validation=HELD_OUT)
    numbers = f"{history.epoch_loss[0]:.4g} -> {history.epoch_loss[1]:.4g}"
    assert repr(history) == (
        f"History(2 epochs, 8 steps, loss {numbers}, "
        f"validation loss {history.val_loss[1]:.4g} after epoch 2, stopped: epochs)"
    )
    empty = fit(LINEAR, X, Y, GD, epochs=0)
    assert repr(empty) == "History(0 epochs, 0 steps, stopped: epochs)"
    assert (empty.theta == 0).all() and empty.loss.shape == empty.epoch_loss.shape == (0,)
    part = train(Interrupted("train", 2, False), epochs=7)
    shown = f"loss {part.loss[0]:.4g} -> {part.loss[1]:.4g}, stopped: interrupted"
    assert repr(part) == f"History(0 epochs, 2 steps, {shown})"


def test_progress_is_silent_unless_asked_for_or_seen(capfd):
    fit(LINEAR, X, Y, GD, epochs=3)
    assert capfd.readouterr() == ("", "")
    fit(LINEAR, X, Y, GD, epochs=3, batch_size=6, progress=True)
    out, err = capfd.readouterr()
    assert not out and "/12" in err
    gd.minimize(gd.landscape("bowl"), [1.0, 1.0], GD, 7, progress=True)
    assert "/7" in capfd.readouterr().err


def test_progress_shows_in_a_terminal(monkeypatch):
    assert descent.progress_bar(range(3), None).disable
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    bar = descent.progress_bar(range(3), None)
    assert not bar.disable and bar.delay == 1.0
    bar.close()


def test_progress_shows_in_a_notebook_that_somebody_runs():
    manager = pytest.importorskip("jupyter_client.manager")
    kernels, client = manager.start_new_kernel(kernel_name="python3")
    try:
        for live in (False, True):
            shown = []
            client.execute_interactive(
                "from gdlib.descent import progress_bar\nprogress_bar(range(3), None).disable",
                allow_stdin=live,
                stdin_hook=lambda message: None,
                timeout=60,
                output_hook=lambda message, shown=shown: shown.append(message["content"]),
            )
            assert [
                part["data"] for part in shown if "execution_count" in part and "data" in part
            ] == [{"text/plain": str(not live)}]
    finally:
        client.stop_channels()
        kernels.shutdown_kernel(now=True)


# --- what it refuses ---

PAIR = "must have as many targets as examples, and at least one, got shapes "
DONE = fit(LINEAR, X, Y, GD, epochs=3)
WILD = fit(LINEAR, X, Y, gd.GradientDescent(lr=1e200), epochs=3)
MIDDLE = train(Interrupted("train", 2, False), epochs=7)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"model": 3}, r"model must have loss_and_grad\(theta, X, y\) -> \(loss, grad\), got 3"),
        ({"model": Spy()}, r"theta0 must be given for a model without init\(rng\), got None"),
        ({"X": X[:5]}, rf"X and y {PAIR}\(5, 4\) and \(23,\)"),
        ({"X": X[:0], "y": Y[:0]}, rf"X and y {PAIR}\(0, 4\) and \(0,\)"),
        ({"X": 1.0}, rf"X and y {PAIR}\(\) and \(23,\)"),
        ({"y": Y[:, None]}, r"y must .*\(23, 1\).*"),
        ({"optimizer": 0.1}, "optimizer must be one optimiser such as .*, got 0.1"),
        ({"optimizer": gd.Adam}, "optimizer must be one optimiser such as .*, got <class .*"),
        (
            {"optimizer": gd.Adam(lr=np.array([0.1, 0.2]))},
            "optimizer must be one optimiser such as .*, without a grid, got Adam.*",
        ),
        (
            {"optimizer": gd.GradientDescent(lr=gd.line_search.Exact())},
            "optimizer must not search along the line: no batch is the whole loss",
        ),
        ({"batch_size": 0}, "batch_size must be a whole number >= 1, got 0"),
        ({"batch_size": 2.0}, "batch_size must be a whole number >= 0, got 2.0"),
        ({"epochs": -1}, "epochs must be a whole number >= 0, got -1"),
        ({"epochs": True}, "epochs must be a whole number >= 0, got True"),
        ({"rng": -1}, "rng must be a whole number >= 0, got -1"),
        ({"theta0": [np.nan] * 5}, r"theta0 must be a vector of finite numbers, shape \(d,\), .*"),
        ({"replace": "no"}, "replace must be True or False, got 'no'"),
        ({"drop_last": None}, "drop_last must be True or False, got None"),
        ({"validation": X}, r"validation must be a pair \(X, y\), got array.*"),
        ({"validation": (X, Y, Y)}, r"validation must be a pair \(X, y\), got .*"),
        ({"validation": (X, Y[:3])}, rf"validation {PAIR}\(23, 4\) and \(3,\)"),
        ({"patience": 0, "validation": HELD_OUT}, "patience must be a whole number >= 1, got 0"),
        ({"patience": 2}, "patience must come with validation data to be patient about"),
        ({"callbacks": [3]}, r"callbacks must be callable, got \(3,\)"),
        ({"resume": 3}, "resume must be a History, got 3"),
        ({"resume": WILD}, "resume must not have diverged: start again from its theta"),
        ({"resume": DONE, "theta0": [0.0]}, "theta0 must be left out with resume, .*"),
        ({"resume": DONE, "epochs": 2}, "epochs counts all epochs and must be >= 3, .*, got 2"),
        (
            {"resume": DONE, "optimizer": gd.Adam()},
            r"optimizer must be of the kind that made resume, got Adam\(lr=0.001\)",
        ),
        (
            {"model": NET, "y": LABELS, "optimizer": gd.Adam(), "resume": MIDDLE, "batch_size": 7},
            "resume stopped within an epoch: go on with the batches of then",
        ),
    ],
)
def test_bad_arguments_are_named(change, message):
    arguments = {"model": LINEAR, "X": X, "y": Y, "optimizer": GD, "epochs": 9} | change
    with pytest.raises(ValueError, match=f"^{message}$"):
        fit(**arguments)


def test_a_wrong_gradient_is_named():
    class Mine:
        def loss_and_grad(self, theta, X, y):
            return 0.0, np.zeros(3)

    with pytest.raises(ValueError, match=r"^loss_and_grad must return a loss of shape \(\) and"):
        fit(Mine(), X, Y, GD, theta0=[0.0])


def test_the_network_learns_the_digits():
    data = gd.data.digits()
    net = models.MLP(sizes=(64, 32, 10))
    history = fit(net, data.X_train, data.y_train, gd.Adam(lr=0.01), epochs=12)
    assert all(a > b for a, b in pairwise(history.epoch_loss[:4]))
    assert net.score(history.theta, data.X_test, data.y_test) > 0.95
