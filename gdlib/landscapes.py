"""Landscapes to descend on: a formula of two parameters, with what is known about it."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, sin
from typing import NamedTuple

import numpy as np

from . import _check
from .formulas import landscapes as formulas

__all__ = ["CriticalPoint", "Landscape", "landscape"]


class CriticalPoint(NamedTuple):
    """A point where the gradient vanishes; `kind` is "minimum", "saddle" or "maximum"."""

    x: float
    y: float
    kind: str


@dataclass(frozen=True, repr=False)
class Landscape:
    """A loss of two parameters ``x, y = theta``. Make one with `landscape`.

    It can be called as it stands wherever a function ``fun(theta) -> (loss, grad)`` is wanted, and
    works on whole grids at once: `theta` has the shape ``(2, *grid)``.

    Attributes
    ----------
    name, title : str
        For code and for people.
    functions : tuple of three functions
        Loss, gradient and Hessian of ``(x, y, *shape)``, from `gdlib.formulas.landscapes`.
    domain : tuple
        ``((x_min, x_max), (y_min, y_max))``, a square worth drawing.
    start : tuple of float
        A good point to start from.
    critical_points : tuple of CriticalPoint
        All that lie in the domain.
    shape : tuple of float
        The parameters of the formula itself, if it has any.
    """

    name: str
    title: str
    functions: tuple[Callable, Callable, Callable]
    domain: tuple[tuple[float, float], tuple[float, float]]
    start: tuple[float, float]
    critical_points: tuple[CriticalPoint, ...]
    shape: tuple[float, ...] = ()

    def __repr__(self):
        return f"landscape({self.name!r}{''.join(f', {v:.6g}' for v in self.shape)})"

    def loss(self, theta):
        """Return the loss at `theta`, shape ``grid``."""
        return self.functions[0](*self._xy(theta), *self.shape)

    def grad(self, theta):
        """Return the gradient at `theta`, shape ``(2, *grid)``."""
        x, y = self._xy(theta)
        return np.stack(np.broadcast_arrays(*self.functions[1](x, y, *self.shape)))

    def loss_and_grad(self, theta):
        """Return ``(loss, grad)`` at `theta`, of shape ``(2, *grid)``.

        Raises
        ------
        ValueError
            If `theta` does not have two coordinates.

        Examples
        --------
        >>> import gdlib as gd
        >>> gd.landscape("rosenbrock").loss_and_grad([0.0, 0.0])
        (np.float64(1.0), array([-2.,  0.]))
        """
        return self.loss(theta), self.grad(theta)

    __call__ = loss_and_grad

    def hessian(self, theta):
        """Return the matrix of second derivatives at `theta`, shape ``(2, 2, *grid)``."""
        x, y = self._xy(theta)
        xx, xy, yy, _ = np.broadcast_arrays(*self.functions[2](x, y, *self.shape), x)
        return np.stack([np.stack([xx, xy]), np.stack([xy, yy])])

    @property
    def lowest(self):
        """The loss at the lowest minimum; None where there is none, as on a saddle."""
        minima = [self.loss([p.x, p.y]) for p in self.critical_points if p.kind == "minimum"]
        return float(min(minima)) if minima else None

    @staticmethod
    def _xy(theta):
        theta = np.asarray(theta)
        if theta.ndim == 0 or theta.shape[0] != 2:
            raise ValueError(f"theta must have shape (2, *grid), got {theta.shape}")
        return theta if theta.dtype.kind in "fc" else theta.astype(float)


def landscape(name, **parameters):
    """Return the landscape called `name`.

    Parameters
    ----------
    name : str
        "bowl", "rosenbrock", "beale", "himmelblau" or "saddle".
    condition : float, default 10
        Bowl only: its steepest curvature, >= 1, where the flattest is 1; so the condition number.
    angle : float, default 0
        Bowl only: how far the flat axis is turned from the x axis, in radians.

    Returns
    -------
    Landscape

    Raises
    ------
    ValueError
        For a name or a parameter that there is not, or a condition number below 1.

    References
    ----------
    Rosenbrock, H. H., An automatic method for finding the greatest or least value of a function,
    1960. Beale, E. M. L., On an iterative method for finding a local minimum of a function of more
    than one variable, 1958. Himmelblau, D. M., Applied nonlinear programming, 1972.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.landscape("bowl", condition=4).hessian([0, 0])
    array([[1., 0.],
           [0., 4.]])
    """
    if not isinstance(name, str) or name not in LANDSCAPES:
        raise ValueError(f"name must be one of {', '.join(LANDSCAPES)}; got {_check.shown(name)}")
    make = LANDSCAPES[name]
    allowed = make.__kwdefaults__ or {}
    for parameter in parameters:
        if parameter not in allowed:
            takes = " and ".join(allowed) or "no parameters"
            raise ValueError(f"landscape {name!r} takes {takes}, got {parameter!r}")
    return make(**parameters)


def _square(half, centre=(0.0, 0.0)):
    return tuple((c - half, c + half) for c in centre)


def _formula(name):
    return tuple(getattr(formulas, name + part) for part in ("", "_gradient", "_hessian"))


def _bowl(*, condition=10.0, angle=0.0):
    _check.scalar("condition", condition, "a finite number >= 1", lambda v: v >= 1)
    _check.scalar("angle", angle, "a finite number, in radians", lambda v: True)
    c, s = (cos(angle), sin(angle)) if angle else (1.0, 0.0)
    matrix = (c * c + condition * s * s, (1 - condition) * c * s + 0.0, s * s + condition * c * c)
    return Landscape(
        "bowl", "Bowl", _formula("quadratic"), _square(3.0), (-2.5, 2.0),
        (CriticalPoint(0.0, 0.0, "minimum"),), tuple(float(m) for m in matrix),
    )  # fmt: skip


def _saddle():
    return Landscape(
        "saddle", "Saddle", _formula("quadratic"), _square(2.0), (-1.8, 0.02),
        (CriticalPoint(0.0, 0.0, "saddle"),), (2.0, 0.0, -2.0),
    )  # fmt: skip


def _rosenbrock():
    return Landscape(
        "rosenbrock", "Rosenbrock", _formula("rosenbrock"), _square(2.0, (0.0, 1.0)), (-1.2, 1.0),
        (CriticalPoint(1.0, 1.0, "minimum"),),
    )  # fmt: skip


def _beale():
    return Landscape(
        "beale", "Beale", _formula("beale"), _square(4.5), (1.0, 1.5),
        (
            CriticalPoint(3.0, 0.5, "minimum"),
            CriticalPoint(0.0, 1.0, "saddle"),
            CriticalPoint(0.1005379373, -2.644513585, "saddle"),
        ),
    )  # fmt: skip


def _himmelblau():
    return Landscape(
        "himmelblau", "Himmelblau", _formula("himmelblau"), _square(5.0), (0.0, 0.0),
        (
            CriticalPoint(3.0, 2.0, "minimum"),
            CriticalPoint(-2.805118087, 3.1313125183, "minimum"),
            CriticalPoint(-3.7793102534, -3.2831859913, "minimum"),
            CriticalPoint(3.5844283403, -1.848126527, "minimum"),
            CriticalPoint(-0.1279613467, -1.9537149802, "saddle"),
            CriticalPoint(-3.0730257508, -0.0813530443, "saddle"),
            CriticalPoint(0.0866775046, 2.8842547012, "saddle"),
            CriticalPoint(3.3851541836, 0.0738518798, "saddle"),
            CriticalPoint(-0.2708445907, -0.9230385565, "maximum"),
        ),
    )  # fmt: skip


LANDSCAPES = {
    "bowl": _bowl,
    "rosenbrock": _rosenbrock,
    "beale": _beale,
    "himmelblau": _himmelblau,
    "saddle": _saddle,
}
