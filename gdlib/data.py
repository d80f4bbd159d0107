"""Data for the chapters: real sets of scikit-learn, this book's own text, and made ones by seed.

Nothing is downloaded, and the same seed gives the same numbers.
"""

import gzip
from importlib import resources
from math import pi
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from . import _check

__all__ = [
    "Data",
    "blobs",
    "breast_cancer",
    "diabetes",
    "digits",
    "paragraphs",
    "spirals",
    "two_moons",
    "zipf",
]

Array = NDArray[Any]
Seed = int | np.random.Generator


class Data(NamedTuple):
    """Examples to train on, and others to test on.

    Attributes
    ----------
    X_train : ndarray of shape (n_train, d)
        One example a row.
    y_train : ndarray of shape (n_train,)
        Targets: numbers of the dtype of X, or labels 0, 1, ... as int64.
    X_test, y_test : ndarray of shape (n_test, d) and (n_test,)
        The same of the examples held out.
    features : tuple of str
        What the columns are.
    classes : tuple of str
        What the labels are; empty for a regression.
    """

    X_train: Array
    y_train: Array
    X_test: Array
    y_test: Array
    features: tuple[str, ...]
    classes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        task = f"{len(self.classes)} classes" if self.classes else "regression"
        n, d = self.X_train.shape
        return f"Data({n} to train, {len(self.X_test)} to test, {d} features, {task})"


def diabetes(test: float = 0.25, rng: Seed = 0, dtype: DTypeLike = float) -> Data:
    """Return the diabetes data: how far the disease goes within a year, a regression.

    442 patients, 10 measurements: age, sex, body mass index, mean blood pressure and six of blood
    serum. The target is a measure of the disease's progression. All columns and the target are
    standardised: mean 0 and standard deviation 1 over the training data.

    Parameters
    ----------
    test : float, default 0.25
        The part of the examples that is held out, in (0, 1).
    rng : int or numpy.random.Generator, default 0
        Chooses which.
    dtype : dtype, default float
        float32 or float64, of X and of the target.

    Returns
    -------
    Data

    Raises
    ------
    ValueError
        If an argument is not as above.

    References
    ----------
    Efron, B., Hastie, T., Johnstone, I., and Tibshirani, R., Least angle regression, 2004.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.data.diabetes()
    Data(331 to train, 111 to test, 10 features, regression)
    """
    return _bundled("diabetes", test, rng, dtype)


def breast_cancer(test: float = 0.25, rng: Seed = 0, dtype: DTypeLike = float) -> Data:
    """Return the breast cancer data of Wisconsin: malignant or benign, two classes.

    569 tumours, 30 measurements of cell nuclei in an image: radius, texture, perimeter and seven
    more, each as mean, standard error and worst value. Label 0 is malignant (212), 1 benign (357).
    Both parts hold the classes in the same proportions. Columns are standardised: mean 0 and
    standard deviation 1 over the training data.

    Parameters
    ----------
    test : float, default 0.25
        The part of the examples that is held out, in (0, 1).
    rng : int or numpy.random.Generator, default 0
        Chooses which.
    dtype : dtype, default float
        float32 or float64, of X.

    Returns
    -------
    Data

    Raises
    ------
    ValueError
        If an argument is not as above.

    References
    ----------
    Street, W. N., Wolberg, W. H., and Mangasarian, O. L., Nuclear feature extraction for breast
    tumor diagnosis, 1993.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.data.breast_cancer()
    Data(426 to train, 143 to test, 30 features, 2 classes)
    """
    return _bundled("breast_cancer", test, rng, dtype)


def digits(test: float = 0.25, rng: Seed = 0, dtype: DTypeLike = float) -> Data:
    """Return the handwritten digits: images of 8 x 8 pixels, ten classes.

    1797 images, 64 columns: the pixels row by row, so ``X.reshape(-1, 8, 8)`` shows them. Both
    parts hold the classes in the same proportions. Columns are standardised: mean 0 and standard
    deviation 1 over the training data. Pixels that never change there, near the rim, are 0.

    Parameters
    ----------
    test : float, default 0.25
        The part of the examples that is held out, in (0, 1).
    rng : int or numpy.random.Generator, default 0
        Chooses which.
    dtype : dtype, default float
        float32 or float64, of X.

    Returns
    -------
    Data

    Raises
    ------
    ValueError
        If an argument is not as above.

    References
    ----------
    Alpaydin, E., and Kaynak, C., Cascading classifiers, 1998: the test set of "Optical recognition
    of handwritten digits", UCI machine learning repository.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.data.digits()
    Data(1347 to train, 450 to test, 64 features, 10 classes)
    """
    return _bundled("digits", test, rng, dtype)


def paragraphs(test: float = 0.25, rng: Seed = 0, dtype: DTypeLike = float) -> Data:
    """Return paragraphs of this book as bags of words: which part are they from, five classes.

    783 paragraphs of chapters 1 to 10 and 12, of at least 20 words, as they stood on one day; they
    are frozen, so that editing a chapter changes no result. A column is a word, of letters alone
    and at least two of them, that occurs in two or more of the training paragraphs; the entry is
    how often it occurs in this paragraph, and not scaled: most are 0. Words are lower case, in
    alphabetical order. Both parts hold the classes in the same proportions. The text is under the
    licence of the book's text, CC BY 4.0.

    Parameters
    ----------
    test : float, default 0.25
        The part of the paragraphs that is held out, in (0, 1).
    rng : int or numpy.random.Generator, default 0
        Chooses which.
    dtype : dtype, default float
        float32 or float64, of X.

    Returns
    -------
    Data

    Raises
    ------
    ValueError
        If an argument is not as above.

    Examples
    --------
    >>> import gdlib as gd
    >>> text = gd.data.paragraphs()
    >>> text
    Data(587 to train, 196 to test, 1287 features, 5 classes)
    >>> text.classes
    ('basics', 'derivations', 'stochastic', 'momentum', 'adaptive')
    >>> text.features[:3], (text.X_train > 0).mean().round(3)
    (('about', 'above', 'absolute'), np.float64(0.027))
    """
    from sklearn.feature_extraction.text import CountVectorizer

    packed = resources.files(__package__).joinpath("paragraphs.txt.gz").read_bytes()
    lines = [line.split("\t") for line in gzip.decompress(packed).decode().splitlines()]
    classes = tuple(dict.fromkeys(part for part, _ in lines))
    labels = np.array([classes.index(part) for part, _ in lines])
    train, test_, y_train, y_test = _split([text for _, text in lines], labels, test, rng, classes)
    words = CountVectorizer(token_pattern="[a-z]{2,}", min_df=2, dtype=_float(dtype))
    X_train, X_test = words.fit_transform(train).toarray(), words.transform(test_).toarray()
    return Data(X_train, y_train, X_test, y_test, tuple(words.get_feature_names_out()), classes)


def two_moons(n: int = 200, noise: float = 0.1, rng: Seed = 0) -> tuple[Array, Array]:
    """Return two half circles that reach into one another: two classes, not linearly separable.

    Label 0 is the upper half of the circle around (0, 0), label 1 the lower half of the one around
    (1, 1/2), both of radius 1; the angles are evenly spaced.

    Parameters
    ----------
    n : int, default 200
        Points, >= 2; class 1 has the odd one.
    noise : float, default 0.1
        Standard deviation of the normal noise in both coordinates, >= 0.
    rng : int or numpy.random.Generator, default 0
        Draws the noise.

    Returns
    -------
    X : ndarray of shape (n, 2)
    y : ndarray of int64, shape (n,)
        Class 0 first.

    Raises
    ------
    ValueError
        If an argument is not as above.

    Examples
    --------
    >>> import gdlib as gd
    >>> X, y = gd.data.two_moons(n=6, noise=0.0)
    >>> X.round(3).tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, 0.5], [1.0, -0.5], [2.0, 0.5]]
    """
    y = _halves(n)
    angle = np.concatenate([np.linspace(0, pi, count) for count in np.bincount(y)])
    x = np.where(y == 0, np.cos(angle), 1 - np.cos(angle))
    height = np.where(y == 0, np.sin(angle), 0.5 - np.sin(angle))
    return _noisy(np.stack([x, height], axis=1), noise, rng), y


def spirals(
    n: int = 200, noise: float = 0.05, turns: float = 1.0, rng: Seed = 0
) -> tuple[Array, Array]:
    """Return two interleaved spirals, one the other turned by half a turn: two classes.

    Each goes `turns` times around the origin, evenly spaced in angle, while its radius grows in
    proportion to the angle, from 0 to 1.

    Parameters
    ----------
    n : int, default 200
        Points, >= 2; class 1 has the odd one.
    noise : float, default 0.05
        Standard deviation of the normal noise in both coordinates, >= 0.
    turns : float, default 1.0
        How often each winds around the origin, > 0.
    rng : int or numpy.random.Generator, default 0
        Draws the noise.

    Returns
    -------
    X : ndarray of shape (n, 2)
    y : ndarray of int64, shape (n,)
        Class 0 first.

    Raises
    ------
    ValueError
        If an argument is not as above.

    References
    ----------
    Lang, K. J., and Witbrock, M. J., Learning to tell two spirals apart, 1988.

    Examples
    --------
    >>> import gdlib as gd
    >>> X, y = gd.data.spirals(n=4, noise=0.0)
    >>> (X.round(3) + 0.0).tolist(), y.tolist()
    ([[-0.5, 0.0], [1.0, 0.0], [0.5, 0.0], [-1.0, 0.0]], [0, 0, 1, 1])
    """
    y = _halves(n)
    _check.scalar("turns", turns, "a positive finite number", lambda v: v > 0)
    radius = np.concatenate([np.arange(1, count + 1) / count for count in np.bincount(y)])
    angle = 2 * pi * turns * radius + pi * y
    return _noisy(radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), noise, rng), y


def blobs(
    n: int = 200, centres: int | Array = 3, noise: float = 0.5, rng: Seed = 0
) -> tuple[Array, Array]:
    """Return normal clouds of points, one for each class.

    Parameters
    ----------
    n : int, default 200
        Points, at least one for each class; the classes have equally many, up to one.
    centres : int or array_like of shape (k, d), default 3
        The clouds' means. A number k >= 2 stands for k points evenly spaced on the circle of
        radius 2 around the origin, the first at (2, 0).
    noise : float, default 0.5
        Standard deviation of each coordinate, >= 0.
    rng : int or numpy.random.Generator, default 0
        Draws the points.

    Returns
    -------
    X : ndarray of shape (n, d)
    y : ndarray of int64, shape (n,)
        Labels 0 to k - 1, ascending.

    Raises
    ------
    ValueError
        If an argument is not as above.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.data.blobs(n=4, centres=[[0, 0], [5, 5]], noise=0.0)[0].tolist()
    [[0.0, 0.0], [0.0, 0.0], [5.0, 5.0], [5.0, 5.0]]
    """
    if np.ndim(centres) == 0:
        k = _check.at_least(2, "centres", centres)
        angle = 2 * pi * np.arange(k) / k
        means = 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    else:
        means = np.asarray(centres)
        if means.ndim != 2 or len(means) < 2 or means.dtype.kind not in "fiu":
            raise ValueError(
                f"centres must be a number >= 2 or an array of shape (k, d), "
                f"got {_check.shown(centres)}"
            )
    n = _check.at_least(len(means), "n", n)
    y = np.sort(np.arange(n) % len(means))
    return _noisy(means[y], noise, rng), y


def zipf(
    n: int = 2000, n_features: int = 500, noise: float = 0.05, rng: Seed = 0
) -> tuple[Array, Array]:
    """Return sparse examples of which the rare features tell most, as in texts: two classes.

    Feature k = 1, 2, ..., `n_features` is there (1) or not (0), with probability 1 / k, as the k-th
    word of a text is by Zipf's law; so an example has about ln(n_features) of them. Feature k votes
    for a class of its own with weight sqrt(k), so that all features move the vote alike far. The
    label is the vote's winner, 1 above its mean, but for a share of flipped ones.

    Parameters
    ----------
    n : int, default 2000
        Examples, >= 1.
    n_features : int, default 500
        Columns, >= 1.
    noise : float, default 0.05
        The probability of a flipped label, in [0, 1).
    rng : int or numpy.random.Generator, default 0
        Draws the votes and the examples.

    Returns
    -------
    X : ndarray of shape (n, n_features)
        Zeros and ones, dense: 8 bytes each.
    y : ndarray of int64, shape (n,)

    Raises
    ------
    ValueError
        If an argument is not as above.

    References
    ----------
    Zipf, G. K., The psycho-biology of language, 1935. Duchi, J., Hazan, E., and Singer, Y.,
    Adaptive subgradient methods for online learning and stochastic optimization, 2011, section 1.3.

    Examples
    --------
    >>> import gdlib as gd
    >>> X, y = gd.data.zipf()
    >>> X.shape, X.sum(axis=1).mean().round(1), X[:, [0, 1, 9, 99]].mean(axis=0).round(2).tolist()
    ((2000, 500), np.float64(6.8), [1.0, 0.5, 0.1, 0.01])
    """
    n = _check.at_least(1, "n", n)
    k = np.arange(1, _check.at_least(1, "n_features", n_features) + 1)
    _check.scalar("noise", noise, "a number in [0, 1)", lambda v: 0 <= v < 1)
    rng = _check.generator("rng", rng)
    votes = rng.choice([-1.0, 1.0], size=len(k)) * np.sqrt(k)
    X = (rng.random((n, len(k))) * k < 1).astype(float)
    flipped = rng.random(n) < noise
    return X, ((X - 1 / k) @ votes > 0).astype(np.int64) ^ flipped


def _bundled(name: str, test: float, rng: Seed, dtype: DTypeLike) -> Data:
    """Split one of scikit-learn's own data sets and standardise it by its training part."""
    from sklearn import datasets  # takes longer than all of gdlib: only where it is needed

    dtype = _float(dtype)
    bunch = getattr(datasets, f"load_{name}")(**{"scaled": False} if name == "diabetes" else {})
    classes = tuple(map(str, getattr(bunch, "target_names", ())))
    X_train, X_test, y_train, y_test = _split(bunch.data, bunch.target, test, rng, classes)
    X_train, X_test = (X.astype(dtype) for X in _standard(X_train, X_test))
    if not classes:
        y_train, y_test = (y.astype(dtype) for y in _standard(y_train, y_test))
    return Data(X_train, y_train, X_test, y_test, tuple(bunch.feature_names), classes)


def _split(X: Any, y: Array, test: float, rng: Seed, classes: tuple[str, ...]) -> list[Any]:
    """X and y to train on and to test on; where there are classes, in the same proportions."""
    from sklearn.model_selection import train_test_split

    _check.scalar("test", test, "a number in (0, 1)", lambda v: 0 < v < 1)
    seed = int(_check.generator("rng", rng).integers(2**32))
    parts: list[Any] = train_test_split(
        X, y, test_size=test, random_state=seed, stratify=y if classes else None
    )
    return parts


def _float(dtype: DTypeLike) -> np.dtype[Any]:
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise ValueError(f"dtype must be float32 or float64, got {_check.shown(dtype)}")
    return np.dtype(dtype)


def _standard(train: Array, test: Array) -> tuple[Array, Array]:
    """Both in standard deviations of `train` from its mean; a constant column becomes zeros."""
    mean, scale = train.mean(axis=0), np.where(np.ptp(train, axis=0) > 0, train.std(axis=0), np.inf)
    return (train - mean) / scale, (test - mean) / scale


def _halves(n: int) -> Array:
    """`n` labels, 0s and then 1s, halves or as nearly as it goes."""
    return np.sort(np.arange(1, _check.at_least(2, "n", n) + 1) % 2)


def _noisy(X: Array, noise: float, rng: Seed) -> Array:
    _check.scalar("noise", noise, "a finite number >= 0", lambda v: v >= 0)
    return X + noise * _check.generator("rng", rng).normal(size=X.shape)
