"""Packs numbers that a figure draws but does not compute: 8 or 16 bits each, then zlib."""

import base64
import zlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _check

__all__ = ["pack", "unpack"]


def pack(name: str, values: ArrayLike, bits: int = 16) -> dict[str, Any]:
    """Return finite numbers as JSON that view.js unpacks: in 2**bits even steps from low to high.

    Parameters
    ----------
    name : str
        For the message, should they not be finite.
    values : array_like
        Of any shape.
    bits : {8, 16}

    Returns
    -------
    dict
        ``shape``, ``low``, ``step``, ``bits``, and ``data`` in base64. Each number comes back
        within half a step of what it was.

    Raises
    ------
    ValueError
        If `values` are not finite numbers, or `bits` neither 8 nor 16.

    Examples
    --------
    >>> from gdlib.explore import pack, unpack
    >>> unpack(pack("heights", [0.0, 0.5, 1.0], bits=8)).round(2).tolist()
    [0.0, 0.5, 1.0]
    """
    if bits not in (8, 16):
        raise ValueError(f"bits must be 8 or 16, got {_check.shown(bits)}")
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers, got {_check.shown(values)}") from None
    if not array.size or not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite numbers, at least one")
    low, high = float(array.min()), float(array.max())
    step = (high - low) / (2**bits - 1)
    whole = np.rint((array - low) / (step or 1)).astype(f"<u{bits // 8}")
    data = base64.b64encode(zlib.compress(whole.tobytes(), 9)).decode()
    return {"shape": list(array.shape), "low": low, "step": step, "bits": bits, "data": data}


def unpack(packed: dict[str, Any]) -> NDArray[np.float64]:
    """Return the array that `pack` packed.

    Parameters
    ----------
    packed : dict
        What `pack` returned.

    Returns
    -------
    ndarray of float
        Within half a step of what it was.

    Raises
    ------
    ValueError
        If `packed` is not such a dict.

    Examples
    --------
    >>> from gdlib.explore import pack, unpack
    >>> unpack(pack("places", [[1, 2], [3, 4]])).shape
    (2, 2)
    """
    if not isinstance(packed, dict) or not {"shape", "low", "step", "bits", "data"} <= set(packed):
        raise ValueError(f"packed must be what pack returned, got {_check.shown(packed)}")
    raw = zlib.decompress(base64.b64decode(packed["data"]))
    whole = np.frombuffer(raw, f"<u{packed['bits'] // 8}").reshape(packed["shape"])
    values: NDArray[np.float64] = packed["low"] + packed["step"] * whole
    return values
