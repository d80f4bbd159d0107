"""Optimisers: an update rule from `gdlib.formulas.updates` with its hyperparameters.

Each is a small frozen dataclass with two pure methods: ``init(theta)`` gives the first state, and
``step(theta, grad, state)`` gives the next ``(theta, state)``. Nothing is hidden and nothing is
changed in place, so two runs never share anything. Hyperparameters may be arrays: ``theta`` has the
shape ``(d, *grid)``, and each run of the grid moves by its own.
"""

import inspect
from collections import namedtuple
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from math import inf, isfinite
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from . import _check, fast
from .formulas import updates

__all__ = [
    "AMSGrad",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "GradientDescent",
    "Momentum",
    "Nadam",
    "Nesterov",
    "Optimizer",
    "RMSprop",
    "SignDescent",
]

Hyper: TypeAlias = float | NDArray[Any]  # one number, or an array: one for each run of the grid
Rate: TypeAlias = Hyper | Callable[[int], float]  # or a schedule
AnyState: TypeAlias = Any  # a namedtuple (t, *memory), each optimiser its own


def norm(vector: NDArray[Any]) -> NDArray[Any]:
    """The Euclidean norm over axis 0; scaled, so that it overflows only where it must."""
    largest = np.abs(vector).max(axis=0)
    scaled = vector / np.where(largest > 0, largest, 1)
    return np.asarray(largest * np.sqrt(np.sum(scaled * scaled, axis=0)))


def _limit(name: str, value: Any) -> Any:
    off = isinstance(value, float) and value == inf
    return value if off else _check.number(name, value, "a positive number", lambda v: v > 0)


@dataclass(frozen=True, repr=False)
class Optimizer:
    """What all optimisers share: `init`, `step`, the checks and four options.

    A step clips the gradient, adds the weight decay, moves by the rule, and shrinks at last. To
    make an optimiser, subclass this with a `rule`: a frozen dataclass whose fields are the rule's
    hyperparameters. `memory` names what the rule keeps for each coordinate from step to step.

    Parameters
    ----------
    lr : float, ndarray or callable
        Learning rate, > 0, or a schedule: ``lr(k)`` is the rate of step k = 0, 1, 2, ...
    weight_decay : float or ndarray, default 0
        L2 penalty, >= 0: ``weight_decay * theta`` is added to the gradient, as in PyTorch. (Not in
        `AdamW`, whose rule has a decay of its own.)
    l1 : float or ndarray, default 0
        L1 penalty, >= 0, as a proximal step: after the rule every coordinate moves ``lr * l1``
        towards zero, and stays there if it arrives. PyTorch's optimisers have no such option.
    clip_value : float or ndarray, default inf
        Every coordinate of the gradient is clipped to this size, > 0, as by PyTorch's
        ``clip_grad_value_``.
    clip_norm : float or ndarray, default inf
        A gradient with a larger Euclidean norm is scaled down to this one, > 0. PyTorch's
        ``clip_grad_norm_`` divides by the norm plus 1e-6; this does not.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range, or arrays of them do not broadcast.

    References
    ----------
    Parikh, N., and Boyd, S., Proximal algorithms, 2014, section 6.5.2 (`l1`). Pascanu, R.,
    Mikolov, T., and Bengio, Y., On the difficulty of training recurrent neural networks, ICML 2013,
    algorithm 1 (`clip_norm`).

    Examples
    --------
    >>> import numpy as np, gdlib as gd
    >>> optimizer = gd.GradientDescent(lr=0.1, l1=1.0, clip_norm=5.0)
    >>> optimizer
    GradientDescent(lr=0.1, l1=1.0, clip_norm=5.0)
    >>> theta = np.array([0.05, 2.0])
    >>> optimizer.step(theta, np.array([0.3, 0.4]), optimizer.init(theta))[0]
    array([0.  , 1.86])
    """

    lr: Rate
    _: KW_ONLY
    weight_decay: Hyper = 0.0
    l1: Hyper = 0.0
    clip_value: Hyper = inf
    clip_norm: Hyper = inf

    rule: ClassVar[Callable[..., Any]]
    memory: ClassVar[tuple[str, ...]] = ()
    State: ClassVar[type[Any]]
    checks: ClassVar[dict[str, Callable[[str, Any], Any]]] = {
        **dict.fromkeys(["lr", "eps"], _check.positive),
        **dict.fromkeys(["weight_decay", "l1", "momentum_decay"], _check.nonnegative),
        **dict.fromkeys(["clip_value", "clip_norm"], _limit),
        "centered": _check.flag,
    }  # of all others: a number in [0, 1)

    def __init_subclass__(cls) -> None:
        cls.State = namedtuple(f"{cls.__name__}State", ("t", *cls.memory))
        cls._own = tuple(inspect.signature(cls.rule).parameters)[4:]
        options = ("weight_decay", "l1", "clip_value", "clip_norm")
        cls._options = tuple(name for name in options if name not in cls._own)

    _own: ClassVar[tuple[str, ...]]  # the rule's hyperparameters, in its order
    _options: ClassVar[tuple[str, ...]]  # what it does not take itself

    def __post_init__(self) -> None:
        for name, value in self._settings.items():
            if not (name == "lr" and callable(value)):
                self.checks.get(name, _check.fraction)(name, value)
            if isinstance(value, np.generic):  # which would turn float32 parameters into float64
                object.__setattr__(self, name, value.item())
        shapes = {name: np.shape(value) for name, value in self._settings.items()}
        try:
            np.broadcast_shapes(*shapes.values())
        except ValueError:
            arrays = ", ".join(f"{name} {shape}" for name, shape in shapes.items() if shape)
            raise ValueError(f"hyperparameters must broadcast together, got {arrays}") from None

    def __repr__(self) -> str:
        return _check.brief(self, tuple(self._settings))

    @property
    def _settings(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in (*self._own, *self._options)}

    @property
    def hyper(self) -> dict[str, Any]:
        """The rule's own hyperparameters by name, in its order; `lr` may be a schedule."""
        return {name: getattr(self, name) for name in self._own}

    @property
    def grid(self) -> tuple[int, ...]:
        """The shape that the hyperparameters broadcast to; ``()`` when all are plain numbers."""
        return np.broadcast_shapes(*map(np.shape, self._settings.values()))

    def rate(self, k: int) -> Hyper:
        """Return the learning rate of step `k` = 0, 1, 2, ...; a schedule's is a Python float.

        Raises
        ------
        ValueError
            If a schedule does not return a finite number >= 0.
        """
        if not callable(self.lr):
            return self.lr
        lr = self.lr(k)
        try:
            rate = float(lr)
        except (TypeError, ValueError):
            rate = -inf
        if not (isfinite(rate) and rate >= 0):
            raise ValueError(
                f"the schedule {_check.shown(self.lr)} must return a finite number >= 0, "
                f"got {_check.shown(lr)} for step {k}"
            )
        return rate

    def init(self, theta: NDArray[Any]) -> AnyState:
        """Return the state before the first step: ``t = 0`` and zeros of the shape of `theta`."""
        theta = np.asarray(theta)
        return self.State(0, *(np.zeros_like(theta) for _ in self.memory))

    def step(
        self, theta: NDArray[Any], grad: NDArray[Any], state: AnyState, *, inplace: bool = False
    ) -> tuple[NDArray[Any], AnyState]:
        """Take one step.

        Parameters
        ----------
        theta : ndarray of shape (d, \\*grid)
            The parameters. Not changed, except as `inplace` says.
        grad : ndarray of the same shape
            The gradient of the loss at `theta`. Not changed.
        state : State
            From `init` or the step before; ``state.t`` counts the steps taken. Not changed, except
            as `inplace` says.
        inplace : bool, default False
            Allow the step to write into the arrays of `theta` and `state`, which are then of no
            more use: on a long vector that is faster, since nothing new has to be allocated.

        Returns
        -------
        theta : ndarray
            The new parameters.
        state : State
            The new state.

        Raises
        ------
        ValueError
            If `grad` does not have the shape of `theta`, or a schedule gives no learning rate.
        """
        theta, grad = np.asarray(theta), np.asarray(grad)
        if grad.shape != theta.shape:
            raise ValueError(f"grad must have the shape of theta, {theta.shape}, got {grad.shape}")
        k, (lr, others, in_use) = state[0], self._prepared
        if lr is None:
            lr = self.rate(k)
        if in_use:
            grad = self._shaped(theta, grad, in_use)
        if theta.ndim == 1 and fast.worthwhile(theta) and not self.grid:
            rates = (lr, *others)
            theta, memory = fast.advance(self.rule, theta, grad, state[1:], k + 1, rates, inplace)
        else:
            theta, memory = self.rule(theta, grad, state[1:], k + 1, lr, *others)
        if "l1" in in_use:
            theta = theta - np.clip(theta, -lr * self.l1, lr * self.l1)
        return theta, tuple.__new__(self.State, (k + 1, *memory))  # State(...), in half the time

    @cached_property
    def _prepared(self) -> tuple[Any, tuple[Any, ...], tuple[str, ...]]:
        """What every step needs: lr if it is fixed, the rule's other parameters, what is in use."""
        off = {name: getattr(Optimizer, name) for name in self._options}
        in_use = (n for n in off if not np.array_equal(getattr(self, n), off[n]))
        lr, *others = self.hyper.values()
        return None if callable(lr) else lr, tuple(others), tuple(in_use)

    def _shaped(
        self, theta: NDArray[Any], grad: NDArray[Any], in_use: tuple[str, ...]
    ) -> NDArray[Any]:
        """The gradient clipped, each coordinate and then the whole, and with the weight decay."""
        if "clip_value" in in_use:
            grad = np.clip(grad, -self.clip_value, self.clip_value)
        if "clip_norm" in in_use:
            grad = grad * (self.clip_norm / np.maximum(norm(grad), self.clip_norm))
        if "weight_decay" in in_use:
            grad = grad + self.weight_decay * theta
        return grad


@dataclass(frozen=True, repr=False)
class GradientDescent(Optimizer):
    """Gradient descent: ``theta - lr * grad``.

    Parameters
    ----------
    lr : float, ndarray or callable
        Learning rate, > 0, or a schedule. On a loss of curvature at most L every
        ``lr < 2 / L`` descends.
    weight_decay, l1, clip_value, clip_norm : float or ndarray, optional
        See `Optimizer`.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range.

    References
    ----------
    Cauchy, A., Méthode générale pour la résolution des systèmes d'équations simultanées, 1847.

    Examples
    --------
    >>> import numpy as np, gdlib as gd
    >>> optimizer = gd.GradientDescent(lr=0.1)
    >>> theta = np.array([1.0, -2.0])
    >>> optimizer.step(theta, 2 * theta, optimizer.init(theta))
    (array([ 0.8, -1.6]), GradientDescentState(t=1))
    """

    rule = staticmethod(updates.gradient_descent)


@dataclass(frozen=True, repr=False)
class SignDescent(Optimizer):
    """Sign descent: every coordinate moves by `lr`, against the sign of its derivative.

    Of all steps whose largest coordinate is `lr`, it is the one that a linear loss falls most on.
    PyTorch has no such optimiser; it is optax's ``sign_sgd``.

    Parameters
    ----------
    lr : float, ndarray or callable
        Learning rate, > 0, or a schedule.
    weight_decay, l1, clip_value, clip_norm : float or ndarray, optional
        See `Optimizer`.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range.

    References
    ----------
    Bernstein, J., et al., signSGD: compressed optimisation for non-convex problems, ICML 2018,
    algorithm 1.

    Examples
    --------
    >>> import numpy as np, gdlib as gd
    >>> optimizer = gd.SignDescent(lr=0.1)
    >>> theta = np.array([1.0, -2.0, 0.0])
    >>> optimizer.step(theta, 50 * theta, optimizer.init(theta))[0]
    array([ 0.9, -1.9,  0. ])
    """

    rule = staticmethod(updates.sign_descent)


@dataclass(frozen=True, repr=False)
class Momentum(Optimizer):
    """Gradient descent with momentum, the heavy ball.

    ``v = beta * v + grad``, then ``theta - lr * v``. This is PyTorch's convention (there `beta` is
    called ``momentum``, and ``dampening`` is 0): the learning rate stands outside the velocity, so
    a steady gradient moves ``1 / (1 - beta)`` times as far in the long run. In Polyak's paper and
    in Keras it stands inside, which differs when it changes.

    Parameters
    ----------
    lr : float, ndarray or callable
        Learning rate, > 0, or a schedule.
    beta : float or ndarray, default 0.9
        The part of the velocity that is kept, in [0, 1). With 0 this is `GradientDescent`.
    weight_decay, l1, clip_value, clip_norm : float or ndarray, optional
        See `Optimizer`.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range.

    References
    ----------
    Polyak, B. T., Some methods of speeding up the convergence of iteration methods, 1964, eq. (9).

    Examples
    --------
    >>> import gdlib as gd
    >>> bowl = gd.landscape("bowl", condition=100)
    >>> gd.minimize(bowl, bowl.start, gd.Momentum(lr=0.03, beta=0.7), steps=100)
    Trace(100 steps, loss 203.1 -> 1.738e-13, not converged)
    """

    beta: Hyper = 0.9
    rule = staticmethod(updates.momentum)
    memory = ("v",)


@dataclass(frozen=True, repr=False)
class Nesterov(Optimizer):
    """Nesterov's accelerated gradient with a constant momentum.

    ``v = beta * v + grad``, then ``theta - lr * (grad + beta * v)``. This is PyTorch's
    ``SGD(nesterov=True)``; `theta` is the point at which the gradient is taken, the one ahead. The
    paper's momentum grows towards 1 from step to step.

    Parameters
    ----------
    lr : float, ndarray or callable
        Learning rate, > 0, or a schedule.
    beta : float or ndarray, default 0.9
        The part of the velocity that is kept, in [0, 1). With 0 this is `GradientDescent`.
    weight_decay, l1, clip_value, clip_norm : float or ndarray, optional
        See `Optimizer`.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range.

    References
    ----------
    Nesterov, Y., A method for solving the convex programming problem with convergence rate
    O(1/k^2), 1983. Sutskever, I., et al., On the importance of initialization and momentum in deep
    learning, ICML 2013, eqs. (3) and (4); the change of variables follows their appendix A.1.

    Examples
    --------
    >>> import gdlib as gd
    >>> bowl = gd.landscape("bowl", condition=100)
    >>> gd.minimize(bowl, bowl.start, gd.Nesterov(lr=0.01, beta=0.8), steps=100)
    Trace(100 steps, loss 203.1 -> 9.524e-06, not converged)
    """

    beta: Hyper = 0.9
    rule = staticmethod(updates.nesterov)
    memory = ("v",)


@dataclass(frozen=True, repr=False)
class Adagrad(Optimizer):
    """Adagrad: the gradient over the root of the sum of its squares so far.

    The rule and its defaults are PyTorch's: the sum starts at zero, and `eps` is added outside the
    root, as in the paper's diagonal form. (Keras and optax start at 0.1, with `eps` inside.) Under
    a steady gradient step k has the length ``lr / sqrt(k)``.

    Parameters
    ----------
    lr : float, ndarray or callable, default 0.01
        Learning rate, > 0, or a schedule.
    eps : float or ndarray, default 1e-10
        Keeps the quotient finite where all gradients were zero; > 0.
    weight_decay, l1, clip_value, clip_norm : float or ndarray, optional
        See `Optimizer`.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range.

    References
    ----------
    Duchi, J., Hazan, E., and Singer, Y., Adaptive subgradient methods for online learning and
    stochastic optimization, 2011, figure 1.

    Examples
    --------
    >>> import numpy as np, gdlib as gd
    >>> optimizer, theta = gd.Adagrad(lr=1.0), np.zeros(1)
    >>> state = optimizer.init(theta)
    >>> for _ in range(4):
    ...     before, (theta, state) = theta, optimizer.step(theta, np.array([-7.0]), state)
    ...     print((theta - before).round(4))
    [1.]
    [0.7071]
    [0.5774]
    [0.5]
    """

    lr: Rate = 0.01
    eps: Hyper = 1e-10
    rule = staticmethod(updates.adagrad)
    memory = ("v",)


@dataclass(frozen=True, repr=False)
class RMSprop(Optimizer):
    """RMSprop: the gradient over its running root mean square.

    The rule and its defaults are PyTorch's: `eps` is added outside the root. (Graves, Keras and
    optax add it inside; Hinton's lecture has none.) The mean starts at zero and no bias is
    corrected, so the first step is ``1 / sqrt(1 - alpha)`` times as long as `lr`.

    Parameters
    ----------
    lr : float, ndarray or callable, default 0.01
        Learning rate, > 0, or a schedule.
    alpha : float or ndarray, default 0.99
        Decay of the mean square, in [0, 1).
    eps : float or ndarray, default 1e-8
        Keeps the quotient finite where the gradient is zero; > 0.
    centered : bool, default False
        Divide by the running standard deviation instead. It vanishes under a steady gradient, and
        the step grows to ``lr / eps`` times the gradient. Rounding may leave a negative variance:
        it is taken as zero, where PyTorch gives NaN.
    weight_decay, l1, clip_value, clip_norm : float or ndarray, optional
        See `Optimizer`.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range.

    References
    ----------
    Hinton, G., Neural networks for machine learning, lecture 6e, 2012. Graves, A., Generating
    sequences with recurrent neural networks, 2013, eqs. (38) to (41), for `centered`.

    Examples
    --------
    >>> import numpy as np, gdlib as gd
    >>> optimizer = gd.RMSprop(lr=0.1, alpha=0.75)
    >>> theta = np.array([1.0, 1.0])
    >>> optimizer.step(theta, np.array([1e-3, 1e3]), optimizer.init(theta))[0].round(4)
    array([0.8, 0.8])
    """

    lr: Rate = 0.01
    alpha: Hyper = 0.99
    eps: Hyper = 1e-8
    centered: bool = False
    rule = staticmethod(updates.rmsprop)
    memory = ("v", "m")


@dataclass(frozen=True, repr=False)
class Adadelta(Optimizer):
    """Adadelta: steps in units of the parameter, from earlier steps and gradients.

    The rule and its defaults are PyTorch's; `lr` multiplies the paper's step and is 1 there.
    (Keras multiplies by 0.001 unless told otherwise.) The first step is about
    ``sqrt(eps / (1 - rho))`` long.

    Parameters
    ----------
    lr : float, ndarray or callable, default 1
        Learning rate, > 0, or a schedule.
    rho : float or ndarray, default 0.9
        Decay of both mean squares, in [0, 1).
    eps : float or ndarray, default 1e-6
        Added inside both roots; > 0. It sets the length of the first steps.
    weight_decay, l1, clip_value, clip_norm : float or ndarray, optional
        See `Optimizer`.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range.

    References
    ----------
    Zeiler, M. D., ADADELTA: an adaptive learning rate method, 2012, arXiv:1212.5701, algorithm 1.

    Examples
    --------
    >>> import numpy as np, gdlib as gd
    >>> optimizer = gd.Adadelta(rho=0.75, eps=1e-4)
    >>> theta = np.array([1.0, 1.0])
    >>> optimizer.step(theta, np.array([1e1, 1e3]), optimizer.init(theta))[0].round(4)
    array([0.98, 0.98])
    """

    lr: Rate = 1.0
    rho: Hyper = 0.9
    eps: Hyper = 1e-6
    rule = staticmethod(updates.adadelta)
    memory = ("v", "u")


@dataclass(frozen=True, repr=False)
class Adam(Optimizer):
    """Adam: running mean of the gradient over the root of its running mean square.

    The defaults are the paper's and PyTorch's; `eps` is added outside the root, after the bias
    correction, as in algorithm 1 of the paper. (Keras takes the paper's other form, epsilon hat.)

    Parameters
    ----------
    lr : float, ndarray or callable, default 0.001
        Learning rate, > 0, or a schedule; about the length of the first step in every coordinate.
    beta1, beta2 : float or ndarray, default 0.9 and 0.999
        Decay of the first and of the second moment, in [0, 1).
    eps : float or ndarray, default 1e-8
        Keeps the quotient finite where the gradient is zero; > 0.
    weight_decay, l1, clip_value, clip_norm : float or ndarray, optional
        See `Optimizer`.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range.

    References
    ----------
    Kingma, D. P., and Ba, J., Adam: a method for stochastic optimization, ICLR 2015,
    arXiv:1412.6980.

    Examples
    --------
    The first step has length `lr`, whatever the scale of the gradient:

    >>> import numpy as np, gdlib as gd
    >>> optimizer = gd.Adam(lr=0.1)
    >>> theta = np.array([1.0, 1.0])
    >>> optimizer.step(theta, np.array([1e-3, 1e3]), optimizer.init(theta))[0].round(4)
    array([0.9, 0.9])
    """

    lr: Rate = 0.001
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    rule = staticmethod(updates.adam)
    memory = ("m", "v")


@dataclass(frozen=True, repr=False)
class AdamW(Optimizer):
    """Adam with weight decay apart from the gradient.

    The rule and its defaults are PyTorch's: each step also multiplies `theta` by
    ``1 - lr * weight_decay``. The paper's factor has the schedule in the place of `lr`, so its
    decay does not change with the base learning rate.

    Parameters
    ----------
    lr : float, ndarray or callable, default 0.001
        Learning rate, > 0, or a schedule.
    beta1, beta2 : float or ndarray, default 0.9 and 0.999
        Decay of the first and of the second moment, in [0, 1).
    eps : float or ndarray, default 1e-8
        Keeps the quotient finite where the gradient is zero; > 0.
    weight_decay : float or ndarray, default 0.01
        Decay of the weights, >= 0; nothing is added to the gradient.
    weight_decay, l1, clip_value, clip_norm : float or ndarray, optional
        See `Optimizer`.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range.

    References
    ----------
    Loshchilov, I., and Hutter, F., Decoupled weight decay regularization, ICLR 2019,
    arXiv:1711.05101, algorithm 2.

    Examples
    --------
    Without a gradient the weights shrink by that factor, and by no other:

    >>> import numpy as np, gdlib as gd
    >>> optimizer = gd.AdamW(lr=0.1, weight_decay=0.5)
    >>> theta = np.array([1.0, -2.0])
    >>> optimizer.step(theta, np.zeros(2), optimizer.init(theta))[0]
    array([ 0.95, -1.9 ])
    """

    lr: Rate = 0.001
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    weight_decay: Hyper = field(default=0.01, kw_only=True)
    rule = staticmethod(updates.adamw)
    memory = ("m", "v")


@dataclass(frozen=True, repr=False)
class AMSGrad(Optimizer):
    """Adam with a mean square that never falls, so that rare large gradients are not forgotten.

    The rule is PyTorch's ``Adam(amsgrad=True)``: the largest `v` so far is found first and made
    unbiased then. (optax takes the largest of the unbiased ones; the paper corrects no bias.)

    Parameters
    ----------
    lr : float, ndarray or callable, default 0.001
        Learning rate, > 0, or a schedule.
    beta1, beta2 : float or ndarray, default 0.9 and 0.999
        Decay of the first and of the second moment, in [0, 1).
    eps : float or ndarray, default 1e-8
        Keeps the quotient finite where the gradient is zero; > 0.
    weight_decay, l1, clip_value, clip_norm : float or ndarray, optional
        See `Optimizer`.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range.

    References
    ----------
    Reddi, S. J., Kale, S., and Kumar, S., On the convergence of Adam and beyond, ICLR 2018,
    algorithm 2.

    Examples
    --------
    >>> import numpy as np, gdlib as gd
    >>> optimizer, theta = gd.AMSGrad(beta2=0.5), np.zeros(1)
    >>> state = optimizer.init(theta)
    >>> for grad in (4.0, 0.0, 0.0):
    ...     theta, state = optimizer.step(theta, np.array([grad]), state)
    >>> state.v, state.v_max
    (array([2.]), array([8.]))
    """

    lr: Rate = 0.001
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    rule = staticmethod(updates.amsgrad)
    memory = ("m", "v", "v_max")


@dataclass(frozen=True, repr=False)
class Nadam(Optimizer):
    """Adam with Nesterov's look ahead and a momentum that warms up.

    The rule and its defaults are PyTorch's ``NAdam``: at step t the gradient's weight in the step
    is ``1 - mu``, with ``mu = beta1 * (1 - 0.96 ** (t * momentum_decay) / 2)``. In the paper `m`
    decays by ``mu`` as well, here by `beta1`. Keras has the same rule with `momentum_decay` 1.

    Parameters
    ----------
    lr : float, ndarray or callable, default 0.002
        Learning rate, > 0, or a schedule.
    beta1, beta2 : float or ndarray, default 0.9 and 0.999
        Decay of the first and of the second moment, in [0, 1).
    eps : float or ndarray, default 1e-8
        Keeps the quotient finite where the gradient is zero; > 0.
    momentum_decay : float or ndarray, default 0.004
        How fast ``mu`` grows from about half of `beta1` to all of it, >= 0.
    weight_decay, l1, clip_value, clip_norm : float or ndarray, optional
        See `Optimizer`.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range.

    References
    ----------
    Dozat, T., Incorporating Nesterov momentum into Adam, ICLR 2016 workshop.

    Examples
    --------
    >>> import numpy as np, gdlib as gd
    >>> optimizer = gd.Nadam(lr=0.1)
    >>> theta = np.array([1.0, 1.0])
    >>> optimizer.step(theta, np.array([1e-3, 1e3]), optimizer.init(theta))[0].round(4)
    array([0.8944, 0.8944])
    """

    lr: Rate = 0.002
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    momentum_decay: Hyper = 4e-3
    rule = staticmethod(updates.nadam)
    memory = ("m", "v", "c")


@dataclass(frozen=True, repr=False)
class Adamax(Optimizer):
    """Adam with a fading maximum in the place of the root mean square.

    The rule and its defaults are PyTorch's: `eps` is added to each gradient's size, before the
    maximum. The paper has no `eps`; Keras adds it to the maximum.

    Parameters
    ----------
    lr : float, ndarray or callable, default 0.002
        Learning rate, > 0, or a schedule.
    beta1, beta2 : float or ndarray, default 0.9 and 0.999
        Decay of the first and of the maximum, in [0, 1).
    eps : float or ndarray, default 1e-8
        Keeps the quotient finite where the gradient is zero; > 0.
    weight_decay, l1, clip_value, clip_norm : float or ndarray, optional
        See `Optimizer`.

    Raises
    ------
    ValueError
        If a hyperparameter is out of its range.

    References
    ----------
    Kingma, D. P., and Ba, J., Adam: a method for stochastic optimization, ICLR 2015,
    arXiv:1412.6980, algorithm 2.

    Examples
    --------
    >>> import numpy as np, gdlib as gd
    >>> optimizer = gd.Adamax(lr=0.1)
    >>> theta = np.array([1.0, 1.0])
    >>> optimizer.step(theta, np.array([1e-3, 1e3]), optimizer.init(theta))[0].round(4)
    array([0.9, 0.9])
    """

    lr: Rate = 0.002
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    rule = staticmethod(updates.adamax)
    memory = ("m", "u")
