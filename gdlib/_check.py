"""Checks of arguments: one line that names the argument, what came and what was wanted."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def number(name: str, value: Any, wanted: str, ok: Callable[[Any], Any]) -> Any:
    """Return `value`, one finite real number or an ndarray of them, if ``ok(value)`` holds."""
    real = isinstance(value, (int, float, np.number, np.ndarray)) and not isinstance(value, bool)
    array = np.asarray(value if real else np.nan)
    good = array.dtype.kind in "fiu" and array.size and np.isfinite(array).all()
    if not good or not np.all(ok(array)):
        raise ValueError(f"{name} must be {wanted}, got {shown(value)}")
    return value


def scalar(name: str, value: Any, wanted: str, ok: Callable[[Any], Any]) -> Any:
    """Return `value`, one finite real number, if ``ok(value)`` holds."""
    if np.ndim(value):
        raise ValueError(f"{name} must be {wanted}, got {shown(value)}")
    return number(name, value, wanted, ok)


def positive(name: str, value: Any) -> Any:
    return number(name, value, "a positive finite number", lambda v: v > 0)


def fraction(name: str, value: Any) -> Any:
    return number(name, value, "a number in [0, 1)", lambda v: (v >= 0) & (v < 1))


def count(name: str, value: Any) -> int:
    """Return `value` as an int, refusing what is not a whole number >= 0."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 0:
        raise ValueError(f"{name} must be a whole number >= 0, got {shown(value)}")
    return int(value)


def vector(name: str, value: Any) -> NDArray[Any]:
    """Return `value` as a new float array of shape (d,): finite, float32 or float64."""
    wanted = "a vector of finite numbers, shape (d,)"
    try:
        array = np.array(value)
    except ValueError:
        raise ValueError(f"{name} must be {wanted}, got {shown(value)}") from None
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must be {wanted}, got shape {array.shape}")
    if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
        raise ValueError(f"{name} must be {wanted}, got {shown(value)}")
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def shown(value: object) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else text[:57] + "..."


def nonnegative(name: str, value: Any) -> Any:
    return number(name, value, "a finite number >= 0", lambda v: v >= 0)


def flag(name: str, value: Any) -> Any:
    if not isinstance(value, (bool, np.bool_, int, float)) or value not in (0, 1):
        raise ValueError(f"{name} must be True or False, got {shown(value)}")
    return value


def brief(thing: object, names: Sequence[str]) -> str:
    """``Momentum(lr=0.1, beta=0.8)``: the first of the fields `names`, and those not at default."""
    kind, shown_as = type(thing), []
    for name in names:
        value, default = getattr(thing, name), getattr(kind, name, np.nan)
        if name == names[0] or not np.array_equal(value, default):
            text = shown(value) if isinstance(value, np.ndarray) else repr(value)
            shown_as.append(f"{name}={text}")
    return f"{kind.__name__}({', '.join(shown_as)})"


def generator(name: str, value: Any) -> np.random.Generator:
    """Return `value`, a random generator, or a new one with the seed `value`."""
    if isinstance(value, np.random.Generator):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a seed or a numpy Generator, got {shown(value)}")
    return np.random.default_rng(count(name, value))


def choice(name: str, value: Any, allowed: Collection[str]) -> Any:
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}; got {shown(value)}")
    return value


def at_least(least: int, name: str, value: Any) -> int:
    """Return `value` as an int, refusing what is not a whole number >= `least`."""
    if count(name, value) < least:
        raise ValueError(f"{name} must be a whole number >= {least}, got {shown(value)}")
    return int(value)
