"""What the built page needs of this library."""

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
STATIC = Path(__file__).parent / "static"
EMPTY = (  # packages there, without what they import here
    "gdlib/__init__.py",
    "gdlib/explore/__init__.py",
)


def page_python() -> dict[str, str]:
    """Return the Python that the page runs, as a dict of path to source.

    Returns
    -------
    dict of str to str
        The formulas as they stand, what runs a figure, and a small `numpy` of elementary functions.

    Examples
    --------
    >>> import gdlib as gd
    >>> "def momentum(" in gd.explore.page_python()["gdlib/formulas/updates.py"]
    True
    """
    explore = [PACKAGE / "explore" / name for name in ("run.py", "words.py")]
    ours = [*sorted((PACKAGE / "formulas").glob("*.py")), *explore]
    sources = {
        str(Path("gdlib", f.relative_to(PACKAGE)).as_posix()): f.read_text("utf-8") for f in ours
    }
    shim = (STATIC / "numpy_shim.py").read_text("utf-8")
    return dict.fromkeys(EMPTY, "") | sources | {"numpy.py": shim}
