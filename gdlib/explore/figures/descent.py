"""The flagship: gradient descent on a landscape, with its learning rate on a slider."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ... import _check
from ...formulas import landscapes
from ...formulas.descend import descend
from ...formulas.landscapes import quadratic
from ...landscapes import Landscape, landscape
from ...optimizers import GradientDescent, Optimizer
from ..controls import choice, log_slider, slider
from ..explorable import Explorable
from ..ground import ground_of
from ..marks import Dots, Ground, Handle, Line, Note, Now
from ..views import Axis, Clock, Compare, Lines, Plane
from ..words import say
from .maps import facts, inside, minima, title_of

__all__ = ["Descent"]

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
    presets : dict of str to dict, optional
        Settings with a name, such as ``{"diverges": {"lr": 0.5}}``.
    name : str, default "descent"
        Names this figure in links to a setting.

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
    >>> figure.view.drawing["end"], figure.view.drawing["at"]
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
        presets: Mapping[str, Mapping[str, Any]] | None = None,
        name: str = "descent",
    ) -> None:
        self.landscapes = {land.title: land for land in _landscapes(landscapes)}
        self.optimizer = _optimizer(optimizer or GradientDescent(lr=0.05))
        if not 1 <= _check.count("steps", steps) <= 1000:
            raise ValueError(f"steps must be 1 to 1000, got {steps}")
        first = next(iter(self.landscapes.values()))
        hyper = {key: float(value) for key, value in self.optimizer.hyper.items()}
        for key in sliders:
            if key not in hyper:
                raise ValueError(f"sliders must be among {', '.join(hyper)}; got {key!r}")
        controls = {key: _slider(key, hyper[key], lr_range) for key in sliders}
        given = {
            "lands": {title: self._known(land) for title, land in self.landscapes.items()},
            "names": [[key, LABELS[key]] for key in hyper],
            "sliders": list(sliders),
            "steps": int(steps),
        } | {key: value for key, value in hyper.items() if key not in sliders}
        if len(self.landscapes) > 1:
            names = choice("Landscape", self.landscapes)
            controls = {"landscape": names, **controls}
        else:
            given["landscape"] = first.title
        super().__init__(
            descent,
            title=f"{title_of(type(self.optimizer))} on a landscape",
            controls=controls,
            points={"start": None if start is None else [float(v) for v in _on_map(start, first)]},
            given=given,
            store={
                "ground": {title: ground_of(land) for title, land in self.landscapes.items()},
                "minima": {title: minima(land) for title, land in self.landscapes.items()},
            },
            view=Compare(
                Plane(
                    Ground("ground[place]"),
                    Line("x", "y", label="path", dots=True, grows=True),
                    Dots("minima[place,xs]", "minima[place,ys]", "minimum", "ink", "star", 14),
                    Now("x", "y"),
                    Handle("start: drag it, or click on the map", pair="start"),
                    Note("{note}"),
                    x=Axis("x", "x_low", "x_high"),
                    y=Axis("y", "y_low", "y_high"),
                    label="Map of the loss, with the path",
                ),
                Lines(
                    Line("step", "height"),
                    Now("step", "height", drop=True),
                    x=Axis("step", 0, "steps_shown"),
                    y=Axis("{height_title}", "height_low", "height_high", log="height_log"),
                    label="Loss at each step",
                ),
            ),
            clock=Clock("x", "Step {k}: x\u00a0=\u00a0{x}, y\u00a0=\u00a0{y}, loss {loss}."),
            rule=self.optimizer.rule.__name__,
            hyper=list(hyper),
            memory=len(self.optimizer.memory),
            resets={"landscape": ["start"]},  # another landscape, its own start
            presets=presets,
            name=name,
        )

    def _known(self, land: Landscape) -> dict[str, Any]:
        """The landscape's facts, and the best learning rate where gradient descent meets a bowl."""
        best = None
        if isinstance(self.optimizer, GradientDescent) and land.functions[0] is quadratic:
            curvatures = np.linalg.eigvalsh(land.hessian(np.asarray(land.start, dtype=float)))
            best = float(2 / curvatures.sum()) if curvatures[0] > 0 else None  # 2 / (mu + L)
        return facts(land) | {"best": best}


def descent(lands, names, sliders, steps, landscape, start, rule, memory, **hyper):
    """A run of `rule` on a landscape: the points, their losses, how it ended and what to draw."""
    land = lands[landscape]
    (x_low, x_high), (y_low, y_high) = land["domain"]
    lowest = land["lowest"]
    loss = getattr(landscapes, land["formula"])
    gradient = getattr(landscapes, land["formula"] + "_gradient")
    begin = inside(start or land["start"], land["domain"])
    values = [float(hyper[name]) for name, _ in names]
    shape = [float(v) for v in land["shape"]]
    points = list(descend(rule, loss, gradient, begin, (0.0,) * memory, steps, values, shape))
    x, y, losses = [list(column) for column in zip(*points)]  # noqa: B905  (MicroPython has no strict)
    end, at = ending(x, y, losses, steps, land["domain"], lowest)
    said = [
        f"{label[0].lower()}{label[1:]} {say(hyper[name])}"
        for name, label in names
        if name != "eps"
    ]
    drawing = {
        "x": x,
        "y": y,
        "loss": losses,
        "step": list(range(len(x))),
        "start": begin,
        "place": landscape,
        "xs": 0,
        "ys": 1,
        "end": end,
        "at": at,
        "note": f"diverged at step {at}" if end == "diverged" else "",
        "words": f"{landscape}, {', '.join(said)}: {ENDS[end].replace('*', str(at))}.",
        "x_low": x_low,
        "x_high": x_high,
        "y_low": y_low,
        "y_high": y_high,
        "steps_shown": steps,
        "height_title": "loss above its minimum" if lowest else "loss",
    }
    drawing.update(curve(losses, lowest))
    if land["best"] and "lr" in sliders:
        drawing["best"] = {"lr": land["best"]}
    return drawing


def curve(losses, lowest):
    """The loss curve and the ends of its axis, whole decades above the minimum if there is one."""
    if lowest is None:
        inside = [v for v in losses if -1e3 < v < 1e3]
        low, high = min(inside), max(inside)
        room = ((high - low) or 1) * 0.08
        return {
            "height": losses,
            "height_low": low - room,
            "height_high": high + room,
            "height_log": False,
        }
    height = [max(v - lowest, 1e-16) for v in losses]
    top = decades(height[0] * 3, 6)
    low = min(-decades(1 / min(height), 16), top - 3)
    return {
        "height": height,
        "height_low": float(f"1e{low}"),
        "height_high": float(f"1e{top}"),
        "height_log": True,
    }


def decades(value, most):
    """The smallest whole power of ten that reaches `value`, at most `most`."""
    power = -16
    while power < most and float(f"1e{power}") < value:
        power = power + 1
    return power


def ending(x, y, loss, steps, domain, lowest):
    """How a run ended, and at which step: ``("arrived", 46)``.

    "diverged": it left the map and its loss had risen, or was no longer finite. "left": it left the
    map downhill. "arrived": its loss above `lowest` fell to a millionth. "stuck": it did not move.
    Else it is "rising" or "descending" still.
    """
    (x_min, x_max), (y_min, y_max) = domain
    outside = [k for k in range(len(x)) if not (x_min <= x[k] <= x_max and y_min <= y[k] <= y_max)]
    if len(x) <= steps:
        return "diverged", outside[0] if outside else len(x)
    if outside and outside[-1] == steps:
        return ("diverged" if loss[steps] > loss[0] else "left"), outside[0]
    if lowest is not None and loss[0] > lowest:
        for k in range(len(loss)):
            if loss[k] - lowest <= 1e-6 * (loss[0] - lowest):
                return "arrived", k
    if x[0] == x[steps] and y[0] == y[steps] and loss[0] == min(loss) == max(loss):
        return "stuck", steps
    return ("rising" if loss[steps] > loss[0] else "descending"), steps


ENDS = {  # * stands for the step
    "arrived": "arrived at step *: the loss has fallen to a millionth of its start",
    "descending": "still descending at step *",
    "rising": "the loss has risen by step *",
    "diverged": "diverged: it leaves the map at step *",
    "left": "left the map, downhill, at step *",
    "stuck": "the gradient is zero here, and after * steps it has not moved",
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


def _slider(key: str, value: float, lr_range: tuple[float, float]) -> Any:
    if key not in ("lr", "eps"):
        return slider(LABELS[key], 0, 0.99, value)
    low, high = lr_range if key == "lr" else (1e-12, 1.0)
    if not 0 < low <= value <= high:
        raise ValueError(f"{key} must lie on its slider, {low:.3g} to {high:.3g}, got {value:.3g}")
    return log_slider(LABELS[key], low, high, value)


def _on_map(start: ArrayLike, land: Landscape) -> NDArray[Any]:
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
