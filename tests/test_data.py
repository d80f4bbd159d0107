"""The data: what is in them, how they are split and scaled, and that a seed decides all."""

import gzip
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import datasets

import gdlib as gd
from gdlib import data, models
from gdlib.training import fit

pytestmark = pytest.mark.filterwarnings("error")

ROOT = Path(__file__).parents[1]
REAL = {
    data.diabetes: datasets.load_diabetes(scaled=False),
    data.breast_cancer: datasets.load_breast_cancer(),
    data.digits: datasets.load_digits(),
}
MADE = [data.two_moons, data.spirals, data.blobs, data.zipf]
each_real = pytest.mark.parametrize("load", REAL, ids=lambda load: load.__name__)
each_made = pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)


# --- real data ---


@each_real
def test_every_example_is_in_one_part(load):
    """Undo the scaling, and find each row of the original once."""
    found, raw = load(), REAL[load]
    rows = [tuple(row) for row in np.column_stack([raw.data, raw.target])]
    both = np.vstack([found.X_train, found.X_test])
    y = np.concatenate([found.y_train, found.y_test])
    assert both.shape == raw.data.shape and len(y) == len(rows)
    varies = np.ptp(found.X_train, axis=0) > 0

    def scaled(column, of):
        """What a linear map makes of `column`, fitted to `of`: zero error if it is one."""
        design = np.column_stack([of, np.ones(len(of))])
        return abs(design @ np.linalg.lstsq(design, column, rcond=None)[0] - column).max()

    order = np.lexsort(np.column_stack([both[:, varies], y]).T.round(6))
    raw_order = np.lexsort(np.column_stack([raw.data[:, varies], raw.target]).T)
    for k in np.flatnonzero(varies):
        assert scaled(both[order, k], raw.data[raw_order, k]) < 1e-8
    assert scaled(y[order], raw.target[raw_order]) < 1e-8
    assert len(set(rows)) > 0.9 * len(rows)


@each_real
def test_the_training_part_alone_sets_the_scale(load):
    found = load()
    varies = np.ptp(found.X_train, axis=0) > 0
    columns = [found.X_train[:, varies]]
    tested = [found.X_test[:, varies]]
    if not found.classes:
        columns.append(found.y_train[:, None])
        tested.append(found.y_test[:, None])
    train, test = np.hstack(columns), np.hstack(tested)
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(train.std(axis=0), 1, rtol=1e-12)
    assert abs(test.mean(axis=0)).max() > 0.01 and abs(test.std(axis=0) - 1).max() > 0.01


def test_a_pixel_that_never_changes_is_zero_in_both_parts():
    for seed in range(20):
        found = data.digits(rng=seed, test=0.7)
        dead = np.ptp(found.X_train, axis=0) == 0
        assert dead.sum() >= 3
        assert not found.X_train[:, dead].any() and not found.X_test[:, dead].any()
        assert np.isfinite(found.X_train).all() and np.isfinite(found.X_test).all()


@each_real
@pytest.mark.parametrize("test", [0.1, 0.25, 0.5])
def test_classes_are_split_alike(load, test):
    found, raw = load(test=test), REAL[load]
    assert len(found.y_test) == int(np.ceil(test * len(raw.target)))
    if found.classes:
        whole = np.bincount(raw.target) / len(raw.target)
        for y in (found.y_train, found.y_test):
            assert abs(np.bincount(y) / len(y) - whole).max() < 1.5 / len(y)
            assert y.dtype == np.int64


@each_real
def test_a_seed_decides_the_split(load):
    first, again, other = load(rng=4), load(rng=4), load(rng=5)
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert (first.X_train != other.X_train).any() and (first.X_train == load(rng=4)[0]).all()
    rng = np.random.default_rng(4)
    assert (load(rng=rng).X_train == first.X_train).all()
    assert (load(rng=rng).X_train != first.X_train).any(), "a generator moves on"


@each_real
@pytest.mark.parametrize("dtype", [np.float32, np.float64, "f4"])
def test_the_precision_is_as_asked(load, dtype):
    found = load(dtype=dtype)
    assert found.X_train.dtype == found.X_test.dtype == np.dtype(dtype)
    if not found.classes:
        assert found.y_train.dtype == found.y_test.dtype == np.dtype(dtype)
    np.testing.assert_allclose(found.X_test, load().X_test, rtol=1e-6, atol=1e-6)


def test_names_are_there():
    assert data.diabetes().features[:3] == ("age", "sex", "bmi") and not data.diabetes().classes
    assert data.breast_cancer().classes == ("malignant", "benign")
    assert data.digits().classes == tuple("0123456789")
    assert data.digits().features[9] == "pixel_1_1"
    for load in REAL:
        assert len(load().features) == load().X_train.shape[1]


# --- made data ---


@each_made
def test_a_seed_decides_what_is_made(make):
    (X, y), (again_X, again_y), (other_X, _) = make(rng=3), make(rng=3), make(rng=4)
    assert (again_X == X).all() and (y == again_y).all() and (other_X != X).any()
    assert X.dtype == np.float64 and y.dtype == np.int64 and len(X) == len(y)
    rng = np.random.default_rng(3)
    assert (make(rng=rng)[0] == X).all() and (make(rng=rng)[0] != X).any()


@given(st.integers(2, 60))
@settings(max_examples=30)
def test_two_moons_lie_on_their_circles(n):
    X, y = data.two_moons(n, noise=0.0)
    upper, lower = X[y == 0], X[y == 1]
    assert (len(upper), len(lower)) == (n // 2, n - n // 2) and (np.diff(y) >= 0).all()
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert (upper[:, 1] > -1e-12).all() and (lower[:, 1] < 0.5 + 1e-12).all()


@given(st.integers(2, 60), st.floats(0.1, 4))
@settings(max_examples=30)
def test_spirals_wind_as_often_as_asked(n, turns):
    X, y = data.spirals(n, noise=0.0, turns=turns)
    for label, count in ((0, n // 2), (1, n - n // 2)):
        arm = X[y == label]
        assert len(arm) == count
        radius = np.hypot(*arm.T)
        np.testing.assert_allclose(radius, np.arange(1, count + 1) / count)
        end = 2 * np.pi * turns + np.pi * label
        np.testing.assert_allclose(arm[-1], [np.cos(end), np.sin(end)], atol=1e-9)
        angle = 2 * np.pi * turns * radius + np.pi * label
        np.testing.assert_allclose(
            arm, np.stack([np.cos(angle), np.sin(angle)], 1) * radius[:, None]
        )


@each_made
def test_noise_is_as_large_as_asked(make):
    if make is data.zipf:
        clean, noisy = (make(n=4000, noise=noise, rng=1)[1] for noise in (0.0, 0.2))
        share = (clean != noisy).mean()
        assert abs(share - 0.2) < 5 * np.sqrt(0.2 * 0.8 / 4000)
    else:
        error = make(n=4000, noise=0.3, rng=1)[0] - make(n=4000, noise=0.0, rng=1)[0]
        assert abs(error.std() - 0.3) < 5 * 0.3 / np.sqrt(2 * 8000)
        assert abs(error.mean()) < 5 * 0.3 / np.sqrt(8000)


@pytest.mark.parametrize("n, k", [(7, 3), (3, 3), (100, 2), (11, 5)])
def test_blobs_lie_around_their_centres(n, k):
    X, y = data.blobs(n, centres=k, noise=0.0)
    counts = np.bincount(y)
    assert len(counts) == k and np.ptp(counts) <= 1 and (np.diff(y) >= 0).all()
    np.testing.assert_allclose(np.hypot(*X.T), 2)
    angle = 2 * np.pi * y / k
    np.testing.assert_allclose(X, 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    means = np.arange(3.0 * k).reshape(k, 3)
    X, y = data.blobs(n, centres=means, noise=0.0)
    assert (means[y] == X).all()


def test_zipfs_features_are_as_frequent_as_his_law_says():
    X, _ = data.zipf(n=20_000, n_features=100, rng=2)
    assert set(np.unique(X)) == {0.0, 1.0}
    chance = 1 / np.arange(1, 101)
    spread = np.sqrt(chance * (1 - chance) / 20_000)
    assert (abs(X.mean(axis=0) - chance) <= 5 * spread).all()


def test_zipfs_rare_features_tell_most():
    """Where it occurs, a rare feature moves the odds of the label more than a frequent one."""
    X, y = data.zipf(n=40_000, n_features=100, noise=0.0, rng=0)
    moved = np.array([abs(y[x == 1].mean() - y[x == 0].mean()) for x in X[:, 1:].T])
    assert moved[60:].mean() > 2 * moved[:9].mean()
    assert 0.35 < y.mean() < 0.65, "both classes are frequent"


def test_adagrad_gains_on_the_rare_features():
    """Each with the best of its rates, after one epoch of single examples."""
    X, y = data.zipf(n=1500, n_features=200, noise=0.0, rng=1)
    test_X, test_y = X[1000:], y[1000:]
    model = models.LogisticRegression(n_features=200)

    def best(cls, rates):
        thetas = [
            fit(model, X[:1000], y[:1000], cls(lr=lr), batch_size=1, epochs=1).theta for lr in rates
        ]
        return min(model.loss(theta, test_X, test_y) for theta in thetas)

    adagrad = best(gd.Adagrad, [0.1, 0.3, 1.0, 3.0])
    assert adagrad < 0.9 * best(gd.GradientDescent, [0.03, 0.1, 0.3, 1.0, 3.0])


# --- the book's own text ---


def test_paragraphs_are_bags_of_words_of_the_frozen_text():
    """Counted anew, word by word, from the file; the vocabulary comes from the training part."""
    packed = (ROOT / "gdlib" / "paragraphs.txt.gz").read_bytes()
    lines = [line.split("\t") for line in gzip.decompress(packed).decode().splitlines()]
    frozen = [(part, Counter(re.findall("[a-z]{2,}", text.lower()))) for part, text in lines]
    found = data.paragraphs(rng=3)
    X = np.vstack([found.X_train, found.X_test])
    y = np.concatenate([found.y_train, found.y_test])
    assert list(found.features) == sorted(found.features)

    def bags(pairs):
        return sorted((part, sorted(bag.items())) for part, bag in pairs)

    kept = set(found.features)
    wanted = [(p, {w: n for w, n in bag.items() if w in kept}) for p, bag in frozen]
    shown = [
        (found.classes[k], {found.features[j]: int(x[j]) for j in np.flatnonzero(x)})
        for x, k in zip(X, y, strict=True)
    ]
    assert bags(shown) == bags(wanted)
    assert ((found.X_train > 0).sum(axis=0) >= 2).all()
    assert ((found.X_test > 0).sum(axis=0) == 0).any()


def test_paragraphs_are_split_alike_by_a_seed():
    one, same, other = (data.paragraphs(test=0.4, rng=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.X_train, same.X_train)
    assert one.features != other.features
    share = np.bincount(one.y_test) / np.bincount(np.concatenate([one.y_train, one.y_test]))
    assert abs(share - 0.4).max() < 0.02
    assert data.paragraphs(dtype=np.float32).X_test.dtype == np.float32


def test_words_tell_the_part():
    text = data.paragraphs()
    model = models.SoftmaxRegression(len(text.features), 5, l2=0.01)
    run = fit(model, text.X_train, text.y_train, gd.Adagrad(lr=0.1), batch_size=32, epochs=10)
    most = np.bincount(text.y_test).max() / len(text.y_test)
    assert model.score(run.theta, text.X_test, text.y_test) > most + 0.2


# --- what they refuse ---


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: data.digits(test=0.0), r"test must be a number in \(0, 1\), got 0.0"),
        (lambda: data.digits(test=1), r"test must be a number in \(0, 1\), got 1"),
        (lambda: data.diabetes(rng=-3), "rng must be a whole number >= 0, got -3"),
        (lambda: data.diabetes(dtype=int), "dtype must be float32 or float64, got <class 'int'>"),
        (lambda: data.two_moons(1), "n must be a whole number >= 2, got 1"),
        (lambda: data.two_moons(9, noise=-1), "noise must be a finite number >= 0, got -1"),
        (lambda: data.spirals(turns=0), "turns must be a positive finite number, got 0"),
        (lambda: data.spirals(n=2.5), "n must be a whole number >= 0, got 2.5"),
        (lambda: data.blobs(centres=1), "centres must be a whole number >= 2, got 1"),
        (lambda: data.blobs(n=2, centres=3), "n must be a whole number >= 3, got 2"),
        (
            lambda: data.blobs(centres=[1.0, 2.0]),
            r"centres must be a number >= 2 or an array of shape \(k, d\), got \[1\.0, 2\.0\]",
        ),
        (lambda: data.paragraphs(test=2), r"test must be a number in \(0, 1\), got 2"),
        (
            lambda: data.paragraphs(dtype="int8"),
            "dtype must be float32 or float64, got 'int8'",
        ),
        (lambda: data.zipf(n=0), "n must be a whole number >= 1, got 0"),
        (lambda: data.zipf(n_features=0), "n_features must be a whole number >= 1, got 0"),
        (lambda: data.zipf(noise=1.0), r"noise must be a number in \[0, 1\), got 1.0"),
    ],
)
def test_bad_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        make()


def test_a_seed_is_a_number():
    with pytest.raises(TypeError, match=r"^rng must be a seed or a numpy Generator, got None$"):
        data.blobs(rng=None)


def test_what_data_show():
    assert repr(data.digits(test=0.5)) == (
        "Data(898 to train, 899 to test, 64 features, 10 classes)"
    )


def test_heavy_libraries_are_imported_only_when_needed():
    """`import gdlib` would otherwise take twice as long."""
    code = "import gdlib, sys; print(*sorted({'sklearn', 'scipy.optimize'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
