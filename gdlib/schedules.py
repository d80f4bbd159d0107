"""Schedules: a learning rate that changes from step to step, for any optimiser's `lr`.

Each is a small frozen dataclass, called with the number ``k = 0, 1, 2, ...`` of the steps taken so
far: the first step has the rate ``schedule(0)``. That is `lr` itself, but for `OneCycle` and
`Warmup`, which start low. A schedule with an end keeps its last rate from there on. Any function
of `k` that returns a float will do as well.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from math import inf
from typing import Any, ClassVar

import numpy as np

from . import _check
from .formulas import schedules as formulas

__all__ = [
    "Constant",
    "Cosine",
    "CosineRestarts",
    "Exponential",
    "InverseTime",
    "MultiStep",
    "OneCycle",
    "Polynomial",
    "Schedule",
    "Step",
    "Warmup",
]


def _number(wanted: str, ok: Callable[[Any], Any]) -> Callable[[str, Any], Any]:
    return lambda name, value: _check.scalar(name, value, wanted, ok)


def _steps(name: str, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name} must be a whole number >= 1, got {_check.shown(value)}")
    return value


def _milestones(name: str, value: Any) -> Any:
    whole = isinstance(value, tuple) and all(type(v) is int and v >= 1 for v in value)
    if not whole or list(value) != sorted(set(value)):
        wanted = "a rising tuple of whole numbers >= 1"
        raise ValueError(f"{name} must be {wanted}, got {_check.shown(value)}")
    return value


def _schedule(name: str, value: Any) -> Any:
    if not callable(value):
        wanted = "a schedule such as gd.schedules.Constant(0.1)"
        raise ValueError(f"{name} must be {wanted}, got {_check.shown(value)}")
    return value


_positive = _number("a positive finite number", lambda v: v > 0)
_nonnegative = _number("a finite number >= 0", lambda v: v >= 0)


@dataclass(frozen=True, repr=False)
class Schedule:
    """What all schedules share: the call and the checks. Subclass it with a `formula`.

    A subclass is a frozen dataclass whose fields are the parameters of its formula in
    `gdlib.formulas.schedules`, in that order.
    """

    formula: ClassVar[Callable[..., Any]]
    checks: ClassVar[dict[str, Callable[[str, Any], Any]]] = {
        **dict.fromkeys(["lr", "lr_max", "gamma", "power", "div", "final_div"], _positive),
        **dict.fromkeys(["decay", "lr_min"], _nonnegative),
        **dict.fromkeys(["steps", "step_size", "period", "multiplier"], _steps),
        "milestones": _milestones,
        "warmup": _number("a number in [0, 1)", lambda v: (v >= 0) & (v < 1)),
        "schedule": _schedule,
    }

    def __post_init__(self) -> None:
        for field in fields(self):
            value = self.checks[field.name](field.name, getattr(self, field.name))
            if isinstance(value, np.generic):
                object.__setattr__(self, field.name, value.item())

    def __repr__(self) -> str:
        return _check.brief(self, [field.name for field in fields(self)])

    def __call__(self, k: int) -> float:
        """Return the learning rate of step `k`, a Python float.

        Raises
        ------
        ValueError
            If `k` is not a whole number >= 0.
        """
        try:
            return float(self.formula(_check.count("k", k), *self._values))
        except OverflowError:  # a power beyond the largest float
            return inf

    @cached_property
    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, repr=False)
class Constant(Schedule):
    """The same rate for ever.

    Parameters
    ----------
    lr : float
        Rate of every step, > 0.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.schedules.Constant(0.1)(1000)
    0.1
    """

    lr: float
    formula = staticmethod(formulas.constant)


@dataclass(frozen=True, repr=False)
class Step(Schedule):
    """The rate falls by a factor after every so many steps.

    Step k has the rate ``lr * gamma ** (k // step_size)``: steps 0 to ``step_size - 1`` have `lr`,
    step `step_size` is the first with ``lr * gamma``. As PyTorch's ``StepLR``.

    Parameters
    ----------
    lr : float
        Rate of the first step, > 0.
    step_size : int
        Steps between falls, >= 1.
    gamma : float, default 0.1
        The factor, > 0.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> import gdlib as gd
    >>> schedule = gd.schedules.Step(lr=1.0, step_size=3, gamma=0.5)
    >>> [schedule(k) for k in range(7)]
    [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25]
    """

    lr: float
    step_size: int
    gamma: float = 0.1
    formula = staticmethod(formulas.step)


@dataclass(frozen=True, repr=False)
class MultiStep(Schedule):
    """The rate falls by a factor at given steps.

    Step ``milestones[0]`` is the first with the rate ``lr * gamma``. As PyTorch's ``MultiStepLR``.

    Parameters
    ----------
    lr : float
        Rate of the first step, > 0.
    milestones : tuple of int
        The steps of the falls, rising, >= 1.
    gamma : float, default 0.1
        The factor, > 0.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> import gdlib as gd
    >>> schedule = gd.schedules.MultiStep(lr=1.0, milestones=(2, 3), gamma=0.5)
    >>> [schedule(k) for k in range(5)]
    [1.0, 1.0, 0.5, 0.25, 0.25]
    """

    lr: float
    milestones: tuple[int, ...]
    gamma: float = 0.1
    formula = staticmethod(formulas.multi_step)


@dataclass(frozen=True, repr=False)
class Exponential(Schedule):
    """The rate changes by the same factor after every step.

    Step k has the rate ``lr * gamma ** k``, as PyTorch's ``ExponentialLR``. With `gamma` below 1
    the rates have the finite sum ``lr / (1 - gamma)``; above 1 this is a range test.

    Parameters
    ----------
    lr : float
        Rate of the first step, > 0.
    gamma : float
        The factor, > 0.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> import gdlib as gd
    >>> schedule = gd.schedules.Exponential(lr=1.0, gamma=0.5)
    >>> [schedule(k) for k in range(4)]
    [1.0, 0.5, 0.25, 0.125]
    """

    lr: float
    gamma: float
    formula = staticmethod(formulas.exponential)


@dataclass(frozen=True, repr=False)
class InverseTime(Schedule):
    """The rate falls like 1 / k in the long run.

    Step k has the rate ``lr / (1 + decay * k)``, so step ``1 / decay`` has half of `lr`. The sum of
    the rates is infinite and that of their squares finite, as stochastic approximation asks.

    Parameters
    ----------
    lr : float
        Rate of the first step, > 0.
    decay : float
        How fast, >= 0.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    References
    ----------
    Robbins, H., and Monro, S., A stochastic approximation method, 1951.

    Examples
    --------
    >>> import gdlib as gd
    >>> schedule = gd.schedules.InverseTime(lr=1.0, decay=0.5)
    >>> [schedule(k) for k in (0, 2, 6)]
    [1.0, 0.5, 0.25]
    """

    lr: float
    decay: float
    formula = staticmethod(formulas.inverse_time)


@dataclass(frozen=True, repr=False)
class Polynomial(Schedule):
    """The rate falls to zero along a power of the steps that are left.

    Step k has the rate ``lr * (1 - k / steps) ** power``. Step `steps`, the one after the last of
    `steps` steps, is the first with the rate zero, and so are all after it. As PyTorch's
    ``PolynomialLR``.

    Parameters
    ----------
    lr : float
        Rate of the first step, > 0.
    steps : int
        How many steps have a rate above zero, >= 1.
    power : float, default 1
        1 is a straight line; > 0.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> import gdlib as gd
    >>> schedule = gd.schedules.Polynomial(lr=1.0, steps=4)
    >>> [schedule(k) for k in range(6)]
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """

    lr: float
    steps: int
    power: float = 1.0
    formula = staticmethod(formulas.polynomial)


@dataclass(frozen=True, repr=False)
class Cosine(Schedule):
    """The rate falls along half a cosine wave.

    Step `steps`, the one after the last of `steps` steps, is the first with `lr_min`, and so are
    all after it. As PyTorch's ``CosineAnnealingLR`` up to there; PyTorch's then rises again.

    Parameters
    ----------
    lr : float
        Rate of the first step, > 0.
    steps : int
        The length of the fall, >= 1.
    lr_min : float, default 0
        The last rate, >= 0.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    References
    ----------
    Loshchilov, I., and Hutter, F., SGDR: stochastic gradient descent with warm restarts, ICLR 2017,
    eq. (5).

    Examples
    --------
    >>> import gdlib as gd
    >>> schedule = gd.schedules.Cosine(lr=1.0, steps=4)
    >>> [round(schedule(k), 3) for k in range(6)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """

    lr: float
    steps: int
    lr_min: float = 0.0
    formula = staticmethod(formulas.cosine)


@dataclass(frozen=True, repr=False)
class CosineRestarts(Schedule):
    """The rate falls along half a cosine wave, and starts again at the top.

    Step `period` has the rate `lr` again; `lr_min` itself is never reached. As PyTorch's
    ``CosineAnnealingWarmRestarts``, where the parameters are called ``T_0`` and ``T_mult``.

    Parameters
    ----------
    lr : float
        Rate of the first step, > 0.
    period : int
        The length of the first fall, >= 1.
    multiplier : int, default 1
        Each fall is this many times as long as the one before, >= 1.
    lr_min : float, default 0
        What the falls aim at, >= 0.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    References
    ----------
    Loshchilov, I., and Hutter, F., SGDR: stochastic gradient descent with warm restarts, ICLR 2017.

    Examples
    --------
    >>> import gdlib as gd
    >>> schedule = gd.schedules.CosineRestarts(lr=1.0, period=2, multiplier=2)
    >>> [round(schedule(k), 3) for k in range(7)]
    [1.0, 0.5, 1.0, 0.854, 0.5, 0.146, 1.0]
    """

    lr: float
    period: int
    multiplier: int = 1
    lr_min: float = 0.0
    formula = staticmethod(formulas.cosine_restarts)


@dataclass(frozen=True, repr=False)
class OneCycle(Schedule):
    """The rate rises to a peak and falls almost to zero.

    Both ways are half a cosine wave. As PyTorch's ``OneCycleLR``: the first step has
    ``lr_max / div``, the peak is at step ``warmup * steps - 1``, and step ``steps - 1``, the last
    of `steps` steps, has ``lr_max / div / final_div``, as have all after it. PyTorch's other
    option, to vary the momentum as well, is not here.

    Parameters
    ----------
    lr_max : float
        The peak, > 0.
    steps : int
        The number of steps, >= 1.
    warmup : float, default 0.3
        The part of them that rises, in [0, 1).
    div, final_div : float, default 25 and 1e4
        The peak over the first rate, and the first over the last; > 0.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    References
    ----------
    Smith, L. N., and Topin, N., Super-convergence: very fast training of neural networks using
    large learning rates, 2018, arXiv:1708.07120.

    Examples
    --------
    >>> import gdlib as gd
    >>> schedule = gd.schedules.OneCycle(lr_max=1.0, steps=10, warmup=0.5)
    >>> [round(schedule(k), 3) for k in range(10)]
    [0.04, 0.181, 0.52, 0.859, 1.0, 0.905, 0.655, 0.345, 0.095, 0.0]
    """

    lr_max: float
    steps: int
    warmup: float = 0.3
    div: float = 25.0
    final_div: float = 1e4
    formula = staticmethod(formulas.one_cycle)


@dataclass(frozen=True, repr=False)
class Warmup(Schedule):
    """A schedule whose first rate is reached in equal parts.

    Step ``k < steps`` has ``schedule(0) * (k + 1) / steps``: no step has the rate zero, and step
    ``steps - 1`` has all of it. From step `steps` on the rate is ``schedule(k - steps)``.

    Parameters
    ----------
    schedule : callable
        What to warm up to: a schedule, also one with a warm-up of its own.
    steps : int
        The length of the warm-up, >= 1.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    References
    ----------
    Goyal, P., et al., Accurate, large minibatch SGD: training ImageNet in 1 hour, 2017,
    arXiv:1706.02677, section 2.2.

    Examples
    --------
    >>> import gdlib as gd
    >>> schedule = gd.schedules.Warmup(gd.schedules.Step(lr=1.0, step_size=2), steps=4)
    >>> [schedule(k) for k in range(8)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 0.1, 0.1]
    """

    schedule: Callable[[int], float]
    steps: int
    formula = staticmethod(formulas.warmup)

    def __call__(self, k: int) -> float:
        k = _check.count("k", k)
        if k >= self.steps:
            return float(self.schedule(k - self.steps))
        return float(self.formula(k, self.schedule(0), self.steps))
