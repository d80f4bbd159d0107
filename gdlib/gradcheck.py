"""Gradient checking: an analytic gradient against central differences, coordinate by coordinate."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _check

__all__ = ["GradCheck", "gradcheck"]

Array = NDArray[Any]
Fun = Callable[[Array], tuple[Any, Any]]
MANY = 1000  # coordinates; of more, a sample is checked
ROUNDING = 20  # times the machine epsilon: how far off a computed loss may be, relative to it
BENT = 10  # times u^(1/3): the part of the slope's change within h that truncation may be


@dataclass(frozen=True, repr=False)
class GradCheck:
    """What `gradcheck` found, at the coordinate where the two gradients disagree most.

    It is true if the check has passed, so ``assert gradcheck(fun, theta)`` will do.

    Attributes
    ----------
    ok : bool
        Whether all coordinates checked agree, and none is at a kink.
    coordinate : int
        The worst one.
    analytic, numeric : float
        The derivative there as `fun` gives it, and by differences.
    error : float
        Their difference, divided by the larger of the two; 0 where both are 0.
    rtol : float
        The relative error allowed.
    kink : bool
        Whether the slopes to both sides of the worst coordinate differ, however small the step.
    checked : int
        How many coordinates were looked at.
    """

    ok: bool
    coordinate: int
    analytic: float
    numeric: float
    error: float
    rtol: float
    kink: bool
    checked: int

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        values = f"analytic {self.analytic:.4g}, numeric {self.numeric:.4g}"
        if self.ok:
            return f"GradCheck(passed: {self.checked} coordinates within {self.rtol:.2g})"
        if self.kink:
            return f"GradCheck(failed: kink at coordinate {self.coordinate}: {values})"
        error = f"relative error {self.error:.2g} > {self.rtol:.2g}"
        return f"GradCheck(failed at coordinate {self.coordinate}: {values}, {error})"


def gradcheck(
    fun: Fun,
    theta: ArrayLike,
    eps: float | None = None,
    rtol: float | None = None,
    rng: int | np.random.Generator = 0,
    samples: int | None = None,
) -> GradCheck:
    """Check the gradient that `fun` returns against central differences of its loss.

    The numeric derivative is ``(f(theta + h) - f(theta - h)) / (2 h)`` with
    ``h = eps max(1, |theta_i|)``. Two errors meet in it: truncation, about ``h^2 |f'''| / 6``, and
    rounding, about ``u |f| / h`` with the machine epsilon u. The cube root of u balances them; in
    float64 about ten digits are left of a well-scaled gradient.

    A coordinate passes if the two derivatives differ by at most `rtol` times the larger one, plus
    what the two errors can do by themselves: ``20 u |f| / h`` for rounding, and for truncation the
    part ``10 u^(1/3)`` of the slope's change from ``theta - h`` to ``theta + h``. So a derivative
    near zero is not asked for digits that no difference can have, and a wrong one has no place to
    hide.

    At a kink there is no derivative, and a central difference gives the mean of the slopes to both
    sides, which may even agree with `fun`. Such a point fails as a kink: the slopes to both sides
    differ by the same amount for h and for h / 2, where those of a smooth function approach each
    other. A kink close by, nearer than h, spoils the numeric value; then try another `theta` before
    you doubt the gradient.

    Parameters
    ----------
    fun : callable
        ``fun(theta) -> (loss, grad)``, deterministic. A lambda can fix further arguments.
    theta : array_like of shape (d,)
        Where to check; finite. With float32 everything is computed in float32.
    eps : float, optional
        The relative step; the cube root of the machine epsilon if not given.
    rtol : float, optional
        The relative error allowed; 1e-6 in float64 and 1e-2 in float32 if not given.
    rng : int or numpy.random.Generator, default 0
        Draws the coordinates, if not all are checked.
    samples : int, optional
        How many coordinates to check; all, but at most 1000, if not given.

    Returns
    -------
    GradCheck

    Raises
    ------
    ValueError
        If an argument is not as above, or `fun` returns other shapes or is not finite at `theta`.

    References
    ----------
    Nocedal, J., and Wright, S. J., Numerical optimization, 2nd ed., 2006, section 8.1.

    Examples
    --------
    >>> import numpy as np
    >>> from gdlib.gradcheck import gradcheck
    >>> gradcheck(lambda x: (np.sum(x**3), 3 * x**2), [1.0, 2.0])
    GradCheck(passed: 2 coordinates within 1e-06)
    >>> gradcheck(lambda x: (np.sum(x**3), 3 * x), [1.0, 2.0])
    GradCheck(failed at coordinate 1: analytic 6, numeric 12, relative error 0.5 > 1e-06)
    >>> gradcheck(lambda x: (np.sum(abs(x)), np.sign(x)), [1.0, 0.0])
    GradCheck(failed: kink at coordinate 1: analytic 0, numeric 0)
    """
    theta = _check.vector("theta", theta)
    u = float(np.finfo(theta.dtype).eps)
    eps = float(np.cbrt(u) if eps is None else _check.positive("eps", eps))
    rtol = (1e-6 if u < 1e-10 else 1e-2) if rtol is None else float(_check.positive("rtol", rtol))
    chosen = _coordinates(theta.size, samples, _check.generator("rng", rng))
    with np.errstate(all="ignore"):
        loss, grad = evaluate(fun, theta)
        if not (np.isfinite(loss) and np.isfinite(grad).all()):
            raise ValueError(f"fun must be finite at theta, got loss {loss:.6g}")
        found = [_compare(fun, theta, i, eps, rtol, loss, float(grad[i]), u) for i in chosen]
    _, worst = max(found, key=lambda pair: pair[0])
    return GradCheck(**worst, rtol=rtol, checked=len(found))


def evaluate(fun: Fun, theta: Array) -> tuple[float, Array]:
    """Return ``fun(theta)``, checked to be a number and a gradient of the shape of `theta`."""
    if not callable(fun):
        raise ValueError(
            f"fun must be callable, fun(theta) -> (loss, grad), got {_check.shown(fun)}"
        )
    result = fun(theta)
    if not isinstance(result, tuple) or len(result) != 2:
        raise ValueError(f"fun must return the pair (loss, grad), got {_check.shown(result)}")
    loss, grad = result
    if np.shape(loss) != () or np.shape(grad) != theta.shape:
        raise ValueError(
            f"fun must return a number and a gradient of shape {theta.shape}, "
            f"got {np.shape(loss)} and {np.shape(grad)}"
        )
    return float(loss), np.asarray(grad)


def _coordinates(size: int, samples: int | None, rng: np.random.Generator) -> Array:
    if samples is None:
        samples = min(size, MANY)
    elif not 1 <= _check.count("samples", samples) <= size:
        raise ValueError(f"samples must be a whole number from 1 to {size}, got {samples}")
    every = np.arange(size)
    return every if samples == size else np.sort(rng.choice(every, samples, replace=False))


def _compare(
    fun: Fun, theta: Array, i: int, eps: float, rtol: float, loss: float, analytic: float, u: float
) -> tuple[float, dict[str, Any]]:
    """Return how far coordinate `i` is off, 1 being what is allowed, and what was seen there."""
    h = eps * max(1.0, abs(float(theta[i])))
    left, right, numeric, highest = _slopes(fun, theta, i, h, loss)
    rounding = ROUNDING * u * highest / h
    jump, size = abs(right - left), max(abs(right), abs(left))
    kink = jump > 4 * rounding + 1e-3 * size  # bent enough to look closer
    if kink:
        left, right, *_ = _slopes(fun, theta, i, h / 2, loss)
        kink = abs(right - left) > 0.75 * jump  # where it is smooth, half of it would be left
    gap, larger = abs(analytic - numeric), max(abs(analytic), abs(numeric))
    truncation = BENT * float(np.cbrt(u)) * jump
    off = gap / (rtol * larger + rounding + truncation) if gap else 0.0
    seen = {"analytic": analytic, "numeric": numeric, "error": gap / larger if gap else 0.0}
    seen |= {"ok": off <= 1 and not kink, "coordinate": int(i), "kink": kink}
    return np.inf if kink or np.isnan(off) else off, seen


def _slopes(
    fun: Fun, theta: Array, i: int, h: float, loss: float
) -> tuple[float, float, float, float]:
    """Return the slopes to the left, to the right, across; the largest loss."""
    here = theta[i]
    ends = []
    for step in (-h, h):
        moved = theta.copy()
        moved[i] += step
        rounded = float(moved[i]) - float(here)
        ends.append((rounded, evaluate(fun, moved)[0]))
    (back, below), (ahead, above) = ends
    across = (above - below) / (ahead - back)
    highest = max(abs(loss), abs(below), abs(above))
    return (below - loss) / back, (above - loss) / ahead, across, highest
