"""What several figures share: a landscape's facts, the rules by title, a point kept on a map."""

from collections.abc import Mapping
from typing import Any

from ...landscapes import Landscape
from ...optimizers import Optimizer

__all__ = ["RULES", "facts", "inside", "minima", "title_of"]


def title_of(kind: type[Optimizer]) -> str:
    """The name of an optimiser in words."""
    spaced = {"GradientDescent": "Gradient descent", "SignDescent": "Sign descent"}
    return spaced.get(kind.__name__, kind.__name__)


RULES: Mapping[str, list[Any]] = {  # title: [rule in `updates`, how many numbers it remembers]
    title_of(kind): [kind.rule.__name__, len(kind.memory)] for kind in Optimizer.__subclasses__()
}


def facts(land: Landscape) -> dict[str, Any]:
    """What a figure's function must know of a landscape, as plain JSON."""
    return {
        "formula": land.functions[0].__name__,
        "shape": list(land.shape),
        "domain": [list(ends) for ends in land.domain],
        "start": list(land.start),
        "lowest": land.lowest,
    }


def minima(land: Landscape) -> list[list[float]]:
    """The minima's x, and their y."""
    lowest = [point for point in land.critical_points if point.kind == "minimum"]
    return [[point.x for point in lowest], [point.y for point in lowest]]


def inside(point, domain):
    """`point`, or where the map ends on the way to it; as floats."""
    return [min(max(float(point[k]), domain[k][0]), domain[k][1]) for k in (0, 1)]
