"""A picture once more, for a phone: as wide as its screen, so that its text keeps its size."""

import re
from collections.abc import Callable
from itertools import pairwise
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

WIDTH = 4.0  # inches: 384 pixels of a page
PANEL = 2.6  # inches, the height of a panel that stood beside another
STACKED = 4  # panels at most; more of them are small by intent
LETTERS = 38  # of a title in one line
COVERED = 0.2  # of the axes; a larger legend goes below the picture


def both(draw: Callable[[Figure], str]) -> Callable[[Figure], str]:
    """A `draw` that puts into the picture, an SVG, the narrow one as a comment."""

    def drawn(figure: Figure) -> str:
        wide = draw(figure)
        narrow(figure)
        twin = re.sub(r"<!--.*?-->", "", draw(figure), flags=re.S)
        return f"{wide.rstrip().removesuffix('</svg>')}<!--narrow\n{twin}\n--></svg>\n"

    return drawn


def narrow(figure: Figure) -> None:
    """Bring a figure to `WIDTH`: panels below each other, long lines broken, room for the lines."""
    width, height = figure.get_size_inches()
    if width <= WIDTH:
        return
    columns = _columns(figure)
    height *= (WIDTH / width) ** 0.5
    if columns > 1 and len(figure.axes) <= STACKED:
        _stack(figure)
        height = PANEL * len(figure.axes)
    figure.set_size_inches(WIDTH, height)
    for ax in figure.axes:
        for text in (ax.title, ax._left_title, ax._right_title, ax.xaxis.label):  # type: ignore[attr-defined]
            text.set_text(fill(text.get_text(), LETTERS))
    figure.draw_without_rendering()
    _free_the_lines(figure)
    for ax in figure.axes:
        if ax.get_xscale() == "linear" and _collide(ax):
            ax.locator_params(axis="x", nbins=4)


def _columns(figure: Figure) -> int:
    """Of the grid that all axes stand in, each in a place of its own; 1 if there is none."""
    places = [ax.get_subplotspec() for ax in figure.axes]
    if None in places or len({place.get_gridspec() for place in places if place}) != 1:
        return 1
    rows, columns = places[0].get_gridspec().get_geometry()  # type: ignore[union-attr]
    return columns if rows * columns == len(places) else 1


def _stack(figure: Figure) -> None:
    """Put the axes below each other; what one said for its neighbours, each says now."""
    first = figure.axes[0]
    for ax, place in zip(figure.axes, GridSpec(len(figure.axes), 1, figure=figure), strict=True):  # type: ignore[call-overload]
        ax.set_subplotspec(place)
        if ax.get_shared_y_axes().joined(ax, first):
            ax.tick_params(axis="y", which="both", labelleft=True)
            ax.set_ylabel(ax.get_ylabel() or first.get_ylabel())
        if ax.get_shared_x_axes().joined(ax, first):
            ax.tick_params(axis="x", which="both", labelbottom=True)


def _free_the_lines(figure: Figure) -> None:
    """Put a large legend below the picture, if it is the only one."""
    legends = [(ax, legend) for ax in figure.axes if (legend := ax.get_legend())]
    for ax, legend in legends:
        box = legend.get_window_extent()
        if len(legends) == 1 and box.width * box.height > COVERED * ax.bbox.width * ax.bbox.height:
            handles = [handle for handle in legend.legend_handles if handle]
            labels = [text.get_text() for text in legend.get_texts()]
            columns = legend._ncols if box.width < figure.bbox.width else 1  # type: ignore[attr-defined]
            figure.legend(handles, labels, loc="outside lower left", ncols=columns)
            legend.remove()
            width, height = figure.get_size_inches()
            figure.set_size_inches(width, height + 0.7 * box.height / figure.dpi)
        elif legend._bbox_to_anchor is None:  # type: ignore[attr-defined]
            legend.set_loc("best")


def _collide(ax: Axes) -> bool:
    """Whether the numbers along x run into each other."""
    shown = [t.get_window_extent() for t in ax.get_xticklabels() if t.get_text()]
    shown = [box for box in shown if ax.bbox.x0 - 2 <= (box.x0 + box.x1) / 2 <= ax.bbox.x1 + 2]
    return any(left.x1 + 3 > right.x0 for left, right in pairwise(shown))
