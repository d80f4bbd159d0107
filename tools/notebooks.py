"""Keep the book's notebooks in one normal form, so that a diff shows only what a person changed.

    python tools/notebooks.py check     name those that are not; exit 1 if there are any
    python tools/notebooks.py write     write them in normal form, without running them
    python tools/notebooks.py run       run them, then write: new reference outputs

The normal form: readable, unique cell ids; execution counts 1, 2, 3, ... (nbval compares only cells
that have one); streams joined; text outputs kept, for nbval compares with them; pictures and
widget views taken out; no metadata but the kernel's name, tags and what the book's page needs. The
cell tagged `colab-setup` is written from the repository's address in `_config.yml`.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = ("mystnb", "tags")
GOOD_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
LEFT_OUT = re.compile(r"image/|application/vnd\.jupyter\.widget|application/javascript")
COLAB = """\
import sys

if "google.colab" in sys.modules:  # on Colab: install the library, allow its figures
    %pip install --quiet git+{address}
    from google.colab import output

    output.enable_custom_widget_manager()"""


def notebooks():
    """The book's notebooks; but students' notebooks have a form of their own, that of `grading`."""
    others = {".ipynb_checkpoints", "exercises"}
    return sorted(p for p in BOOK.rglob("*.ipynb") if not others & set(p.parts))


def repository():
    return yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["repository"]["url"]


def normal(notebook):
    """Return `notebook`, as nbformat reads it, in normal form."""
    cells, seen, count = [], set(), 0
    for number, old in enumerate(notebook.cells, 1):
        metadata = {k: old.metadata[k] for k in CELL_METADATA if old.metadata.get(k)}
        if "tags" in metadata:
            metadata["tags"] = sorted(set(metadata["tags"]))
        name = old.get("id", "")
        if not GOOD_ID.fullmatch(name) or name in seen:
            name = f"cell-{number}"
        seen.add(name)
        cell = {"cell_type": old.cell_type, "id": name, "metadata": metadata}
        source = _text(old.source).strip("\n")
        if "colab-setup" in metadata.get("tags", ()):
            source = COLAB.format(address=repository())
        if old.cell_type == "code":
            count += 1
            source = "\n".join(line.rstrip() for line in source.split("\n"))
            cell |= {"execution_count": count, "outputs": _outputs(old.outputs, count)}
        cells.append(cell | {"source": source})
    return nbformat.from_dict(
        {"cells": cells, "metadata": NOTEBOOK_METADATA, "nbformat": 4, "nbformat_minor": 5}
    )


def _outputs(outputs, count):
    kept, streams = [], {}
    for output in outputs:
        kind = output.output_type
        if kind == "stream":
            if output.name not in streams:
                streams[output.name] = {"output_type": kind, "name": output.name, "text": ""}
                kept.append(streams[output.name])
            streams[output.name]["text"] += _text(output.text)
        elif kind == "error":
            error = {"ename": output.ename, "evalue": output.evalue, "traceback": []}
            kept.append({"output_type": kind, **error})
        else:
            data = {t: _data(v) for t, v in sorted(output.data.items()) if not LEFT_OUT.match(t)}
            metadata = {k: v for k, v in output.metadata.items() if k in ("scrapbook",)}
            if data:
                ran = {"execution_count": count} if kind == "execute_result" else {}
                kept.append({"output_type": kind, "data": data, "metadata": metadata, **ran})
    return kept


def _text(value):
    return "".join(value) if isinstance(value, list) else value


def _data(value):
    lines = isinstance(value, list) and all(isinstance(line, str) for line in value)
    return "".join(value) if lines else value


def text_of(notebook):
    split = nbformat.v4.rwbase.split_lines(nbformat.from_dict(notebook))
    return json.dumps(split, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def normal_text(path):
    """Return the text that the notebook at `path` has in normal form."""
    notebook = nbformat.reads(Path(path).read_text("utf-8"), as_version=4)
    text = text_of(normal(notebook))
    nbformat.validate(nbformat.reads(text, as_version=4))
    return text


def run(path):
    """Run the notebook at `path` in its own folder, and write what it printed."""
    from nbclient import NotebookClient

    notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
    folder = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=folder).execute()
    path.write_text(text_of(normal(notebook)), "utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["check", "write", "run"])
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks; all of the book's if none")
    options = parser.parse_args()
    differing = 0
    for path in options.paths or notebooks():
        before = path.read_text("utf-8")
        if options.what == "run":
            print(f"running {path}", flush=True)
            run(path)
        text = normal_text(path)
        if text != before:
            differing += 1
            print(f"{'not in normal form' if options.what == 'check' else 'written'}: {path}")
            if options.what != "check":
                path.write_text(text, "utf-8")
    if options.what == "check" and differing:
        print("run `make normal`")
    return 1 if options.what == "check" and differing else 0


if __name__ == "__main__":
    sys.exit(main())
