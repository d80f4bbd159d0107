"""Commands for assignments.

python -m grading write [--exercises FOLDER] [--book FOLDER]   write the students' notebooks
python -m grading check [--exercises FOLDER] [--book FOLDER]   name those that are stale
"""

import argparse
import json
import sys
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines

from .source import SourceError, assignments

ROOT = Path(__file__).resolve().parents[1]


def text_of(notebook: NotebookNode) -> str:
    """The text of a notebook's file: one form only, so that a diff shows what changed."""
    return json.dumps(split_lines(notebook), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m grading", description="Make assignments.")
    parser.add_argument("what", choices=["write", "check"])
    parser.add_argument("--exercises", type=Path, default=ROOT / "exercises", metavar="FOLDER")
    parser.add_argument("--book", type=Path, default=ROOT / "book" / "exercises", metavar="FOLDER")
    options = parser.parse_args(arguments)
    stale = 0
    try:
        for assignment in assignments(options.exercises):
            path = options.book / f"{assignment.name}.ipynb"
            text = text_of(assignment.released())
            if not path.exists() or path.read_text("utf-8") != text:
                stale += 1
                print(f"{'stale' if options.what == 'check' else 'written'}: {path}")
                if options.what == "write":
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, "utf-8")
    except SourceError as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if options.what == "check" and stale else 0


if __name__ == "__main__":
    sys.exit(main())
