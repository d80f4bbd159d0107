"""Which minimum every start leads to, and how the map frays as the learning rate grows."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...formulas.landscapes import himmelblau_gradient
from ...formulas.updates import gradient_descent
from ...landscapes import landscape
from ..controls import log_slider
from ..explorable import Explorable
from ..marks import Dots, Handle, Heat, Level, Line, Note, Now
from ..store import pack
from ..views import Axis, Clock, Compare, Frames, Lines
from ..words import say
from .maps import inside

__all__ = ["BasinMap"]

STEPS, STAY = 150, 10
CLOSE = 0.1  # settled: within this distance of a minimum for the last `STAY` steps
EDGE, SIDE = 5.0, 64  # the map and its places along each axis
LOW, DECADES, FRAMES = 0.005, 0.025, 33  # the first learning rate; each next is so much larger
NONE = 4


class BasinMap(Explorable):
    """Himmelblau's four basins of attraction under gradient descent, by the learning rate.

    Each place of the map has the colour of the minimum at which gradient descent from there has
    settled after 150 steps (it stays within 0.1 for the last ten), or grey for none: it has
    diverged, or jumps about. The maps of 33 learning rates are computed beforehand, the path from
    the start live. Beside the map stands each basin's share of it, with the learning rates 2 / L
    at which the minima begin to repel; L is the largest curvature there.

    Parameters
    ----------
    name : str, default "basin-map"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``lr``, ``start``.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.BasinMap(start=[1.0, 1.0])
    >>> figure.view.drawing["end"]
    0
    """

    def __init__(self, *, name: str = "basin-map", **start: Any) -> None:
        land = landscape("himmelblau")
        minima = [[p.x, p.y] for p in land.critical_points if p.kind == "minimum"]
        names = [f"({say(x)}, {say(y)})" for x, y in minima]
        borders = [2 / float(np.linalg.eigvalsh(land.hessian(point))[-1]) for point in minima]
        rates = [LOW * 10 ** (DECADES * k) for k in range(FRAMES)]
        maps = _basins(rates, minima)
        share = [[round(100 * float((m == k).mean()), 2) for m in maps] for k in range(NONE + 1)]
        super().__init__(
            basin_map,
            title="Basins of attraction fray as the learning rate grows",
            controls={"lr": log_slider("Learning rate", LOW, rates[-1], LOW, step=DECADES)},
            points={"start": [4.6, 4.6]},
            given={"rates": rates, "minima": minima, "names": names, "borders": borders},
            store={
                "maps": pack("maps", maps, bits=8),
                "rates": rates,
                "minimum_x": [x for x, _ in minima],
                "minimum_y": [y for _, y in minima],
            }
            | {f"share_{k}": part for k, part in enumerate(share)},
            view=Compare(
                Frames(
                    Heat("maps[frame]", kind="classes", classes=(*names, "no minimum")),
                    Dots("minimum_x", "minimum_y", "minimum", "ink", "star", 14),
                    Line("x", "y", "path", "ink", width=1.4, dots=True, grows=True),
                    Now("x", "y"),
                    Handle("start: drag it, or click on the map", pair="start"),
                    Note("{note}"),
                    x=Axis("x", -EDGE, EDGE),
                    y=Axis("y", -EDGE, EDGE),
                    label="Map of the minimum that each start leads to, with one path",
                ),
                Lines(
                    Line("rates", "share_0", f"share of {names[0]}", "blue"),
                    Line("rates", "share_1", f"share of {names[1]}", "orange", "dashed"),
                    Line("rates", "share_2", f"share of {names[2]}", "green", width=2.6),
                    Line("rates", "share_3", f"share of {names[3]}", "purple", "dotted", 2.6),
                    Line("rates", "share_4", "share that settles nowhere", "muted", width=2.6),
                    Level(x=borders[2], label=f"2/L = {say(borders[2])}", colour="green"),
                    Level(x=borders[3], label=f"2/L = {say(borders[3])}", colour="purple"),
                    Level(x=borders[1], colour="orange"),
                    Level(x=borders[0], label=f"2/L = {say(borders[0])}", colour="blue"),
                    Level(x="rate", colour="ink", dash="solid"),
                    x=Axis("learning rate", LOW, rates[-1], log=True),
                    y=Axis("share of the map, in %", 0, 100),
                    label="Each basin's share of the map, over the learning rate",
                ),
            ),
            clock=Clock("x", "Step {k}: x = {x}, y = {y}."),
            presets={
                "smooth borders": {},
                "frayed": {"lr": rates[18]},
                "one minimum repels": {"lr": rates[21]},
                "dust": {"lr": rates[27]},
                "nothing settles": {"lr": rates[31]},
            },
            name=name,
            start=start,
        )


def basin_map(rates, minima, names, borders, lr, start):
    """The path from `start` at the nearest learning rate of the sweep, and where it ends."""
    gaps = [abs(lr - rate) for rate in rates]
    frame = gaps.index(min(gaps))
    lr = rates[frame]
    x, y = inside(start, [(-EDGE, EDGE)] * 2)
    path = [(x, y)]
    for t in range(1, STEPS + 1):
        dx, dy = himmelblau_gradient(x, y)
        x, _ = gradient_descent(x, dx, (), t, lr)
        y, _ = gradient_descent(y, dy, (), t, lr)
        path.append((x, y))
        if abs(x) + abs(y) > 1e3:
            break
    reach = [(x - p[0]) * (x - p[0]) + (y - p[1]) * (y - p[1]) for p in minima]
    end = reach.index(min(reach))
    near, since = names[end], arrival(path, minima[end])
    repels = [names[k] for k in range(NONE) if lr > borders[k]]
    words = f"Learning rate {say(lr)}: from ({say(start[0])}, {say(start[1])}) gradient descent "
    if len(path) <= STEPS:
        words = words + f"diverges: step {len(path) - 1} is beyond 1000."
        end, note = NONE, "diverges"
    elif since > STEPS - STAY + 1:
        words = words + f"has settled nowhere after {STEPS} steps; it was last nearest to {near}."
        end, note = NONE, "settles nowhere"
    else:
        words = words + f"settles at {near}, within {say(CLOSE)} from step {since} on."
        note = ""
    if len(repels) == NONE:
        words = words + " All four minima repel at this rate."
    elif repels:
        words = (
            words + f" At this rate {' and '.join(repels)} repel{'s' if len(repels) < 2 else ''}."
        )
    return {
        "frame": frame,
        "rate": lr,
        "x": [p[0] for p in path],
        "y": [p[1] for p in path],
        "end": end,
        "since": since,
        "note": note,
        "words": words,
    }


def arrival(path, minimum):
    """The step from which on the path stays close to `minimum`."""
    k = len(path)
    while k > 0:
        x, y = path[k - 1][0] - minimum[0], path[k - 1][1] - minimum[1]
        if not x * x + y * y < CLOSE * CLOSE:
            break
        k = k - 1
    return k


def _basins(rates: list[float], minima: list[list[float]]) -> NDArray[Any]:
    """The number of the minimum for each learning rate and start: (rate, y, x); 4 for none."""
    places = np.linspace(-EDGE, EDGE, SIDE)
    maps = []
    with np.errstate(all="ignore"):
        for lr in rates:
            x, y = np.meshgrid(places, places)
            stays = np.ones((len(minima), SIDE, SIDE), bool)
            for t in range(1, STEPS + 1):
                dx, dy = himmelblau_gradient(x, y)
                x, _ = gradient_descent(x, dx, (), t, lr)
                y, _ = gradient_descent(y, dy, (), t, lr)
                if t > STEPS - STAY:
                    for stay, (at_x, at_y) in zip(stays, minima, strict=True):
                        stay &= (x - at_x) ** 2 + (y - at_y) ** 2 < CLOSE * CLOSE
            maps.append(np.where(stays.any(axis=0), stays.argmax(axis=0), NONE))
    return np.array(maps)
