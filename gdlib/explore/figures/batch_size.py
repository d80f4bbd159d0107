"""Batch, stochastic and mini-batch gradient descent: three paths to one minimum."""

from dataclasses import replace
from typing import Any

import numpy as np

from ...formulas.landscapes import quadratic, quadratic_gradient
from ...formulas.random import seeded, uniform
from ...formulas.theory import batch_noise, descent_factor, noise_floor
from ...formulas.updates import gradient_descent
from ...landscapes import landscape
from ..controls import choice, log_slider, whole_slider
from ..explorable import Explorable
from ..ground import ground_of
from ..marks import Dots, Ground, Handle, Level, Line, Note, Now
from ..views import Axis, Clock, Compare, Lines, Plane
from ..words import say
from .maps import inside

__all__ = ["BatchSize"]

N = 64  # examples
FLAT, STEEP = 1.0, 4.0  # the curvatures along x and y
UPDATES, SEEN, EVERY = 30, 384, 4  # the two budgets; of the second, every so many are drawn
EDGE = 3.0


class BatchSize(Explorable):
    """BGD, SGD and MBGD on one map: what the batch size costs, and what it buys.

    Each of 64 examples has a bowl of its own, with its minimum at one of the grey dots; the loss is
    their mean, with its minimum at the star. BGD steps by the mean gradient of all examples, SGD by
    that of one, MBGD by that of b, drawn anew for each update, none twice. Beside the map, the loss
    above its minimum, with the floors that theory predicts: for each curvature h,
    h / 2 times `noise_floor`, the gradient's variance being `batch_noise`.

    Parameters
    ----------
    name : str, default "batch-size"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``b``, ``lr``, ``seed``, ``budget``, ``start``.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.BatchSize(b=16, budget="same examples seen")
    >>> figure.view.drawing["updates"]
    [6, 24, 384]
    """

    def __init__(self, *, name: str = "batch-size", **start: Any) -> None:
        bowl = replace(
            landscape("bowl", condition=STEEP / FLAT), domain=((-EDGE, EDGE), (-EDGE, EDGE))
        )
        examples = _examples()
        super().__init__(
            batch_size,
            title="Three batch sizes, one minimum",
            controls={
                "b": log_slider("Mini-batch size b", 1, N, 8, step=float(np.log10(2))),
                "lr": log_slider("Learning rate", 0.02, 1, 0.2),
                "budget": choice("All get the", ["same updates", "same examples seen"]),
                "seed": whole_slider("Draw of chance", 1, 30, 1),
            },
            points={"start": [-2.6, 2.2]},
            given={"examples": examples},
            store={
                "ground": ground_of(bowl),
                "own_x": [point[0] for point in examples],
                "own_y": [point[1] for point in examples],
            },
            view=Compare(
                Plane(
                    Ground("ground"),
                    Dots("own_x", "own_y", "one example's own minimum", "muted", size=4),
                    Line("sgd_x", "sgd_y", "SGD, b = 1", "orange", width=1.0, grows=True),
                    Line("mini_x", "mini_y", "MBGD, b = {size}", "green", width=1.8, grows=True),
                    Line("all_x", "all_y", "BGD, b = n = 64", width=3, dots=True, grows=True),
                    Dots(0.0, 0.0, "minimum of the loss", "ink", "star", 14),
                    Now("mini_x", "mini_y", colour="green"),
                    Handle("start: drag it, or click on the map", pair="start"),
                    Note("{note}"),
                    x=Axis("x", -EDGE, EDGE),
                    y=Axis("y", -EDGE, EDGE),
                    label="Map of the loss, with the paths of BGD, MBGD and SGD",
                ),
                Lines(
                    Line("spent", "sgd_loss", "SGD, b = 1", "orange", width=1.0, grows=True),
                    Line("spent", "mini_loss", "MBGD, b = {size}", "green", grows=True),
                    Line("spent", "all_loss", "BGD, b = n = 64", width=3, grows=True),
                    Level(y="sgd_floor", label="{sgd_said}", colour="orange"),
                    Level(y="mini_floor", label="{mini_said}", colour="green"),
                    Now("spent", "mini_loss", drop=True, colour="green"),
                    x=Axis("{unit}", 0, "most"),
                    y=Axis("loss above its minimum", 1e-4, 100, log=True),
                    label="The loss above its minimum, over what has been spent",
                ),
            ),
            clock=Clock("spent", "At {spent}: MBGD {mini_loss} above the minimum, SGD {sgd_loss}."),
            presets={
                "same updates": {},
                "same examples seen": {"budget": "same examples seen"},
                "small steps": {"budget": "same examples seen", "lr": 0.04},
                "large batch": {"b": 32},
                "diverges": {"lr": 0.55},
            },
            name=name,
            start=start,
        )


def batch_size(examples, b, lr, budget, seed, start):
    """The three paths, their losses above the minimum, and the floors of theory."""
    size = int(b + 0.5)
    begin = inside(start, [(-EDGE, EDGE)] * 2)
    fair = budget == "same examples seen"
    paths, losses, updates = [], [], []
    for each in (N, size, 1):
        steps = SEEN // each if fair else UPDATES
        keep = max(EVERY // each, 1) if fair else 1
        path = walk(examples, each, lr, seed, begin, steps, keep)
        if fair and each > EVERY:  # it waits for its batch
            path = [point for point in path for _ in range(each // EVERY)][: SEEN // EVERY + 1]
        paths.append(path)
        losses.append([quadratic(x, y, FLAT, 0.0, STEEP) for x, y in path])
        updates.append(steps)
    factor = descent_factor(lr, STEEP)
    diverges = factor < -1 - 1e-9
    settles = factor > -1 + 1e-9
    floors = [floor(examples, each, lr) if settles else None for each in (N, size, 1)]
    out = [k for k in range(len(paths[0])) if max(abs(v) for v in paths[0][k]) > EDGE]
    unit = "examples seen" if fair else "updates"
    step = EVERY if fair else 1
    at = out[0] * step // (N if fair else 1) if out else 0
    later = [loss[len(loss) // 2 :] for loss in losses]
    mean = [sum(loss) / len(loss) for loss in later]
    noise = sum(spread(examples))
    if diverges:
        words = (
            f"Learning rate {say(lr)} is beyond 2/L = {say(2 / STEEP)}: all three diverge, "
            f"whatever the batch size; BGD leaves the map at its update {at}."
        )
    elif not settles:
        words = f"Learning rate {say(lr)} is 2/L itself: along y all three bounce for ever."
    else:
        words = (
            f"Loss above the minimum, mean over the second half: BGD {say(mean[0])}, "
            f"MBGD {say(mean[1])} (floor {say(floors[1])}), SGD {say(mean[2])} "
            f"(floor {say(floors[2])}). The gradient's variance is {say(noise)} for one example, "
            f"{say(batch_noise(noise, size, N))} for {size}."
        )
    return {
        "size": size,
        "spent": [step * k for k in range(len(paths[2]))],
        "most": SEEN if fair else UPDATES,
        "unit": unit,
        "updates": updates,
        "all_x": [p[0] for p in paths[0]],
        "all_y": [p[1] for p in paths[0]],
        "mini_x": [p[0] for p in paths[1]],
        "mini_y": [p[1] for p in paths[1]],
        "sgd_x": [p[0] for p in paths[2]],
        "sgd_y": [p[1] for p in paths[2]],
        "all_loss": losses[0],
        "mini_loss": losses[1],
        "sgd_loss": losses[2],
        "mini_floor": floors[1] if 1 < size < N else None,
        "sgd_floor": floors[2],
        "mini_said": f"MBGD's floor {say(floors[1])}" if settles else "",
        "sgd_said": f"SGD's floor {say(floors[2])}" if settles else "",
        "mean": mean,
        "note": "diverges" if diverges else "",
        "words": words,
    }


def walk(examples, size, lr, seed, begin, steps, keep):
    """The points of one run, every `keep` updates, with batches of `size` examples."""
    x, y = begin
    state = seeded(seed)
    order = list(range(N))
    path = [(x, y)]
    for t in range(1, steps + 1):
        own_x = own_y = 0.0
        if size < N:
            for j in range(size):  # the first cards of a deck being shuffled
                u, state = uniform(state)
                k = j + int(u * (N - j))
                drawn = order[k]
                order[k] = order[j]
                order[j] = drawn
                point = examples[drawn]
                own_x = own_x + point[0]
                own_y = own_y + point[1]
        dx, dy = quadratic_gradient(x - own_x / size, y - own_y / size, FLAT, 0.0, STEEP)
        x, _ = gradient_descent(x, dx, (), t, lr)
        y, _ = gradient_descent(y, dy, (), t, lr)
        if t % keep == 0:
            path.append((x, y))
        if abs(x) + abs(y) > 1e6:
            return path + [path[-1]] * (steps // keep + 1 - len(path))
    return path


def spread(examples):
    """The variance of one example's gradient, along x and along y."""
    return [
        h * h * sum(point[k] * point[k] for point in examples) / N
        for k, h in ((0, FLAT), (1, STEEP))
    ]


def floor(examples, size, lr):
    """The loss above its minimum in the long run."""
    noise_x, noise_y = [batch_noise(noise, size, N) for noise in spread(examples)]
    return FLAT * noise_floor(lr, FLAT, noise_x) / 2 + STEEP * noise_floor(lr, STEEP, noise_y) / 2


def _examples() -> list[list[float]]:
    """Where the examples' own minima lie: toy points, in hundredths, whose mean is (0, 0)."""
    whole = np.rint(np.random.default_rng(7).normal(size=(2, N)) * [[100], [55]]).astype(int)
    for row in whole:
        mean, rest = divmod(int(row.sum()), N)
        row -= mean
        row[:rest] -= 1
    return (whole.T / 100).tolist()
