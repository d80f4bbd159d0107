"""Line searches: a learning rate chosen anew at each step, by trying it on the loss.

A line search stands where the learning rate of `GradientDescent` stands, and `minimize` asks it
before each step. It keeps nothing from call to call: what it wants to know of the step before is
handed to it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any

import scipy
from numpy.typing import NDArray

from . import _check

__all__ = ["Backtracking", "Exact", "LineSearch"]

SMALLEST = 2.0**-60  # a search gives up at this part of its first trial: nothing moves any more

Array = NDArray[Any]
Function = Callable[[Array], tuple[Any, Any]]


class LineSearch(ABC):
    """What line searches share: their place in an optimiser. Subclass it with a `search`."""

    @abstractmethod
    def search(
        self, fun: Function, theta: Array, loss: float, grad: Array, last: float | None = None
    ) -> float:
        """Return the rate of the step from `theta` against `grad`, 0.0 if none lowers the loss.

        Parameters
        ----------
        fun : callable
            ``fun(theta) -> (loss, grad)``.
        theta, grad : ndarray of shape (d,)
            The point and the gradient there.
        loss : float
            The loss there.
        last : float, optional
            The rate of the step before; None at the first step.
        """

    def __call__(self, k: int) -> float:
        """Refuse to be a schedule: the number of a step does not tell its rate."""
        raise ValueError(
            f"{self} must see the loss to find a learning rate: use it with gd.minimize"
        )


@dataclass(frozen=True)
class Backtracking(LineSearch):
    """Backtracking: shorten the step until it lowers the loss by enough.

    A rate is accepted when it meets Armijo's condition,
    ``loss(theta - lr * grad) <= loss(theta) - c * lr * ||grad||^2``. The first step begins its
    trials with `lr`, each later one with the last accepted rate times `grow`, so that the search
    follows a curvature that changes. It gives up at 2^-60 of a step's first trial.

    Parameters
    ----------
    lr : float, default 1.0
        The first trial of the first step, > 0.
    shrink : float, default 0.5
        What a refused rate is multiplied by, in (0, 1).
    c : float, default 1e-4
        The part of the first-order decrease that a step must bring, in (0, 1). On a quadratic, a
        `c` above 1/2 refuses even the lowest point along the line.
    grow : float or None, default 2.0
        What the last accepted rate is multiplied by for the next first trial, >= 1. None begins
        every step with `lr`, as the textbooks do.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    References
    ----------
    Armijo, L., Minimization of functions having Lipschitz continuous first partial derivatives,
    1966. Nocedal, J., and Wright, S. J., Numerical optimization, 2006, algorithm 3.1.

    Examples
    --------
    >>> import gdlib as gd
    >>> from gdlib.line_search import Backtracking
    >>> bowl = gd.landscape("bowl")
    >>> trace = gd.minimize(bowl, bowl.start, gd.GradientDescent(lr=Backtracking()), 100, tol=1e-6)
    >>> trace
    Trace(67 steps, loss 23.12 -> 1.358e-13, converged)
    >>> trace.lr[:5]
    array([0.125, 0.125, 0.25 , 0.25 , 0.125])
    """

    lr: float = 1.0
    shrink: float = 0.5
    c: float = 1e-4
    grow: float | None = 2.0

    def __post_init__(self) -> None:
        _check.scalar("lr", self.lr, "a positive finite number", lambda v: v > 0)
        for name in ("shrink", "c"):
            _check.scalar(name, getattr(self, name), "a number in (0, 1)", lambda v: 0 < v < 1)
        if self.grow is not None:
            _check.scalar("grow", self.grow, "None or a finite number >= 1", lambda v: v >= 1)

    def search(
        self, fun: Function, theta: Array, loss: float, grad: Array, last: float | None = None
    ) -> float:
        """Return the first rate among the trials that meets Armijo's condition, else 0.0."""
        lr = float(self.lr if last is None or self.grow is None else last * self.grow)
        decrease = self.c * float(grad @ grad)
        smallest = lr * SMALLEST
        while lr > smallest:
            ahead = float(fun(theta - lr * grad)[0])
            if isfinite(ahead) and ahead <= loss - lr * decrease:
                return lr
            lr = lr * self.shrink
        return 0.0


@dataclass(frozen=True)
class Exact(LineSearch):
    """Exact line search: go to the lowest point along the line.

    There the slope along the line, ``-grad(theta - lr * grad) . grad``, is zero. Brent's method
    finds this root to rounding, which no comparison of losses can. On a quadratic it is Cauchy's
    rate ``g . g / (g . H g)``. Where the line has several such points, it takes one that lies no
    higher than the start.

    Parameters
    ----------
    lr_max : float, default 100.0
        The largest rate, > 0: taken where the loss still falls there.

    Raises
    ------
    ValueError
        If `lr_max` is not positive and finite.

    References
    ----------
    Cauchy, A., Méthode générale pour la résolution des systèmes d'équations simultanées, 1847.
    Brent, R. P., Algorithms for minimization without derivatives, 1973, chapter 4.

    Examples
    --------
    From its worst start, a bowl of condition 9 keeps ((9 - 1) / (9 + 1))^2 of its loss a step:

    >>> import gdlib as gd
    >>> from gdlib.line_search import Exact
    >>> bowl = gd.landscape("bowl", condition=9)
    >>> gd.minimize(bowl, [9, 1], gd.GradientDescent(lr=Exact()), steps=3).loss.round(4)
    array([45.    , 28.8   , 18.432 , 11.7965])
    """

    lr_max: float = 100.0

    def __post_init__(self) -> None:
        _check.scalar("lr_max", self.lr_max, "a positive finite number", lambda v: v > 0)

    def search(
        self, fun: Function, theta: Array, loss: float, grad: Array, last: float | None = None
    ) -> float:
        """Return the rate that leads to the lowest point along the line, else 0.0."""

        def slope(lr: float) -> float:
            return -float(fun(theta - lr * grad)[1] @ grad)

        high = float(self.lr_max)
        smallest = high * SMALLEST
        while high > smallest:
            steepness = slope(high)
            if isfinite(steepness):
                lr = high
                if steepness > 0:
                    xtol = smallest * SMALLEST
                    lr = float(scipy.optimize.brentq(slope, 0.0, high, xtol=xtol, disp=False))
                if lr > 0 and float(fun(theta - lr * grad)[0]) <= loss:
                    return lr
            high = high / 2
        return 0.0
