"""Calls the function behind a figure: in the kernel, and in MicroPython in the reader's page.

This file, `gdlib.explore.words` and `gdlib.formulas` go to the page unchanged, so they are plain
Python, with no more of NumPy than its elementary functions.
"""

import sys

import numpy as np

from gdlib.formulas import updates

EDITED = "<rule>"  # the file name under which an edited rule is compiled
programs = {}  # compiled, by their text


def draw(program, name, given, inputs, rule=None):
    """Return what the function `name` of `program` draws, or what is wrong with an edited rule."""
    if program not in programs:
        space = {}
        exec(compile(program, "<figure>", "exec"), space)
        programs[program] = space
    return call(programs[program][name], given, inputs, rule)


def call(function, given, inputs, rule=None):
    """Return what `function` draws for `inputs`, or ``{"problem": ..., "line": ...}``.

    `given` stays as it is, `inputs` are the reader's. With `rule`, the function also gets the
    update rule of that name, as edited if it was, and how many numbers it remembers. Only an edited
    rule has problems to report, the reader's. Any other error is ours, and raised.
    """
    settings = dict(given)
    settings.update(inputs)
    if rule is None:
        return function(**settings)
    source = settings.pop("source", None)
    if not source:
        original = getattr(updates, rule["name"])
        return function(rule=original, memory=rule["memory"], **settings)
    try:
        edited = compiled(source, rule["name"])
        hyper = [settings[name] for name in rule["hyper"]]
        return function(rule=edited, memory=memory_of(edited, rule["memory"], hyper), **settings)
    except Exception as error:
        return {"problem": said(error), "line": line_of(error)}


def compiled(source, name):
    """Return the function `name` that `source` defines; it sees `np` and nothing else."""
    space = {"np": np}
    exec(compile(source, EDITED, "exec"), space)
    if not callable(space.get(name)):
        raise NameError(f"the rule must keep its name, {name}")
    return space[name]


def memory_of(rule, usual, hyper):
    """How many numbers `rule` remembers: as many as it unpacks from its state."""
    first = uneven = None
    for memory in (usual, 0, 1, 2, 3):
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
