"""The two halves of every explorable: controls from ipywidgets, and one view that draws."""

import io
import sys
import time
from collections.abc import Callable
from typing import Any

import anywidget
import ipywidgets
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure

from .. import plots
from .figures import EDITED, draw
from .page import STATIC

PATIENCE = 1.0  # seconds that an edited rule may take


class View(anywidget.AnyWidget):
    """Draws `drawing`. It computes nothing: the kernel does, or MicroPython on the built page."""

    _esm = STATIC / "view.js"
    _css = STATIC / "view.css"

    figure = traitlets.Unicode(help="The function in figures.py that draws it").tag(sync=True)
    name = traitlets.Unicode(help="Names the figure in links to a setting").tag(sync=True)
    spec = traitlets.Dict(help="What stays as it is, handed to that function").tag(sync=True)
    scenery = traitlets.Dict(help="What stays as it is, only drawn").tag(sync=True)
    inputs = traitlets.Dict(help="The reader's setting").tag(sync=True)
    drawing = traitlets.Dict(help="What that function returned for it").tag(sync=True)
    problem = traitlets.Dict(help="What is wrong with an edited rule, if anything").tag(sync=True)
    controls = traitlets.Dict(help="The widget that holds an input, by name").tag(
        sync=True, **ipywidgets.widget_serialization
    )


class Explorable(ipywidgets.VBox):
    """Controls above a view, held together: whatever changes, one of them or the view's inputs.

    Subclass it with `static_figure`, a matplotlib figure for readers without JavaScript, and
    `describe`, the same in words.
    """

    def __init__(self, view: View, inputs: dict[str, Any]) -> None:
        self.view, self.controls = view, view.controls
        view.spec = view.spec | {"initial": inputs}
        view.observe(self._on_inputs, "inputs")
        for key, control in self.controls.items():
            control.observe(lambda change, key=key: self._on_control(key, change["new"]), "value")
        self.set(**inputs)
        super().__init__([*self.controls.values(), view])

    def set(self, **inputs: Any) -> None:
        """Change inputs, as a reader would at the controls."""
        self.view.inputs = self.view.inputs | inputs

    def _on_control(self, key: str, value: Any) -> None:
        if value != self.view.inputs[key]:
            self.set(**{key: value}, **dict.fromkeys(self.view.spec["resets"].get(key, ())))

    def _on_inputs(self, change: dict[str, Any]) -> None:
        inputs = change["new"]
        for key, control in self.controls.items():
            control.value = inputs[key]
        if inputs != self.view.inputs:  # a control has rounded or clamped; this was called again
            return
        with np.errstate(all="ignore"):  # divergence is a result
            request = (self.view.figure, self.view.spec, inputs)
            edited = inputs.get("source")  # only an edited rule may hang
            drawing = _limited(draw, *request) if edited else draw(*request)
        with self.view.hold_sync():
            if "problem" in drawing:
                self.view.problem = drawing
            else:
                self.view.drawing, self.view.problem = drawing, {}

    def static_figure(self) -> Figure:
        raise NotImplementedError

    def describe(self) -> str:
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.describe()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        data: dict[str, Any] = super()._repr_mimebundle_(**kwargs) or {}  # no front end: no widget
        with mpl.rc_context(plots.STYLE | {"svg.fonttype": "path"}), plt.ioff():
            figure = self.static_figure()
            picture = io.StringIO()
            figure.savefig(picture, format="svg", metadata={"Date": None})
            plt.close(figure)
        return data | {"text/plain": self.describe(), "image/svg+xml": picture.getvalue()}


def _limited(function: Callable[..., Any], *args: Any) -> Any:
    """Call `function`, and stop it when an edited rule in it runs for longer than `PATIENCE`."""
    end = time.monotonic() + PATIENCE

    def watch(frame: Any, event: str, arg: Any) -> Any:  # pragma: no cover (it is a tracer itself)
        if time.monotonic() > end:
            raise TimeoutError(f"stopped: the rule ran for more than {PATIENCE:g} s")
        return watch

    def enter(frame: Any, event: str, arg: Any) -> Any:  # pragma: no cover
        if frame.f_code.co_filename != EDITED:
            return None
        frame.f_trace_opcodes = True  # `while True: pass` never comes to a new line
        return watch

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        return function(*args)
    finally:
        sys.settrace(before)
