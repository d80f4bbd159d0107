"""What a figure is drawn with: each mark is declared here, drawn live by view.js under the same
name, and drawn still by matplotlib.

A mark's places are names: of what the figure's function returned, of an input, or of what the
figure keeps in store. ``"loss[frame]"`` is one entry of ``loss``; ``clock`` is the step shown. In a
text, ``{name}`` stands for the number of that name.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.transforms import Affine2D

from .. import _check, plots
from .data import IN_TEXT, Data, worded
from .ground import BOX, outline_of

__all__ = [
    "Arrow",
    "Band",
    "Bar",
    "Dots",
    "Ground",
    "Handle",
    "Heat",
    "Level",
    "Line",
    "Mark",
    "Note",
    "Now",
]

COLOURS = {
    "blue": plots.BLUE,
    "orange": plots.ORANGE,
    "green": plots.GREEN,
    "purple": plots.PURPLE,
    "ink": plots.INK,
    "muted": plots.MUTED,
}
DASHES = {"solid": "-", "dashed": (0, (5, 3)), "dotted": (0, (1.2, 2))}
SHAPES = {"circle": "o", "star": "*", "cross": "x", "square": "s"}
CHOICES: dict[str, Collection[str]] = {
    "colour": COLOURS,
    "dash": DASHES,
    "shape": SHAPES,
    "kind": ("heights", "split", "classes"),
}
FAR = 20  # frames: how far beyond its own a line is drawn


@dataclass(frozen=True)
class Mark:
    """One thing drawn in a panel."""

    places: ClassVar[tuple[str, ...]] = ()  # the fields that hold references
    texts: ClassVar[tuple[str, ...]] = ("label",)  # the fields that hold templates

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if hasattr(self, name):
                _check.choice(name, getattr(self, name), allowed)

    def spec(self) -> dict[str, Any]:
        """What view.js reads of it."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        kept = {k: v for k, v in values.items() if v is not None and v is not False and v != ""}
        return {"kind": type(self).__name__.lower(), **kept}

    def references(self) -> Iterator[str]:
        for name in self.places:
            if isinstance(getattr(self, name), str):
                yield getattr(self, name)
        for name in self.texts:
            yield from IN_TEXT.findall(getattr(self, name, "") or "")

    def still(self, ax: Axes, data: Data) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class Line(Mark):
    """A line through points, or several lines.

    Parameters
    ----------
    x, y : str
        Names of lists of numbers; y may name a list of lists, for several lines.
    label : str, optional
        For the legend.
    colour : {"blue", "orange", "green", "purple", "ink", "muted"}
    dash : {"solid", "dashed", "dotted"}
    width : float, default 1.8
        In pixels.
    dots : bool, default False
        Whether to mark the points.
    grows : bool, default False
        Whether to draw it up to the step shown by the clock only.

    Raises
    ------
    ValueError
        For a colour or a dash that there is not.

    Examples
    --------
    >>> from gdlib.explore import Line
    >>> Line("step", "loss", "loss of Adam", colour="orange").spec()["kind"]
    'line'
    """

    x: str
    y: str
    label: str = ""
    colour: str = "blue"
    dash: str = "solid"
    width: float = 1.8
    dots: bool = False
    grows: bool = False
    places = ("x", "y")

    def still(self, ax: Axes, data: Data) -> None:
        label = data.text(self.label) or None
        style: Any = {"color": COLOURS[self.colour], "ls": DASHES[self.dash], "lw": self.width}
        if self.dots:
            style |= {"marker": "o", "ms": 3.5}
        for x, y in _lines(data(self.x), data(self.y)):
            ax.plot(*_within(x, y, ax), label=label, zorder=3, **style)
            label = None


@dataclass(frozen=True)
class Dots(Mark):
    """Points: one, or a list of them.

    Parameters
    ----------
    x, y : str or float
        Names of numbers or of lists, or numbers.
    label : str, optional
        For the legend.
    colour : {"blue", "orange", "green", "purple", "ink", "muted"}
    shape : {"circle", "star", "cross", "square"}
    size : float, default 7
        How wide, in pixels.

    Raises
    ------
    ValueError
        For a colour or a shape that there is not.

    Examples
    --------
    >>> from gdlib.explore import Dots
    >>> Dots(0, 0, "minimum", shape="star").label
    'minimum'
    """

    x: str | float
    y: str | float
    label: str = ""
    colour: str = "blue"
    shape: str = "circle"
    size: float = 7
    places = ("x", "y")

    def still(self, ax: Axes, data: Data) -> None:
        edge = plots.PAPER if self.shape == "circle" else COLOURS[self.colour]
        fill = plots.PAPER if self.shape == "star" else COLOURS[self.colour]
        style: Any = {"ms": self.size * 0.75, "mfc": fill, "mec": edge, "mew": 0.8}
        x, y = np.atleast_1d(data.numbers(self.x)), np.atleast_1d(data.numbers(self.y))
        label = data.text(self.label) or None
        ax.plot(x, y, SHAPES[self.shape], label=label, zorder=4, **style)


@dataclass(frozen=True)
class Now(Mark):
    """The step shown by the clock, as a dot on the line through (x, y).

    Parameters
    ----------
    x, y : str
        Names of lists with an entry for each step.
    drop : bool, default False
        Whether to draw a line down to the axis, too.
    colour : {"blue", "orange", "green", "purple", "ink", "muted"}

    Raises
    ------
    ValueError
        For a colour that there is not.

    Examples
    --------
    >>> from gdlib.explore import Now
    >>> Now("step", "loss", drop=True).colour
    'orange'
    """

    x: str
    y: str
    drop: bool = False
    colour: str = "orange"
    places = ("x", "y")

    def still(self, ax: Axes, data: Data) -> None:
        return  # a still picture shows the whole


@dataclass(frozen=True)
class Band(Mark):
    """The area between two curves, or two levels.

    Parameters
    ----------
    x : str
        Name of a list of numbers.
    low, high : str or float
        Names of lists as long, or of numbers, or numbers.
    label : str, optional
        For the legend.
    colour : {"blue", "orange", "green", "purple", "ink", "muted"}

    Raises
    ------
    ValueError
        For a colour that there is not.

    Examples
    --------
    >>> from gdlib.explore import Band
    >>> Band("step", -0.1, 0.1, "one standard deviation").high
    0.1
    """

    x: str
    low: str | float
    high: str | float
    label: str = ""
    colour: str = "blue"
    places = ("x", "low", "high")

    def still(self, ax: Axes, data: Data) -> None:
        x = data.numbers(self.x)
        low, high = (np.broadcast_to(data.numbers(end), x.shape) for end in (self.low, self.high))
        style: Any = {"color": COLOURS[self.colour], "alpha": 0.18, "lw": 0}
        ax.fill_between(x, low, high, label=data.text(self.label) or None, **style)


@dataclass(frozen=True)
class Level(Mark):
    """A threshold across the panel, with its label at the line.

    Parameters
    ----------
    x, y : str, float or None
        Where it stands, on one of the two axes: a number, or the name of one; None hides it.
    label : str, optional
        Such as ``"2/L = {border}"``.
    colour : {"blue", "orange", "green", "purple", "ink", "muted"}
    dash : {"solid", "dashed", "dotted"}

    Raises
    ------
    ValueError
        For a colour or a dash that there is not.

    Examples
    --------
    >>> from gdlib.explore import Level
    >>> Level(x="border", label="2/L = {border}").dash
    'dashed'
    """

    x: str | float | None = None
    y: str | float | None = None
    label: str = ""
    colour: str = "muted"
    dash: str = "dashed"
    places = ("x", "y")

    def still(self, ax: Axes, data: Data) -> None:
        style: Any = {"color": COLOURS[self.colour], "ls": DASHES[self.dash], "lw": 1.2}
        text: Any = {"fontsize": 9.5, "color": COLOURS[self.colour], "clip_on": True, "ha": "right"}
        text["textcoords"] = "offset points"
        if self.x is not None and (x := data(self.x)) is not None:
            label = data.text(self.label)
            ax.axvline(x, **style)
            text |= {"rotation": 90, "va": "top", "xytext": (-2, -3)}
            ax.annotate(label, (x, 1), xycoords=("data", "axes fraction"), **text)
        elif self.y is not None and (y := data(self.y)) is not None:
            label = data.text(self.label)
            ax.axhline(y, **style)
            text |= {"va": "bottom", "xytext": (-3, 2)}
            ax.annotate(label, (1, y), xycoords=("axes fraction", "data"), **text)


@dataclass(frozen=True)
class Bar(Mark):
    """A bar for each of several things, from the axis's low end up.

    Parameters
    ----------
    x : str
        Name of a list of names or numbers, one for each bar.
    y : str
        Name of a list of heights.
    label : str, optional
        For the legend. Several `Bar` marks stand beside one another.
    colour : {"blue", "orange", "green", "purple", "ink", "muted"}

    Raises
    ------
    ValueError
        For a colour that there is not.

    Examples
    --------
    >>> from gdlib.explore import Bar
    >>> Bar("layer", "gradient", "gradient's norm").y
    'gradient'
    """

    x: str
    y: str
    label: str = ""
    colour: str = "blue"
    places = ("x", "y")

    def still(self, ax: Axes, data: Data) -> None:
        names, y = data(self.x), data.numbers(self.y)
        earlier = [c for c in ax.containers if isinstance(c, mpl.container.BarContainer)]
        width = 0.8 / (1 + getattr(ax, "gd_beside", 0))
        at = np.arange(len(y)) - 0.4 + width * (len(earlier) + 0.5)
        low = ax.get_ylim()[0]
        style: Any = {"color": COLOURS[self.colour], "label": data.text(self.label) or None}
        ax.bar(at, y - low, width, bottom=low, **style)
        every = max(1, -(-len(names) // 12))
        ax.set_xticks(range(0, len(names), every), [worded(n) for n in names[::every]])


@dataclass(frozen=True)
class Heat(Mark):
    """A field of numbers over the whole panel, as colours.

    Parameters
    ----------
    field : str
        Name of rows of numbers: the first row lies at the panel's low end, the first column at its
        left, values in the middle of their cells.
    low, high : float, default 0 and 1
        The ends of the colours.
    label : str, optional
        What the colours stand for.
    kind : {"heights", "split", "classes"}
        Low is dark; or two colours with a border in the middle; or 0, 1, 2, ... for classes.
    classes : sequence of str, optional
        Their names.

    Raises
    ------
    ValueError
        For a kind that there is not.

    Examples
    --------
    >>> from gdlib.explore import Heat
    >>> Heat("radius", 0, 1, "distance kept per step").kind
    'heights'
    """

    field: str
    low: float = 0.0
    high: float = 1.0
    label: str = ""
    kind: str = "heights"
    classes: tuple[str, ...] = ()
    places = ("field",)
    bands: ClassVar[int] = 14

    def spec(self) -> dict[str, Any]:
        return super().spec() | {"kind": "heat", "palette": self.kind}

    def still(self, ax: Axes, data: Data) -> None:
        field = data.numbers(self.field)
        (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
        rows, columns = field.shape
        across = _places(x0, x1, columns, ax.get_xscale() == "log")
        up = _places(y0, y1, rows, ax.get_yscale() == "log")
        ax.grid(False)
        if self.kind == "classes":
            for k, name in enumerate(self.classes):
                tint = plots.CLASSES[k % len(plots.CLASSES)]
                mask = (np.rint(field) == k).astype(float)
                ax.contourf(across, up, mask, levels=[0.5, 1.5], colors=[tint])
                ax.plot([], [], "s", color=tint, label=data.text(name))
            return
        colours = plots.FIELD if self.kind == "heights" else plots.SPLIT
        levels = np.linspace(self.low, self.high, len(colours) + 1)
        inside = np.clip(field, self.low, self.high)
        shown = ax.contourf(across, up, inside, levels=levels, colors=colours)
        bar = ax.figure.colorbar(shown, ax=ax, shrink=0.8, ticks=mpl.ticker.MaxNLocator(5))
        bar.set_label(data.text(self.label))


@dataclass(frozen=True)
class Ground(Mark):
    """A landscape's contour lines, its low ground tinted.

    Parameters
    ----------
    paths : str
        Name of what `ground_of` returned, in the store.

    Raises
    ------
    ValueError
        If `paths` is empty.

    Examples
    --------
    >>> from gdlib.explore import Ground
    >>> Ground("ground").paths
    'ground'
    """

    paths: str
    places = ("paths",)

    def __post_init__(self) -> None:
        if not self.paths:
            raise ValueError("paths must name what ground_of returned")

    def still(self, ax: Axes, data: Data) -> None:
        (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
        ax.set_facecolor(plots.HEIGHTS[0])
        ax.grid(False)
        for colour, path in zip(plots.HEIGHTS[1:], reversed(data(self.paths)), strict=True):
            to_axes = Affine2D().scale((x1 - x0) / BOX, (y0 - y1) / BOX).translate(x0, y1)
            outline = to_axes.transform_path(outline_of(path))
            style: Any = {"facecolor": colour, "edgecolor": plots.HEIGHT_LINE, "lw": 0.7}
            ax.add_patch(PathPatch(outline, **style))


@dataclass(frozen=True)
class Arrow(Mark):
    """An arrow from (x, y) by (dx, dy).

    Parameters
    ----------
    x, y, dx, dy : str or float
        Numbers, or their names.
    label : str, optional
        For the legend.
    colour : {"blue", "orange", "green", "purple", "ink", "muted"}

    Raises
    ------
    ValueError
        For a colour that there is not.

    Examples
    --------
    >>> from gdlib.explore import Arrow
    >>> Arrow("x", "y", "down_x", "down_y", "against the gradient").colour
    'orange'
    """

    x: str | float
    y: str | float
    dx: str | float
    dy: str | float
    label: str = ""
    colour: str = "orange"
    places = ("x", "y", "dx", "dy")

    def still(self, ax: Axes, data: Data) -> None:
        x, y, dx, dy = (float(data(place)) for place in (self.x, self.y, self.dx, self.dy))
        style = {"arrowstyle": "-|>", "color": COLOURS[self.colour], "lw": 2, "shrinkA": 0}
        arrow = style | {"shrinkB": 0}
        ax.annotate("", (x + dx, y + dy), (x, y), arrowprops=arrow, zorder=5)
        if self.label:
            ax.plot([], [], color=COLOURS[self.colour], label=data.text(self.label))


@dataclass(frozen=True)
class Handle(Mark):
    """A point that the reader moves, by mouse, touch or arrow keys.

    It sets either the input `pair`, a point [x, y], or the inputs `x` and `y`, or one of the two.

    Parameters
    ----------
    label : str
        What it is, for the legend and for those who hear it.
    pair : str, optional
        The input that holds both coordinates. Where it is None, the point stands at what the
        function returned under that name.
    x, y : str, optional
        The inputs that hold one coordinate each.
    shown_x, shown_y : str, optional
        Where the point stands along an axis that it is not moved on: the name of a number.
    cross : bool, default False
        Whether to draw lines through it.

    Raises
    ------
    ValueError
        If it sets nothing, or a pair and a coordinate.

    Examples
    --------
    >>> from gdlib.explore import Handle
    >>> Handle("learning rate and beta", x="lr", y="beta", cross=True).x
    'lr'
    """

    label: str
    pair: str | None = None
    x: str | None = None
    y: str | None = None
    shown_x: str | None = None
    shown_y: str | None = None
    cross: bool = False
    places = ("pair", "x", "y", "shown_x", "shown_y")

    def __post_init__(self) -> None:
        if bool(self.pair) == bool(self.x or self.y):
            raise ValueError("a Handle sets a pair, or x or y or both: one of the two ways")

    def still(self, ax: Axes, data: Data) -> None:
        if self.pair:
            drawn, inputs, _ = data.places
            x, y = inputs.get(self.pair) or drawn[self.pair]
        else:
            x, y = (data(a or b) for a, b in ((self.x, self.shown_x), (self.y, self.shown_y)))
        if self.cross:
            ax.axvline(x, color=plots.INK, lw=0.9)
            ax.axhline(y, color=plots.INK, lw=0.9)
        ax.plot(x, y, "o", ms=8, mfc=plots.PAPER, mec=plots.INK, mew=1.8, zorder=6)


@dataclass(frozen=True)
class Note(Mark):
    """A few words in the panel's upper left corner, such as "diverged at step 12".

    Parameters
    ----------
    label : str
        Such as ``"{note}"``; nothing is shown while it is empty.

    Raises
    ------
    ValueError
        If it is empty.

    Examples
    --------
    >>> from gdlib.explore import Note
    >>> Note("{note}").label
    '{note}'
    """

    label: str

    def __post_init__(self) -> None:
        if not self.label:
            raise ValueError("label must be the note's text, such as '{note}'")

    def still(self, ax: Axes, data: Data) -> None:
        style: Any = {"fontweight": "bold", "color": plots.ORANGE, "va": "top", "zorder": 7}
        ax.text(0.03, 0.97, data.text(self.label), transform=ax.transAxes, **style)


# --- helpers ---


def _lines(x: Any, y: Any) -> Iterator[tuple[Any, Any]]:
    """Each line of one or several, as float arrays."""
    several = len(y) > 0 and np.ndim(y[0]) > 0
    for k, each in enumerate(y if several else [y]):
        places = x[k] if len(x) > 0 and np.ndim(x[0]) > 0 else x
        across = np.array(places, dtype=float)
        yield across[: len(each)], np.array(each, dtype=float)[: len(across)]


def _within(x: Any, y: Any, ax: Axes) -> tuple[Any, Any]:
    """The line as far as it can be plotted: a step that goes far beyond the frame is cut there."""
    for values, scale in ((x, ax.get_xscale()), (y, ax.get_yscale())):
        with np.errstate(invalid="ignore"):
            values[(np.abs(values) > plots.FARTHEST) | ((scale == "log") & (values <= 0))] = np.nan
    if "log" in (ax.get_xscale(), ax.get_yscale()):
        return x, y
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    middle, size = np.array([x0 + x1, y0 + y1]) / 2, np.array([x1 - x0, y1 - y0])
    points = np.stack([x, y], axis=1)
    with np.errstate(invalid="ignore"):
        beyond = np.flatnonzero((np.abs((points - middle) / size) > FAR).any(axis=1))
    if len(beyond) and beyond[0] > 0:
        last = beyond[0]
        step = points[last] - points[last - 1]
        longest = np.abs(step / size).max()
        points = points[: last + 1].copy()
        points[last] = points[last - 1] + step * min(1, FAR / longest)
    return points[:, 0], points[:, 1]


def _places(low: float, high: float, n: int, log: bool) -> Any:
    return np.geomspace(low, high, n) if log else np.linspace(low, high, n)
