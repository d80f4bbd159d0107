"""Numbers for the prose: computed in a cell, shown in a sentence."""

from . import _check

RECORD = "application/papermill.record/"  # myst-nb keeps such output for the page, and shows none


def glue(name: str, text: str) -> None:
    """Keep `text` under `name`, for a sentence of the same page to show.

    In the notebook's prose, ``{glue:text}`name` `` stands for it. This needs no more than Jupyter,
    so that a notebook runs where the book's own tools are not installed.

    Parameters
    ----------
    name : str
        Unique on the page.
    text : str
        What the sentence shows: a number, formatted with no more digits than are certain.

    Raises
    ------
    ValueError
        If `text` is no string: all digits of a float differ from machine to machine.

    Examples
    --------
    >>> import gdlib as gd
    >>> gd.glue("pi", f"{3.14159265:.3f}")
    """
    for argument, value in {"name": name, "text": text}.items():
        if not isinstance(value, str) or not value:
            wanted = "a string; format it with the digits to show"
            raise ValueError(f"{argument} must be {wanted}, got {_check.shown(value)}")
    from IPython import get_ipython
    from IPython.display import publish_display_data

    if get_ipython() is not None:
        publish_display_data(
            {RECORD + "text/plain": repr(text)},  # quoted, else myst-nb reads 2.20 as 2.2
            {"scrapbook": {"name": name, "mime_prefix": RECORD}},
        )
