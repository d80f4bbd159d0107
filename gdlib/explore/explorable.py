"""The kit: an explorable is inputs, a pure function of them, and a view of what it returns."""

import inspect
import io
import math
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import anywidget
import ipywidgets
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure

from .. import _check, plots
from ..formulas import updates
from . import controls as kinds
from .data import Data
from .page import STATIC
from .program import program
from .run import EDITED, call
from .store import unpack
from .views import Clock, Compare, Panel
from .words import say

__all__ = ["Explorable", "View"]

PATIENCE = 1.0  # seconds that an edited rule may take
NAME = re.compile(r"[a-z][a-z0-9-]*")


class View(anywidget.AnyWidget):
    """Draws `drawing`. It computes nothing: the kernel does, or MicroPython on the built page."""

    _esm = STATIC / "view.js"
    _css = STATIC / "view.css"

    name = traitlets.Unicode(help="Names the figure in links to a setting").tag(sync=True)
    program = traitlets.Unicode(help="Python that defines the function").tag(sync=True)
    function = traitlets.Unicode(help="The function that returns what is drawn").tag(sync=True)
    given = traitlets.Dict(help="Its arguments that stay as they are").tag(sync=True)
    rule = traitlets.Dict(None, allow_none=True, help="The rule to edit").tag(sync=True)
    spec = traitlets.Dict(help="How to draw: panels, clock, presets").tag(sync=True)
    store = traitlets.Dict(help="What is drawn but never changes").tag(sync=True)
    inputs = traitlets.Dict(help="The reader's setting").tag(sync=True)
    drawing = traitlets.Dict(help="What the function returned for it").tag(sync=True)
    problem = traitlets.Dict(help="What is wrong with an edited rule, if anything").tag(sync=True)
    controls = traitlets.Dict(help="The widget that holds an input, by name").tag(
        sync=True, **ipywidgets.widget_serialization
    )


class Explorable(ipywidgets.VBox):
    """A figure to be played with, in Jupyter and on the built page alike.

    Parameters
    ----------
    function : callable
        A plain function of the inputs, by name. It returns a dict of numbers, strings and lists,
        without NaN or infinity (None leaves a gap), among them ``words``, the readout. It runs in
        the kernel and, from its own source, on the built page: so it uses `gdlib.formulas`, plain
        Python, and of NumPy only elementary functions; it must not rely on the order of a dict,
        which MicroPython does not keep. Under ``best`` it may return a dict of the
        inputs' optimal values, to be marked on their sliders.
    title : str
        What the figure shows, in a few words.
    controls : dict of str to ipywidgets.Widget
        A control for each input: sliders, a Dropdown, a Checkbox.
    view : Panel or Compare
        What is drawn of what the function returns.
    presets : dict of str to dict, optional
        Settings with a name, such as ``{"diverges": {"lr": 2.1}}``; what a preset does not name has
        its first value.
    points : dict of str to pair of float, float or None, optional
        Inputs without a control: points that a `Handle` moves, or one coordinate of one.
    given : dict, optional
        Arguments of the function that are no inputs.
    store : dict, optional
        What is drawn but never changes: JSON, or numbers packed by `gdlib.explore.pack`.
    clock : Clock, optional
        Time to play, step and scrub.
    rule : str, optional
        The update rule in `gdlib.formulas.updates` that the reader may edit. The function then
        also takes ``rule``, a callable, and ``memory``, how many numbers it remembers.
    hyper : sequence of str, default ("lr",)
        The inputs that the rule takes, in its order.
    memory : int, default 0
        How many numbers the rule itself remembers.
    resets : dict of str to list of str, optional
        The points that go back to None when an input changes.
    name : str
        Names the figure in links to a setting: lower-case letters, digits and hyphens.
    start : dict, optional
        First values of inputs, in place of those of the controls.

    Attributes
    ----------
    view : View
        The drawing. ``view.inputs`` is the setting, ``view.drawing`` what the function returned.

    Raises
    ------
    ValueError
        For what would not work on the built page, or is not there, by name.

    Examples
    --------
    >>> from gdlib.explore import Explorable, Line, Lines, slider
    >>> def halving(start):
    ...     heights = [start * 0.5**k for k in range(6)]
    ...     return {"k": list(range(6)), "height": heights, "words": f"At last {heights[-1]}."}
    >>> figure = Explorable(
    ...     halving,
    ...     title="Half of it, again and again",
    ...     controls={"start": slider("Start", 0, 64, 32, step=1)},
    ...     view=Lines(Line("k", "height"), x="step", y="height", label="The height at each step"),
    ...     name="halving",
    ... )
    >>> figure.set(start=64)
    >>> figure
    Half of it, again and again. The height at each step. At last 2.0.
    """

    def __init__(
        self,
        function: Callable[..., dict[str, Any]],
        *,
        title: str,
        controls: Mapping[str, Any],
        view: Panel | Compare,
        name: str,
        presets: Mapping[str, Mapping[str, Any]] | None = None,
        points: Mapping[str, Any] | None = None,
        given: Mapping[str, Any] | None = None,
        store: Mapping[str, Any] | None = None,
        clock: Clock | None = None,
        rule: str | None = None,
        hyper: Iterable[str] = ("lr",),
        memory: int = 0,
        resets: Mapping[str, Iterable[str]] | None = None,
        start: Mapping[str, Any] | None = None,
    ) -> None:
        if not NAME.fullmatch(name):
            raise ValueError(
                f"name must be lower-case letters, digits and hyphens, got {_check.shown(name)}"
            )
        self.function, self.title, self.panels, self.clock = function, title, list(view), clock
        self.controls = {key: kinds.checked(key, c) for key, c in controls.items()}
        inputs = {key: control.value for key, control in self.controls.items()} | dict(points or {})
        for key, value in (start or {}).items():
            _reach(f"start[{key!r}]", self.controls, inputs, key, value)
            inputs[key] = value
        if rule:
            inputs["source"] = ""
        self.presets = {
            label: inputs | _within(label, preset, self.controls, inputs)
            for label, preset in (presets or {}).items()
        }
        self._store = {key: _unpacked(value) for key, value in (store or {}).items()}
        _same_names(function, inputs, dict(given or {}), rule)
        self.view = View(
            name=name,
            program=program(function),
            function=function.__name__,
            given=_plain(f"given of {name}", dict(given or {})),
            rule={"name": rule, "memory": memory, "hyper": list(hyper)} if rule else None,
            spec={
                "title": title,
                "panels": [panel.spec() for panel in self.panels],
                "clock": clock and clock.spec(),
                "presets": [list(pair) for pair in self.presets.items()],  # they have an order
                "resets": {key: list(names) for key, names in (resets or {}).items()},
                "initial": inputs,
                "labels": {key: control.description for key, control in self.controls.items()},
                "source": inspect.getsource(getattr(updates, rule)) if rule else "",
            },
            store=dict(store or {}),
            controls=self.controls,
        )
        for label, setting in {"start": inputs, **self.presets}.items():
            self._check_names(label, self._compute(setting), setting)
        self.view.observe(self._on_inputs, "inputs")
        for key, control in self.controls.items():
            control.observe(lambda change, key=key: self._on_control(key, change["new"]), "value")
        self.set(**inputs)
        super().__init__([*self.controls.values(), self.view])

    def set(self, **inputs: Any) -> None:
        """Change inputs, as a reader would at the controls."""
        unknown = sorted(set(inputs) - set(self.view.spec["initial"]))
        if unknown:
            known = ", ".join(self.view.spec["initial"])
            raise ValueError(f"there is no input {unknown[0]!r}; there are {known}")
        self.view.inputs = self.view.inputs | inputs

    def describe(self) -> str:
        """Say in words what the figure shows at its present setting."""
        shown = [panel.label.rstrip(".") for panel in self.panels]
        return f"{self.title}. {'; '.join(shown)}. {self.view.drawing['words']}"

    def static_figure(self) -> Figure:
        """Draw the present setting in matplotlib: for print, and where there is no JavaScript."""
        data = self._data(self.view.drawing, self.view.inputs)
        wide = [4.2 if panel.square else 5.4 for panel in self.panels]
        size = (max(sum(wide), 6.2), 4.2 if len(wide) > 1 or self.panels[0].square else 3.9)
        ratios = {"width_ratios": wide}
        figure, axes = plt.subplots(1, len(wide), figsize=size, squeeze=False, gridspec_kw=ratios)
        for panel, ax in zip(self.panels, axes[0], strict=True):
            panel.still(ax, data)
        figure.suptitle(self._headline(), x=0.01, ha="left", fontsize=12, fontweight="bold")
        return figure

    def _headline(self) -> str:
        """The title, and the preset or the setting that the still picture shows."""
        for label, setting in self.presets.items():
            if setting == self.view.inputs:
                return f"{self.title}: “{label}”"
        numbers = [
            f"{control.description} {_shown(self.view.inputs[key])}"
            for key, control in self.controls.items()
        ]
        return f"{self.title}: {', '.join(numbers[:3])}"

    def _data(self, drawing: Mapping[str, Any], inputs: Mapping[str, Any]) -> Data:
        return Data(drawing, inputs, self._store)

    def _compute(self, inputs: dict[str, Any]) -> dict[str, Any]:
        request = (self.function, self.view.given, inputs, self.view.rule)
        with np.errstate(all="ignore"):  # divergence is a result
            edited = inputs.get("source")  # only an edited rule may hang
            drawing = _limited(call, *request) if edited else call(*request)
        plain: dict[str, Any] = _plain(self.function.__name__, drawing)
        return plain

    def _check_names(self, label: str, drawing: Any, inputs: Mapping[str, Any]) -> None:
        """Refuse a drawing that lacks what the marks name."""
        where = f"{self.function.__name__} at {label!r}"
        if not isinstance(drawing, dict) or not isinstance(drawing.get("words"), str):
            raise ValueError(f"{where} must return a dict with the readout under 'words'")
        data = self._data(drawing, inputs)
        needed = [pair for panel in self.panels for pair in panel.references()]
        if self.clock:
            needed.append(("the clock", self.clock.of))
        for who, name in needed:
            try:
                data(name)
            except (KeyError, IndexError, TypeError):
                raise ValueError(f"{who} needs {name!r}, which {where} does not return") from None
        for key in drawing.get("best", ()):
            if key not in self.controls:
                raise ValueError(f"'best' names {key!r}, which has no control, in {where}")

    def _on_control(self, key: str, value: Any) -> None:
        if value != self.view.inputs[key]:
            self.set(**{key: value}, **dict.fromkeys(self.view.spec["resets"].get(key, ())))

    def _on_inputs(self, change: dict[str, Any]) -> None:
        inputs = change["new"]
        for key, control in self.controls.items():
            control.value = inputs[key]
        if inputs != self.view.inputs:  # a control has rounded or clamped; this was called again
            return
        drawing = self._compute(inputs)
        with self.view.hold_sync():
            if "problem" in drawing:
                self.view.problem = drawing
            else:
                self.view.drawing, self.view.problem = drawing, {}

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


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return say(value) if isinstance(value, (int, float)) else str(value)


def _same_names(
    function: Callable[..., Any], inputs: dict[str, Any], given: dict[str, Any], rule: str | None
) -> None:
    """Refuse a function whose arguments are not the inputs and what is given."""
    comes = (set(inputs) | set(given) | ({"rule", "memory"} if rule else set())) - {"source"}
    parameters = inspect.signature(function).parameters.values()
    taken = {p.name for p in parameters if p.kind is not p.VAR_KEYWORD}
    if not any(p.kind is p.VAR_KEYWORD for p in parameters) and comes - taken:
        raise ValueError(f"{function.__name__} does not take {', '.join(sorted(comes - taken))}")
    needed = {p.name for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD}
    if needed - comes:
        missing = ", ".join(sorted(needed - comes))
        raise ValueError(f"{function.__name__} takes {missing}: no input, and not given")


def _within(
    label: str, preset: Mapping[str, Any], controls: Mapping[str, Any], inputs: Mapping[str, Any]
) -> dict[str, Any]:
    for key, value in preset.items():
        _reach(f"presets[{label!r}]", controls, inputs, key, value)
    return dict(preset)


def _reach(
    where: str, controls: Mapping[str, Any], inputs: Mapping[str, Any], key: str, value: Any
) -> None:
    if key not in inputs:
        raise ValueError(f"{where} names {key!r}; the inputs are {', '.join(inputs)}")
    if key in controls and not kinds.reaches(controls[key], value):
        raise ValueError(f"{where}: its control cannot be set to {key} = {_check.shown(value)}")


def _unpacked(value: Any) -> Any:
    return unpack(value) if isinstance(value, dict) and "data" in value else value


def _plain(who: str, value: Any, where: str = "") -> Any:
    """`value` as plain JSON; refuses what JSON has not, by name."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dict):
        return {key: _plain(who, each, where or str(key)) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(who, each, where) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{who}: {where!r} holds {value}; use None to leave a gap")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    kind = type(value).__name__
    raise ValueError(f"{who}: {where!r} holds a {kind}; use numbers, strings and lists")


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
