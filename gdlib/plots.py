"""The book's figures in matplotlib: one house style, and the pictures that several pages share.

Every function takes ``ax=None`` and returns the axes that it drew on. The colours are safe for
colour-blind readers and have a dark twin each, `DARK`, by which the built book re-colours every
picture for its dark theme.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from contourpy import contour_generator
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray

from . import _check
from ._narrow import both
from .descent import Trace
from .landscapes import Landscape

__all__ = ["DARK", "contours", "curve_steps", "loss_curve", "path_on_map", "use_style"]

PAPER, INK, MUTED, GRID = "#ffffff", "#1f2a37", "#566373", "#dde3ea"
BLUE, ORANGE, GREEN, PURPLE = "#0b62a4", "#bf4a06", "#14532d", "#9333d6"
SERIES = (BLUE, ORANGE, GREEN, PURPLE)
MARKERS = ("o", "s", "^", "D")
N_LEVELS = 14
FARTHEST = 1e200  # a loss beyond is not drawn: ticks above it would overflow

DARK_PAPER = "#121212"
DARK = {  # each colour of a picture -> the one that takes its place on a dark page
    PAPER: DARK_PAPER,
    INK: "#dfe6ee",
    MUTED: "#a3b0bf",
    GRID: "#343d49",
    BLUE: "#6cb6f5",
    ORANGE: "#f79a5b",
    GREEN: "#a7e8c8",
    PURPLE: "#ee6a9c",
}


def _ramp(start: str, end: str, n: int) -> list[str]:
    """`n` colours in even steps."""
    ends = [np.array(mpl.colors.to_rgb(c)) for c in (start, end)]
    return [mpl.colors.to_hex((1 - u) * ends[0] + u * ends[1]) for u in np.linspace(0, 1, n)]


def _twins(light: list[str], dark: list[str]) -> list[str]:
    """The colours of light pages, once their dark twins are known."""
    DARK.update(zip(light, dark, strict=True))
    return light


# Of a landscape, from the high ground to the valley floor, and of its contour lines:
HEIGHTS = _twins(
    _ramp("#fdfdfe", "#a9c9e6", N_LEVELS + 1), _ramp("#15181c", "#2b5579", N_LEVELS + 1)
)
(HEIGHT_LINE,) = _twins(["#b3c3d4"], ["#43576b"])
# Of a field over two parameters: low is dark; or two colours with a border; or classes:
FIELD = _twins(_ramp("#5c9fd4", "#fdfdfe", 14), _ramp("#3a7fb8", "#15181c", 14))
SPLIT = _twins(
    [*_ramp("#7fb2dc", "#e4eff8", 7), *_ramp("#fbeadd", "#eba873", 7)],
    [*_ramp("#2f6a9b", "#182530", 7), *_ramp("#33231a", "#9c5a2c", 7)],
)
CLASSES = _twins(
    ["#b9d6ee", "#f6cfae", "#bfe0cd", "#dcc8f2", "#eceff3"],
    ["#1f4d73", "#6b3a1a", "#24533c", "#4a2d68", "#23282f"],
)

STYLE: Any = {
    "figure.figsize": (7.2, 3.6),
    "figure.facecolor": PAPER,
    "figure.constrained_layout.use": True,
    "savefig.facecolor": PAPER,
    "svg.hashsalt": "gdlib",  # the same picture, the same file
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "axes.facecolor": PAPER,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=SERIES),
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "legend.facecolor": PAPER,
    "legend.edgecolor": GRID,
    "legend.framealpha": 0.85,
}


def use_style() -> None:
    """Put the house style in force for this session, and draw pictures in notebooks as SVG.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.plots.use_style()
    """
    mpl.rcParams.update(STYLE)
    from IPython import get_ipython
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    if shell := get_ipython():
        set_matplotlib_formats("svg", metadata={"Date": None})
        if os.environ.get("GDLIB_NARROW"):  # so does the build of the book
            formats = shell.display_formatter.formatters["image/svg+xml"]
            formats.for_type(Figure, both(formats.for_type(Figure)))


def contours(landscape: Landscape, ax: Axes | None = None) -> Axes:
    """Draw a landscape's contour lines and tint its low ground.

    Parameters
    ----------
    landscape : Landscape
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `landscape` is not a Landscape.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.plots.contours(gd.landscape("himmelblau")).get_xlabel()
    'x'
    """
    grounds = low_ground(landscape)
    ax = _axes(ax, figsize=(4.4, 4.4))
    ax.set_facecolor(HEIGHTS[0])
    for colour, ground in zip(HEIGHTS[1:], reversed(grounds), strict=True):
        ax.add_patch(PathPatch(ground, facecolor=colour, edgecolor=HEIGHT_LINE, lw=0.7))
    ax.set(
        xlim=landscape.domain[0], ylim=landscape.domain[1], aspect="equal", xlabel="x", ylabel="y"
    )
    ax.grid(False)
    for point in landscape.critical_points:
        if point.kind == "minimum":
            ax.plot(point.x, point.y, marker="*", ms=11, mfc=PAPER, mec=INK, ls="", zorder=4)
    return ax


def path_on_map(
    landscape: Landscape, traces: Trace | Mapping[str, Trace], ax: Axes | None = None
) -> Axes:
    """Draw the paths of one run or more on a landscape's contour map.

    A path that leaves the map is drawn to the frame.

    Parameters
    ----------
    landscape : Landscape
    traces : Trace or dict of str to Trace
        Runs on this landscape, by the label that the legend gives them.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If one of `traces` is not a single run.

    Examples
    --------
    >>> import gdlib as gd
    >>> bowl = gd.landscape("bowl")
    >>> trace = gd.minimize(bowl, bowl.start, gd.GradientDescent(lr=0.1), steps=20)
    >>> len(gd.plots.path_on_map(bowl, {"lr = 0.1": trace}).get_legend().get_texts())
    1
    """
    runs = _runs(traces)
    ax = contours(landscape, ax)
    for k, (label, trace) in enumerate(runs.items()):
        points = _to_the_frame(trace.theta, landscape.domain)
        style: Any = {"color": SERIES[k % 4], "marker": MARKERS[k % 4], "ms": 3.5, "lw": 1.5}
        ax.plot(*points.T, label=label, zorder=3, **style)
    start = next(iter(runs.values())).theta[0]
    ax.plot(*start, marker="o", ms=8, mfc=PAPER, mec=INK, mew=1.8, ls="", zorder=5)
    _legend(ax, runs)
    return ax


def loss_curve(
    traces: Trace | Mapping[str, Trace], ax: Axes | None = None, lowest: float | None = 0.0
) -> Axes:
    """Draw the loss against the step, on a logarithmic axis.

    Parameters
    ----------
    traces : Trace or dict of str to Trace
        Runs, by the label that the legend gives them.
    ax : matplotlib.axes.Axes, optional
    lowest : float or None, default 0
        The least loss possible, drawn as the distance to it. None, for a loss without a least
        value, makes the axis linear.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If one of `traces` is not a single run.

    Examples
    --------
    >>> import gdlib as gd
    >>> bowl = gd.landscape("bowl")
    >>> trace = gd.minimize(bowl, bowl.start, gd.GradientDescent(lr=0.1), steps=20)
    >>> gd.plots.loss_curve(trace).get_yscale()
    'log'
    """
    runs = _runs(traces)
    ax = _axes(ax, figsize=(5.2, 3.6))
    log = lowest is not None
    for k, (label, trace) in enumerate(runs.items()):
        height = trace.loss - lowest if log else trace.loss
        drawable = (np.abs(height) < FARTHEST) & ((height > 0) | (not log))
        height = np.where(drawable, height, np.nan)
        every: Any = {"marker": MARKERS[k % 4], "markevery": max(1, len(height) // 12)}
        ax.plot(np.arange(len(height)), height, color=SERIES[k % 4], label=label, **every)
    if log:
        ax.set_yscale("log")
    ax.set(xlabel="step", ylabel="loss" if not lowest else "loss above its minimum")
    _legend(ax, runs)
    return ax


def curve_steps(
    f: Callable[[Any], Any],
    theta: ArrayLike,
    ax: Axes | None = None,
    xlim: tuple[float, float] | None = None,
) -> Axes:
    """Draw a function of one variable and the steps of a descent on it.

    Parameters
    ----------
    f : callable
        Takes and returns an array.
    theta : array_like of shape (n,)
        The points visited, in order.
    ax : matplotlib.axes.Axes, optional
    xlim : pair of float, optional
        What to draw of the axis; as much as the points take up, if not given.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `theta` is not a vector of finite numbers.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.plots.curve_steps(lambda x: x * x, [2.0, 1.0, 0.5]).get_ylabel()
    'loss'
    """
    theta = _check.vector("theta", theta)
    ax = _axes(ax, figsize=(4.4, 3.4))
    if xlim is None:
        reach = 1.15 * max(np.abs(theta).max(), 1e-9)
        xlim = (-reach, reach)
    x = np.linspace(*xlim, 300)
    ax.plot(x, f(x), color=MUTED, lw=1.5)
    shown = theta[: _first_outside(theta[:, None], [xlim]) + 1]
    ax.plot(shown, f(shown), color=BLUE, marker="o", lw=1.2)
    ax.plot(shown[0], f(shown[0]), marker="o", ms=8, mfc=PAPER, mec=INK, mew=1.8, ls="")
    ax.set(xlim=xlim, ylim=(None, 1.08 * f(x).max()), xlabel=r"$\theta$", ylabel="loss")
    return ax


def low_ground(landscape: Landscape, n: int = 121) -> list[Path]:
    """For each contour level, lowest first, the ground below it as a `matplotlib.path.Path`.

    The levels are quantiles of the height, so that every step up covers more ground and the floor
    of a valley shows as well as its walls.
    """
    if not isinstance(landscape, Landscape):
        raise ValueError(f"landscape must be a Landscape, got {_check.shown(landscape)}")
    x, y = (np.linspace(*ends, n) for ends in landscape.domain)
    z = landscape.loss(np.stack(np.meshgrid(x, y)))
    levels = np.quantile(z, np.linspace(0, 1, N_LEVELS + 2)[1:-1] ** 1.5)
    filled = contour_generator(x, y, z, fill_type="ChunkCombinedCode")
    below = [filled.filled(z.min() - 1, level) for level in levels]
    return [Path(points, codes) for (points,), (codes,) in below]


def _axes(ax: Axes | None, figsize: tuple[float, float]) -> Axes:
    return plt.subplots(figsize=figsize)[1] if ax is None else ax


def _runs(traces: Trace | Mapping[str, Trace]) -> Mapping[str | None, Trace]:
    runs: Any = traces if isinstance(traces, Mapping) else {None: traces}
    for label, trace in runs.items():
        if not isinstance(trace, Trace) or np.shape(trace.n_steps):
            where = "" if label is None else f" for {label!r}"
            raise ValueError(
                f"traces must be single runs of minimize, got {_check.shown(trace)}{where}"
            )
    return dict(runs)


def _legend(ax: Axes, runs: Mapping[str | None, Trace]) -> None:
    if None not in runs:
        ax.legend(loc="best")


def _first_outside(points: NDArray[Any], domain: Iterable[tuple[float, float]]) -> int:
    """The index of the first point outside `domain`; the last index where none is."""
    low, high = np.transpose(list(domain))
    outside = np.flatnonzero(((points < low) | (points > high)).any(axis=1))
    return int(outside[0]) if len(outside) else len(points) - 1


def _to_the_frame(points: NDArray[Any], domain: Sequence[tuple[float, float]]) -> NDArray[Any]:
    """`points` up to one well beyond the frame, drawn no farther than it can be plotted."""
    sizes = np.array([high - low for low, high in domain])
    wide = [(low - 20 * s, high + 20 * s) for (low, high), s in zip(domain, sizes, strict=True)]
    last = _first_outside(points, wide)
    points = points[: last + 1].astype(float)
    if last:
        step = points[last] - points[last - 1]
        longest = np.abs(step / sizes).max()
        points[last] = points[last - 1] + step * min(1, 20 / longest if longest else 1)
    return points
