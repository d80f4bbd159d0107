"""A landscape's contour lines, as text that SVG and matplotlib both draw."""

from typing import Any

import numpy as np
from matplotlib.path import Path

from .. import plots

__all__ = ["BOX", "ground_of", "outline_of"]

BOX = 1000  # the paths are drawn in a box of this size


def ground_of(land: Any) -> list[str]:
    """Return a landscape's contour levels for the mark `Ground`.

    Parameters
    ----------
    land : Landscape

    Returns
    -------
    list of str
        SVG paths in a box of 1000, the lowest level first.

    Raises
    ------
    ValueError
        If `land` is not a Landscape.

    Examples
    --------
    >>> import gdlib as gd
    >>> len(gd.explore.ground_of(gd.landscape("bowl")))
    14
    """
    grounds = [(np.asarray(g.vertices), np.asarray(g.codes)) for g in plots.low_ground(land)]
    (x0, x1), (y0, y1) = land.domain
    scale, corner = np.array([BOX / (x1 - x0), BOX / (y0 - y1)]), (x0, y1)
    return [_to_svg((points - corner) * scale, codes) for points, codes in grounds]


def _to_svg(points: Any, codes: Any) -> str:
    """Closed rings as an SVG path in whole numbers and relative steps: half the size.

    Every second corner is enough: they are finer than can be seen.
    """
    parts = []
    for ring in np.split(np.rint(points).astype(int), np.flatnonzero(codes == 1)[1:]):
        ring = np.concatenate([ring[:-1:2], ring[-1:]])
        steps = np.diff(ring, axis=0)
        moves = [f"{dx} {dy}" for dx, dy in steps[np.any(steps, axis=1)]]
        if len(moves) > 2:
            parts.append(f"M{ring[0, 0]} {ring[0, 1]}l{' '.join(moves)}z")
    return "".join(parts)


def outline_of(text: str) -> Path:
    """The path of closed rings that `text` writes as ``M x y l dx dy dx dy ... z``."""
    points: list[Any] = []
    codes: list[Any] = []
    for ring in filter(None, text.split("z")):
        start, _, steps = ring.removeprefix("M").partition("l")
        moves = np.array((start + " " + steps).split(), dtype=float).reshape(-1, 2)
        corners = np.cumsum(moves, axis=0)
        points += [*corners, corners[0]]
        codes += [Path.MOVETO, *[Path.LINETO] * (len(corners) - 1), Path.CLOSEPOLY]
    return Path(np.array(points).reshape(-1, 2), codes)
