"""What all models share: one flat vector of parameters, a loss, its gradient, and predictions."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from inspect import signature
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _check, losses

__all__ = ["Layer", "Model"]

Array = NDArray[Any]
State = tuple[Array, ...]
Seed = int | np.random.Generator
BLOCK = 256  # examples; so many are evaluated at once, which keeps what they need in the cache


class Layer(NamedTuple):
    """One layer's parameters, or their gradients: views of the flat vector, not copies.

    Attributes
    ----------
    W : ndarray of shape (fan_in, fan_out)
        The weights; of shape (fan_in,) in linear and logistic regression.
    b : ndarray of shape (fan_out,)
        The intercepts; of shape () there. With batch normalisation, its shift.
    gamma : ndarray of shape (fan_out,) or (0,)
        The scale of batch normalisation; empty where there is none.
    """

    W: Array
    b: Array
    gamma: Array = np.empty(0)


class Head(NamedTuple):
    """What the outputs mean: the loss on them, the targets they want, what they predict."""

    loss: Callable[..., tuple[float, Array]]
    targets: Callable[[ArrayLike, tuple[int, ...]], Array]
    predict: Callable[[Array], Array]
    classes: bool


def head(name: str, delta: float = 1.0) -> Head:
    """Return the head for the loss called `name`; `delta` is Huber's."""
    _check.choice("loss", name, HEADS)
    _check.scalar("delta", delta, "a positive finite number", lambda v: v > 0)
    found = HEADS[name]
    return found._replace(loss=partial(losses.huber, delta=delta)) if name == "huber" else found


HEADS = {
    "mse": Head(losses.mse, losses.numbers, lambda values: values, False),
    "huber": Head(losses.huber, losses.numbers, lambda values: values, False),
    "binary": Head(
        losses.binary_cross_entropy, losses.binary, lambda logits: (logits > 0).astype(int), True
    ),
    "softmax": Head(
        losses.softmax_cross_entropy, losses.labels, lambda logits: logits.argmax(axis=1), True
    ),
}


class Model(ABC):
    """A model whose parameters are one flat vector `theta`.

    A subclass sets what is listed below, and gives `init`, `forward` and `backward`; all else
    follows from these. Nothing is kept between calls and no argument is changed. The dtype of
    `theta` decides in which precision everything is computed.

    Attributes
    ----------
    n_features : int
        Columns of X.
    n_outputs : int
        Classes for the softmax loss, else 1.
    n_params : int
        Length of `theta`.
    head : Head
        What the outputs mean.
    l2 : float
        ``l2 / 2`` times the sum of the squared weights is added to the loss. Intercepts go free.
    """

    n_features: int
    n_outputs: int
    n_params: int
    head: Head
    l2: float
    _layout: list[list[tuple[slice, tuple[int, ...]]]]
    _settings: dict[str, Any]

    def _set_up(
        self, shapes: Sequence[Sequence[tuple[int, ...]]], head: Head, **settings: Any
    ) -> None:
        """Lay `theta` out: for each layer the shapes of its W, its b and, maybe, its gamma.

        `settings` are the arguments of the model, for its repr; `l2` is one.
        """
        self.n_params, self._layout = 0, []
        for parts in shapes:
            layer = []
            for shape in parts:
                end = self.n_params + prod(shape)
                layer.append((slice(self.n_params, end), shape))
                self.n_params = end
            self._layout.append(layer)
        self.n_features, self.n_outputs = shapes[0][0][0], prod(shapes[-1][1])
        self.head, self._settings = head, settings
        l2 = settings.get("l2", 0.0)
        self.l2 = float(_check.scalar("l2", l2, "a finite number >= 0", lambda v: v >= 0))

    def __repr__(self) -> str:
        default = {name: p.default for name, p in signature(type(self)).parameters.items()}
        shown = [f"{name}={v!r}" for name, v in self._settings.items() if v != default[name]]
        return f"{type(self).__name__}({', '.join(shown)})"

    # --- what a subclass gives ---

    @abstractmethod
    def init(self, rng: Seed) -> Array:
        """Return parameters to start from, float64, shape (n_params,)."""

    @abstractmethod
    def forward(
        self, theta: Array, X: Array, state: State, rng: np.random.Generator | None, training: bool
    ) -> tuple[Array, Any, State]:
        """Return the outputs, what `backward` needs of the way to them, and the new state."""

    @abstractmethod
    def backward(self, theta: Array, kept: Any, slope: Array) -> Array:
        """Return the gradient by `theta`, given the `slope` of the loss by the outputs."""

    def init_state(self) -> State:
        """Return what `train` carries from batch to batch, at first; () where that is nothing."""
        return ()

    # --- what follows from it ---

    def layers(self, theta: Array) -> list[Layer]:
        """Return named views of `theta`, a `Layer` each, the one next to the input first."""
        return [
            Layer(*[theta[part].reshape(shape) for part, shape in parts]) for parts in self._layout
        ]

    def train(
        self, theta: Array, X: Array, y: Array, state: State, rng: np.random.Generator | None
    ) -> tuple[float, Array, State]:
        """Return loss, gradient and new state for one batch, in training mode.

        It trusts its input: `check` the data once, before the loop.

        Parameters
        ----------
        theta : ndarray of shape (n_params,)
        X : ndarray of shape (n, n_features)
        y : ndarray of shape (n,)
        state : tuple of ndarray
            From `init_state` or the batch before.
        rng : numpy.random.Generator or None
            Draws what dropout leaves out; None leaves out nothing.

        Returns
        -------
        loss : float
        grad : ndarray of shape (n_params,)
        state : tuple of ndarray
        """
        with np.errstate(all="ignore"):
            X = X.astype(theta.dtype, copy=False)
            outputs, kept, state = self.forward(theta, X, state, rng, True)
            loss, slope = self.head.loss(outputs, y, check=False)
            grad = self.backward(theta, kept, slope)
            if self.l2:
                loss += self._penalty(theta)
                for layer, by_layer in zip(self.layers(theta), self.layers(grad), strict=True):
                    np.add(by_layer.W, self.l2 * layer.W, out=by_layer.W)
            return loss, grad, state

    def loss_and_grad(
        self, theta: ArrayLike, X: ArrayLike, y: ArrayLike, rng: Seed | None = None
    ) -> tuple[float, Array]:
        """Return the loss and its gradient by `theta`, in training mode.

        This is the function that ``scipy.optimize.minimize(..., jac=True)`` and `gradcheck` take.
        Batch normalisation uses the statistics of X.

        Parameters
        ----------
        theta : array_like of shape (n_params,)
        X : array_like of shape (n, n_features)
            Examples; finite.
        y : array_like of shape (n,)
            Targets: numbers, labels 0 and 1, or labels 0, 1, ..., n_classes - 1.
        rng : int or numpy.random.Generator, optional
            Draws what dropout leaves out. Without it nothing is left out.

        Returns
        -------
        loss : float
        grad : ndarray of shape (n_params,)

        Raises
        ------
        ValueError
            If an argument does not have its shape, or X or y holds anything else.
        """
        theta = self._parameters(theta)
        X, y = self.check(X, y)
        rng = None if rng is None else _check.generator("rng", rng)
        loss, grad, _ = self.train(theta, X, y, self.init_state(), rng)
        return loss, grad

    def outputs(self, theta: ArrayLike, X: ArrayLike, state: State | None = None) -> Array:
        """Return the outputs in evaluation mode: values, or logits where there are classes.

        Parameters
        ----------
        theta : array_like of shape (n_params,)
        X : array_like of shape (n, n_features)
        state : tuple of ndarray, optional
            What training ended with; a model with batch normalisation needs it.

        Returns
        -------
        ndarray of shape (n,) or (n, n_classes)

        Raises
        ------
        ValueError
            If an argument does not have its shape, or the state is missing.
        """
        theta, X = self._parameters(theta), self._examples(X)
        expected = self.init_state()
        if state is None and expected:
            raise ValueError(
                "state must be the state that training ended with, since batch normalisation "
                "evaluates by its running statistics; got None"
            )
        state = expected if state is None else state
        if [np.shape(part) for part in state] != [part.shape for part in expected]:
            raise ValueError(f"state must be a state of this model, got {_check.shown(state)}")
        with np.errstate(all="ignore"):
            blocks = (
                X[k : k + BLOCK].astype(theta.dtype, copy=False) for k in range(0, len(X), BLOCK)
            )
            return np.concatenate([self.forward(theta, x, state, None, False)[0] for x in blocks])

    def loss(
        self, theta: ArrayLike, X: ArrayLike, y: ArrayLike, state: State | None = None
    ) -> float:
        """Return the loss in evaluation mode, the penalty included. Arguments as for `score`."""
        outputs = self.outputs(theta, X, state)
        loss, _ = self.head.loss(outputs, self.head.targets(y, outputs.shape), check=False)
        return loss + self._penalty(self._parameters(theta))

    def predict(self, theta: ArrayLike, X: ArrayLike, state: State | None = None) -> Array:
        """Return values, or labels where there are classes, shape (n,). Arguments as `outputs`."""
        return self.head.predict(self.outputs(theta, X, state))

    def score(
        self, theta: ArrayLike, X: ArrayLike, y: ArrayLike, state: State | None = None
    ) -> float:
        """Return the accuracy, or the coefficient of determination R^2 of a regression.

        Parameters
        ----------
        theta : array_like of shape (n_params,)
        X : array_like of shape (n, n_features)
        y : array_like of shape (n,)
        state : tuple of ndarray, optional
            What training ended with; a model with batch normalisation needs it.

        Returns
        -------
        float
            At most 1. Where all `y` are equal, R^2 is 1 for a perfect prediction, else 0.

        Raises
        ------
        ValueError
            If an argument does not have its shape, or the state is missing.
        """
        outputs = self.outputs(theta, X, state)
        y, predicted = self.head.targets(y, outputs.shape), self.head.predict(outputs)
        if self.head.classes:
            return float(np.mean(predicted == y))
        with np.errstate(all="ignore"):
            missed, spread = np.sum((y - predicted) ** 2), np.sum((y - np.mean(y)) ** 2)
            return float(1 - missed / spread if spread else missed == 0)

    def layer_grad_norms(self, theta: ArrayLike, X: ArrayLike, y: ArrayLike) -> Array:
        """Return the norm of the gradient by each layer's parameters, shape (n_layers,)."""
        _, grad = self.loss_and_grad(theta, X, y)
        return np.array([np.linalg.norm(np.hstack([*map(np.ravel, x)])) for x in self.layers(grad)])

    def check(self, X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
        """Return X and y as arrays, after reading them through for what `train` trusts.

        Parameters
        ----------
        X : array_like of shape (n, n_features)
            Examples; finite.
        y : array_like of shape (n,)
            Targets.

        Returns
        -------
        X, y : ndarray

        Raises
        ------
        ValueError
            If a shape is another, X is not finite, or y is not what the loss wants.
        """
        X = self._examples(X)
        scalar = self.n_outputs == 1
        return X, self.head.targets(y, (len(X),) if scalar else (len(X), self.n_outputs))

    # --- checks and sums ---

    def _parameters(self, theta: ArrayLike) -> Array:
        theta = np.asarray(theta)
        if theta.shape != (self.n_params,):
            raise ValueError(f"theta must have shape ({self.n_params},), got {theta.shape}")
        if theta.dtype.kind not in "fiu":
            raise ValueError(f"theta must hold numbers, got {_check.shown(theta)}")
        return theta if theta.dtype.kind == "f" else theta.astype(float)

    def _examples(self, X: ArrayLike) -> Array:
        X = np.asarray(X)
        if X.ndim != 2 or X.shape[1] != self.n_features or not len(X):
            raise ValueError(f"X must have shape (n, {self.n_features}), n > 0, got {X.shape}")
        if X.dtype.kind not in "fiub" or not np.isfinite(X).all():
            raise ValueError(f"X must hold finite numbers, got {_check.shown(X)}")
        return X

    def _penalty(self, theta: Array) -> float:
        if not self.l2:
            return 0.0
        with np.errstate(all="ignore"):
            squares = sum(float(np.vdot(layer.W, layer.W)) for layer in self.layers(theta))
        return self.l2 / 2 * squares
