"""Losses: how wrong the outputs are, and the gradient that says how to change them.

Each is called as ``loss(outputs, y)`` and returns ``(loss, gradient)``: the mean over the examples
and its derivative by the outputs, of their shape and dtype. Classifiers are scored by their logits,
not by probabilities: that is what keeps the result exact where a probability rounds to 0 or 1.

The checks read all of `y`. A training loop makes them once and then passes ``check=False``.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _check
from .formulas.activations import sigmoid

__all__ = ["binary_cross_entropy", "huber", "mse", "softmax_cross_entropy"]

Array = NDArray[Any]


def mse(outputs: ArrayLike, y: ArrayLike, *, check: bool = True) -> tuple[float, Array]:
    """Return the mean of the squared errors, and its gradient.

    There is no factor 1/2, as in PyTorch and scikit-learn: the gradient is ``2 (outputs - y) / n``.

    Parameters
    ----------
    outputs : array_like of shape (n,)
        What the model says.
    y : array_like of shape (n,)
        What it should say; finite.
    check : bool, default True
        Whether to check both; without, they must be floating arrays that fit.

    Returns
    -------
    loss : float
    gradient : ndarray of shape (n,)

    Raises
    ------
    ValueError
        If the shapes differ, or `y` is not finite.

    References
    ----------
    Legendre, A. M., Nouvelles méthodes pour la détermination des orbites des comètes, 1805.

    Examples
    --------
    >>> from gdlib import losses
    >>> losses.mse([1.0, 2.0], [0.0, 4.0])
    (2.5, array([ 1., -2.]))
    """
    outputs, y = _arrays(outputs, y, numbers if check else None)
    with np.errstate(all="ignore"):
        error = outputs - y.astype(outputs.dtype, copy=False)
        return float(error @ error) / error.size, (2 / error.size) * error


def huber(
    outputs: ArrayLike, y: ArrayLike, delta: float = 1.0, *, check: bool = True
) -> tuple[float, Array]:
    """Return the mean Huber loss, and its gradient: squares near zero, lines far away.

    An error e costs ``e^2 / 2`` up to `delta`, then ``delta (|e| - delta / 2)``, so that no
    outlier pulls harder than `delta`. This is PyTorch's ``HuberLoss``; near zero it is half of the
    squared error of `mse`.

    Parameters
    ----------
    outputs, y : array_like of shape (n,)
        What the model says, and should say; `y` is finite.
    delta : float, default 1
        The size of an error from which on it is an outlier, > 0, in the unit of `y`.
    check : bool, default True
        Whether to check all three; without, `outputs` and `y` must be floating arrays that fit.

    Returns
    -------
    loss : float
    gradient : ndarray of shape (n,)

    Raises
    ------
    ValueError
        If the shapes differ, `y` is not finite, or `delta` is not positive.

    References
    ----------
    Huber, P. J., Robust estimation of a location parameter, 1964.

    Examples
    --------
    >>> from gdlib import losses
    >>> losses.huber([0.5, 9.0], [0.0, 4.0])
    (2.3125, array([0.25, 0.5 ]))
    """
    if check:
        _check.scalar("delta", delta, "a positive finite number", lambda v: v > 0)
    outputs, y = _arrays(outputs, y, numbers if check else None)
    with np.errstate(all="ignore"):
        error = outputs - y.astype(outputs.dtype, copy=False)
        near = np.clip(error, -delta, delta)  # the error, clipped
        return float(near @ (error - near / 2)) / error.size, near / error.size


def binary_cross_entropy(
    outputs: ArrayLike, y: ArrayLike, *, check: bool = True
) -> tuple[float, Array]:
    """Return the mean negative log-likelihood of 0/1 labels under ``sigmoid(outputs)``.

    With the margin m, which is the logit where y is 1 and minus the logit where y is 0, an example
    costs ``log(1 + exp(-m))``. Written so, loss and gradient keep all their digits at any margin.

    Parameters
    ----------
    outputs : array_like of shape (n,)
        Logits.
    y : array_like of shape (n,)
        Labels, each 0 or 1.
    check : bool, default True
        Whether to check both; without, they must be arrays that fit, `outputs` of floats.

    Returns
    -------
    loss : float
        In nats.
    gradient : ndarray of shape (n,)
        ``(sigmoid(outputs) - y) / n``.

    Raises
    ------
    ValueError
        If the shapes differ, or a label is neither 0 nor 1.

    References
    ----------
    Cox, D. R., The regression analysis of binary sequences, 1958.

    Examples
    --------
    >>> from gdlib import losses
    >>> losses.binary_cross_entropy([1e4, -1e4], [0, 0])
    (5000.0, array([0.5, 0. ]))
    """
    logits, y = _arrays(outputs, y, binary if check else None)
    with np.errstate(all="ignore"):
        sign = 1 - 2 * y.astype(logits.dtype, copy=False)
        against = sign * logits  # minus the margin
        cost = np.maximum(against, 0) + np.log1p(np.exp(-np.abs(against)))
        return float(cost.sum()) / cost.size, sign * sigmoid(against) / cost.size


def softmax_cross_entropy(
    outputs: ArrayLike, y: ArrayLike, *, check: bool = True
) -> tuple[float, Array]:
    """Return the mean negative log-likelihood of labels under ``softmax(outputs)``.

    The largest logit of each row is subtracted first. That changes no probability, and keeps every
    exponential at most 1.

    Parameters
    ----------
    outputs : array_like of shape (n, n_classes)
        Logits, a row for each example.
    y : array_like of shape (n,)
        Labels: whole numbers from 0 to n_classes - 1.
    check : bool, default True
        Whether to check both; without, they must be arrays that fit, `outputs` of floats.

    Returns
    -------
    loss : float
        In nats.
    gradient : ndarray of shape (n, n_classes)
        ``(softmax(outputs) - onehot(y)) / n``.

    Raises
    ------
    ValueError
        If the shapes do not fit, or `y` holds anything but such labels.

    References
    ----------
    Bridle, J. S., Probabilistic interpretation of feedforward classification network outputs, 1990.

    Examples
    --------
    >>> from gdlib import losses
    >>> losses.softmax_cross_entropy([[1e4, -1e4], [-1e4, 1e4]], [1, 1])
    (10000.0, array([[ 0.5, -0.5],
           [ 0. ,  0. ]]))
    """
    logits, y = _arrays(outputs, y, labels if check else None)
    with np.errstate(all="ignore"):
        shifted = logits - logits.max(axis=1, keepdims=True)
        exponential = np.exp(shifted)
        total = exponential.sum(axis=1, keepdims=True)
        n = len(shifted)
        own = np.arange(n), y  # the entries of the true labels
        cost = float(np.log(total).sum() - shifted[own].sum()) / n
        gradient = exponential / total
        gradient[own] -= 1
        return cost, gradient / n


# --- checks of the targets, for outputs of a given shape ---


def numbers(y: ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return `y` as an array: a finite number for each of the outputs, which have `shape`."""
    return _targets(y, shape, "finite numbers", "fiu", lambda v: np.isfinite(v).all())


def binary(y: ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return `y` as an array: 0 or 1 for each of the outputs, which have `shape`."""
    return _targets(y, shape, "labels 0 and 1", "fiub", lambda v: ((v == 0) | (v == 1)).all())


def labels(y: ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return `y` as an array: a class for each row of the outputs, which have `shape`."""
    n, k = shape
    wanted = f"whole labels from 0 to {k - 1}"
    return _targets(y, (n,), wanted, "iu", lambda v: v.min() >= 0 and v.max() < k)


def _targets(
    y: ArrayLike, shape: tuple[int, ...], wanted: str, kinds: str, ok: Callable[[Array], Any]
) -> Array:
    y = np.asarray(y)
    if y.shape != shape:
        raise ValueError(f"y must have shape {shape}, one for each example, got {y.shape}")
    if y.dtype.kind not in kinds or not ok(y):
        raise ValueError(f"y must hold {wanted}, got {_check.shown(y)}")
    return y


def _arrays(
    outputs: Any, y: Any, targets: Callable[[ArrayLike, tuple[int, ...]], Array] | None
) -> tuple[Array, Array]:
    """Return both as arrays, checked by `targets`; as they came, if there is nothing to check."""
    if targets is None:
        return outputs, y
    outputs = np.asarray(outputs)
    ndim, wanted = (2, "(n, n_classes)") if targets is labels else (1, "(n,)")
    if outputs.ndim != ndim or outputs.size == 0:
        raise ValueError(f"outputs must have shape {wanted}, n > 0, got {outputs.shape}")
    if outputs.dtype.kind not in "fiu":
        raise ValueError(f"outputs must hold numbers, got {_check.shown(outputs)}")
    outputs = outputs if outputs.dtype.kind == "f" else outputs.astype(float)
    return outputs, targets(y, outputs.shape)
