"""Optimisers: an update rule from `gdlib.formulas.updates` with its hyperparameters.

Each is a small frozen dataclass with two pure methods: ``init(theta)`` gives the first state, and
``step(theta, grad, state)`` gives the next ``(theta, state)``. Nothing is hidden and nothing is
changed in place, so two runs never share anything. Hyperparameters may be arrays: ``theta`` has the
shape ``(d, *grid)``, and each run of the grid moves by its own.
"""

from collections import namedtuple
from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np

from . import _check
from .formulas import updates

__all__ = ["Adam", "GradientDescent", "Momentum", "Nesterov", "Optimizer"]


class Optimizer:
    """What all optimisers share: `init`, `step` and the checks. Subclass it with a `rule`.

    A subclass is a frozen dataclass whose fields are the hyperparameters, in the order in which
    `rule` takes them; `memory` names what the rule keeps for each coordinate from step to step.
    """

    rule: ClassVar
    memory: ClassVar[tuple[str, ...]] = ()
    checks: ClassVar[dict] = {"lr": _check.positive, "eps": _check.positive}

    def __init_subclass__(cls):
        cls.State = namedtuple(f"{cls.__name__}State", ("t", *cls.memory))

    def __post_init__(self):
        for name, value in self.hyper.items():
            self.checks.get(name, _check.fraction)(name, value)
        try:
            np.broadcast_shapes(*map(np.shape, self.hyper.values()))
        except ValueError:
            shapes = ", ".join(f"{name} {np.shape(v)}" for name, v in self.hyper.items())
            raise ValueError(f"hyperparameters must broadcast together, got {shapes}") from None

    @property
    def hyper(self):
        """The hyperparameters by name, in the rule's order."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def grid(self):
        """The shape that the hyperparameters broadcast to; ``()`` when all are plain numbers."""
        return np.broadcast_shapes(*map(np.shape, self.hyper.values()))

    def init(self, theta):
        """Return the state before the first step: ``t = 0`` and zeros of the shape of `theta`."""
        theta = np.asarray(theta)
        return self.State(0, *(np.zeros_like(theta) for _ in self.memory))

    def step(self, theta, grad, state):
        """Take one step.

        Parameters
        ----------
        theta : ndarray of shape (d, \\*grid)
            The parameters. Not changed.
        grad : ndarray of the same shape
            The gradient of the loss at `theta`.
        state : State
            From `init` or the step before. Not changed.

        Returns
        -------
        theta : ndarray
            The new parameters.
        state : State
            The new state.

        Raises
        ------
        ValueError
            If `grad` does not have the shape of `theta`.
        """
        if np.shape(grad) != np.shape(theta):
            raise ValueError(
                f"grad must have the shape of theta, {np.shape(theta)}, got {np.shape(grad)}"
            )
        t = state.t + 1
        theta, memory = self.rule(theta, grad, tuple(state[1:]), t, *self.hyper.values())
        return theta, self.State(t, *memory)


@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """Gradient descent: ``theta - lr * grad``.

    Parameters
    ----------
    lr : float or ndarray
        Learning rate, > 0. On a loss of curvature at most L every ``lr < 2 / L`` descends.

    Raises
    ------
    ValueError
        If `lr` is not positive and finite.

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

    lr: float
    rule: ClassVar = staticmethod(updates.gradient_descent)


@dataclass(frozen=True)
class Momentum(Optimizer):
    """Gradient descent with momentum, the heavy ball.

    ``v = beta * v + grad``, then ``theta - lr * v``. This is PyTorch's convention (there `beta` is
    called ``momentum``, and ``dampening`` is 0): the learning rate stands outside the velocity, so
    a steady gradient moves ``lr / (1 - beta)`` times as far in the long run.

    Parameters
    ----------
    lr : float or ndarray
        Learning rate, > 0.
    beta : float or ndarray, default 0.9
        The part of the velocity that is kept, in [0, 1). With 0 this is `GradientDescent`.

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

    lr: float
    beta: float = 0.9
    rule: ClassVar = staticmethod(updates.momentum)
    memory: ClassVar = ("v",)


@dataclass(frozen=True)
class Nesterov(Optimizer):
    """Nesterov's accelerated gradient with a constant momentum.

    ``v = beta * v + grad``, then ``theta - lr * (grad + beta * v)``. This is PyTorch's
    ``SGD(nesterov=True)``; `theta` is the point at which the gradient is taken, the one ahead.

    Parameters
    ----------
    lr : float or ndarray
        Learning rate, > 0.
    beta : float or ndarray, default 0.9
        The part of the velocity that is kept, in [0, 1).

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

    lr: float
    beta: float = 0.9
    rule: ClassVar = staticmethod(updates.nesterov)
    memory: ClassVar = ("v",)


@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam: running mean of the gradient over the root of its running mean square.

    The defaults are the paper's and PyTorch's; `eps` is added outside the root, after the bias
    correction, as in algorithm 1 of the paper.

    Parameters
    ----------
    lr : float or ndarray, default 0.001
        Learning rate, > 0; about the length of the first step in every coordinate.
    beta1, beta2 : float or ndarray, default 0.9 and 0.999
        Decay of the first and of the second moment, in [0, 1).
    eps : float or ndarray, default 1e-8
        Keeps the quotient finite where the gradient is zero; > 0.

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

    lr: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    rule: ClassVar = staticmethod(updates.adam)
    memory: ClassVar = ("m", "v")
