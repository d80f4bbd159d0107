"""Long vectors: a step cut into blocks, or compiled, is the step of the plain rule."""

import sys
import threading

import numpy as np
import pytest

import gdlib as gd
from gdlib import fast

pytestmark = pytest.mark.filterwarnings("error")

SIZES = [fast.COMPILED + 7, fast.PARALLEL + 7]  # no whole numbers of blocks
OPTIMIZERS = [cls(lr=0.01) for cls in gd.Optimizer.__subclasses__()] + [
    gd.RMSprop(lr=0.01, centered=True),
    gd.Adam(lr=gd.schedules.Cosine(0.1, steps=10), weight_decay=0.1, clip_norm=1.0, l1=1e-3),
]
each_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
each_size = pytest.mark.parametrize("size", SIZES)


@pytest.fixture(params=["cut", "compiled"])
def how(request, monkeypatch):
    if request.param == "cut":
        monkeypatch.setattr(fast, "compiler", lambda: None)
        monkeypatch.setattr(fast, "CUT", fast.COMPILED)
    elif fast.compiler() is None:
        pytest.skip("Numba is not installed")
    return request.param


def three_steps(optimizer, size, dtype=float, **options):
    """The parameters and the state after three steps from a random start."""
    rng = np.random.default_rng(1847)
    theta = rng.normal(size=size).astype(dtype)
    state = optimizer.init(theta)
    for _ in range(3):
        grad = rng.normal(size=size).astype(dtype)
        theta, state = optimizer.step(theta, grad, state, **options)
    return theta, state


def plain(optimizer, size, dtype=float):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast, "worthwhile", lambda theta: False)
        return three_steps(optimizer, size, dtype)


@each_size
@pytest.mark.parametrize("inplace", [False, True])
@each_optimizer
def test_it_is_the_step_of_the_plain_rule(optimizer, inplace, size, how):
    theta, state = three_steps(optimizer, size, inplace=inplace)
    wanted, wanted_state = plain(optimizer, size)
    np.testing.assert_allclose(theta, wanted, rtol=1e-12, atol=1e-15)
    assert state.t == wanted_state.t == 3
    for part, want in zip(state[1:], wanted_state[1:], strict=True):
        np.testing.assert_allclose(part, want, rtol=1e-12, atol=1e-15)


@each_optimizer
def test_single_precision_stays_single(optimizer, how):
    theta, state = three_steps(optimizer, SIZES[0], np.float32)
    assert all(part.dtype == np.float32 for part in (theta, *state[1:]))
    np.testing.assert_allclose(
        theta, plain(optimizer, SIZES[0], np.float32)[0], rtol=2e-4, atol=2e-6
    )


@each_optimizer
def test_nothing_given_is_changed_unless_allowed(optimizer, how):
    rng = np.random.default_rng(0)
    theta, grad = rng.normal(size=(2, SIZES[0]))
    state = optimizer.step(theta, grad, optimizer.init(theta))[1]
    kept = [part.copy() for part in (theta, grad, *state[1:])]
    optimizer.step(theta, grad, state)
    for part, before in zip((theta, grad, *state[1:]), kept, strict=True):
        assert np.array_equal(part, before)


def test_what_is_allowed_to_be_overwritten_is():
    theta, grad = np.ones((2, SIZES[0]))
    momentum = gd.Momentum(lr=0.5)
    state = momentum.init(theta)
    after, state_after = momentum.step(theta, grad, state, inplace=True)
    assert after is theta and state_after.v is state.v
    assert (theta == 0.5).all() and (grad == 1).all()


def test_a_short_vector_is_moved_by_the_plain_rule(monkeypatch):
    monkeypatch.setattr(fast, "advance", None)
    theta = np.ones(fast.COMPILED - 1)
    gd.Adam().step(theta, theta, gd.Adam().init(theta))


def test_without_numba_only_vectors_beyond_the_cache_are_cut(monkeypatch):
    assert fast.worthwhile(np.ones(fast.CUT))
    monkeypatch.setattr(fast, "compiler", lambda: None)
    assert not fast.worthwhile(np.ones(fast.CUT - 1)) and fast.worthwhile(np.ones(fast.CUT))


def test_numba_may_be_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    assert fast.compiler.__wrapped__() is None


def test_threads_may_step_at_once():
    """Numba's threads would end the process."""
    results = []

    def run():
        results.append(three_steps(gd.Adam(), SIZES[1])[0])

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4 and all(np.array_equal(r, results[0]) for r in results)
