"""Landscapes and curves to descend on: a formula, with what is known about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import acos, asin, cos, pi, sin, sqrt
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _check
from .formulas import curves
from .formulas import landscapes as formulas

__all__ = ["CriticalPoint", "Curve", "CurvePoint", "Landscape", "curve", "landscape"]

Array = NDArray[Any]
Functions = tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]
Span = tuple[float, float]
Ground = TypeVar("Ground", bound="_Ground")


class CriticalPoint(NamedTuple):
    """A point where the gradient vanishes; `kind` is "minimum", "saddle" or "maximum"."""

    x: float
    y: float
    kind: str


class CurvePoint(NamedTuple):
    """A point where the slope vanishes; `kind` is "minimum", "maximum" or "inflection"."""

    x: float
    kind: str


class _Ground:
    """What landscapes and curves share."""

    name: str
    functions: Functions
    critical_points: tuple[Any, ...]
    shape: tuple[float, ...]
    bounded: bool

    def __repr__(self) -> str:
        shape = "".join(f", {v:.6g}" for v in self.shape)
        return f"{type(self).__name__.lower()}({self.name!r}{shape})"

    @property
    def lowest(self) -> float | None:
        """The least loss there is; None where the loss falls without end, as on a saddle."""
        if not self.bounded:
            return None
        points = [point[:-1] for point in self.critical_points if point.kind == "minimum"]
        return float(min(self.functions[0](*point, *self.shape) for point in points))

    @staticmethod
    def _floats(theta: ArrayLike) -> Array:
        array = np.asarray(theta)
        return array if array.dtype.kind in "fc" else array.astype(float)

    @classmethod
    def _coordinates(cls, theta: ArrayLike, d: int) -> Array:
        array = cls._floats(theta)
        if array.ndim == 0 or array.shape[0] != d:
            raise ValueError(f"theta must have shape ({d}, *grid), got {array.shape}")
        return array


@dataclass(frozen=True, repr=False)
class Landscape(_Ground):
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
    bounded : bool
        Whether there is a least loss.
    """

    name: str
    title: str
    functions: Functions
    domain: tuple[Span, Span]
    start: tuple[float, float]
    critical_points: tuple[CriticalPoint, ...]
    shape: tuple[float, ...] = ()
    bounded: bool = True

    def loss(self, theta: ArrayLike) -> Any:
        """Return the loss at `theta`, shape ``grid``."""
        return self.functions[0](*self._coordinates(theta, 2), *self.shape)

    def grad(self, theta: ArrayLike) -> Array:
        """Return the gradient at `theta`, shape ``(2, *grid)``."""
        parts = self.functions[1](*self._coordinates(theta, 2), *self.shape)
        return np.stack(np.broadcast_arrays(*parts))

    def loss_and_grad(self, theta: ArrayLike) -> tuple[Any, Array]:
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

    def hessian(self, theta: ArrayLike) -> Array:
        """Return the matrix of second derivatives at `theta`, shape ``(2, 2, *grid)``."""
        x, y = self._coordinates(theta, 2)
        xx, xy, yy, _ = np.broadcast_arrays(*self.functions[2](x, y, *self.shape), x)
        hessian = np.stack([np.stack([xx, xy]), np.stack([xy, yy])])
        return hessian.astype(np.result_type(x), copy=False)


@dataclass(frozen=True, repr=False)
class Curve(_Ground):
    """A loss of one parameter. Make one with `curve`.

    It can be called as it stands wherever a function ``fun(theta) -> (loss, grad)`` is wanted, with
    `theta` and `grad` of shape ``(1, *grid)``. `loss`, `slope` and `curvature` take and return
    arrays of any one shape, as for a plot.

    Attributes
    ----------
    name, title : str
        For code and for people.
    functions : tuple of three functions
        Loss, slope and curvature of ``(x, *shape)``, from `gdlib.formulas.curves`.
    domain : tuple of float
        ``(x_min, x_max)``, a stretch worth drawing.
    start : float
        A good point to start from.
    critical_points : tuple of CurvePoint
        All that lie in the domain.
    inflections : tuple of float
        All places in the domain where the curvature changes its sign.
    shape : tuple of float
        The parameters of the formula itself, if it has any.
    bounded : bool
        Whether there is a least loss.
    """

    name: str
    title: str
    functions: Functions
    domain: Span
    start: float
    critical_points: tuple[CurvePoint, ...]
    inflections: tuple[float, ...] = ()
    shape: tuple[float, ...] = ()
    bounded: bool = True

    def loss(self, x: ArrayLike) -> Any:
        """Return the loss at `x`."""
        return self.functions[0](self._floats(x), *self.shape)

    def slope(self, x: ArrayLike) -> Any:
        """Return the first derivative at `x`; at a kink, the middle of those on either side."""
        return self.functions[1](self._floats(x), *self.shape)

    def curvature(self, x: ArrayLike) -> Any:
        """Return the second derivative at `x`; at a kink of the slope, that of the right side."""
        x = self._floats(x)
        curvature = self.functions[2](x, *self.shape)
        return np.broadcast_to(curvature, x.shape).astype(x.dtype)[()]  # a number for a number

    def loss_and_grad(self, theta: ArrayLike) -> tuple[Any, Array]:
        """Return ``(loss, grad)`` at `theta`, of shape ``(1, *grid)``.

        Raises
        ------
        ValueError
            If `theta` does not have one coordinate.

        Examples
        --------
        >>> import gdlib as gd
        >>> gd.curve("parabola", a=3).loss_and_grad([2.0])
        (np.float64(6.0), array([6.]))
        """
        (x,) = self._coordinates(theta, 1)
        return self.loss(x), np.stack([self.slope(x)])

    __call__ = loss_and_grad


def landscape(name: str, **parameters: float) -> Landscape:
    """Return the landscape called `name`.

    Parameters
    ----------
    name : str
        One of these:

        - "bowl": half a square along one axis, `condition` times as much along the other;
        - "rosenbrock": a curved valley with a flat floor;
        - "beale": a plateau with steep walls;
        - "himmelblau": four minima of equal depth, four saddles and a hilltop;
        - "saddle": down along one axis, up along the other;
        - "booth": a long, slanted bowl;
        - "mccormick": a trough whose floor rises and falls as it climbs;
        - "styblinski_tang": four basins of different depth;
        - "six_hump_camel": six minima, two of them the lowest, and two hilltops;
        - "monkey_saddle": three valleys and three ridges; the Hessian at their centre is zero;
        - "rastrigin": a bowl with a dent at every pair of whole numbers, nearly;
        - "ackley": a dented plain around a pit. Its minimum is a sharp tip without derivatives:
          there the gradient is given as zero, and the Hessian as that of the dents alone.
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
    than one variable, 1958. Himmelblau, D. M., Applied nonlinear programming, 1972. Jamil, M., and
    Yang, X.-S., A literature survey of benchmark functions for global optimisation problems, 2013
    (Booth's function). McCormick, G. P., Computability of global solutions to factorable nonconvex
    programs, part I, 1976. Styblinski, M. A., and Tang, T.-S., Experiments in nonconvex
    optimization: stochastic approximation with function smoothing and simulated annealing, 1990.
    Dixon, L. C. W., and Szegö, G. P., The global optimization problem: an introduction, 1978 (the
    camel). Hilbert, D., and Cohn-Vossen, S., Anschauliche Geometrie, 1932 (the monkey). Rastrigin,
    L. A., Systems of extremal control, 1974. Ackley, D. H., A connectionist machine for genetic
    hillclimbing, 1987.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.landscape("bowl", condition=4).hessian([0, 0])
    array([[1., 0.],
           [0., 4.]])
    """
    return _find("landscape", name, parameters, LANDSCAPES, {"bowl": _bowl})


def curve(name: str, **parameters: float) -> Curve:
    """Return the curve called `name`: a loss of one parameter.

    Parameters
    ----------
    name : str
        One of these:

        - "parabola": half of a x^2;
        - "quartic": x^4, with no curvature at its minimum;
        - "cubic": x^3 - b x, a hill and a valley and an inflection between them;
        - "absolute": the distance to 0, with a kink;
        - "double_well": (x^2 - 1)^2 / 4 + tilt x, two valleys and a hill;
        - "wiggle": tilt x - cos x, valleys without end;
        - "lessard": two slopes joined, smooth and strongly convex, where momentum tuned for them
          goes round in a cycle.
    a : float, default 1
        Parabola only: its curvature, > 0.
    b : float, default 1
        Cubic only: the steepness at 0. Without a hill and a valley if not positive.
    tilt : float, default 0 and 0.2
        Double well and wiggle only: the slope that is added. Below 0.384 in size for the double
        well and below 1 for the wiggle, so that there are valleys.

    Returns
    -------
    Curve

    Raises
    ------
    ValueError
        For a name or a parameter that there is not, or one out of its range.

    References
    ----------
    Lessard, L., Recht, B., and Packard, A., Analysis and design of optimization algorithms via
    integral quadratic constraints, 2016, section 4.6.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.curve("cubic", b=3).critical_points
    (CurvePoint(x=-1.0, kind='maximum'), CurvePoint(x=1.0, kind='minimum'))
    >>> double_well = gd.curve("double_well")
    >>> gd.minimize(double_well, [double_well.start], gd.GradientDescent(lr=0.1), 200, tol=1e-9)
    Trace(90 steps, loss 0.6084 -> 2.264e-19, converged)
    """
    makers: dict[str, Callable[..., Curve]] = {
        "parabola": _parabola, "cubic": _cubic, "double_well": _double_well, "wiggle": _wiggle
    }  # fmt: skip
    return _find("curve", name, parameters, CURVES, makers)


def _find(
    what: str,
    name: str,
    parameters: dict[str, float],
    known: dict[str, Ground],
    makers: dict[str, Callable[..., Ground]],
) -> Ground:
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"name must be one of {', '.join(known)}; got {_check.shown(name)}")
    allowed = (makers[name].__kwdefaults__ or {}) if name in makers else {}
    for parameter in parameters:
        if parameter not in allowed:
            takes = " and ".join(allowed) or "no parameters"
            raise ValueError(f"{what} {name!r} takes {takes}, got {parameter!r}")
    return makers[name](**parameters) if parameters else known[name]


# --- landscapes ---


def _square(half: float, centre: tuple[float, float] = (0.0, 0.0)) -> tuple[Span, Span]:
    x, y = centre
    return (x - half, x + half), (y - half, y + half)


def _formula(name: str) -> Functions:
    loss, gradient, hessian = (getattr(formulas, name + p) for p in ("", "_gradient", "_hessian"))
    return loss, gradient, hessian


def _images(symmetry: Callable[[float, float], Iterable[Span]], *points: CriticalPoint) -> Any:
    """The points and what `symmetry` makes of them, each once."""
    every = (
        CriticalPoint(u + 0.0, v + 0.0, kind) for x, y, kind in points for u, v in symmetry(x, y)
    )
    return tuple(dict.fromkeys(every))


def _half_turn(x: float, y: float) -> Iterable[Span]:
    return (x, y), (-x, -y)


def _of_a_square(x: float, y: float) -> Iterable[Span]:
    return ((s * u, t * v) for u, v in ((x, y), (y, x)) for s in (1, -1) for t in (1, -1))


def _separable(*factor: CurvePoint) -> tuple[CriticalPoint, ...]:
    """The critical points of f(x) + f(y), given those of f."""
    pairs = ((p, q) for p in factor for q in factor)
    return tuple(
        CriticalPoint(p.x, q.x, p.kind if p.kind == q.kind else "saddle") for p, q in pairs
    )


def _bowl(*, condition: float = 10.0, angle: float = 0.0) -> Landscape:
    _check.scalar("condition", condition, "a finite number >= 1", lambda v: v >= 1)
    _check.scalar("angle", angle, "a finite number, in radians", lambda v: True)
    c, s = (cos(angle), sin(angle)) if angle else (1.0, 0.0)
    matrix = (c * c + condition * s * s, (1 - condition) * c * s + 0.0, s * s + condition * c * c)
    return Landscape(
        "bowl", "Bowl", _formula("quadratic"), _square(3.0), (-2.5, 2.0),
        (CriticalPoint(0.0, 0.0, "minimum"),), shape=tuple(float(m) for m in matrix),
    )  # fmt: skip


LANDSCAPES = {land.name: land for land in (
    _bowl(),
    Landscape(
        "rosenbrock", "Rosenbrock", _formula("rosenbrock"), _square(2.0, (0.0, 1.0)), (-1.2, 1.0),
        (CriticalPoint(1.0, 1.0, "minimum"),),
    ),
    Landscape(
        "beale", "Beale", _formula("beale"), _square(4.5), (1.0, 1.5),
        (
            CriticalPoint(3.0, 0.5, "minimum"),
            CriticalPoint(0.0, 1.0, "saddle"),
            CriticalPoint(0.1005379373, -2.644513585, "saddle"),
        ),
    ),
    Landscape(
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
    ),
    Landscape(
        "saddle", "Saddle", _formula("quadratic"), _square(2.0), (-1.8, 0.02),
        (CriticalPoint(0.0, 0.0, "saddle"),), shape=(2.0, 0.0, -2.0), bounded=False,
    ),
    Landscape(
        "booth", "Booth", _formula("booth"), _square(5.0), (-4.0, -1.0),
        (CriticalPoint(1.0, 3.0, "minimum"),),
    ),
    Landscape(
        "mccormick", "McCormick", _formula("mccormick"), _square(2.75, (1.25, -0.25)), (3.5, -1.5),
        (
            CriticalPoint(0.5 - pi / 3, -0.5 - pi / 3, "minimum"),
            CriticalPoint(0.5 + pi / 3, -0.5 + pi / 3, "saddle"),
            CriticalPoint(0.5 + 2 * pi / 3, -0.5 + 2 * pi / 3, "minimum"),
        ),
        bounded=False,  # along x = y it falls by pi with every pi
    ),
    Landscape(
        "styblinski_tang", "Styblinski–Tang", _formula("styblinski_tang"), _square(4.0), (0.5, 3.5),
        _separable(
            CurvePoint(-2.9035340278, "minimum"),
            CurvePoint(0.1567312568, "maximum"),
            CurvePoint(2.7468027710, "minimum"),
        ),
    ),
    Landscape(
        "six_hump_camel", "Six-hump camel", _formula("six_hump_camel"), _square(2.0), (-1.2, 0.1),
        _images(
            _half_turn,
            CriticalPoint(0.0898420131, -0.7126564030, "minimum"),
            CriticalPoint(1.7036067150, -0.7960835687, "minimum"),
            CriticalPoint(1.6071047529, 0.5686514549, "minimum"),
            CriticalPoint(0.0, 0.0, "saddle"),
            CriticalPoint(1.1092053368, -0.7682680925, "saddle"),
            CriticalPoint(1.6380679842, 0.2286740690, "saddle"),
            CriticalPoint(1.2960702672, 0.6050843880, "saddle"),
            CriticalPoint(1.2302298765, 0.1623345845, "maximum"),
        ),
    ),
    Landscape(
        "monkey_saddle", "Monkey saddle", _formula("monkey_saddle"), _square(2.0), (1.5, 0.02),
        (CriticalPoint(0.0, 0.0, "saddle"),), bounded=False,
    ),
    Landscape(
        "rastrigin", "Rastrigin", _formula("rastrigin"), _square(1.5), (1.3, -0.8),
        _separable(
            CurvePoint(-0.9949586377, "minimum"),
            CurvePoint(-0.5025460366, "maximum"),
            CurvePoint(0.0, "minimum"),
            CurvePoint(0.5025460366, "maximum"),
            CurvePoint(0.9949586377, "minimum"),
        ),
    ),
    Landscape(
        "ackley", "Ackley", _formula("ackley"), _square(1.5), (1.3, -0.8),
        _images(
            _of_a_square,
            CriticalPoint(0.0, 0.0, "minimum"),
            CriticalPoint(0.9521665460, 0.0, "minimum"),
            CriticalPoint(0.9684776587, 0.9684776587, "minimum"),
            CriticalPoint(0.6257806169, 0.0, "saddle"),
            CriticalPoint(0.8747620389, 0.5774125353, "saddle"),
            CriticalPoint(0.6730965201, 0.6730965201, "maximum"),
        ),
    ),
)}  # fmt: skip


# --- curves ---


def _curve(
    name: str,
    title: str,
    half: float,
    start: float,
    points: Iterable[tuple[float, str]],
    inflections: Iterable[float] = (),
    shape: tuple[float, ...] = (),
    bounded: bool = True,
) -> Curve:
    """The curve on (-half, half), with those of `points` and `inflections` that lie there."""
    loss, slope, curvature = (getattr(curves, name + p) for p in ("", "_slope", "_curvature"))
    return Curve(
        name, title, (loss, slope, curvature), (-half, half), start,
        tuple(sorted(CurvePoint(x, kind) for x, kind in points if abs(x) <= half)),
        tuple(x for x in inflections if abs(x) <= half),
        shape, bounded,
    )  # fmt: skip


def _parabola(*, a: float = 1.0) -> Curve:
    a = float(_check.scalar("a", a, "a positive finite number", lambda v: v > 0))
    return _curve("parabola", "Parabola", 2.0, -1.8, [(0.0, "minimum")], shape=(a,))


def _cubic(*, b: float = 1.0) -> Curve:
    b = float(_check.scalar("b", b, "a finite number", lambda v: True))
    x = sqrt(abs(b) / 3)
    points = [(-x, "maximum"), (x, "minimum")] if b > 0 else [(0.0, "inflection")][: b == 0]
    return _curve("cubic", "Cubic", 2.0, 1.5, points, [0.0], (b,), bounded=False)


def _double_well(*, tilt: float = 0.0) -> Curve:
    steepest = 2 / sqrt(27)  # the slope where the curvature vanishes; a steeper tilt fills a well
    wanted = "a number in (-0.384, 0.384), so that there are two wells"
    tilt = float(_check.scalar("tilt", tilt, wanted, lambda v: abs(v) < steepest))
    thirds = ((acos(-tilt / steepest) + 2 * pi * k) / 3 for k in (1, 2, 0))  # Viète's three roots
    left, hill, right = (round(2 / sqrt(3) * cos(angle), 12) + 0.0 for angle in thirds)
    points = [(left, "minimum"), (hill, "maximum"), (right, "minimum")]
    bends = [-sqrt(1 / 3), sqrt(1 / 3)]
    return _curve("double_well", "Double well", 2.0, 1.6, points, bends, (tilt,))


def _wiggle(*, tilt: float = 0.2) -> Curve:
    wanted = "a number in (-1, 1), so that there are valleys"
    tilt = float(_check.scalar("tilt", tilt, wanted, lambda v: abs(v) < 1))
    valleys = [(2 * pi * k - asin(tilt), "minimum") for k in range(-2, 3)]
    hills = [(2 * pi * k + pi + asin(tilt), "maximum") for k in range(-2, 3)]
    bends = [pi * k + pi / 2 for k in range(-4, 4)]
    return _curve("wiggle", "Wiggle", 10.0, 9.0, valleys + hills, bends, (tilt,), bounded=tilt == 0)


CURVES = {c.name: c for c in (
    _parabola(),
    _curve("quartic", "Quartic", 1.8, 1.5, [(0.0, "minimum")]),
    _cubic(),
    _curve("absolute", "Absolute value", 2.0, -1.7, [(0.0, "minimum")]),
    _double_well(),
    _wiggle(),
    _curve("lessard", "Lessard–Recht–Packard", 4.0, 3.3, [(0.0, "minimum")]),
)}  # fmt: skip
