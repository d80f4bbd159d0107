"""A compass for a landscape: the slope in every direction, and the gradient among them."""

import math
from typing import Any

import numpy as np

from ...formulas import landscapes
from ...landscapes import landscape
from ..controls import choice, slider
from ..explorable import Explorable
from ..ground import ground_of
from ..marks import Arrow, Dots, Ground, Handle, Level, Line, Note
from ..views import Axis, Compare, Lines, Plane
from ..words import say
from .maps import facts, inside, minima

__all__ = ["GradientCompass"]

POINTS = {"bowl": (-1.9, 0.79), "himmelblau": (-1.0, 2.0), "rosenbrock": (-1.2, 0.2)}


class GradientCompass(Explorable):
    """The gradient at a point of a map, and the loss's slope in every direction from there.

    The gradient stands at right angles to the contour through the point. The slope in a direction
    is the gradient's size times the cosine of the angle between them: greatest along the gradient,
    least against it, and zero along the contour.

    Parameters
    ----------
    name : str, default "gradient-compass"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``landscape``, ``angle`` in degrees, ``point``.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.GradientCompass(landscape="Himmelblau", point=[0.0, 0.0], angle=90)
    >>> figure.view.drawing["grad"], round(figure.view.drawing["slope"], 6)
    ([-14.0, -22.0], -22.0)
    """

    def __init__(self, *, name: str = "gradient-compass", **start: Any) -> None:
        lands = {"bowl": landscape("bowl", condition=4, angle=0.5)}
        lands |= {key: landscape(key) for key in POINTS if key != "bowl"}
        given = {
            land.title: facts(land) | {"start": list(POINTS[key])} for key, land in lands.items()
        }
        super().__init__(
            gradient_compass,
            title="A compass for the gradient",
            controls={
                "angle": slider("Direction in °", 0, 360, 80, step=1),
                "landscape": choice("Landscape", given),
            },
            points={"point": None},
            given={"lands": given},
            store={
                "ground": {land.title: ground_of(land) for land in lands.values()},
                "minima": {land.title: minima(land) for land in lands.values()},
            },
            view=Compare(
                Plane(
                    Ground("ground[place]"),
                    Line("contour_x", "contour_y", "contour", "ink"),
                    Line("tangent_x", "tangent_y", "its tangent", "muted", "dashed"),
                    Dots("minima[place,xs]", "minima[place,ys]", "minimum", "ink", "star", 14),
                    Arrow("at_x", "at_y", "grad_dx", "grad_dy", "gradient", "blue"),
                    Arrow("at_x", "at_y", "go_dx", "go_dy", "your direction", "orange"),
                    Handle("point: drag it, or click on the map", pair="point"),
                    Note("{note}"),
                    x=Axis("x", "x_low", "x_high"),
                    y=Axis("y", "y_low", "y_high"),
                    label="Map of the loss: a point, its contour, and the gradient across it",
                ),
                Lines(
                    Line("angles", "slopes", "slope by direction"),
                    Level(y=0, colour="muted", dash="dotted"),
                    Dots("up", "size", "up the gradient: {size}", "blue", "square", 9),
                    Dots("down", "least", "against it: {least}", "green", "star", 12),
                    Dots("level", "none", "along the contour: 0", "muted", "cross", 10),
                    Handle("your direction: drag it, or click", x="angle", shown_y="slope"),
                    x=Axis("direction in degrees", 0, 360, every=90),
                    y=Axis("slope of the loss", "low", "high"),
                    label="The loss's slope against the direction: a cosine",
                ),
            ),
            presets={
                "somewhere": {"angle": 80},
                "along the contour": {"landscape": "Bowl", "angle": 40},
                "steepest descent": {"landscape": "Bowl", "angle": 310},
                "no way is down": {"landscape": "Bowl", "point": [0.0, 0.0]},
            },
            resets={"landscape": ["point"]},
            name=name,
            start=start,
        )


def gradient_compass(lands, angle, landscape, point):
    """The gradient at a point, the contour through it, and the slope in every direction."""
    land = lands[landscape]
    (x_low, x_high), (y_low, y_high) = land["domain"]
    loss = getattr(landscapes, land["formula"])
    gradient = getattr(landscapes, land["formula"] + "_gradient")
    shape = [float(v) for v in land["shape"]]
    x, y = inside(point or land["start"], land["domain"])
    dx, dy = gradient(x, y, *shape)
    size = float(np.sqrt(dx * dx + dy * dy))
    flat = size < 1e-9
    unit = (0.0, 0.0) if flat else (dx / size, dy / size)
    turn = angle * np.pi / 180
    go = (float(np.cos(turn)), float(np.sin(turn)))
    slope = dx * go[0] + dy * go[1]
    reach = 0.2 * (x_high - x_low)
    angles = list(range(0, 361, 5))
    slopes = [float(dx * np.cos(a * np.pi / 180) + dy * np.sin(a * np.pi / 180)) for a in angles]
    top = ceiling(size)
    up = degrees(unit)
    contour = [] if flat else contour_through(loss, gradient, shape, x, y, land["domain"])
    if flat:
        said = "The gradient is zero here: the slope is zero in every direction, and the compass "
        said += "shows no way."
    else:
        apart = (angle - up + 180) % 360 - 180
        share = slope / size if abs(slope) > 1e-4 * size else 0.0
        said = f"The gradient points to {say(up)}° and its size is {say(size)}. In direction "
        said += f"{say(angle)}°, {say(abs(apart))}° from it, the slope is {say(share * size)}: the "
        said += f"size times the cosine, {say(share)}."
    return {
        "place": landscape,
        "xs": 0,
        "ys": 1,
        "x_low": x_low,
        "x_high": x_high,
        "y_low": y_low,
        "y_high": y_high,
        "point": [x, y],
        "at_x": x,
        "at_y": y,
        "grad": [float(dx), float(dy)],
        "grad_dx": reach * unit[0],
        "grad_dy": reach * unit[1],
        "go_dx": reach * go[0],
        "go_dy": reach * go[1],
        "tangent_x": [x - reach * unit[1], x + reach * unit[1]],
        "tangent_y": [y + reach * unit[0], y - reach * unit[0]],
        "contour_x": [p[0] for p in contour],
        "contour_y": [p[1] for p in contour],
        "angles": angles,
        "slopes": slopes,
        "slope": slope,
        "size": size,
        "least": -size,
        "none": [] if flat else [0, 0],
        "up": None if flat else up,
        "down": None if flat else (up + 180) % 360,
        "level": [] if flat else [(up + 90) % 360, (up + 270) % 360],
        "low": -top,
        "high": top,
        "note": "the gradient is zero" if flat else "",
        "best": {} if flat else {"angle": (up + 180) % 360},
        "words": said,
    }


def contour_through(loss, gradient, shape, x, y, domain):
    """Points of the contour through (x, y), to both sides: along it, and back onto it by Newton."""
    level = loss(x, y, *shape)
    (x_low, x_high), (y_low, y_high) = domain
    step = (x_high - x_low) / 90
    sides = []
    for sign in (1, -1):
        u, w, points = x, y, []
        for _ in range(100):
            du, dw = gradient(u, w, *shape)
            size = float(np.sqrt(du * du + dw * dw))
            if size < 1e-6:
                break
            u, w = u - sign * step * dw / size, w + sign * step * du / size
            du, dw = gradient(u, w, *shape)
            back = (loss(u, w, *shape) - level) / max(du * du + dw * dw, 1e-12)
            u, w = u - back * du, w - back * dw
            if not (x_low <= u <= x_high and y_low <= w <= y_high):
                break
            points.append([u, w])
        sides.append(points)
    return list(reversed(sides[1])) + [[x, y]] + sides[0]


def degrees(vector):
    """The direction of a vector, from 0 up to but not 360."""
    return math.atan2(vector[1], vector[0]) * 180 / np.pi % 360


def ceiling(value):
    """The least of 1, 2, 5, 10, 20, ... that leaves some room above `value`."""
    top = 1.0
    while top < 1e9:
        for factor in (1, 2, 5):
            if top * factor >= 1.08 * value:
                return top * factor
        top = top * 10
    return top
