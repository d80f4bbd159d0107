"""The documentation in the code: its examples run, and it says all that a reader looks for."""

import doctest
import importlib
import inspect
import pkgutil

import matplotlib as mpl
import pytest

import gdlib as gd

MODULES = [
    "gdlib",
    *(m.name for m in pkgutil.walk_packages(gd.__path__, "gdlib.") if "static" not in m.name),
]
HOMES = [
    gd,
    gd.data,
    gd.diagnostics,
    gd.explore,
    gd.line_search,
    gd.losses,
    gd.models,
    gd.models.initial,
    gd.plots,
    gd.schedules,
]
PUBLIC = {
    f"{home.__name__}.{name}": getattr(home, name)
    for home in HOMES
    for name in home.__all__
    if callable(getattr(home, name))
}
RESULTS = {  # made by the library, not by its reader
    f"gdlib.{name}"
    for name in (
        "CriticalPoint",
        "Curve",
        "CurvePoint",
        "EpochReport",
        "GradCheck",
        "History",
        "Landscape",
        "Trace",
        "data.Data",
        "diagnostics.NoiseScale",
        "models.Layer",
        "models.Signal",
    )
}


def arguments(thing):
    return [
        name
        for name in inspect.signature(thing).parameters
        if name not in ("self", "args", "kwargs")
    ]


def is_figure(thing):
    return inspect.isclass(thing) and issubclass(thing, gd.explore.Explorable)


TAKE_ARGUMENTS = {n: t for n, t in PUBLIC.items() if n not in RESULTS and arguments(t)}


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    mpl.use("agg")
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert not failed


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_says_what_it_is(name):
    text = inspect.getdoc(PUBLIC[name])
    assert text and text.splitlines()[0].endswith(".") and len(text.splitlines()[0]) <= 100


@pytest.mark.parametrize("section", ["Parameters", "Raises", "Examples"])
@pytest.mark.parametrize("name", TAKE_ARGUMENTS)
def test_sections(name, section):
    if section == "Raises" and is_figure(PUBLIC[name]):
        return  # what an `Explorable` raises
    assert f"\n{section}\n{'-' * len(section)}\n" in inspect.getdoc(TAKE_ARGUMENTS[name]), section


@pytest.mark.parametrize("name", TAKE_ARGUMENTS)
def test_every_argument_is_explained(name):
    text = inspect.getdoc(TAKE_ARGUMENTS[name]).split("\nParameters\n")[1]
    for argument in arguments(TAKE_ARGUMENTS[name]):
        if argument != "parameters":  # `landscape` explains them one by one
            explained = (line.split(" : ")[0].replace("*", "") for line in text.splitlines())
            assert any(argument in line.split(", ") for line in map(str.strip, explained)), argument


@pytest.mark.parametrize("name", sorted(RESULTS))
def test_every_field_of_a_result_is_explained(name):
    text = inspect.getdoc(PUBLIC[name])
    for field in inspect.signature(PUBLIC[name]).parameters:
        assert field in text or field in ("x", "y"), field
