"""Diagnostics of a descent: how fast it converges, how sharp the ground is, how noisy a batch,
and where it goes on data that a plane separates."""

from typing import Any, NamedTuple, Protocol

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from . import _check
from .descent import Trace
from .gradcheck import Fun, evaluate

__all__ = [
    "NoiseScale",
    "convergence_rate",
    "gradient_noise_scale",
    "hessian_vector",
    "sharpness",
    "widest_margin",
]

Array = NDArray[Any]


class HasGradient(Protocol):
    """A model of `gdlib.models`, or anything else with its `loss_and_grad`."""

    def loss_and_grad(self, theta: Any, X: Any, y: Any) -> tuple[float, Array]: ...


def convergence_rate(
    trace: Trace | ArrayLike, window: int | None = None, of: str = "grad_norm", lowest: float = 0.0
) -> float:
    """Return the factor by which a run shrinks its gradient, or its loss, with every step.

    It is the slope of a straight line, fitted to the logarithm over the last steps, so that
    oscillations average out. The loss shrinks by the square of the factor of the gradient norm.

    Parameters
    ----------
    trace : Trace or array_like of shape (n + 1,)
        A single run, or the values themselves.
    window : int, optional
        Over how many steps to look back, >= 1; half of the run if not given. A run that has come
        down to rounding errors stands still there: cut it by ``minimize(..., tol=...)``.
    of : {"grad_norm", "loss"}, default "grad_norm"
        What to take of a Trace.
    lowest : float, default 0
        What the values converge to; it is subtracted.

    Returns
    -------
    float
        Below 1 where the run converges; nan where fewer than two values lie above `lowest`.

    Raises
    ------
    ValueError
        If `trace` is not a single run of at least one step, or another argument is not as above.

    References
    ----------
    Nocedal, J., and Wright, S. J., Numerical optimization, 2nd ed., 2006, section 2.2.

    Examples
    --------
    >>> import gdlib as gd
    >>> from gdlib.diagnostics import convergence_rate
    >>> bowl = gd.landscape("bowl", condition=10)
    >>> trace = gd.minimize(bowl, bowl.start, gd.GradientDescent(lr=0.1), steps=100)
    >>> round(convergence_rate(trace), 6)
    0.9
    """
    _check.choice("of", of, ("grad_norm", "loss"))
    values = np.asarray(getattr(trace, of) if isinstance(trace, Trace) else trace)
    if values.ndim != 1 or len(values) < 2 or values.dtype.kind not in "fiu":
        raise ValueError(
            f"trace must be a single run of at least one step, got values of shape {values.shape}"
        )
    _check.scalar("lowest", lowest, "a finite number", lambda v: True)
    longest = len(values) - 1
    window = (longest + 1) // 2 if window is None else _check.count("window", window)
    if not 1 <= window <= longest:
        raise ValueError(f"window must be a whole number from 1 to {longest}, got {window}")
    above = values[-window - 1 :].astype(float) - lowest
    steps = np.flatnonzero((above > 0) & np.isfinite(above))
    if len(steps) < 2:
        return float("nan")
    _, slope = np.polynomial.polynomial.polyfit(steps, np.log(above[steps]), 1)
    return float(np.exp(slope))


def hessian_vector(fun: Fun, theta: ArrayLike, v: ArrayLike, eps: float | None = None) -> Array:
    """Return the Hessian of `fun` times `v`, by a central difference of the gradient.

    It costs two gradients, and no Hessian is ever formed. On a quadratic only rounding is left.

    Parameters
    ----------
    fun : callable
        ``fun(theta) -> (loss, grad)``.
    theta : array_like of shape (d,)
        Where; finite.
    v : array_like of shape (d,)
        What to multiply; finite, of any length.
    eps : float, optional
        How far to go along `v`, relative to the largest of 1 and ``|theta_i|``; the cube root of
        the machine epsilon if not given.

    Returns
    -------
    ndarray of shape (d,)

    Raises
    ------
    ValueError
        If an argument is not as above, or `fun` returns other shapes.

    References
    ----------
    Pearlmutter, B. A., Fast exact multiplication by the Hessian, 1994, section 2.

    Examples
    --------
    >>> import gdlib as gd
    >>> from gdlib.diagnostics import hessian_vector
    >>> hessian_vector(gd.landscape("bowl", condition=4), [1.0, 1.0], [1.0, 2.0]).round(6)
    array([1., 8.])
    """
    theta, v = _check.vector("theta", theta), _check.vector("v", v)
    if v.shape != theta.shape:
        raise ValueError(f"v must have the shape of theta, {theta.shape}, got {v.shape}")
    eps = float(np.cbrt(np.finfo(theta.dtype).eps) if eps is None else _check.positive("eps", eps))
    length = float(np.linalg.norm(v))
    if length == 0:
        return np.zeros_like(theta)
    h = eps * max(1.0, float(np.abs(theta).max())) / length
    step = (h * v).astype(theta.dtype)
    with np.errstate(all="ignore"):
        _, ahead = evaluate(fun, theta + step)
        _, behind = evaluate(fun, theta - step)
        product: Array = (ahead - behind) / (2 * h)
    return product


def sharpness(
    fun: Fun,
    theta: ArrayLike,
    tol: float = 1e-4,
    steps: int = 1000,
    rng: int | np.random.Generator = 0,
) -> float:
    """Return the largest eigenvalue of the Hessian of `fun` at `theta`.

    Gradient descent is stable there up to the learning rate 2 / sharpness. Power iteration finds
    the eigenvalue of largest size. If that is negative, as near a saddle, it is subtracted from the
    diagonal and the iteration starts again, so that the largest one, with its sign, comes out.

    Parameters
    ----------
    fun : callable
        ``fun(theta) -> (loss, grad)``.
    theta : array_like of shape (d,)
        Where; finite.
    tol : float, default 1e-4
        When to stop: as soon as ``|H v - lambda v|`` is at most this part of the largest size of an
        eigenvalue, > 0. Some eigenvalue is then that near; the error is about the square of it.
    steps : int, default 1000
        How many products with the Hessian to take at most, >= 1, for either iteration. Where two
        eigenvalues are nearly as large, more may be needed for `tol`; what comes out then lies
        between them.
    rng : int or numpy.random.Generator, default 0
        Draws the vector to start from.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is not as above, or `fun` returns other shapes.

    References
    ----------
    Cohen, J. M., et al., Gradient descent on neural networks typically occurs at the edge of
    stability, ICLR 2021.

    Examples
    --------
    >>> import gdlib as gd
    >>> from gdlib.diagnostics import sharpness
    >>> round(sharpness(gd.landscape("bowl", condition=25), [1.0, 1.0]), 4)
    25.0
    """
    theta = _check.vector("theta", theta)
    _check.scalar("tol", tol, "a positive finite number", lambda v: v > 0)
    steps = _check.at_least(1, "steps", steps)
    rng = _check.generator("rng", rng)

    def largest(shift: float) -> float:
        """The eigenvalue of largest size of H - shift I."""
        v = rng.normal(size=theta.size).astype(theta.dtype)
        value = 0.0
        for _ in range(steps):
            v = v / np.linalg.norm(v)
            product = hessian_vector(fun, theta, v) - shift * v
            value = float(v @ product)
            size = float(np.linalg.norm(product))
            if not np.isfinite(size):
                return float("nan")
            if np.linalg.norm(product - value * v) <= tol * max(size, abs(shift)):
                break
            v = product
        return value

    value = largest(0.0)
    return value if not value < 0 else largest(value) + value


class NoiseScale(NamedTuple):
    """What `gradient_noise_scale` found.

    Attributes
    ----------
    scale : float
        ``trace / square``, in examples; inf where `square` is not positive.
    trace : float
        Trace of the covariance of one example's gradient.
    square : float
        Squared norm of the gradient of the expected loss.
    """

    scale: float
    trace: float
    square: float


def gradient_noise_scale(
    model: HasGradient,
    theta: ArrayLike,
    X: ArrayLike,
    y: ArrayLike,
    batch_size: int = 1,
    rng: int | np.random.Generator = 0,
) -> NoiseScale:
    """Estimate the simple noise scale: the batch size at which noise and gradient are as large.

    A batch of b examples, drawn from a population, has a gradient with the mean G and a covariance
    of trace ``tr(Sigma) / b``; the noise scale is ``tr(Sigma) / |G|^2``. The data are cut into m
    batches, with one example each by default. Variance between the batches' gradients, times b, is
    an unbiased estimate of ``tr(Sigma)``. The squared norm of their mean is too large by
    ``tr(Sigma) / (m b)``, which is subtracted; that makes it unbiased too. Their quotient is
    consistent, but not unbiased.

    Parameters
    ----------
    model : Model
        Or anything else with ``loss_and_grad(theta, X, y)``, a mean over the examples.
    theta : array_like of shape (d,)
    X, y : array_like of shape (n, ...)
        A sample of the population.
    batch_size : int, default 1
        Examples in a batch, >= 1, so that there are two batches at least. A model with batch
        normalisation needs 2 or more. What is left over in the end is not used.
    rng : int or numpy.random.Generator, default 0
        Draws which examples share a batch.

    Returns
    -------
    NoiseScale

    Raises
    ------
    ValueError
        If X and y differ in length, or make fewer than two batches.

    References
    ----------
    McCandlish, S., Kaplan, J., Amodei, D., et al., An empirical model of large-batch training,
    2018, eq. (2.9) and appendix A.1.

    Examples
    --------
    For these data it is 116 / 36 in expectation:

    >>> import numpy as np, gdlib as gd
    >>> from gdlib.diagnostics import gradient_noise_scale
    >>> rng = np.random.default_rng(0)
    >>> X, noise = rng.normal(size=(2000, 1)), rng.normal(size=2000)
    >>> model = gd.models.LinearRegression(n_features=1)
    >>> found = gradient_noise_scale(model, [0.0, 0.0], X, 3 * X[:, 0] + noise)
    >>> print(f"{found.scale:.2f}, {found.trace:.0f}, {found.square:.1f}")
    3.31, 118, 35.7
    """
    theta, X, y = _check.vector("theta", theta), np.asarray(X), np.asarray(y)
    b = _check.count("batch_size", batch_size)
    n = len(X) if X.ndim else 0
    if np.shape(y)[:1] != (n,):
        raise ValueError(f"X and y must have the same length, got {X.shape} and {y.shape}")
    if not 1 <= b <= n // 2:
        raise ValueError(f"batch_size must be a whole number from 1 to {n // 2}, got {batch_size}")
    order = _check.generator("rng", rng).permutation(n)[: n // b * b].reshape(-1, b)
    with np.errstate(all="ignore"):
        grads = np.array([model.loss_and_grad(theta, X[i], y[i])[1] for i in order], float)
        mean = grads.mean(axis=0)
        trace = b * float(((grads - mean) ** 2).sum()) / (len(order) - 1)
        square = float(mean @ mean) - trace / order.size
    return NoiseScale(trace / square if square > 0 else float("inf"), trace, square)


def widest_margin(X: ArrayLike, y: ArrayLike) -> Array:
    """Return the shortest v with all margins at least 1: where logistic regression heads.

    The margin of an example is ``X @ v`` where y is 1, and ``-X @ v`` where it is 0. On separable
    data the loss has no minimum; descent grows without end, and its direction tends to that of v.
    The plane through 0 and perpendicular to v keeps a distance of ``1 / |v|`` from the nearest
    example, the widest there is. It is found as a problem of least distance: by least squares with
    weights, one for each example, that must not be negative.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Examples, one a row. Add a column of ones for an intercept.
    y : array_like of shape (n,)
        Their classes, 0 or 1.

    Returns
    -------
    ndarray of shape (d,)

    Raises
    ------
    ValueError
        If an argument is not as above, or no plane through 0 separates the classes.

    References
    ----------
    Lawson, C. L., and Hanson, R. J., Solving least squares problems, 1974, chapter 23 (least
    distance). Soudry, D., et al., The implicit bias of gradient descent on separable data, 2018.

    Examples
    --------
    >>> from gdlib.diagnostics import widest_margin
    >>> v = widest_margin([[2.0, 1.0], [4.0, 0.0], [-2.0, -1.0]], [1, 1, 0])
    >>> v.round(6).tolist()
    [0.4, 0.2]
    """
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2 or not X.size or X.dtype.kind not in "fiu" or not np.isfinite(X).all():
        raise ValueError(f"X must be finite numbers of shape (n, d), got {_check.shown(X)}")
    if y.shape != X.shape[:1] or not np.isin(y, (0, 1)).all():
        raise ValueError(f"y must be 0 or 1 for each of the {len(X)} rows, got {_check.shown(y)}")
    rows = np.where(y == 1, 1.0, -1.0)[:, None] * X
    system = np.vstack([rows.T, np.ones(len(rows))])
    wanted = np.append(np.zeros(X.shape[1]), 1.0)
    weights, distance = scipy.optimize.nnls(system, wanted, maxiter=100 * len(rows))
    rest = system @ weights - wanted
    v: Array = -rest[:-1] / rest[-1] if distance > 1e-9 else np.zeros(X.shape[1])
    if not np.min(rows @ v) > 1 - 1e-6:
        raise ValueError("X and y must be separable by a plane through 0, got classes that are not")
    return v
