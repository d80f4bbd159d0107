"""Numbers in words, for the readouts: the same in the kernel and on the page."""


def say(value, digits=3):
    """Return a number in words, as one writes it: 0.0123, 1230, 1.23 × 10⁻⁵.

    Parameters
    ----------
    value : float
    digits : int, default 3
        How many significant digits; noughts at the end are left out.

    Returns
    -------
    str

    Raises
    ------
    TypeError
        If `value` is not a number.

    Examples
    --------
    >>> from gdlib.explore import say
    >>> say(0.25), say(-1234.5), say(2e6, digits=1)
    ('0.25', '−1230', '2\xa0×\xa010⁶')
    """
    value = float(value)
    if value != value or value - value != 0:
        return "beyond all numbers"
    value = value * (1 + 1e-13)  # a tie is rounded up, whatever the runtime does with one
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if value == 0 or -4 < int(exponent) < 5:
        text = f"{float(mantissa + 'e' + exponent):.10g}"
    else:
        text = f"{mantissa}\u00a0×\u00a010{superscript(int(exponent))}"
    return text.replace("-", "−")


def superscript(n):
    return "".join("⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".index(c)] for c in str(n))


def count(n, noun):
    """``1 step``, ``2 steps``."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
