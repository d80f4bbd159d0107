"""Pictures for a phone: in one column, nothing cut or covered, the text as large as in the wide."""

import re
from itertools import pairwise

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from gdlib import _narrow, plots

pytestmark = pytest.mark.filterwarnings("error")
X = np.linspace(0, 1, 20)


@pytest.fixture(autouse=True)
def house_style():
    with mpl.rc_context(plots.STYLE):
        yield
        plt.close("all")


def narrowed(figure):
    _narrow.narrow(figure)
    figure.draw_without_rendering()
    return figure


def boxes(figure):
    return [ax.get_window_extent() for ax in figure.axes]


def inside(figure, artist):
    box, frame = artist.get_window_extent(), figure.bbox
    return box.x0 >= frame.x0 and box.x1 <= frame.x1 and box.y0 >= frame.y0 and box.y1 <= frame.y1


@pytest.mark.parametrize("size", [(7.2, 3.6), (6.4, 5.0), (5.8, 9.0)])
def test_it_is_as_wide_as_a_phone_and_never_flatter(size):
    figure, ax = plt.subplots(figsize=size)
    ax.plot(X, X)
    width, height = narrowed(figure).get_size_inches()
    assert width == _narrow.WIDTH and height / width > size[1] / size[0]


def test_what_is_narrow_already_stays():
    figure, axes = plt.subplots(1, 2, figsize=(3.8, 2.0))
    before = [ax.get_subplotspec() for ax in axes]
    assert tuple(narrowed(figure).get_size_inches()) == (3.8, 2.0)
    assert [ax.get_subplotspec() for ax in axes] == before


@pytest.mark.parametrize("rows, columns", [(1, 2), (1, 3), (2, 2)])
def test_panels_go_below_each_other_in_their_order(rows, columns):
    figure, _ = plt.subplots(rows, columns, figsize=(7.2, 3.0 * rows))
    found = boxes(narrowed(figure))
    assert all(above.y0 > below.y1 for above, below in pairwise(found))
    assert all(box.width > 0.7 * figure.bbox.width for box in found)


@pytest.mark.parametrize("rows, columns", [(2, 5), (4, 2)])
def test_small_multiples_stay_in_their_grid(rows, columns):
    figure, _ = plt.subplots(rows, columns, figsize=(7.2, 6.0))
    left = {round(box.x0) for box in boxes(narrowed(figure))}
    assert len(left) == columns


def test_a_panel_says_what_its_neighbour_said_for_it():
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.0), sharey=True)
    axes[0].set_ylabel("loss")
    narrowed(figure)
    assert axes[1].get_ylabel() == "loss"
    assert any(tick.label1.get_visible() for tick in axes[1].yaxis.get_major_ticks())


def test_a_panel_of_its_own_keeps_its_silence():
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.0))
    axes[0].set_ylabel("loss")
    axes[1].tick_params(labelleft=False)
    narrowed(figure)
    assert axes[1].get_ylabel() == ""
    assert not any(tick.label1.get_visible() for tick in axes[1].yaxis.get_major_ticks())


def test_long_titles_and_labels_are_broken_and_shown_whole():
    figure, ax = plt.subplots(figsize=(7.2, 3.6))
    ax.set_title("What a title says that is much too long for the screen of a phone")
    ax.set_xlabel("steps, counted from the first one, at which all the runs begin alike")
    narrowed(figure)
    assert inside(figure, ax._left_title) and inside(figure, ax.xaxis.label)
    assert "\n" in ax._left_title.get_text()


def test_a_large_legend_goes_below_and_a_small_one_stays():
    for labels, outside in ((["a very long label for a line"] * 4, True), (["a", "b"], False)):
        figure, ax = plt.subplots(figsize=(7.2, 3.6))
        for label in labels:
            ax.plot(X, X, label=label)
        ax.legend(loc="upper left")
        narrowed(figure)
        assert (ax.get_legend() is None) == outside
        (legend,) = figure.legends or [ax.get_legend()]
        assert [text.get_text() for text in legend.get_texts()] == labels
        assert inside(figure, legend)
        if outside:
            assert legend.get_window_extent().y1 < ax.get_window_extent().y0


def test_numbers_along_x_do_not_collide():
    figure, ax = plt.subplots(figsize=(7.2, 3.6))
    ax.plot(X * 0.0016, X)
    narrowed(figure)
    shown = [
        t.get_window_extent() for t in ax.get_xticklabels() if 0 <= t.get_position()[0] < 0.0017
    ]
    assert len(shown) > 2
    assert all(left.x1 < right.x0 for left, right in pairwise(shown))


def test_the_picture_holds_both_and_their_text_is_as_large():
    figure, ax = plt.subplots(figsize=(7.2, 3.6))
    ax.set_title("a title")

    def draw(figure):
        figure.draw_without_rendering()
        width, size = figure.get_size_inches()[0], ax._left_title.get_fontsize()
        return f'<svg width="{width}" size="{size}"><!-- made --></svg>'

    wide, narrow = re.fullmatch(
        r"(.*)<!--narrow\n(.*)\n--></svg>\n", _narrow.both(draw)(figure), re.S
    ).groups()
    assert wide == '<svg width="7.2" size="12.0"><!-- made -->'
    assert narrow == '<svg width="4.0" size="12.0"></svg>'


def test_notebooks_draw_both_when_the_book_is_built(monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        for told, times in (("", 1), ("1", 2)):
            monkeypatch.setenv("GDLIB_NARROW", told)
            plots.use_style()
            figure, _ = plt.subplots()
            drawn = shell.display_formatter.formatters["image/svg+xml"](figure)
            assert drawn.count("<svg ") == times
    finally:
        InteractiveShell.clear_instance()
