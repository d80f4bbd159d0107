"""Freeze the text of the first parts of this book as data, for `gdlib.data.paragraphs`.

Done once: doing it again changes what the chapters measure with it. A line of the file is the name
of a part, a tab and a paragraph of at least twenty words, without its formulas, code and links.
"""

import gzip
import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FROZEN = ROOT / "gdlib" / "paragraphs.txt.gz"
PARTS = ["basics", "derivations", "stochastic", "momentum", "adaptive"]
LEAST = 20  # words
CODE = r"^`{3,}\w+\n.*?^`{3,}$"
BETWEEN = r"\n\s*\n|^(?:`{3,}|:{3,}).*$"  # an empty line, or a box begins or ends
NO_PROSE = r"\s*(\||#|:|\()"  # a table, a heading, a box's option, a label
LEFT_OUT = {
    r"\$\$.*?\$\$": " ",
    r"\$[^$]*\$": " ",
    r"\{(?:glue|eq|numref|cite)[\w:]*\}`[^`]*`": " ",
    r"\{[\w:]+\}`([^`<]*)(?:<[^>]*>)?`": r"\1",
    r"`[^`]*`": " ",
    r"\]\([^)]*\)": " ",
    r"[*_>\[\]]": " ",
    r"\s+": " ",
}


def plain(text):
    for pattern, instead in LEFT_OUT.items():
        text = re.sub(pattern, instead, text, flags=re.S)
    return text.strip()


def paragraphs(part):
    for path in sorted((ROOT / "book" / part).glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                prose = re.sub(CODE, "", "".join(cell["source"]), flags=re.M | re.S)
                for text in re.split(BETWEEN, prose, flags=re.M):
                    if not re.match(NO_PROSE, text):
                        yield plain(text)


def main():
    lines = [
        f"{part}\t{text}\n"
        for part in PARTS
        for text in paragraphs(part)
        if len(re.findall("[A-Za-z]{2,}", text)) >= LEAST
    ]
    FROZEN.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
    print(f"{len(lines)} paragraphs, {FROZEN.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
