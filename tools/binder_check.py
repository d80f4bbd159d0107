"""Check what Binder will do, as far as that can be seen without Docker: `make binder`.

With the argument `pins`, only write the versions of requirements.lock into environment.yml: `make
lock`. Else, three checks:

1. repo2docker, which builds Binder's images, reads `environment.yml` and runs `postBuild`, and
   installs the environment before it copies the rest, so that a commit does not rebuild the image.
2. The pins install in a clean environment, and `postBuild` installs the library there.
3. Every notebook runs in it and prints what is stored in it.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tools.notebooks import notebooks

BINDER = {"python_version": "3.11", "python_full_version": "3.11.0", "sys_platform": "linux"}
REPO2DOCKER = "jupyter-repo2docker==2026.4.0"


def pins():
    """The requirements that `environment.yml` hands to pip."""
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    (pinned,) = [part["pip"] for part in environment["dependencies"] if isinstance(part, dict)]
    return pinned


def locked(lock):
    """The versions in the text of a lock file that Binder's Python gets, by name."""
    found = {}
    for pin in re.findall(r"^([\w.-]+==[^\\]+)", lock, re.MULTILINE):
        requirement = Requirement(pin)
        if requirement.marker is None or requirement.marker.evaluate(BINDER):
            found[canonicalize_name(requirement.name)] = str(requirement.specifier)[2:]
    return found


def write_pins():
    """Bring the pins of `environment.yml` to the versions of `requirements.lock`."""
    versions = locked((ROOT / "requirements.lock").read_text("utf-8"))
    path = ROOT / "environment.yml"
    text = path.read_text("utf-8")
    for name in (pin.split("==")[0] for pin in pins()):
        text = re.sub(rf"- {name}==\S+", f"- {name}=={versions[name]}", text)
    path.write_text(text, "utf-8")


def run(*command, **options):
    print("$", *command, flush=True)
    return subprocess.run([str(part) for part in command], check=True, text=True, **options)


def check_detection(source):
    """Ask repo2docker for the Dockerfile it would build, and read the order of its steps."""
    command = ("uv", "tool", "run", "-q", "--from", REPO2DOCKER, "repo2docker")
    options = ("--no-build", "--debug", "--user-id", "1000", "--user-name", "jovyan")
    said = run(*command, *options, source, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
    steps = (
        "Building conda environment for python=3.11",
        "src/environment.yml ${REPO_DIR}/environment.yml",
        'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"',
        "src/ ${REPO_DIR}",
        "RUN ./postBuild",
    )
    place = 0
    for step in steps:
        place = said.find(step, place)
        if place < 0:
            sys.exit(f"repo2docker does not come to {step!r} where it should:\n{said}")
    print("repo2docker: conda environment first, then the repository, then postBuild")


def check_environment(source, home):
    """Install the pins and the library as Binder does, and test the notebooks with them."""
    run("uv", "venv", "-q", "--seed", "--python", sys.executable, home)
    python = home / "bin" / "python"
    tools = ("nbval", "jupyterlab")  # Binder's image has its own JupyterLab
    run("uv", "pip", "install", "-q", "--python", python, *pins(), *tools)
    there = os.environ | {"PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    run("./postBuild", cwd=source, env=there)
    files = [path.relative_to(ROOT) for path in notebooks()]
    options = ("-q", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider")
    run(python, "-m", "pytest", *options, *files, cwd=source, env=there)


def main():
    if sys.argv[1:] == ["pins"]:
        return write_pins()
    with tempfile.TemporaryDirectory() as folder:
        source, home = Path(folder, "repository"), Path(folder, "environment")
        run("git", "clone", "-q", ROOT, source)
        check_detection(source)
        check_environment(source, home)


if __name__ == "__main__":
    main()
