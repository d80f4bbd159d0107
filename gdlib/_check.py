"""Checks of arguments: one line that names the argument, what came and what was wanted."""

import numpy as np


def number(name, value, wanted, ok):
    """Return `value`, one finite real number or an ndarray of them, if ``ok(value)`` holds."""
    good = isinstance(value, (int, float, np.number, np.ndarray)) and not isinstance(value, bool)
    if good:
        array = np.asarray(value)
        good = array.dtype.kind in "fiu" and array.size and np.isfinite(array).all()
    if not good or not np.all(ok(array)):
        raise ValueError(f"{name} must be {wanted}, got {shown(value)}")
    return value


def scalar(name, value, wanted, ok):
    """Return `value`, one finite real number, if ``ok(value)`` holds."""
    if np.ndim(value):
        raise ValueError(f"{name} must be {wanted}, got {shown(value)}")
    return number(name, value, wanted, ok)


def positive(name, value):
    return number(name, value, "a positive finite number", lambda v: v > 0)


def fraction(name, value):
    return number(name, value, "a number in [0, 1)", lambda v: (v >= 0) & (v < 1))


def count(name, value):
    """Return `value` as an int, refusing what is not a whole number >= 0."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 0:
        raise ValueError(f"{name} must be a whole number >= 0, got {shown(value)}")
    return int(value)


def vector(name, value):
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


def shown(value):
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else text[:57] + "..."
