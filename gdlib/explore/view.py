"""The two halves of every explorable: controls from ipywidgets, and one view that draws."""

import io
import sys
import time

import anywidget
import ipywidgets
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import traitlets

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

    def __init__(self, view, inputs):
        self.view, self.controls = view, view.controls
        view.spec = view.spec | {"initial": inputs}
        view.observe(self._on_inputs, "inputs")
        for key, control in self.controls.items():
            control.observe(lambda change, key=key: self._on_control(key, change["new"]), "value")
        self.set(**inputs)
        super().__init__([*self.controls.values(), view])

    def set(self, **inputs):
        """Change inputs, as a reader would at the controls."""
        self.view.inputs = self.view.inputs | inputs

    def _on_control(self, key, value):
        if value != self.view.inputs[key]:
            self.set(**{key: value}, **dict.fromkeys(self.view.spec["resets"].get(key, ())))

    def _on_inputs(self, change):
        inputs = change["new"]
        for key, control in self.controls.items():
            control.value = inputs[key]
        if inputs != self.view.inputs:  # a control has rounded or clamped; this was called again
            return
        with np.errstate(all="ignore"):  # divergence is a result
            drawing = _limited(draw, self.view.figure, self.view.spec, inputs)
        with self.view.hold_sync():
            if "problem" in drawing:
                self.view.problem = drawing
            else:
                self.view.drawing, self.view.problem = drawing, {}

    def __repr__(self):
        return self.describe()

    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs)
        if data is None:  # no front end: no widget
            data = {}
        with mpl.rc_context(plots.STYLE | {"svg.fonttype": "path"}), plt.ioff():
            figure = self.static_figure()
            picture = io.StringIO()
            figure.savefig(picture, format="svg", metadata={"Date": None})
            plt.close(figure)
        return data | {"text/plain": self.describe(), "image/svg+xml": picture.getvalue()}


def _limited(function, *args):
    """Call `function`, and stop it when an edited rule in it runs for longer than `PATIENCE`."""
    end = time.monotonic() + PATIENCE

    def watch(frame, event, arg):
        if time.monotonic() > end:
            raise TimeoutError(f"stopped: the rule ran for more than {PATIENCE:g} s")
        return watch

    def enter(frame, event, arg):
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
