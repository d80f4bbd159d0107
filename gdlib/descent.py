"""Descent: run an optimiser on a function and keep all that happened."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from tqdm.auto import tqdm

from . import _check
from .line_search import LineSearch
from .optimizers import GradientDescent, Optimizer, norm

__all__ = ["Trace", "minimize"]

Array = NDArray[Any]
Function = Callable[[Array], tuple[Any, Any]]


@dataclass(frozen=True, repr=False, eq=False)
class Trace:
    """What `minimize` saw, from the start to the last finite point.

    With a grid of hyperparameters every array carries the grid's shape behind its own, and a run
    that has ended keeps its last finite point to the end.

    Attributes
    ----------
    theta : ndarray of shape (n + 1, d, \\*grid)
        The parameters, the start first; n is the largest number of steps taken.
    loss, grad_norm : ndarray of shape (n + 1, \\*grid)
        The loss and the Euclidean norm of its gradient at these points.
    lr : ndarray of shape (n, \\*grid)
        The learning rate of each step: what was set, what the schedule said, or what the line
        search found.
    diverged : bool or ndarray of bool
        The next point was no longer finite, or its loss or gradient was not.
    converged : bool or ndarray of bool
        The gradient norm has come down to `tol`.
    n_steps : int or ndarray of int
        The steps that led to a finite point.
    """

    theta: Array
    loss: Array
    grad_norm: Array
    lr: Array
    diverged: bool | Array
    converged: bool | Array
    n_steps: int | Array

    def __repr__(self) -> str:
        grid = np.shape(self.n_steps)
        if grid:
            counts = f"{np.sum(self.converged)} converged, {np.sum(self.diverged)} diverged"
            return f"Trace({' x '.join(map(str, grid))} runs: {counts})"
        end = "diverged" if self.diverged else "converged" if self.converged else "not converged"
        return f"Trace({self.n_steps} steps, loss {self.loss[0]:.4g} -> {self.loss[-1]:.4g}, {end})"


def minimize(
    fun: Function,
    theta0: ArrayLike,
    optimizer: Optimizer,
    steps: int,
    tol: float | None = None,
    *,
    progress: bool | None = None,
) -> Trace:
    """Take `steps` steps of `optimizer` on `fun` from `theta0`.

    Divergence is a result, not an error: the run ends at the last finite point, with
    ``trace.diverged`` set and no warning.

    Parameters
    ----------
    fun : callable
        ``fun(theta) -> (loss, grad)``, as `scipy.optimize.minimize` takes it with ``jac=True``.
        With a grid of hyperparameters `theta` and `grad` have the shape (d, \\*grid), `loss` has
        the shape of the grid. A `Landscape` will do as it stands.
    theta0 : array_like of shape (d,)
        Where to start; finite. float32 stays float32, all else becomes float64.
    optimizer : Optimizer
        Its hyperparameters may be arrays that broadcast to a grid, one run for each element. Its
        learning rate may be a schedule; that of a plain `GradientDescent` also a line search from
        `gdlib.line_search`. The run ends where a line search finds no lower point.
    steps : int
        How many steps to take at most, >= 0.
    tol : float, optional
        Stop as soon as the gradient norm is at most this, >= 0. Without it, all steps are taken.
    progress : bool, optional
        Show a progress bar. By default it shows after a second, in a terminal or a live notebook.

    Returns
    -------
    Trace

    Raises
    ------
    ValueError
        If an argument is not as above, or `fun` returns other shapes or is not finite at `theta0`,
        or a line search goes with another optimiser or with a grid.

    Examples
    --------
    >>> import gdlib as gd
    >>> bowl = gd.landscape("bowl")
    >>> gd.minimize(bowl, bowl.start, gd.GradientDescent(lr=0.18), steps=100, tol=1e-6)
    Trace(77 steps, loss 23.12 -> 1.906e-13, converged)

    A learning rate beyond 2 / L diverges; a whole range of them runs at once:

    >>> import numpy as np
    >>> lr = np.array([0.05, 0.19, 0.21])
    >>> gd.minimize(bowl, bowl.start, gd.GradientDescent(lr=lr), steps=5000).diverged
    array([False, False,  True])
    """
    theta = _check.vector("theta0", theta0)
    steps = _check.count("steps", steps)
    if tol is not None:
        _check.scalar("tol", tol, "a finite number >= 0", lambda v: v >= 0)
    if not callable(fun):
        raise ValueError(
            f"fun must be callable, fun(theta) -> (loss, grad), got {_check.shown(fun)}"
        )
    if not isinstance(optimizer, Optimizer):
        raise ValueError(
            f"optimizer must be an optimiser such as gd.GradientDescent(lr=0.1), "
            f"got {_check.shown(optimizer)}"
        )
    grid = optimizer.grid
    search = optimizer.lr if isinstance(optimizer.lr, LineSearch) else None
    if search and (grid or optimizer != GradientDescent(lr=search)):
        raise ValueError(
            f"lr may be a line search only in a plain gd.GradientDescent, without a grid, "
            f"got {_check.shown(optimizer)}"
        )
    theta = np.broadcast_to(theta.reshape(-1, *(1 for _ in grid)), (theta.size, *grid))

    with np.errstate(all="ignore"):
        loss, grad = evaluate(fun, theta)
        if not _finite(loss, grad).all():
            raise ValueError(
                f"fun must be finite at theta0, got loss {_check.shown(loss.tolist())}"
            )
        state = optimizer.init(theta)
        rate: float | None = None
        kept = _Record(steps, theta, loss)
        kept.add(theta, loss, grad)
        diverged = np.zeros(grid, bool)
        n_steps = np.zeros(grid, int)
        running = ~_small(grad, tol)
        for k in progress_bar(range(steps), progress):
            if not running.any():
                break
            if search:
                rate = search.search(fun, theta, float(loss), grad, rate)
                if rate == 0:
                    break
                optimizer = GradientDescent(lr=rate)
            ahead, state = optimizer.step(theta, grad, state)
            ahead_loss, ahead_grad = evaluate(fun, ahead)
            finite = _finite(ahead_loss, ahead_grad) & np.isfinite(ahead).all(axis=0)
            diverged = diverged | running & ~finite
            running = running & finite
            if not running.any():
                break
            kept.lr[k] = optimizer.rate(k)
            theta = np.where(running, ahead, theta)
            loss = np.where(running, ahead_loss, loss)
            grad = np.where(running, ahead_grad, grad)
            kept.add(theta, loss, grad)
            n_steps = n_steps + running
            running = running & ~_small(grad, tol)
        converged = _small(grad, tol) & ~diverged

    ends = (diverged, converged, n_steps)
    return Trace(*kept.taken(), *(end if grid else end.item() for end in ends))


class _Record:
    """Room for the points of a run, filled one by one."""

    def __init__(self, steps: int, theta: Array, loss: Array) -> None:
        self.theta = np.empty((steps + 1, *theta.shape), theta.dtype)
        self.loss = np.empty((steps + 1, *np.shape(loss)))
        self.grad_norm = np.empty_like(self.loss)
        self.lr = np.empty((steps, *np.shape(loss)))
        self.size = 0

    def add(self, theta: Array, loss: Array, grad: Array) -> None:
        self.theta[self.size], self.loss[self.size] = theta, loss
        self.grad_norm[self.size] = norm(grad)
        self.size += 1

    def taken(self) -> tuple[Array, Array, Array, Array]:
        n = self.size
        if n == len(self.loss):
            return self.theta, self.loss, self.grad_norm, self.lr
        whole = (self.theta[:n], self.loss[:n], self.grad_norm[:n], self.lr[: n - 1])
        theta, loss, grad_norm, lr = (part.copy() for part in whole)
        return theta, loss, grad_norm, lr


def progress_bar(steps: range, shown: bool | None) -> Any:
    """Return `steps` to iterate over, behind a bar if `shown`; by default if somebody can see it.

    A notebook that a program runs, to test it or to build the book, is seen by nobody, and its
    kernel has been told so: `input` is not allowed there.
    """
    delay = 0.0
    if shown is None:
        ipython = sys.modules.get("IPython")
        kernel = getattr(ipython.get_ipython(), "kernel", None) if ipython else None
        shown = getattr(kernel, "_allow_stdin", False) if kernel else sys.stderr.isatty()
        delay = 1.0  # a bar that is gone at once only flickers
    return tqdm(steps, delay=delay, disable=not shown, leave=False)


def evaluate(fun: Function, theta: Array, name: str = "fun") -> tuple[Array, Array]:
    """Return ``fun(theta)`` as arrays, refusing what is no loss and gradient of fitting shapes."""
    result: object = fun(theta)
    if not isinstance(result, tuple) or len(result) != 2:
        raise ValueError(f"{name} must return the pair (loss, grad), got {_check.shown(result)}")
    loss, grad = np.asarray(result[0]), np.asarray(result[1])
    if np.shape(loss) != theta.shape[1:] or np.shape(grad) != theta.shape:
        raise ValueError(
            f"{name} must return a loss of shape {theta.shape[1:]} and a gradient of shape "
            f"{theta.shape}, got {np.shape(loss)} and {np.shape(grad)}"
        )
    return loss, grad


def _finite(loss: Array, grad: Array) -> Array:
    return np.asarray(np.isfinite(loss) & np.isfinite(grad).all(axis=0))


def _small(grad: Array, tol: float | None) -> Array:
    return np.zeros(np.shape(grad)[1:], bool) if tol is None else np.asarray(norm(grad) <= tol)
