"""Multilayer perceptron: backpropagation through layers of any number and width."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import _check
from ..formulas import activations
from . import initial
from .base import Array, Layer, Model, Seed, State, head

__all__ = ["MLP", "Signal"]

ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "gelu")
EPS, MOMENTUM = 1e-5, 0.1  # of batch normalisation, as in PyTorch


NONE = np.empty(0)


class Kept(NamedTuple):
    """What the way forward through a layer leaves for the way back."""

    layer: Layer  # its parameters
    h: Array  # its input
    z: Array  # what the activation takes
    a: Array  # its output
    mask: Array | None  # of dropout
    unit: Array  # h W, brought to mean 0 and variance 1 by batch normalisation
    scale: Array  # by which it was multiplied for that: 1 / its standard deviation


class Signal(NamedTuple):
    """How strong the signal is in each layer.

    Attributes
    ----------
    forward : ndarray of shape (n_layers,)
        Variance of z, over examples and neurons; z is what the activation takes.
    backward : ndarray of shape (n_layers,)
        Euclidean norm of the loss's gradient by z.
    """

    forward: Array
    backward: Array


class MLP(Model):
    """Multilayer perceptron: fully connected layers, trained by backpropagation.

    A hidden layer takes h and gives ``activation(h W + b)``. With batch normalisation ``h W`` is
    first brought to mean 0 and variance 1 for each neuron and multiplied by gamma. Dropout then
    acts on the activation; a residual connection adds h. The last layer gives ``h W + b``. `theta`
    holds W, b and, with batch normalisation, gamma of each layer in turn.

    Parameters
    ----------
    sizes : sequence of int
        Width of the input, of each hidden layer, and of the output: n_classes for the softmax
        loss, else 1.
    activation : {"relu", "leaky_relu", "gelu", "tanh", "sigmoid", "identity"}, default "relu"
        See `gdlib.formulas.activations`.
    init : {"he", "xavier", "orthogonal", "normal", "zeros"}, default "he"
        See `gdlib.models.initial`. It is for all layers; b starts at 0 and gamma at 1.
    init_scale : float, default 1
        Factor on the initial weights, > 0: the standard deviation, if `init` is "normal".
    loss : {"softmax", "binary", "mse", "huber"}, default "softmax"
        See `gdlib.losses`.
    batch_norm : bool, default False
        Whether hidden layers normalise. Training uses the batch's mean and variance. Evaluation
        uses running ones, the state, which move by a tenth with every batch, as in PyTorch.
    residual : bool, default False
        Whether hidden layers that keep the width add their input to their output.
    dropout : float, default 0
        The part of a hidden layer's activations that training leaves out, in [0, 1); the rest is
        scaled up, so that the mean stays.
    l2 : float, default 0
        ``l2 / 2`` times the sum of the squared weights is added to the loss, >= 0.

    Raises
    ------
    ValueError
        If a parameter is not as above.

    References
    ----------
    Rumelhart, D. E., Hinton, G. E., and Williams, R. J., Learning representations by
    back-propagating errors, 1986. Ioffe, S., and Szegedy, C., Batch normalization, ICML 2015.
    Srivastava, N., et al., Dropout, 2014. He, K., et al., Deep residual learning for image
    recognition, CVPR 2016.

    Examples
    --------
    >>> import gdlib as gd
    >>> model = gd.models.MLP((2, 3, 2), activation="tanh")
    >>> model, model.n_params
    (MLP(sizes=(2, 3, 2), activation='tanh'), 17)
    >>> loss, grad = model.loss_and_grad(model.init(0), [[0.0, 1.0], [1.0, 1.0]], [0, 1])
    >>> grad.shape
    (17,)
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str = "relu",
        init: str = "he",
        init_scale: float = 1.0,
        loss: str = "softmax",
        batch_norm: bool = False,
        residual: bool = False,
        dropout: float = 0.0,
        l2: float = 0.0,
    ) -> None:
        meaning = head(loss)
        self.sizes = _sizes(sizes, loss)
        _check.choice("activation", activation, ACTIVATIONS)
        self._phi = getattr(activations, activation)
        self._phi_slope = getattr(activations, activation + "_slope")
        self._initial = getattr(initial, _check.choice("init", init, initial.__all__))
        self._init_scale = _check.scalar(
            "init_scale", init_scale, "a positive finite number", lambda v: v > 0
        )
        self.batch_norm = bool(_check.flag("batch_norm", batch_norm))
        wanted = "a number in [0, 1)"
        self.dropout = float(_check.scalar("dropout", dropout, wanted, lambda v: 0 <= v < 1))
        skip = bool(_check.flag("residual", residual))
        pairs = list(zip(self.sizes, self.sizes[1:], strict=False))
        self._skips = [skip and m == n for m, n in pairs[:-1]] + [False]
        self._set_up(
            [((m, n), (n,), *([(n,)] * self.batch_norm)) for m, n in pairs[:-1]]
            + [(pairs[-1], (pairs[-1][1],))],
            meaning, sizes=self.sizes, activation=activation, init=init,
            init_scale=init_scale, loss=loss, batch_norm=batch_norm, residual=residual,
            dropout=dropout, l2=l2,
        )  # fmt: skip

    def init(self, rng: Seed) -> Array:
        """Return random parameters to start from, float64, shape (n_params,).

        Parameters
        ----------
        rng : int or numpy.random.Generator
            The seed, or the generator to draw from.

        Returns
        -------
        ndarray of shape (n_params,)
        """
        rng, theta = _check.generator("rng", rng), np.zeros(self.n_params)
        for W, _, gamma in self.layers(theta):
            W[...] = self._init_scale * self._initial(rng, *W.shape)
            gamma[...] = 1
        return theta

    def init_state(self) -> State:
        """Return the running mean and variance of each normalised layer: zeros and ones.

        Returns
        -------
        tuple of ndarray
            Mean, variance, mean, variance, ... from the first hidden layer to the last; () without
            batch normalisation.
        """
        hidden = self.sizes[1:-1] if self.batch_norm else ()
        return tuple(start(n) for n in hidden for start in (np.zeros, np.ones))

    def forward(
        self, theta: Array, X: Array, state: State, rng: np.random.Generator | None, training: bool
    ) -> tuple[Array, list[Kept], State]:
        """Return the outputs, what each layer keeps for `backward`, and the new state."""
        h, kept = X, []
        running = [part.astype(theta.dtype, copy=False) for part in state]
        layers = self.layers(theta)
        for k, (W, b, gamma) in enumerate(layers):
            mask, unit, scale = None, NONE, NONE
            z = h @ W
            if gamma.size:
                now = slice(2 * k, 2 * k + 2)
                mean, var = running[now]
                if training:
                    (mean, var), running[now] = _batch_statistics(z, mean, var)
                scale = 1 / np.sqrt(var + EPS)
                unit = (z - mean) * scale
                z = gamma * unit
            z += b
            a = z
            if k < len(layers) - 1:
                a = self._phi(z)
                if self.dropout and rng is not None:
                    stays = rng.random(a.shape) >= self.dropout
                    mask = stays / a.dtype.type(1 - self.dropout)
                    a = a * mask
                if self._skips[k]:
                    a = a + h
            kept.append(Kept(layers[k], h, z, a, mask, unit, scale))
            h = a
        return h if self.n_outputs > 1 else h[:, 0], kept, tuple(running)

    def backward(self, theta: Array, kept: list[Kept], slope: Array) -> Array:
        """Return the gradient by `theta`, given the `slope` of the loss by the outputs."""
        return self._backward(theta, kept, slope)[0]

    def _backward(self, theta: Array, kept: list[Kept], slope: Array) -> tuple[Array, list[Array]]:
        """Return the gradient by `theta`, and that by z of each layer.

        From the last layer to the first, `da` is the loss's derivative by a, and so on.
        """
        grad, dzs = np.empty_like(theta), []
        by_layers = self.layers(grad)
        da = slope.reshape(len(slope), -1)
        for k in reversed(range(len(kept))):
            (W, _, gamma), h, z, _, mask, unit, scale = kept[k]
            dW, db, dgamma = by_layers[k]
            dz = da
            if k < len(kept) - 1:
                dz = da * self._phi_slope(z)
                if mask is not None:
                    dz *= mask
            dz.sum(axis=0, out=db)
            dzs.append(dz)
            if gamma.size:  # mean and variance depend on the whole batch, so the gradient does
                (dz * unit).sum(axis=0, out=dgamma)
                dz = gamma * scale * (dz - (db + unit * dgamma) / len(dz))
            np.matmul(h.T, dz, out=dW)
            if k:
                da = dz @ W.T + da if self._skips[k] else dz @ W.T
        return grad, dzs[::-1]

    # --- a look inside ---

    def activations(self, theta: ArrayLike, X: ArrayLike) -> list[Array]:
        """Return what each layer gives, in training mode without dropout.

        Parameters
        ----------
        theta : array_like of shape (n_params,)
        X : array_like of shape (n, n_features)

        Returns
        -------
        list of ndarray of shape (n, width)
            From the first hidden layer to the outputs.

        Raises
        ------
        ValueError
            If an argument does not have its shape.
        """
        return [layer.a for layer in self._looked_at(theta, X)[1]]

    def signal(self, theta: ArrayLike, X: ArrayLike, y: ArrayLike) -> Signal:
        """Return how strong the signal is in each layer, forwards and backwards.

        Parameters
        ----------
        theta : array_like of shape (n_params,)
        X : array_like of shape (n, n_features)
        y : array_like of shape (n,)

        Returns
        -------
        Signal
            In training mode, without dropout.

        Raises
        ------
        ValueError
            If an argument does not have its shape.
        """
        theta = self._parameters(theta)
        outputs, kept = self._looked_at(theta, X)
        with np.errstate(all="ignore"):
            _, slope = self.head.loss(outputs, self.check(X, y)[1], check=False)
            _, dzs = self._backward(theta, kept, slope)
            variances = [layer.z.var() for layer in kept]
            return Signal(np.array(variances), np.array([np.linalg.norm(dz) for dz in dzs]))

    def _looked_at(self, theta: ArrayLike, X: ArrayLike) -> tuple[Array, list[Kept]]:
        theta, X = self._parameters(theta), self._examples(X)
        with np.errstate(all="ignore"):
            X = X.astype(theta.dtype, copy=False)
            return self.forward(theta, X, self.init_state(), None, True)[:2]


def _batch_statistics(z: Array, mean: Array, var: Array) -> tuple[list[Array], list[Array]]:
    """Return mean and variance of the batch, and the running ones, given the last."""
    n = len(z)
    if n < 2:
        raise ValueError("X must have at least 2 rows to train with batch normalisation, got 1")
    batch_mean = z.mean(axis=0)
    batch_var = np.square(z - batch_mean).mean(axis=0)
    unbiased = batch_var * (n / (n - 1))
    return [batch_mean, batch_var], [
        (1 - MOMENTUM) * mean + MOMENTUM * batch_mean,
        (1 - MOMENTUM) * var + MOMENTUM * unbiased,
    ]


def _sizes(sizes: Any, loss: Any) -> tuple[int, ...]:
    least = 2 if loss == "softmax" else 1
    wanted = f"whole numbers >= 1, at least two, the last {'>= 2' if least == 2 else '1'}"
    whole = isinstance(sizes, (tuple, list, np.ndarray)) and all(
        isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n >= 1 for n in sizes
    )
    if not whole or len(sizes) < 2 or (sizes[-1] > 1) != (least > 1):
        raise ValueError(f"sizes must be {wanted} for this loss, got {_check.shown(sizes)}")
    return tuple(map(int, sizes))
