"""The built book as files: links, texts, the shape of a chapter, and no need of another host."""

import copy
import json
import re
from collections import Counter
from functools import cache
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup

from tests.pages import ROOT, SITE, html_pages

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
PAGES = html_pages()
each_page = pytest.mark.parametrize("path", PAGES)


def chapters():
    """The chapters in the order of the table of contents, as paths without an ending."""
    asides = {"Start here", "Assignments", "Explorables", "Appendices"}
    parts = [part for part in TOC["parts"] if part["caption"] not in asides]
    return [chapter["file"] for part in parts for chapter in part["chapters"]]


CHAPTERS = chapters()
ASIDES = ["explorables/gallery", "explorables/make-your-own"]
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS)


@cache
def soup(path):
    return BeautifulSoup((SITE / path).read_text("utf-8"), "html.parser")


def article(path):
    return soup(path).select_one(".bd-article")


@cache
def ids(path):
    """The anchors of a page."""
    page = soup(path)
    return {tag["id"] for tag in page.find_all(id=True)}


@cache
def cells(chapter):
    return nbformat.read(ROOT / "book" / f"{chapter}.ipynb", as_version=4).cells


def prose(chapter):
    return "\n\n".join(cell.source for cell in cells(chapter) if cell.cell_type == "markdown")


# --- every page ---


def test_every_page_of_the_contents_is_built():
    files = [TOC["root"]] + [c["file"] for part in TOC["parts"] for c in part["chapters"]]
    assert sorted(f"{name}.html" for name in files) == PAGES


@each_page
def test_links_lead_somewhere(path):
    for tag, attribute in (("a", "href"), ("link", "href"), ("img", "src"), ("script", "src")):
        for node in soup(path).find_all(tag, **{attribute: True}):
            parts = urlsplit(node[attribute])
            if parts.scheme or parts.netloc:
                continue
            target = (SITE / path).parent / unquote(parts.path) if parts.path else SITE / path
            target = target.resolve()
            assert target.is_file(), f"{path} leads to {node[attribute]}"
            if parts.fragment and target.suffix == ".html":
                anchors = ids(target.relative_to(SITE).as_posix())
                assert unquote(parts.fragment) in anchors, f"{path} leads to {node[attribute]}"


@each_page
def test_no_id_is_used_twice(path):
    counts = Counter(tag["id"] for tag in article(path).find_all(id=True))
    assert not [name for name, count in counts.items() if count > 1]


OUTSIDE = re.compile(r"^(?:https?:)?//")
LOADS = {"img": "src", "script": "src", "iframe": "src", "source": "src", "object": "data"}


@each_page
def test_a_page_loads_nothing_from_another_host(path):
    page = soup(path)
    for tag, attribute in LOADS.items():
        for node in page.find_all(tag, **{attribute: True}):
            assert not OUTSIDE.match(node[attribute]), node[attribute]
    for node in page.find_all("link", href=True):  # a canonical address loads nothing
        assert node.get("rel") == ["canonical"] or not OUTSIDE.match(node["href"]), node["href"]
    for node in page.find_all(style=True):
        assert not re.search(r"url\(\s*['\"]?(?:https?:)?//", node["style"])


def test_styles_and_scripts_of_ours_load_nothing_from_another_host():
    for style in SITE.rglob("*.css"):
        loads = re.findall(
            r"(?:url\(|@import)\s*['\"]?((?:https?:)?//[^)'\"\s]+)", style.read_text()
        )
        assert not loads, f"{style.relative_to(SITE)}: {loads}"
    ours = [SITE / "_static" / "gd" / "page.js", ROOT / "gdlib" / "explore" / "static" / "view.js"]
    for script in ours:
        found = set(re.findall(r"https?://[^\s\"'`)]+", script.read_text("utf-8")))
        assert found <= {"http://www.w3.org/2000/svg"}  # a name, not an address


@each_page
def test_every_picture_says_what_it_shows(path):
    for picture in article(path).find_all("img"):
        text = picture.get("alt", "")
        assert len(text) > 20 and "_images" not in text, picture.get("src")


@each_page
def test_a_page_says_its_title_and_its_language(path):
    page = soup(path)
    assert page.html["lang"].lower().startswith("en")
    (title,) = article(path).find_all("h1")
    assert title.get_text().rstrip("#").strip() in page.title.get_text()


@each_page
def test_formulas_are_rendered_and_spoken(path):
    page = copy.copy(article(path))
    assert not page.select(".katex-error")
    for formula in page.select(".math"):
        assert formula.select_one(".katex math"), formula.get_text()[:80]
    for code in page.select("pre, code, .katex"):
        code.extract()
    assert not re.search(r"\$\$|\\begin\{|\{glue:|\{eq\}|\{ref\}|\{doc\}|\{cite", page.get_text())


@pytest.mark.parametrize("chapter", ["index", *CHAPTERS])
def test_a_notebook_can_be_launched(chapter):
    links = {a["href"] for a in soup(f"{chapter}.html").find_all("a", href=True)}
    repository = CONFIG["repository"]["url"].removeprefix("https://github.com/")
    buttons, branch = CONFIG["launch_buttons"], CONFIG["repository"]["branch"]
    colab = f"{buttons['colab_url']}/github/{repository}/blob/{branch}/book/{chapter}.ipynb"
    binder = f"{buttons['binderhub_url']}/v2/gh/{repository}/{branch}"
    assert colab in links
    assert any(link.startswith(binder) and f"book/{chapter}.ipynb" in link for link in links)


# --- chapters ---

SECTIONS = [
    "When does it break?",
    "Claims, tested",
    "One picture, one sentence",
    "Quiz",
    "Exercises",
]


@each_chapter
def test_a_chapter_has_its_shape(chapter):
    page = article(f"{chapter}.html")
    head = page.select_one(".admonition").get_text()
    for word in ("In this chapter", "You will be able to", "You need", "Time"):
        assert word in head
    titles = [h.get_text().rstrip("#").strip() for h in page.find_all("h2")]
    assert titles[-6:] == [*SECTIONS, "To go further"]
    assert 3 <= len(page.select_one(".admonition").find_all("li")) <= 5
    assert page.select("blockquote"), "the one sentence"
    assert page.select(".gd-static"), "a figure to play with"
    assert page.select(".admonition.try-this")


@each_chapter
def test_exercises_have_hints_and_solutions(chapter):
    kinds = {"exercise": "Exercise", "hint": "Hint", "solution": "Solution"}
    page, found = article(f"{chapter}.html"), []
    for box in page.select(".admonition"):
        (kind,) = {c for c in box["class"] if c in kinds} or {None}
        if kind:
            title = box.select_one(".admonition-title").get_text()
            assert title.startswith(kinds[kind])
            assert kind == "exercise" or "dropdown" in box["class"]
            assert kind != "exercise" or re.search(r"\(.*\d+ minutes.*\)", title), title
            found.append(kind)
    count = found.count("exercise")
    assert 4 <= count <= 6
    assert found == ["exercise", "hint", "solution"] * count


@each_chapter
def test_a_quiz_explains_every_answer(chapter):
    """Three questions; each answer opens to say whether it is right, and why."""
    questions, right = [], []
    for box in article(f"{chapter}.html").select(".admonition.quiz, .admonition.option"):
        title = box.select_one(".admonition-title").get_text()
        text = box.get_text().strip().removeprefix(title).strip()
        if "quiz" in box["class"]:
            assert re.fullmatch(rf"Question {len(questions) + 1} · .+", title), title
            questions.append([])
        else:
            assert "dropdown" in box["class"]
            assert re.match(r"(Yes|No)\. ", text), title
            assert len(text) > 40, title
            questions[-1].append(text[0] == "Y")
    assert len(questions) == 3
    for options in questions:
        assert 3 <= len(options) <= 4
        assert sum(options) == 1
        right.append(options.index(True))
    assert len(set(right)) > 1, "the right answer always at the same place"


@each_chapter
def test_terms_are_in_the_glossary(chapter):
    """A chapter links its terms, each where it first stands."""
    links = article(f"{chapter}.html").select("a[href*='glossary.html#term-']")
    terms = [link["href"].split("#")[1] for link in links]
    assert len(terms) >= 3
    assert len(terms) == len(set(terms))


def test_the_glossary_is_in_order_and_in_two_languages():
    rows = article("appendices/glossary.html").select("dl.glossary > dt")
    names = [row.get_text().rstrip("#").strip() for row in rows]
    assert names == sorted(names, key=str.lower)
    for row in rows:
        meaning = row.find_next_sibling("dd")
        assert re.search("[\u4e00-\u9fff]", meaning.select_one("[lang=zh]").get_text()), row
        assert meaning.get_text().strip().endswith(".")


@pytest.mark.parametrize("chapter", [*CHAPTERS, "explorables/make-your-own"])
def test_code_fits_the_page(chapter):
    """What stands open on the page needs no scrolling at 1280 px: 80 signs."""
    for cell in cells(chapter):
        hidden = {"hide-cell", "hide-input", "remove-cell", "remove-input", "colab-setup"}
        if cell.cell_type == "code" and not hidden & set(cell.metadata.get("tags", [])):
            assert not [line for line in cell.source.splitlines() if len(line) > 80]
    for block in article(f"{chapter}.html").select("div[class*=highlight-python]"):
        if not block.find_parent(class_="cell"):  # the library's own lines
            assert not [line for line in block.get_text().splitlines() if len(line) > 80]


@pytest.mark.parametrize("chapter", [*CHAPTERS, "explorables/make-your-own"])
def test_every_numbered_equation_is_checked(chapter):
    """A cell names what it checks: ``# Checks: a, b``. A definition is named as one."""
    labels = re.findall(r"^\$\$ \(([\w-]+)\)$", prose(chapter), re.MULTILINE)
    named = []
    for cell in cells(chapter):
        if cell.cell_type == "code":
            said = re.findall(r"^# (?:Checks|Definitions): (.+)$", cell.source, re.MULTILINE)
            checks = [label for line in said for label in line.split(", ")]
            named += checks
            assert not checks or "assert " in cell.source or "Checks" not in cell.source
    assert labels and sorted(named) == sorted(labels)


@pytest.mark.parametrize("chapter", [*CHAPTERS, *ASIDES])
def test_every_figure_has_a_caption_and_a_name(chapter):
    shown = article(f"{chapter}.html").select("figure")
    assert all(figure.get("id") and figure.select_one("figcaption") for figure in shown)
    lone = article(f"{chapter}.html").select(".gd-twins, .gd-static")
    assert all(picture.find_parent("figure") for picture in lone)


@each_chapter
def test_symbols_are_in_the_notation(chapter):
    """Every equation that the notation names is in a chapter, and every chapter is named there."""
    notation = (ROOT / "book" / "appendices" / "notation.md").read_text("utf-8")
    labels = set(re.findall(r"^\$\$ \(([\w-]+)\)$", prose(chapter), re.MULTILINE))
    assert set(re.findall(r"\{eq\}`([\w-]+)`", notation)) & labels


# --- claims ---

IDS = [f"{article}{n}" for article, most in zip("ABCDE", (11, 10, 9, 11, 16), strict=True)
       for n in range(1, most + 1)]  # fmt: skip
FORMS = {"C9"}  # a form that the book keeps, not a claim
SETTLED = {  # by chapter; what is in none is open
    "basics/one-knob": ["C1", "C2", "C3"],
    "basics/gradient-descent": ["A5", "A6", "B2", "C5", "D5", "D6", "E3", "E4"],
    "basics/gradient": ["C4", "D8"],
    "derivations/steepest-descent": ["D10", "E11", "E16"],
    "derivations/losses": ["D11", "E2"],
    "stochastic/bgd-sgd-mbgd": ["A2", "A3", "A4", "B3", "C6", "C7", "C8", "D1", "E5"],
    "stochastic/learning-rate": ["A7", "E12"],
    "derivations/backpropagation": ["A1", "D9", "E9"],
    "momentum/momentum": ["A8"],
    "adaptive/adam": ["B4", "D2", "D3", "E7"],
    "adaptive/adagrad-rmsprop": ["E6", "E8"],
    "trouble/minima-saddles": ["B1", "B5", "B8", "B9", "D7", "E1", "E14"],
    "trouble/overfitting": ["A9"],
    "trouble/vanishing-exploding": ["A10", "B6", "B7", "E10"],
    "adaptive/choosing": ["D4", "E13"],
}
HALVES = {  # a claim's second half, in a chapter of its own: by chapter, claim and label
    "trouble/minima-saddles": {"C7": "claim-c7-escape"},
    "trouble/overfitting": {"A1": "claim-a1-generalises"},
}
VERDICTS = ("holds", "holds when", "misleading", "false")


def claims():
    """The appendix's rows: ``{id: (claim, verdict, target of the verdict's link)}``."""
    rows = {}
    for row in article("appendices/claims.html").select("tbody tr"):
        name, claim, verdict = row.find_all("td")
        link = verdict.find("a")
        name = name.get_text().strip()
        assert name not in rows
        rows[name] = claim.get_text().strip(), verdict.get_text().strip(), link and link["href"]
    return rows


def test_every_claim_has_its_row():
    assert list(claims()) == IDS
    assert f"{len(IDS)} claims" in article("appendices/claims.html").get_text()
    assert all(len(claim) > 20 for claim, _, _ in claims().values())


def test_a_claim_is_open_or_settled_in_a_chapter():
    home = {name: chapter for chapter, names in SETTLED.items() for name in names}
    assert sum(map(len, SETTLED.values())) == len(home)
    for name, (_, verdict, link) in claims().items():
        if name in FORMS:
            continue
        if name not in home:
            assert verdict == "open" and not link, name
            continue
        assert verdict.startswith(VERDICTS), name
        assert link == f"../{home[name]}.html#claim-{name.lower()}"


def test_a_row_links_to_the_second_half_of_its_claim():
    links = {a["href"] for a in article("appendices/claims.html").select("tbody a[href]")}
    for chapter, labels in HALVES.items():
        assert {f"../{chapter}.html#{label}" for label in labels.values()} <= links


@each_chapter
def test_a_chapter_settles_its_claims(chapter):
    """Each box names its claim, says what was done, and gives the verdict of the appendix."""
    page, found, rows = article(f"{chapter}.html"), [], claims()
    for box in page.select(".admonition.claim"):
        name = box.select_one(".admonition-title").get_text().split(" · ")[0]
        text = " ".join(box.get_text().split())
        half = HALVES.get(chapter, {}).get(name)
        assert (half or f"claim-{name.lower()}") in ids(f"{chapter}.html")
        assert " Claim. " in text and " Experiment. " in text
        verdict = re.search(r"Verdict: ([^.,]+)", text)[1]
        assert verdict in rows[name][1] if half else rows[name][1].startswith(verdict), name
        found.append(name)
    assert sorted(found) == sorted([*SETTLED.get(chapter, []), *HALVES.get(chapter, {})])


# --- citations ---


def test_every_work_in_the_bibliography_is_cited_and_can_be_found():
    source = (ROOT / "book" / "references.bib").read_text("utf-8")
    entries = re.findall(r"@\w+\{([\w-]+),(.*?)\n\}", source, re.DOTALL)
    texts = [path.read_text("utf-8") for path in (ROOT / "book").rglob("*.md")]
    cited = re.findall(r"\{cite[:\w]*\}`([^`]+)`", "\n".join([*texts, *map(prose, CHAPTERS)]))
    cited = {key.strip() for keys in cited for key in keys.split(",")}
    assert {key for key, _ in entries} == cited
    for key, fields in entries:
        assert re.search(r"\byear\s*=", fields), key
        assert re.search(r"\b(doi|url|isbn|eprint|pages|publisher|institution)\s*=", fields), key


# --- what is packed for the page ---


def test_the_state_of_widgets_is_json():
    seen = 0
    for path in PAGES:
        for script in soup(path).find_all("script", type=re.compile(r"widget-state\+json")):
            assert json.loads(script.string, parse_constant=pytest.fail)["state"]
            seen += 1
    assert seen >= 2
