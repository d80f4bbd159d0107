"""The flagship: gradient descent on a landscape, with its learning rate on a slider."""

import inspect
from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import Dropdown, FloatLogSlider, FloatSlider
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from .. import _check, plots
from ..descent import minimize
from ..landscapes import Landscape, landscape
from ..optimizers import GradientDescent, Optimizer
from .view import Explorable, View

__all__ = ["Descent"]

WIDE = {"width": "32em", "max_width": "100%"}
LABEL = {"description_width": "8em"}
LOG_STEP = 0.02  # of a decade: fifty places for each factor of ten
LABELS = {
    "lr": "Learning rate",
    "beta": "Momentum β",
    "beta1": "β₁",
    "beta2": "β₂",
    "alpha": "Smoothing α",
    "rho": "Decay ρ",
    "eps": "ε",
    "centered": "Centred",
    "weight_decay": "Weight decay",
    "momentum_decay": "Momentum decay",
}


class Descent(Explorable):
    """Gradient descent on a landscape, to be played with.

    Sliders for the hyperparameters; a contour map with the path and a start to be dragged; the loss
    curve; the update rule's own Python, to be edited.

    Parameters
    ----------
    landscapes : str, Landscape, or list of these
        What to descend on; more than one gives a choice. The first is shown first.
    optimizer : Optimizer, optional
        The rule and its first setting; ``GradientDescent(lr=0.05)`` if not given.
    sliders : sequence of str, default ("lr",)
        The hyperparameters that get a slider.
    lr_range : pair of float, default (1e-4, 1.0)
        The ends of the learning rate's slider, which is logarithmic.
    start : pair of float, optional
        Where the first path starts; the landscape's own start if not given.
    steps : int, default 100
        How many steps to take, 1 to 1000.
    name : str, default "descent"
        Names this figure in links to a setting; no two on a page may share it.

    Attributes
    ----------
    view : View
        The drawing. ``view.inputs`` is the setting, ``view.drawing`` what is drawn for it.

    Raises
    ------
    ValueError
        For a landscape or slider that there is not, a learning rate outside its slider, a start off
        the map, or array hyperparameters.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.Descent("bowl", gd.Momentum(lr=0.05, beta=0.8), sliders=["lr", "beta"])
    >>> figure.view.drawing["end"]
    'arrived'
    >>> figure.controls["lr"].value = 1.0
    >>> figure.view.drawing["end"], figure.view.drawing["step"]
    ('diverged', 1)
    """

    def __init__(
        self,
        landscapes: str | Landscape | Sequence[str | Landscape],
        optimizer: Optimizer | None = None,
        *,
        sliders: Sequence[str] = ("lr",),
        lr_range: tuple[float, float] = (1e-4, 1.0),
        start: ArrayLike | None = None,
        steps: int = 100,
        name: str = "descent",
    ) -> None:
        self.landscapes = {land.title: land for land in _landscapes(landscapes)}
        self.optimizer = _optimizer(optimizer or GradientDescent(lr=0.05))
        if not 1 <= _check.count("steps", steps) <= 1000:
            raise ValueError(f"steps must be 1 to 1000, got {steps}")
        self.steps = int(steps)
        first = next(iter(self.landscapes.values()))
        hyper = {key: float(value) for key, value in self.optimizer.hyper.items()}

        controls = {}
        if len(self.landscapes) > 1:
            controls["landscape"] = Dropdown(
                options=list(self.landscapes), description="Landscape", style=LABEL, layout=WIDE
            )
        controls |= {key: _slider(key, hyper, lr_range) for key in _known(sliders, hyper)}
        spec = {
            "title": f"{_spaced(type(self.optimizer).__name__)} on a landscape",
            "rule": self.optimizer.rule.__name__,
            "memory": len(self.optimizer.memory),
            "hyper": list(hyper),
            "labels": {key: LABELS[key] for key in hyper},
            "steps": self.steps,
            "landscapes": {title: _facts(land) for title, land in self.landscapes.items()},
            "resets": {"landscape": ["start"]},  # another landscape, its own start
            "source": inspect.getsource(self.optimizer.rule),
        }
        scenery = {title: _scenery(land) for title, land in self.landscapes.items()}
        start = None if start is None else [float(v) for v in _on_the_map(start, first)]
        inputs = {"landscape": first.title, "start": start, **hyper, "source": ""}
        view = View(figure="descent", name=name, spec=spec, scenery=scenery, controls=controls)
        super().__init__(view, inputs)

    def static_figure(self) -> Figure:
        inputs = self.view.inputs
        land = self.landscapes[inputs["landscape"]]
        optimizer = type(self.optimizer)(**{k: inputs[k] for k in self.optimizer.hyper})
        trace = minimize(land, inputs["start"] or land.start, optimizer, self.steps)
        figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 4.2))
        plots.path_on_map(land, trace, left).set_title(
            f"{land.title}, learning rate {inputs['lr']:.3g}"
        )
        plots.loss_curve(trace, right, land.lowest)
        return figure

    def describe(self) -> str:
        """Say in words what the figure shows at its present setting."""
        inputs, drawing = self.view.inputs, self.view.drawing
        setting = ", ".join(
            f"{LABELS[k][:1].lower() + LABELS[k][1:]} {inputs[k]:.3g}" for k in self.optimizer.hyper
        )
        x, y = inputs["start"] or self.landscapes[inputs["landscape"]].start
        return (
            f"{_spaced(type(self.optimizer).__name__)} on the landscape {inputs['landscape']} from "
            f"({x:.3g}, {y:.3g}) with {setting}: a contour map with the path of {self.steps} "
            f"steps, and the loss at each step. {ENDS[drawing['end']].format(drawing['step'])}"
        )


ENDS = {
    "arrived": "The loss has fallen to a millionth of its start by step {}.",
    "descending": "The loss is still falling at step {}.",
    "rising": "The loss has risen by step {}.",
    "diverged": "The run diverges: it leaves the map at step {}.",
    "left": "The path leaves the map downhill at step {}.",
    "stuck": "The gradient is zero here: after {} steps the path has not moved.",
}


def _landscapes(given: Any) -> list[Landscape]:
    several = list(given) if isinstance(given, (list, tuple)) else [given]
    if not several:
        raise ValueError("landscapes must be a landscape or a list of them, got none")
    return [land if isinstance(land, Landscape) else landscape(land) for land in several]


def _optimizer(optimizer: Any) -> Optimizer:
    if (
        isinstance(optimizer, Optimizer)
        and not (optimizer.grid or callable(optimizer.lr))
        and optimizer == type(optimizer)(**optimizer.hyper)
    ):
        return optimizer
    raise ValueError(
        f"optimizer must be one such as gd.Momentum(lr=0.1), of plain numbers and without "
        f"penalty or clipping, got {_check.shown(optimizer)}"
    )


def _known(sliders: Iterable[str], hyper: dict[str, float]) -> Iterable[str]:
    for key in sliders:
        if key not in hyper:
            raise ValueError(f"sliders must be among {', '.join(hyper)}; got {key!r}")
    return sliders


def _slider(key: str, hyper: dict[str, float], lr_range: tuple[float, float]) -> Any:
    value, shared = hyper[key], {"description": LABELS[key], "style": LABEL, "layout": WIDE}
    if key not in ("lr", "eps"):
        return FloatSlider(value=value, min=0, max=0.99, step=0.01, readout_format=".2f", **shared)
    low, high = lr_range if key == "lr" else (1e-12, 1.0)
    if not 0 < low <= value <= high:
        raise ValueError(f"{key} must lie on its slider, {low:.3g} to {high:.3g}, got {value:.3g}")
    place, (left, right) = np.log10(value), np.log10([low, high])
    ends = {  # whole steps from the first value, so that the slider can come back to it
        "min": float(place - LOG_STEP * round((place - left) / LOG_STEP)),
        "max": float(place + LOG_STEP * round((right - place) / LOG_STEP)),
    }
    return FloatLogSlider(
        value=value, base=10, step=LOG_STEP, readout_format=".3g", **ends, **shared
    )


def _on_the_map(start: ArrayLike, land: Landscape) -> NDArray[Any]:
    point = _check.vector("start", start)
    inside = len(point) == 2 and all(
        a <= v <= b for v, (a, b) in zip(point, land.domain, strict=True)
    )
    if not inside:
        (a, b), (c, d) = land.domain
        raise ValueError(
            f"start must lie on the map, x in [{a:g}, {b:g}], y in [{c:g}, {d:g}], got {point}"
        )
    return point


def _facts(land: Landscape) -> dict[str, Any]:
    """What a figure's function must know of a landscape, as plain JSON."""
    return {
        "formula": land.functions[0].__name__,
        "shape": list(land.shape),
        "domain": [list(ends) for ends in land.domain],
        "start": list(land.start),
        "lowest": land.lowest,
    }


def _scenery(land: Landscape, size: int = 1000) -> dict[str, Any]:
    """What is drawn of a landscape before any run: SVG paths in a box of `size`, and its minima."""
    (x0, x1), (y0, y1) = land.domain
    scale, corner = np.array([size / (x1 - x0), size / (y0 - y1)]), (x0, y1)
    grounds = ((np.asarray(g.vertices), np.asarray(g.codes)) for g in plots.low_ground(land))
    return {
        "ground": [_svg_path((points - corner) * scale, codes) for points, codes in grounds],
        "minima": [[p.x, p.y] for p in land.critical_points if p.kind == "minimum"],
    }


def _svg_path(points: NDArray[Any], codes: NDArray[Any]) -> str:
    """Closed rings of points as an SVG path in whole numbers and relative steps: half the size."""
    parts = []
    for ring in np.split(np.rint(points).astype(int), np.flatnonzero(codes == 1)[1:]):
        steps = np.diff(ring, axis=0)
        moves = [f"{dx} {dy}" for dx, dy in steps[np.any(steps, axis=1)]]
        if len(moves) > 2:
            parts.append(f"M{ring[0, 0]} {ring[0, 1]}l{' '.join(moves)}z")
    return "".join(parts)


def _spaced(name: str) -> str:
    return "Gradient descent" if name == "GradientDescent" else name
