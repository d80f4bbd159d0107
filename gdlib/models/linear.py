"""Linear models: regression, logistic regression and softmax regression, each with an intercept."""

import numpy as np

from .. import _check
from .base import Array, Model, Seed, State, head

__all__ = ["LinearRegression", "LogisticRegression", "SoftmaxRegression"]


class _Linear(Model):
    """Outputs ``X W + b``; `theta` holds W, then b."""

    def init(self, rng: Seed = 0) -> Array:
        """Return zeros: the loss is convex, so there is no symmetry to break."""
        _check.generator("rng", rng)
        return np.zeros(self.n_params)

    def forward(
        self, theta: Array, X: Array, state: State, rng: np.random.Generator | None, training: bool
    ) -> tuple[Array, Array, State]:
        """Return the outputs, X itself, and the state as it came."""
        ((W, b, _),) = self.layers(theta)
        return X @ W + b, X, state

    def backward(self, theta: Array, kept: Array, slope: Array) -> Array:
        """Return the gradient: ``X^T slope`` by W, the sum of `slope` by b."""
        grad = np.empty_like(theta)
        ((dW, db, _),) = self.layers(grad)
        np.matmul(kept.T, slope, out=dW)
        slope.sum(axis=0, out=db)
        return grad


class LinearRegression(_Linear):
    """Linear regression: outputs ``X w + b``, under the squared or the Huber loss.

    Parameters
    ----------
    n_features : int
        Columns of X, >= 1.
    loss : {"mse", "huber"}, default "mse"
        See `gdlib.losses`.
    l2 : float, default 0
        ``l2 / 2`` times the sum of the squared weights is added to the loss, >= 0. scikit-learn's
        ``Ridge(alpha)`` is ``l2 = 2 alpha / n``.
    delta : float, default 1
        The Huber loss's only: the error from which on a point is an outlier, in the unit of y.

    Raises
    ------
    ValueError
        If a parameter is not as above.

    References
    ----------
    Legendre, A. M., Nouvelles méthodes pour la détermination des orbites des comètes, 1805.
    Hoerl, A. E., and Kennard, R. W., Ridge regression: biased estimation for nonorthogonal
    problems, 1970.

    Examples
    --------
    >>> import gdlib as gd
    >>> model = gd.models.LinearRegression(n_features=1)
    >>> model.loss_and_grad([2.0, 1.0], [[0.0], [1.0]], [1.0, 1.0])
    (2.0, array([2., 2.]))
    """

    def __init__(
        self, n_features: int, loss: str = "mse", l2: float = 0.0, delta: float = 1.0
    ) -> None:
        d = _check.at_least(1, "n_features", n_features)
        _check.choice("loss", loss, ("mse", "huber"))
        shapes = [((d,), ())]
        self._set_up(shapes, head(loss, delta), n_features=d, loss=loss, l2=l2, delta=delta)


class LogisticRegression(_Linear):
    """Logistic regression: the probability of label 1 is ``sigmoid(X w + b)``.

    Parameters
    ----------
    n_features : int
        Columns of X, >= 1.
    l2 : float, default 0
        ``l2 / 2`` times the sum of the squared weights is added to the loss, >= 0. scikit-learn's
        ``LogisticRegression(C)`` is ``l2 = 1 / (C n)``.

    Raises
    ------
    ValueError
        If a parameter is not as above.

    References
    ----------
    Cox, D. R., The regression analysis of binary sequences, 1958.

    Examples
    --------
    >>> import gdlib as gd
    >>> model = gd.models.LogisticRegression(n_features=1)
    >>> model.loss_and_grad([0.0, 0.0], [[-1.0], [1.0]], [0, 1])[1]
    array([-0.5,  0. ])
    """

    def __init__(self, n_features: int, l2: float = 0.0) -> None:
        d = _check.at_least(1, "n_features", n_features)
        self._set_up([((d,), ())], head("binary"), n_features=d, l2=l2)


class SoftmaxRegression(_Linear):
    """Softmax regression: the probabilities of the classes are ``softmax(X W + b)``.

    Parameters
    ----------
    n_features : int
        Columns of X, >= 1.
    n_classes : int
        How many labels there are, >= 2.
    l2 : float, default 0
        ``l2 / 2`` times the sum of the squared weights is added to the loss, >= 0. scikit-learn's
        ``LogisticRegression(C)`` is ``l2 = 1 / (C n)``.

    Raises
    ------
    ValueError
        If a parameter is not as above.

    References
    ----------
    Bridle, J. S., Probabilistic interpretation of feedforward classification network outputs, 1990.

    Examples
    --------
    >>> import gdlib as gd
    >>> model = gd.models.SoftmaxRegression(n_features=4, n_classes=3)
    >>> model.n_params, model.layers(model.init())[0].W.shape
    (15, (4, 3))
    """

    def __init__(self, n_features: int, n_classes: int, l2: float = 0.0) -> None:
        d, k = (
            _check.at_least(1, "n_features", n_features),
            _check.at_least(2, "n_classes", n_classes),
        )
        self._set_up([((d, k), (k,))], head("softmax"), n_features=d, n_classes=k, l2=l2)
