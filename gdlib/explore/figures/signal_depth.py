"""How a signal and its gradient fare through many layers: activation against initialisation."""

from functools import cache
from typing import Any

import numpy as np

from ...formulas import activations
from ...formulas.theory import layer_factor
from ...models import MLP
from ..controls import choice, whole_slider
from ..explorable import Explorable
from ..marks import Bar, Level, Line
from ..views import Axis, Bars, Compare
from ..words import say

__all__ = ["SignalDepth"]

WIDTH, DEEPEST = 100, 40
ACTIVATIONS = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "ReLU": "relu",
    "leaky ReLU": "leaky_relu",
    "identity": "identity",
}
STARTS = {  # the weights' standard deviation at width 100
    "small (std 0.05)": 0.05,
    "Xavier (std 0.1)": 0.1,
    "He (std 0.141)": 0.02**0.5,
    "large (std 0.2)": 0.2,
}


class SignalDepth(Explorable):
    """The gradient's and the signal's mean square, layer by layer, predicted and measured.

    Bars are measured by `gdlib.models.MLP` in one random network of 40 layers of 100 neurons, cut
    after as many layers as the slider says; lines are what `gdlib.formulas.theory` predicts.
    Backwards, 1 is the gradient that comes in at the top; forwards, the input.

    Parameters
    ----------
    name : str, default "signal-depth"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``depth``, ``activation``, ``init``.

    References
    ----------
    Glorot, X., and Bengio, Y., Understanding the difficulty of training deep feedforward neural
    networks, AISTATS 2010. He, K., Zhang, X., Ren, S., and Sun, J., Delving deep into rectifiers,
    ICCV 2015.

    Examples
    --------
    >>> from gdlib.explore.figures.signal_depth import SignalDepth
    >>> figure = SignalDepth(activation="ReLU", init="Xavier (std 0.1)")
    >>> round(figure.view.drawing["predicted_back"][0] / 0.5**30, 9)
    1.0
    """

    def __init__(self, *, name: str = "signal-depth", **start: Any) -> None:
        super().__init__(
            signal_depth,
            title="Does the gradient reach the first layer?",
            controls={
                "depth": whole_slider("Layers", 2, DEEPEST, 30),
                "activation": choice("Activation", ACTIVATIONS, "sigmoid"),
                "init": choice("Initial weights", STARTS, "Xavier (std 0.1)"),
            },
            given={"squares": _squares(), "measured": _measured()},
            view=Compare(
                _panel("back", "gradient", "Backwards: the gradient at each layer"),
                _panel("forth", "signal", "Forwards: the signal behind each layer"),
            ),
            presets={
                "sigmoid vanishes": {"activation": "sigmoid", "init": "Xavier (std 0.1)"},
                "Xavier with ReLU fades": {"activation": "ReLU", "init": "Xavier (std 0.1)"},
                "He with ReLU holds": {"activation": "ReLU", "init": "He (std 0.141)"},
                "explodes": {"activation": "ReLU", "init": "large (std 0.2)"},
            },
            name=name,
            start=start,
        )


def signal_depth(squares, measured, depth, activation, init):
    """Mean squares by layer, predicted from the weights' variance and measured in a network."""
    kept, slope = squares[activation][init]
    variance = STARTS[init] * STARTS[init]
    forth, slopes = [1.0], []
    for k in range(DEEPEST):  # all layers, for the axis
        at = min(k, len(kept) - 1)
        forth.append(forth[k] * layer_factor(WIDTH, variance, kept[at]))
        slopes.append(layer_factor(WIDTH, variance, slope[at]))
    ends, back = [1.0], [1.0]
    for k in range(DEEPEST):
        ends.append(ends[k] * slopes[k])
    for k in range(depth):
        back.append(back[k] * slopes[depth - 1 - k])
    predicted = back[depth]
    logs = measured[activation][init]
    top = logs["back"][depth]
    left = power(logs["back"][0] - top)
    # The axis spans all 40 layers, so that it stays as the depth moves.
    lowest, highest = min(ends + forth), max(ends + forth)
    low, high = 12, 3
    while low < 96 and power(-low) > lowest / 50:
        low = low + 6
    while high < 48 and power(high) < highest * 2:
        high = high + 6
    return {
        "layer": list(range(1, DEEPEST + 1)),
        "at": list(range(depth)),
        "predicted_back": back[:0:-1],
        "predicted_forth": forth[1 : depth + 1],
        "measured_back": [power(v - top) for v in logs["back"][:depth]],
        "measured_forth": [power(v) for v in logs["forth"][:depth]],
        "low": power(-low),
        "high": power(high),
        "words": f"With {activation} and {init} weights, theory multiplies the gradient's mean "
        f"square by {say(predicted ** (1 / depth))} per layer, this network by "
        f"{say(left ** (1 / depth))}. {depth} layers leave {say(predicted)} of it in theory, and "
        f"{say(left)} in this network: {verdict(left)}.",
    }


def power(exponent):
    return np.power(10.0, exponent)


def verdict(left):
    if left < 1e-12:
        return "it vanishes"
    if left < 0.05:
        return "it fades"
    if left > 1e6:
        return "it explodes"
    return "it grows" if left > 20 else "it holds"


def _panel(way: str, what: str, label: str) -> Bars:
    return Bars(
        Bar("layer", f"measured_{way}", "measured"),
        Line("at", f"predicted_{way}", "predicted", "orange", dots=True),
        Level(y=1, colour="ink", dash="dotted"),
        x=Axis("layer"),
        y=Axis(f"{what}'s mean square", "low", "high", log=True),
        label=label,
    )


@cache
def _squares() -> dict[str, Any]:
    """Mean squares of each activation, per unit of its input's, and of its slope, layer by layer.

    For normal input, whose variance follows from the layer before. Sums over points a tenth of a
    standard deviation apart, none at 0, where there may be a kink. Lists end where nothing changes.
    """
    z = np.linspace(-7.95, 7.95, 160)
    weights = np.exp(-z * z / 2)
    weights /= weights.sum()
    found: dict[str, Any] = {}
    for label, activation in ACTIVATIONS.items():
        phi, phi_slope = (getattr(activations, activation + end) for end in ("", "_slope"))
        for start, std in STARTS.items():
            q, rows = 1.0, []
            for _ in range(DEEPEST):
                variance = layer_factor(WIDTH, std * std, q)
                u = np.sqrt(variance) * z
                q = weights @ np.square(phi(u))
                slope = weights @ np.square(phi_slope(u) * np.ones_like(u))
                rows.append((float(f"{q / variance:.7g}"), float(f"{slope:.7g}")))
            while len(rows) > 1 and rows[-1] == rows[-2]:
                rows.pop()
            found.setdefault(label, {})[start] = [
                list(column) for column in zip(*rows, strict=True)
            ]
    return found


@cache
def _measured() -> dict[str, Any]:
    """Logarithms (base 10) of the mean squares in a random network, by activation and start."""
    X = np.random.default_rng(0).normal(size=(64, WIDTH))
    y = np.arange(64)
    found: dict[str, Any] = {}
    for label, activation in ACTIVATIONS.items():
        for start, std in STARTS.items():
            sizes = (WIDTH,) * (DEEPEST + 2)
            model = MLP(sizes, activation=activation, init="normal", init_scale=std)
            theta = model.init(1)
            forth = [np.mean(np.square(a)) for a in model.activations(theta, X)[:DEEPEST]]
            back = model.signal(theta, X, y).backward
            found.setdefault(label, {})[start] = {
                "forth": np.log10(forth).round(3).tolist(),
                "back": np.log10(np.square(back)).round(3).tolist(),
            }
    return found
