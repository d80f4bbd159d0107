"""The views: panels with axes, in which marks are drawn, live or still."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from .. import _check
from .data import Data
from .marks import Bar, Handle, Heat, Mark

__all__ = ["Axis", "Bars", "Clock", "Compare", "Curve", "Frames", "Heatmap", "Lines", "Plane"]


@dataclass(frozen=True)
class Axis:
    """An axis: its title with the unit, and what it spans.

    Parameters
    ----------
    title : str
        With the unit; ``{name}`` stands for what the function returned under that name.
    low, high : float or str, optional
        Its ends: numbers, or names of what the function returns. Where they are not given, the axis
        spans what is drawn.
    log : bool or str, default False
        Whether it is logarithmic, or the name of a bool.
    every : float, optional
        The distance of its ticks, such as 90 for degrees; round numbers if not given.

    Raises
    ------
    ValueError
        If it has no title, or its ends are in the wrong order or not positive on a log axis.

    Examples
    --------
    >>> from gdlib.explore import Axis
    >>> Axis("learning rate", 1e-3, 10, log=True).high
    10
    """

    title: str
    low: float | str | None = None
    high: float | str | None = None
    log: bool | str = False
    every: float | None = None

    def __post_init__(self) -> None:
        if not self.title:
            raise ValueError("title must name the axis, with its unit")
        ends = [end for end in (self.low, self.high) if isinstance(end, (int, float))]
        if len(ends) == 2 and ends[0] >= ends[1]:
            raise ValueError(f"low must be below high, got {ends[0]} and {ends[1]}")
        if self.log is True and any(end <= 0 for end in ends):
            raise ValueError(f"a log axis must have positive ends, got {ends}")

    def spec(self) -> dict[str, Any]:
        ends = {"title": self.title, "low": self.low, "high": self.high, "log": self.log}
        return ends | ({"every": self.every} if self.every else {})


@dataclass(frozen=True)
class Clock:
    """Time that the reader plays, steps through and scrubs.

    Parameters
    ----------
    of : str
        Names a list with an entry for every moment.
    words : str, optional
        Tells of the moment shown: ``{k}`` is its number, ``{name}`` the entry of a list there.
    unit : str, default "step"
        What passes from one moment to the next.

    Raises
    ------
    ValueError
        If it has no unit.

    Examples
    --------
    >>> from gdlib.explore import Clock
    >>> Clock("loss", "Step {k}: loss {loss}.").unit
    'step'
    """

    of: str
    words: str = ""
    unit: str = "step"

    def __post_init__(self) -> None:
        if not self.unit:
            raise ValueError("unit must say what passes, such as 'step'")

    def spec(self) -> dict[str, Any]:
        return {"of": self.of, "words": self.words, "unit": self.unit}


class Panel:
    """Marks over two axes. `label` says what it shows, to those who do not see it."""

    square: ClassVar[bool] = False  # as high as wide
    reads: ClassVar[bool] = False  # values can be read off, by pointer or arrow keys

    def __init__(self, *marks: Mark, x: Axis | str, y: Axis | str, label: str) -> None:
        if not label:
            raise ValueError("label must say what the panel shows")
        for mark in marks:
            if not isinstance(mark, Mark):
                raise ValueError(f"{type(self).__name__} takes marks, got {_check.shown(mark)}")
        self.marks, self.label = marks, label
        self.x, self.y = (Axis(a) if isinstance(a, str) else a for a in (x, y))

    def _needs_ends(self) -> None:
        if None in (self.x.low, self.x.high, self.y.low, self.y.high):
            raise ValueError(f"the axes of a {type(self).__name__} must have low and high")

    def __iter__(self) -> Iterator["Panel"]:
        yield self

    def spec(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "x": self.x.spec(),
            "y": self.y.spec(),
            "marks": [mark.spec() for mark in self.marks],
            "square": self.square,
            "reads": self.reads,
        }

    def references(self) -> Iterator[tuple[str, str]]:
        """Who needs which name: pairs such as ``("Line", "loss")``."""
        for mark in self.marks:
            for name in mark.references():
                yield type(mark).__name__, name
        for axis in (self.x, self.y):
            for end in (axis.low, axis.high, axis.log):
                if isinstance(end, str):
                    yield f"axis {axis.title!r}", end

    def still(self, ax: Axes, data: Data) -> None:
        for axis, way in ((self.x, "x"), (self.y, "y")):
            if data(axis.log):
                ax.set(**{f"{way}scale": "log"})
            ends = [None if end is None else data(end) for end in (axis.low, axis.high)]
            if ends != [None, None]:
                ax.set(**{f"{way}lim": ends})
            ax.set(**{f"{way}label": data.text(axis.title)})
            if axis.every:
                getattr(ax, f"{way}axis").set_major_locator(MultipleLocator(axis.every))
        ax.gd_beside = sum(isinstance(mark, Bar) for mark in self.marks) - 1  # type: ignore[attr-defined]
        for mark in self.marks:
            mark.still(ax, data)
        handles, labels = ax.get_legend_handles_labels()
        if labels:
            ax.legend(handles, labels, loc="best")


class Plane(Panel):
    """A map of two parameters: ground, paths, points, vectors, points to drag.

    Parameters
    ----------
    *marks : Mark
        From back to front.
    x, y : Axis or str
        The axes, or only their titles.
    label : str
        What it shows, in a clause, to those who do not see it.

    Raises
    ------
    ValueError
        If there is no label, or a mark is none.

    Examples
    --------
    >>> from gdlib.explore import Line, Plane
    >>> panel = Plane(Line("a", "b"), x="a", y="b", label="b over a")
    >>> [name for _, name in panel.references()]
    ['a', 'b']
    """

    square = True


class Lines(Panel):
    """Lines over a common axis, with thresholds and bands; values can be read off.

    Parameters
    ----------
    *marks : Mark
        From back to front.
    x, y : Axis or str
        The axes, or only their titles.
    label : str
        What it shows, in a clause, to those who do not see it.

    Raises
    ------
    ValueError
        If there is no label, or a mark is none.

    Examples
    --------
    >>> from gdlib.explore import Line, Lines
    >>> panel = Lines(Line("a", "b"), x="a", y="b", label="b over a")
    >>> [name for _, name in panel.references()]
    ['a', 'b']
    """

    reads = True


class Curve(Panel):
    """A function of one variable, with a secant, a tangent or steps on it.

    Parameters
    ----------
    *marks : Mark
        From back to front.
    x, y : Axis or str
        The axes, or only their titles.
    label : str
        What it shows, in a clause, to those who do not see it.

    Raises
    ------
    ValueError
        If there is no label, or a mark is none.

    Examples
    --------
    >>> from gdlib.explore import Line, Curve
    >>> panel = Curve(Line("a", "b"), x="a", y="b", label="b over a")
    >>> [name for _, name in panel.references()]
    ['a', 'b']
    """


class Bars(Panel):
    """A bar for each of several things, as for each layer; values can be read off.

    Parameters
    ----------
    *marks : Mark
        From back to front.
    x, y : Axis or str
        The axes, or only their titles.
    label : str
        What it shows, in a clause, to those who do not see it.

    Raises
    ------
    ValueError
        If there is no label, or a mark is none.

    Examples
    --------
    >>> from gdlib.explore import Line, Bars
    >>> panel = Bars(Line("a", "b"), x="a", y="b", label="b over a")
    >>> [name for _, name in panel.references()]
    ['a', 'b']
    """

    reads = True


class Heatmap(Panel):
    """A field over two parameters, under a cross to drag.

    Parameters
    ----------
    heat : Heat
        The field.
    cross : Handle
        What sets the two parameters.
    *marks : Mark
        Drawn between the two.
    x, y : Axis
        The axes, with their ends.
    label : str
        What it shows, in a clause, to those who do not see it.

    Raises
    ------
    ValueError
        If an axis has no ends, or there is no label.

    Examples
    --------
    >>> from gdlib.explore import Axis, Handle, Heat, Heatmap
    >>> cross = Handle("both", x="lr", y="beta", cross=True)
    >>> x, y = Axis("lr", 0, 2), Axis("beta", 0, 1)
    >>> Heatmap(Heat("rate"), cross, x=x, y=y, label="The rate over both").square
    True
    """

    square = True

    def __init__(self, heat: Heat, cross: Handle, *marks: Mark, x: Axis, y: Axis, label: str):
        super().__init__(heat, *marks, cross, x=x, y=y, label=label)
        self._needs_ends()


class Frames(Panel):
    """One picture out of a sweep: a field for each place of the sliders and each time.

    Parameters
    ----------
    heat : Heat
        The pictures, by name and place, such as ``Heat("boundary[frame, clock]")``.
    *marks : Mark
        Drawn over them.
    x, y : Axis
        The axes, with their ends.
    label : str
        What it shows, in a clause, to those who do not see it.

    Raises
    ------
    ValueError
        If an axis has no ends, or there is no label.

    Examples
    --------
    >>> from gdlib.explore import Axis, Frames, Heat
    >>> x, y = Axis("x", 0, 1), Axis("y", 0, 1)
    >>> Frames(Heat("score[clock]"), x=x, y=y, label="The score").square
    True
    """

    square = True

    def __init__(self, heat: Heat, *marks: Mark, x: Axis, y: Axis, label: str) -> None:
        super().__init__(heat, *marks, x=x, y=y, label=label)
        self._needs_ends()


class Compare:
    """Views side by side, on the same sliders.

    Parameters
    ----------
    *views : Panel
        Two to four of them.

    Raises
    ------
    ValueError
        For fewer or more.

    Examples
    --------
    >>> from gdlib.explore import Compare, Curve, Line
    >>> view = Curve(Line("x", "f"), x="x", y="f", label="f over x")
    >>> len(list(Compare(view, view)))
    2
    """

    def __init__(self, *views: Panel) -> None:
        if not 2 <= len(views) <= 4:
            raise ValueError(f"Compare takes two to four views, got {len(views)}")
        self.views = views

    def __iter__(self) -> Iterator[Panel]:
        return iter(self.views)
