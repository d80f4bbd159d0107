"""Run the book's notebooks ahead of the build, as many at a time as there are processors.

    python tools/prerun.py

The build would run them one after the other. What is run here goes into the cache that the build
reads, so it then only writes pages. A notebook that fails is left to the build, which says why.
"""

import logging
import os
import sys
from pathlib import Path

import yaml
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor

ROOT = Path(__file__).resolve().parents[1]


def notebooks():
    """The notebooks that `_toc.yml` names, by path."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    chapters = [entry["file"] for part in toc["parts"] for entry in part["chapters"]]
    chapters = [name for name in chapters if not name.startswith("exercises/")]  # not to be run
    paths = [ROOT / "book" / f"{name}.ipynb" for name in [toc["root"], *chapters]]
    return [str(path) for path in paths if path.exists()]


def main():
    os.environ["GDLIB_NARROW"] = "1"  # pictures for phones, as in the build: see gdlib/_narrow.py
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["execute"]
    log = logging.getLogger("prerun")
    log.addHandler(logging.StreamHandler(sys.stdout))
    log.setLevel(logging.WARNING)
    cache = get_cache(ROOT / "_build" / ".jupyter_cache")
    for path in notebooks():
        cache.add_nb_to_project(path)
    done = load_executor("local-parallel", cache=cache, logger=log).run_and_cache(
        filter_uris=notebooks(), timeout=settings["timeout"]
    )
    if done.all():
        print(f"ran {len(done.succeeded)} of {len(done.all())} notebooks ahead of the build")


if __name__ == "__main__":
    main()
