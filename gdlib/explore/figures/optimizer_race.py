"""Two of the twelve optimisers race on a landscape, each at a learning rate of its own."""

from typing import Any

import numpy as np

from ...descent import minimize
from ...formulas import landscapes, updates
from ...formulas.descend import descend
from ...landscapes import Landscape, landscape
from ...optimizers import Optimizer
from ..controls import choice, log_slider
from ..explorable import Explorable
from ..ground import ground_of
from ..marks import Dots, Ground, Handle, Line, Note, Now
from ..views import Axis, Clock, Compare, Lines, Plane
from ..words import say
from .descent import ENDS, ending
from .maps import RULES, facts, inside, minima, title_of

__all__ = ["OptimizerRace"]

STEPS = 150
RATES = [float(f"{10 ** (k / 10 - 4):.4g}") for k in range(51)]


class OptimizerRace(Explorable):
    """Any two optimisers on the same landscape, from the same start.

    A map with both paths; the loss at each step; and the loss after 150 steps for every learning
    rate, which says how far each rule is tuned. All hyperparameters but the learning rate are
    PyTorch's defaults (AdamW decays by 0.01; momentum is 0.9, for which PyTorch has no default).

    Parameters
    ----------
    name : str, default "optimizer-race"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``landscape``, ``a``, ``lr_a``, ``b``, ``lr_b``, ``start``.

    Examples
    --------
    >>> from gdlib.explore.figures.optimizer_race import OptimizerRace
    >>> figure = OptimizerRace(landscape="Bowl", a="Adagrad", lr_a=1.0)
    >>> figure.view.drawing["ends"]
    [['arrived', 14], ['descending', 150]]
    """

    def __init__(self, *, name: str = "optimizer-race", **start: Any) -> None:
        names = ("beale", "rosenbrock", "himmelblau", "six_hump_camel")
        lands = [*map(landscape, names), landscape("bowl", condition=50)]
        sweeps = {
            land.title: {title_of(kind): sweep(land, kind) for kind in Optimizer.__subclasses__()}
            for land in lands
        }
        super().__init__(
            optimizer_race,
            title="A race of two optimisers",
            controls={
                "landscape": choice("Landscape", [land.title for land in lands]),
                "a": choice("A", RULES, "Adam"),
                "lr_a": log_slider("Learning rate of A", 1e-4, 10, 0.5),
                "b": choice("B", RULES, "Gradient descent"),
                "lr_b": log_slider("Learning rate of B", 1e-4, 10, 0.03),
            },
            points={"start": None},
            given={
                "lands": {land.title: facts(land) for land in lands},
                "tuned": {
                    land: {title: RATES[int(np.argmin(losses))] for title, losses in each.items()}
                    for land, each in sweeps.items()
                },
            },
            store={
                "ground": {land.title: ground_of(land) for land in lands},
                "minima": {land.title: minima(land) for land in lands},
                "rates": RATES,
                "sweep": {
                    land: {
                        rule: np.maximum(losses, 1e-12).tolist() for rule, losses in each.items()
                    }
                    for land, each in sweeps.items()
                },
            },
            view=Compare(
                Plane(
                    Ground("ground[landscape]"),
                    Line("a_x", "a_y", "A: {a}", dots=True, grows=True),
                    Line("b_x", "b_y", "B: {b}", "orange", "dashed", dots=True, grows=True),
                    Dots(
                        "minima[landscape,xs]", "minima[landscape,ys]", "minimum", "ink", "star", 14
                    ),
                    Now("a_x", "a_y", colour="ink"),
                    Now("b_x", "b_y", colour="ink"),
                    Handle("start: drag it, or click on the map", pair="start"),
                    Note("{note}"),
                    x=Axis("x", "x_low", "x_high"),
                    y=Axis("y", "y_low", "y_high"),
                    label="Map of the loss with the paths of A and B",
                ),
                Lines(
                    Line("step", "a_loss", "A: {a}"),
                    Line("step", "b_loss", "B: {b}", "orange", "dashed"),
                    Now("step", "a_loss", drop=True, colour="ink"),
                    Now("step", "b_loss", colour="ink"),
                    x=Axis("step", 0, STEPS),
                    y=Axis("loss above the least", 1e-9, 1e4, log=True),
                    label="The loss of A and of B at each step",
                ),
                Lines(
                    Line("rates", "sweep[landscape,a]", "A: {a}"),
                    Line("rates", "sweep[landscape,b]", "B: {b}", "orange", "dashed"),
                    Dots("lr_a", "a_last", "", "blue", size=11),
                    Dots("lr_b", "b_last", "", "orange", "square", 10),
                    Note("{moved}"),
                    x=Axis("learning rate", 1e-4, 10, log=True),
                    y=Axis(f"loss after {STEPS} steps", 1e-9, 1e4, log=True),
                    label="The loss after all steps over the learning rate, of A and of B, with "
                    "the present learning rates",
                ),
            ),
            clock=Clock("step", "Step {k}: loss {a_loss} for A, {b_loss} for B."),
            resets={"landscape": ["start"]},
            presets={
                "Adam against descent": {},
                "only Adam tuned": {"lr_b": 0.001},
                "only descent tuned": {"lr_a": 0.001},
                "along the axes": {"landscape": "Bowl", "a": "Adagrad", "lr_a": 1.0},
                "diverges": {"landscape": "Rosenbrock", "b": "Momentum", "lr_b": 0.01},
            },
            name=name,
            start=start,
        )


def optimizer_race(lands, tuned, landscape, a, lr_a, b, lr_b, start):
    """The runs of A and of B, how they ended, and how well each learning rate is chosen."""
    land = lands[landscape]
    (x_low, x_high), (y_low, y_high) = land["domain"]
    begin = inside(start or land["start"], land["domain"])
    runs = [race(land, begin, rule, lr) for rule, lr in ((a, lr_a), (b, lr_b))]
    ends = [list(ending(x, y, loss, STEPS, land["domain"], land["lowest"])) for x, y, loss in runs]
    said = [
        f"{who} ({say(lr)}): {ENDS[end].replace('*', str(at))}"
        for who, lr, (end, at) in zip((a, b), (lr_a, lr_b), ends)  # noqa: B905
    ]
    lost = [f"{who} diverges" for who, (end, _) in zip((a, b), ends) if end == "diverged"]  # noqa: B905
    heights = [[max(v - land["lowest"], 1e-16) for v in loss] for _, _, loss in runs]
    last = [
        1e4 if len(height) <= STEPS else min(max(height[STEPS], 1e-9), 1e4) for height in heights
    ]
    home = begin == land["start"]
    return {
        "xs": 0,
        "ys": 1,
        "step": list(range(STEPS + 1)),
        "a_x": runs[0][0],
        "a_y": runs[0][1],
        "a_loss": heights[0],
        "a_last": last[0],
        "b_x": runs[1][0],
        "b_y": runs[1][1],
        "b_loss": heights[1],
        "b_last": last[1],
        "start": begin,
        "ends": ends,
        "x_low": x_low,
        "x_high": x_high,
        "y_low": y_low,
        "y_high": y_high,
        "note": ", ".join(lost),
        "moved": "" if home else "curves: the first start",
        "best": {"lr_a": tuned[landscape][a], "lr_b": tuned[landscape][b]} if home else {},
        "words": f"{said[0]}. {said[1]}.",
    }


def race(land, start, rule, lr):
    """The run of one rule: its x, its y, its losses; as far as they are of use."""
    name, memory = RULES[rule]
    loss = getattr(landscapes, land["formula"])
    gradient = getattr(landscapes, land["formula"] + "_gradient")
    rule = getattr(updates, name)
    x, y, losses = [], [], []
    for u, v, height in descend(
        rule, loss, gradient, start, (0.0,) * memory, STEPS, (lr,), land["shape"]
    ):
        x.append(u)
        y.append(v)
        losses.append(height)
        if abs(u) > 1e6 or abs(v) > 1e6 or height > 1e12:
            break
    return x, y, losses


def sweep(land: Landscape, kind: type[Optimizer]) -> list[float]:
    """The loss above the least after all steps from the landscape's own start, for all `RATES`."""
    trace = minimize(land, land.start, kind(lr=np.array(RATES)), STEPS)
    loss = np.where(trace.diverged, np.inf, trace.loss[-1] - land.lowest)
    return [float(f"{v:.3g}") for v in np.minimum(loss, 1e6)]
