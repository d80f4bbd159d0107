"""The rules of CONTRIBUTING.md that a program can check: what is in the repository, and how."""

import ast
import json
import os
import re
import stat
import subprocess
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import binder_check, notebooks, prerun

ROOT = Path(__file__).parents[1]
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("requirements.lock", "requirements-uv.lock")


def tracked():
    """Every file that is in git or would be added to it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = sorted(set(listed.stdout.decode().split("\0")) - {""})
    return [name for name in names if (ROOT / name).is_file()]


FILES = tracked()


def text(name):
    return (ROOT / name).read_text("utf-8")


def is_text(name):
    return b"\0" not in (ROOT / name).read_bytes()[:8192]


TEXTS = [name for name in FILES if is_text(name)]
NOTEBOOKS = [path.relative_to(ROOT).as_posix() for path in notebooks.notebooks()]


# --- the files ---


def test_what_everyone_looks_for_is_there():
    wanted = {
        ".ci/run", ".github/workflows/book.yml", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md",
        "LICENSE", "LICENSE-text", "Makefile", "README.md", "_config.yml", "_toc.yml",
        "environment.yml", "postBuild", "pyproject.toml", *LOCKS,
    }  # fmt: skip
    assert wanted <= set(FILES)


def test_only_the_picture_of_the_readme_frozen_text_and_recorded_values_are_binary():
    binary = [name for name in FILES if name not in TEXTS]
    recorded = [name for name in binary if re.fullmatch(r"tests/golden/\w+\.npz", name)]
    assert binary == ["book/images/flagship.png", "gdlib/paragraphs.txt.gz", *recorded]
    assert all((ROOT / name).stat().st_size < 2**18 for name in binary)
    assert "book/images/flagship.png" in text("README.md")


def test_no_file_is_large():
    large = [n for n in FILES if (ROOT / n).stat().st_size > 300_000 and n not in LOCKS]
    assert not large


@pytest.mark.parametrize("name", ["postBuild", ".ci/run"])
def test_scripts_can_be_run(name):
    assert (ROOT / name).stat().st_mode & stat.S_IXUSR
    assert text(name).startswith("#!/usr/bin/env bash\n")


def test_no_file_names_a_registry_or_a_place_on_this_machine():
    registries = "|".join(
        ["pypi" + ".org", "python" + "hosted", "registry." + "npmjs", "conda." + "anaconda"]
    )
    # `instructor` and `jovyan` are the accounts of the page on JupyterHub
    homes = r"(?<![\w.~/-])/(?:home|root|Users|work|tmp)/(?!instructor\b|jovyan\b)\w"
    found = [
        f"{name}: {match[0]}"
        for name in TEXTS
        for match in re.finditer(f"{registries}|{homes}", text(name))
    ]
    assert not found


def test_links_between_the_files_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        for target in re.findall(r"\]\(([^)#\s]+)\)", text(name)):
            assert target.startswith("https://") or (ROOT / target).exists(), f"{name}: {target}"
    named = re.findall(r"`((?:tests|tools|book|gdlib)/[\w./-]+)`", text("CONTRIBUTING.md"))
    assert named and all((ROOT / path).exists() for path in named)


# --- the repository's address: in one place ---


def test_the_address_of_the_repository_stands_in_one_place():
    address = CONFIG["repository"]["url"]
    owner_and_name = address.removeprefix("https://github.com/")
    assert yaml.safe_load(text("CITATION.cff"))["repository-code"] == address
    others = [n for n in TEXTS if owner_and_name in text(n) and not n.endswith(".ipynb")]
    assert others == ["CITATION.cff", "_config.yml"]
    for name in NOTEBOOKS:
        for cell in nbformat.reads(text(name), as_version=4).cells:
            assert owner_and_name not in cell.source or "colab-setup" in cell.metadata.tags


# --- requirements ---


@pytest.mark.parametrize("name", LOCKS)
def test_locks_hold_names_versions_and_hashes_only(name):
    for line in text(name).splitlines():
        assert re.fullmatch(
            r"[\w.-]+==[\w.+!-]+( ; [\w\s.'<>=()!-]+)? \\| {4}--hash=sha256:[0-9a-f]{64}( \\)?",
            line,
        ), line


def test_the_npm_lock_holds_no_address():
    packages = json.loads(text("web/package-lock.json"))["packages"]
    for name, package in packages.items():
        assert "resolved" not in package
        assert not name or package["integrity"].startswith("sha512-")


def requirements():
    project = PYPROJECT["project"]
    yield from project["dependencies"]
    for extra in project["optional-dependencies"].values():
        yield from extra
    yield from PYPROJECT["dependency-groups"]["build"]


def test_the_lock_satisfies_every_requirement():
    pins = binder_check.locked(text("requirements.lock"))
    for requirement in map(Requirement, requirements()):
        version = pins[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} but {version} is locked"


def test_every_dependency_says_why():
    for requirement in requirements():
        lines = [li for li in text("pyproject.toml").splitlines() if f'"{requirement}"' in li]
        assert any("#" in line for line in lines), requirement


def test_binder_has_the_same_versions():
    pins = binder_check.locked(text("requirements.lock"))
    ours = [Requirement(r) for r in binder_check.pins()]
    wanted = {canonicalize_name(Requirement(r).name) for r in PYPROJECT["project"]["dependencies"]}
    assert {canonicalize_name(r.name) for r in ours} == wanted | {"jupyterlab-myst"}
    for requirement in ours:
        assert str(requirement.specifier) == f"=={pins[canonicalize_name(requirement.name)]}"


# --- commands ---


PHONY = re.search(r"\.PHONY:((?:.*\\\n)*.*)", text("Makefile"))[1].replace("\\", " ").split()


def test_make_help_lists_every_command():
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for command in PHONY:
        assert re.search(rf"^  make {command} +\S", said.stdout, re.MULTILINE), command
    for name in ("README.md", "CONTRIBUTING.md"):
        for command in re.findall(r"`make ([a-z]+)`", text(name)):
            assert command in PHONY, f"{name} names make {command}"


def test_ci_runs_the_tests_and_nothing_else():
    assert text(".ci/run").splitlines()[-1] == "exec make test"
    workflow = yaml.safe_load(text(".github/workflows/book.yml"))
    runs = [step["run"] for step in workflow["jobs"]["book"]["steps"] if "run" in step]
    assert runs == ["make book", "make test"]


# --- the library ---

FLOORS = [  # each may import from itself and from what stands above it in this list
    "_check", "formulas", "fast", "landscapes", "schedules", "optimizers", "line_search", "descent",
    "losses", "models", "history", "training", "data", "gradcheck", "diagnostics", "_narrow",
    "plots", "_glue", "explore",
]  # fmt: skip


def modules():
    return [
        n for n in FILES if n.startswith("gdlib/") and n.endswith(".py") and "/static/" not in n
    ]


def imports(name):
    """The modules of the library that the file `name` imports, as paths within the package."""
    package = name.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(ast.parse(text(name))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            parts = [*base, *(node.module.split(".") if node.module else [])]
            if parts[:1] == ["gdlib"]:
                yield from ([*parts[1:], alias.name] for alias in node.names)
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "gdlib":
                    yield alias.name.split(".")[1:]


def test_imports_go_one_way():
    seen = set()
    for name in modules():
        own = name.removeprefix("gdlib/").removesuffix(".py").split("/")[0]
        if own == "__init__":
            continue
        for parts in imports(name):
            assert parts and parts[0] in FLOORS, f"{name} imports gdlib.{'.'.join(parts)}"
            assert FLOORS.index(parts[0]) <= FLOORS.index(own), f"{name} imports {parts[0]}"
            seen.add((own, parts[0]))
    assert ("descent", "optimizers") in seen and ("explore", "plots") in seen
    assert {n.split("/")[1].removesuffix(".py") for n in modules()} <= {*FLOORS, "__init__"}


def test_formulas_import_numpy_alone():
    for name in modules():
        if name.startswith("gdlib/formulas/"):
            assert not list(imports(name)), name


# --- the notebooks ---


def test_all_notebooks_of_the_book_are_run_ahead_of_the_build():
    assert sorted(prerun.notebooks()) == sorted(str(ROOT / name) for name in NOTEBOOKS)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_in_normal_form(name):
    assert text(name) == notebooks.normal_text(ROOT / name), "run `make normal`"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_code_cell_has_been_run(name):
    for cell in nbformat.reads(text(name), as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.execution_count, "nbval does not compare a cell without a count"
            assert not any(out.output_type == "error" for out in cell.outputs)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_first_cell_of_code_sets_colab_up(name):
    cells = nbformat.reads(text(name), as_version=4).cells
    first, *others = [cell for cell in cells if cell.cell_type == "code"]
    assert {"colab-setup", "remove-cell"} <= set(first.metadata.tags)
    assert f"git+{CONFIG['repository']['url']}" in first.source
    assert not any("pip install" in cell.source for cell in others)


def test_setting_colab_up_does_nothing_elsewhere():
    """The cell is IPython's, so it is run as IPython reads it; a shell command would fail here."""
    from IPython.core.inputtransformer2 import TransformerManager

    source = TransformerManager().transform_cell(notebooks.COLAB.format(address="nowhere"))
    space = {}
    exec(compile(source, "colab-setup", "exec"), space)
    assert set(space) - {"__builtins__"} == {"sys"}


def test_normal_form_is_stable_and_repairs(tmp_path):
    """What an editor leaves behind comes off: counts, ids, pictures, metadata."""
    name = next(n for n in NOTEBOOKS if "gradient-descent" in n)
    notebook = nbformat.reads(text(name), as_version=4)
    notebook.metadata["widgets"] = {"state": {}}
    for cell in notebook.cells:
        cell.metadata["scrolled"] = True
        if cell.cell_type == "code":
            cell.execution_count = None
            picture = nbformat.v4.new_output("display_data", {"image/png": "AAAA"})
            cell.outputs.append(picture)
    path = tmp_path / "edited.ipynb"
    nbformat.write(notebook, path)
    assert notebooks.normal_text(path) == text(name)


# --- prose ---

AMERICAN = re.compile(
    r"\b(?:\w*(?:optimiz|generaliz|initializ|normaliz|regulariz|minimiz|maximiz|standardiz|"
    r"vectoriz|visualiz|summariz|penaliz|recogniz|color|behavior|neighbor|favorit)\w*|"
    r"centers?|centered|gray|labeled|modeling|traveled|artifacts?)\b",
    re.IGNORECASE,
)


def prose(name):
    """The text of a page without its code, addresses and labels."""
    if name.endswith(".ipynb"):
        cells = nbformat.reads(text(name), as_version=4).cells
        source = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    else:
        source = text(name)
    source = re.sub(
        r"(?s)```(?:python|sh|\{(?:eval-rst|literalinclude|code-cell)\}).*?```", "", source
    )
    return re.sub(r"`[^`\n]*`|\]\([^)]*\)|<[^>]*>|\{[\w:]+\}|https?://\S+", "", source)


PAGES = [n for n in FILES if n.endswith(".md") or n in NOTEBOOKS]


@pytest.mark.parametrize("name", PAGES)
def test_spelling_is_british(name):
    assert not AMERICAN.findall(prose(name))


@pytest.mark.skipif(os.name == "nt", reason="git on Windows may not keep the bit")
def test_nothing_else_is_executable():
    scripts = [n for n in FILES if (ROOT / n).stat().st_mode & stat.S_IXUSR]
    assert set(scripts) <= {"postBuild", ".ci/run"}
