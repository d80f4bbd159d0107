"""Descent: run an optimiser on a function and keep all that happened."""

from dataclasses import dataclass

import numpy as np

from . import _check
from .optimizers import Optimizer

__all__ = ["Trace", "minimize"]


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
        The learning rate of each step.
    diverged : bool or ndarray of bool
        The next point was no longer finite, or its loss or gradient was not.
    converged : bool or ndarray of bool
        The gradient norm has come down to `tol`.
    n_steps : int or ndarray of int
        The steps that led to a finite point.
    """

    theta: np.ndarray
    loss: np.ndarray
    grad_norm: np.ndarray
    lr: np.ndarray
    diverged: bool | np.ndarray
    converged: bool | np.ndarray
    n_steps: int | np.ndarray

    def __repr__(self):
        grid = np.shape(self.n_steps)
        if grid:
            counts = f"{np.sum(self.converged)} converged, {np.sum(self.diverged)} diverged"
            return f"Trace({' x '.join(map(str, grid))} runs: {counts})"
        end = "diverged" if self.diverged else "converged" if self.converged else "not converged"
        return f"Trace({self.n_steps} steps, loss {self.loss[0]:.4g} -> {self.loss[-1]:.4g}, {end})"


def minimize(fun, theta0, optimizer, steps, tol=None):
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
        Its hyperparameters may be arrays that broadcast to a grid, one run for each element.
    steps : int
        How many steps to take at most, >= 0.
    tol : float, optional
        Stop as soon as the gradient norm is at most this, >= 0. Without it, all steps are taken.

    Returns
    -------
    Trace

    Raises
    ------
    ValueError
        If an argument is not as above, or `fun` returns other shapes or is not finite at `theta0`.

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
    theta = np.broadcast_to(theta.reshape(-1, *(1 for _ in grid)), (theta.size, *grid))

    with np.errstate(all="ignore"):
        loss, grad = _evaluate(fun, theta)
        if not _finite(loss, grad).all():
            raise ValueError(
                f"fun must be finite at theta0, got loss {_check.shown(loss.tolist())}"
            )
        state = optimizer.init(theta)
        kept = _Record(steps, theta, loss)
        kept.add(theta, loss, grad)
        diverged = np.zeros(grid, bool)
        n_steps = np.zeros(grid, int)
        running = ~_small(grad, tol)
        for _ in range(steps):
            if not running.any():
                break
            ahead, state = optimizer.step(theta, grad, state)
            ahead_loss, ahead_grad = _evaluate(fun, ahead)
            finite = _finite(ahead_loss, ahead_grad) & np.isfinite(ahead).all(axis=0)
            diverged = diverged | running & ~finite
            running = running & finite
            if not running.any():
                break
            theta = np.where(running, ahead, theta)
            loss = np.where(running, ahead_loss, loss)
            grad = np.where(running, ahead_grad, grad)
            kept.add(theta, loss, grad)
            n_steps = n_steps + running
            running = running & ~_small(grad, tol)
        converged = _small(grad, tol) & ~diverged
        thetas, losses, norms = kept.taken()

    lr = np.broadcast_to(np.asarray(optimizer.lr, float), (len(losses) - 1, *grid))
    ends = (diverged, converged, n_steps)
    return Trace(thetas, losses, norms, lr, *(end if grid else end.item() for end in ends))


class _Record:
    """Room for the points of a run, filled one by one."""

    def __init__(self, steps, theta, loss):
        self.theta = np.empty((steps + 1, *theta.shape), theta.dtype)
        self.loss = np.empty((steps + 1, *np.shape(loss)))
        self.grad_norm = np.empty_like(self.loss)
        self.size = 0

    def add(self, theta, loss, grad):
        self.theta[self.size], self.loss[self.size] = theta, loss
        self.grad_norm[self.size] = _norm(grad)
        self.size += 1

    def taken(self):
        arrays = (self.theta, self.loss, self.grad_norm)
        return tuple(a if self.size == len(a) else a[: self.size].copy() for a in arrays)


def _evaluate(fun, theta):
    result = fun(theta)
    if not isinstance(result, tuple) or len(result) != 2:
        raise ValueError(f"fun must return the pair (loss, grad), got {_check.shown(result)}")
    loss, grad = map(np.asarray, result)
    if np.shape(loss) != theta.shape[1:] or np.shape(grad) != theta.shape:
        raise ValueError(
            f"fun must return a loss of shape {theta.shape[1:]} and a gradient of shape "
            f"{theta.shape}, got {np.shape(loss)} and {np.shape(grad)}"
        )
    return loss, grad


def _finite(loss, grad):
    return np.isfinite(loss) & np.isfinite(grad).all(axis=0)


def _norm(grad):
    """The Euclidean norm over the coordinates; scaled, so that it overflows only where it must."""
    largest = np.abs(grad).max(axis=0)
    scale = np.where(largest > 0, largest, 1)
    return largest * np.sqrt(np.sum((grad / scale) ** 2, axis=0))


def _small(grad, tol):
    return np.zeros(np.shape(grad)[1:], bool) if tol is None else np.asarray(_norm(grad) <= tol)
