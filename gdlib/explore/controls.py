"""Controls in the house style: ipywidgets that the built page draws, too."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from ipywidgets import Checkbox, Dropdown, FloatLogSlider, FloatSlider, IntSlider, Widget

from .. import _check

__all__ = ["choice", "log_slider", "slider", "switch", "whole_slider"]

SHARED = {
    "style": {"description_width": "9.5em"},
    "layout": {"width": "34em", "max_width": "100%"},
}
DRAWN = (FloatSlider, FloatLogSlider, IntSlider, Dropdown, Checkbox)  # by page.js


def slider(label: str, low: float, high: float, value: float, step: float = 0.01) -> Any:
    """Return a slider, a `FloatSlider` in the house style.

    Parameters
    ----------
    label : str
        What stands beside it: readers also hear it.
    low, high : float
        Its ends.
    value : float
        Its first value.
    step : float, default 0.01

    Returns
    -------
    ipywidgets.Widget

    Raises
    ------
    ValueError
        If the first value is not between the ends.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.explore.slider("Momentum β", 0, 0.99, 0.9).value
    0.9
    """
    _ordered(label, low, value, high)
    digits = max(0, -int(np.floor(np.log10(step) + 1e-9)))
    ends = {"min": low, "max": high, "step": step, "readout_format": f".{digits}f"}
    return FloatSlider(value=value, description=label, **ends, **SHARED)


def log_slider(label: str, low: float, high: float, value: float, step: float = 0.02) -> Any:
    """Return a logarithmic slider, a `FloatLogSlider` in the house style.

    The ends are moved to whole steps from the first value, so that the slider can come back to it.

    Parameters
    ----------
    label : str
        What stands beside it: readers also hear it.
    low, high : float
        Its ends, positive.
    value : float
        Its first value.
    step : float, default 0.02
        In decades: fifty places for each factor of ten.

    Returns
    -------
    ipywidgets.Widget

    Raises
    ------
    ValueError
        If the first value is not between the ends, or an end is not positive.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.explore.log_slider("Learning rate", 1e-3, 10, 0.1).value
    0.1
    """
    if low <= 0:
        raise ValueError(f"the slider {label!r} is logarithmic: it cannot start at {low:.3g}")
    _ordered(label, low, value, high)
    place, (left, right) = np.log10(value), np.log10([low, high])
    ends = {
        "min": float(place - step * round((place - left) / step)),
        "max": float(place + step * round((right - place) / step)),
    }
    return FloatLogSlider(
        value=value, description=label, base=10, step=step, readout_format=".3g", **ends, **SHARED
    )


def whole_slider(label: str, low: int, high: int, value: int) -> Any:
    """Return a slider of whole numbers, an `IntSlider` in the house style.

    Parameters
    ----------
    label : str
        What stands beside it: readers also hear it.
    low, high : int
        Its ends.
    value : int
        Its first value.

    Returns
    -------
    ipywidgets.Widget

    Raises
    ------
    ValueError
        If the first value is not between the ends.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.explore.whole_slider("Depth", 1, 40, 10).value
    10
    """
    _ordered(label, low, value, high)
    return IntSlider(value=value, min=low, max=high, description=label, **SHARED)


def choice(label: str, options: Iterable[str], value: str | None = None) -> Any:
    """Return a choice of strings, a `Dropdown` in the house style.

    Parameters
    ----------
    label : str
        What stands beside it: readers also hear it.
    options : iterable of str
    value : str, optional
        The first choice; the first of the options if not given.

    Returns
    -------
    ipywidgets.Widget

    Raises
    ------
    ValueError
        If there are no options, or the first choice is none of them.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.explore.choice("Activation", ["relu", "tanh"]).value
    'relu'
    """
    options = list(options)
    if not options or value not in (None, *options):
        raise ValueError(f"the choice {label!r} must be among {options}, got {_check.shown(value)}")
    first = options[0] if value is None else value
    return Dropdown(options=options, value=first, description=label, **SHARED)


def switch(label: str, value: bool = False) -> Any:
    """Return a switch, a `Checkbox` in the house style.

    Parameters
    ----------
    label : str
        What stands beside it: readers also hear it.
    value : bool, default False
        Whether it is on at first.

    Returns
    -------
    ipywidgets.Widget

    Raises
    ------
    ValueError
        If `value` is not a bool.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.explore.switch("Bias correction", True).value
    True
    """
    if not isinstance(value, bool):
        raise ValueError(f"the switch {label!r} must be True or False, got {_check.shown(value)}")
    return Checkbox(value=value, description=label, indent=False, **SHARED)


def checked(name: str, control: Any) -> Widget:
    """`control`, if the built page can draw it."""
    if isinstance(control, DRAWN):
        if not control.description:
            raise ValueError(f"controls[{name!r}] needs a description: readers hear its name")
        return control
    kinds = ", ".join(kind.__name__ for kind in DRAWN)
    raise ValueError(
        f"controls[{name!r}] must be one of {kinds}, which the built page draws, "
        f"got {_check.shown(control)}"
    )


def reaches(control: Any, value: Any) -> bool:
    """Whether `control` can be set to `value`."""
    if isinstance(control, Dropdown):
        return value in control.options
    if isinstance(control, Checkbox):
        return isinstance(value, bool)
    low, high = control.min, control.max
    if isinstance(control, FloatLogSlider):
        low, high = control.base**low, control.base**high
    slack = 1e-9 * (abs(low) + abs(high))
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and low - slack <= value <= high + slack


def _ordered(label: str, low: float, value: float, high: float) -> None:
    if not low <= value <= high:
        raise ValueError(
            f"the slider {label!r} must start between its ends, {low:.4g} and {high:.4g}, "
            f"got {value:.4g}"
        )
