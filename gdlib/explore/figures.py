"""What each figure draws, as a function of its inputs.

This file and `gdlib.formulas` run in two places, unchanged: in the kernel, and in MicroPython in
the reader's page. So it is plain Python, with no more of NumPy than its elementary functions.
"""

import sys

import numpy as np

from gdlib.formulas import landscapes, updates
from gdlib.formulas.descend import descend

EDITED = "<rule>"  # the file name under which an edited rule is compiled


def draw(figure, spec, inputs):
    """Return what `figure` draws for `inputs`, or ``{"problem": ..., "line": ...}``.

    Only an edited rule has problems to report, the reader's. Any other error is ours, and raised.
    """
    source = inputs.get("source")
    if not source:
        return FIGURES[figure](spec, inputs, getattr(updates, spec["rule"]), spec["memory"])
    try:
        rule = compiled(source, spec["rule"])
        memory = memory_of(rule, spec, [inputs[name] for name in spec["hyper"]])
        return FIGURES[figure](spec, inputs, rule, memory)
    except Exception as error:
        return {"problem": said(error), "line": line_of(error)}


def descent(spec, inputs, rule, memory):
    """A run of `rule` on the chosen landscape: the points, their losses and how it ended."""
    land = spec["landscapes"][inputs["landscape"]]
    loss = getattr(landscapes, land["formula"])
    gradient = getattr(landscapes, land["formula"] + "_gradient")
    start = [float(v) for v in inputs["start"] or land["start"]]
    hyper = [float(inputs[name]) for name in spec["hyper"]]
    shape = [float(v) for v in land["shape"]]
    zeros = (0.0,) * memory
    points = list(descend(rule, loss, gradient, start, zeros, spec["steps"], hyper, shape))
    x, y, height = [list(column) for column in zip(*points)]  # noqa: B905  (MicroPython has no strict)
    end, step = ending(x, y, height, spec["steps"], land["domain"], land["lowest"])
    return {"x": x, "y": y, "loss": height, "end": end, "step": step}


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


FIGURES = {"descent": descent}


def compiled(source, name):
    """Return the function `name` that `source` defines; it sees `np` and nothing else."""
    space = {"np": np}
    exec(compile(source, EDITED, "exec"), space)
    if not callable(space.get(name)):
        raise NameError(f"the rule must keep its name, {name}")
    return space[name]


def memory_of(rule, spec, hyper):
    """How many numbers `rule` remembers: as many as it unpacks from its state."""
    first = uneven = None
    for memory in (spec["memory"], 0, 1, 2, 3):
        try:
            result = rule(1.0, 1.0, (0.0,) * memory, 1, *hyper)
        except ValueError as error:  # so the state was too short or too long
            first = first or error
            continue
        if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[1], tuple):
            raise TypeError("the rule must return theta and state, a number and a tuple")
        if len(result[1]) == memory:
            return memory
        uneven = TypeError("the rule must return a state as long as the one it was given")
    raise uneven or first


def said(error):
    return f"{type(error).__name__}: {getattr(error, 'msg', None) or error}"


def line_of(error):
    """The last line of the edited rule that `error` passed through; 0 if none."""
    if sys.implementation.name == "micropython":
        import io

        trace = io.StringIO()
        sys.print_exception(error, trace)
        marks = trace.getvalue().split(f'File "{EDITED}", line ')[1:]
        return int(marks[-1].split("\n")[0].split(",")[0]) if marks else 0
    line = error.lineno or 0 if isinstance(error, SyntaxError) else 0
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == EDITED:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
