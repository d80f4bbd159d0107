"""A rule on a long vector: compiled where Numba is installed, else in blocks that fit the cache.

The rule is the one function of `gdlib.formulas.updates`, unchanged. It moves a parameter at a time,
so the vector may be cut, or walked by a compiled loop, and the result is the same.
"""

from collections.abc import Callable, Sequence
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["advance", "worthwhile"]

Array = NDArray[Any]

COMPILED = 1 << 12  # parameters; from here on a compiled loop is faster than NumPy's passes
PARALLEL = 1 << 16  # parameters; from here on it takes all processors
CUT = 1 << 15  # parameters; without Numba, from here on blocks are faster than the whole
BLOCK = 1 << 14  # parameters; what a rule needs of so many stays in the cache
LOOP = """\
def loop(theta, grad, {old} new_theta, {new} t, {hyper}):
    for i in numba.prange(theta.size):
        {to}theta[i], ({new_at}) = rule(theta[i], grad[i], ({old_at}), t, {hyper})
"""
_one_at_a_time = Lock()  # Numba's threads end the process if two of Python's call them at once


@cache
def compiler() -> Any:
    """Numba, or None where the extra `fast` is not installed. It is slow to import."""
    try:
        import numba
    except ImportError:
        return None
    return numba


def worthwhile(theta: Array) -> bool:
    """Whether `advance` is faster than a plain call of the rule on a vector of this size."""
    return theta.size >= COMPILED and (theta.size >= CUT or compiler() is not None)


def advance(
    rule: Callable[..., Any],
    theta: Array,
    grad: Array,
    memory: Sequence[Array],
    t: int,
    hyper: Sequence[float],
    inplace: bool,
) -> tuple[Array, tuple[Array, ...]]:
    """Take one step of `rule`: return the new parameters and what it then remembers.

    Parameters
    ----------
    rule : callable
        From `gdlib.formulas.updates`.
    theta, grad : ndarray of shape (d,)
        Parameters and gradient.
    memory : sequence of ndarray of shape (d,)
        What the rule remembers.
    t : int
        The number of the step, from 1.
    hyper : sequence of float
        The hyperparameters, in the rule's order.
    inplace : bool
        Write into `theta` and `memory`, instead of into new arrays.
    """
    old = (theta, *memory)
    new = old if inplace else tuple(map(np.empty_like, old))
    if compiler() is not None:
        loop = _compiled(rule, len(memory), len(hyper), inplace, theta.size >= PARALLEL)
        with _one_at_a_time:
            loop(theta, grad, *memory, *new, float(t), *hyper)  # an integer power would be slow
        return new[0], new[1:]
    for start in range(0, theta.size, BLOCK):
        block = slice(start, start + BLOCK)
        parts = tuple(part[block] for part in memory)
        moved, kept = rule(theta[block], grad[block], parts, t, *hyper)
        for whole, part in zip(new, (moved, *kept), strict=True):
            whole[block] = part
    return new[0], new[1:]


@cache
def _compiled(
    rule: Callable[..., Any], n_memory: int, n_hyper: int, inplace: bool, parallel: bool
) -> Any:
    """The loop over `rule`; in place it writes to the names it reads, so that none overlap."""
    numba = compiler()
    old = [f"m{k}" for k in range(n_memory)]
    new = [f"new_{name}" for name in old]
    source = LOOP.format(
        old="".join(f"{name}, " for name in old),
        new="".join(f"{name}, " for name in new),
        to="" if inplace else "new_",
        old_at="".join(f"{name}[i], " for name in old),
        new_at="".join(f"{name}[i], " for name in (old if inplace else new)),
        hyper=", ".join(f"h{k}" for k in range(n_hyper)),
    )
    space = {"rule": numba.njit(error_model="numpy")(rule), "numba": numba}
    exec(source, space)
    return numba.njit(error_model="numpy", parallel=parallel)(space["loop"])
