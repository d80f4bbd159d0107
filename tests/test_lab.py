"""Every explorable in a real JupyterLab: it mounts, and the kernel answers a move of its slider."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from playwright.sync_api import sync_playwright

from gdlib import explore
from gdlib.explore import Explorable
from tests.pages import FLAGS
from tools.browser import find
from tools.notebooks import NOTEBOOK_METADATA

FIGURES = [
    name
    for name, thing in vars(explore).items()
    if isinstance(thing, type) and issubclass(thing, Explorable) and thing is not Explorable
]
MAKE = {"Descent": 'gd.explore.Descent(["bowl", "himmelblau"], presets={"diverges": {"lr": 0.3}})'}
SETTINGS = "lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab with one notebook, all of whose cells are drawn, also those far down."""
    folder = tmp_path_factory.mktemp("lab")
    cells = [nbformat.v4.new_code_cell("import gdlib as gd")]
    cells += [nbformat.v4.new_code_cell(MAKE.get(name, f"gd.explore.{name}()")) for name in FIGURES]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=NOTEBOOK_METADATA)
    nbformat.write(notebook, folder / "figures.ipynb")
    settings = folder / "config" / SETTINGS
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"windowingMode": "none"}))
    port = free_port()
    address = f"http://127.0.0.1:{port}/lab/tree/figures.ipynb"
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={port}"),
        *("--IdentityProvider.token=", "--allow-root", f"--ServerApp.root_dir={folder}"),
    ]
    environment = os.environ | {"JUPYTER_CONFIG_DIR": str(folder / "config")}
    with open(folder / "log", "w") as log:
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=2).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail((folder / "log").read_text()[-2000:])
        yield address
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def page(lab):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(lab, timeout=60_000)
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
        page.get_by_text("| Idle").wait_for(timeout=60_000)  # in the status bar: the kernel is up
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        page.wait_for_function(
            f"document.querySelectorAll('.gd-figure[data-ready]').length == {len(FIGURES)}",
            timeout=60_000,
        )
        yield page
        browser.close()


@pytest.mark.parametrize("name", FIGURES)
def test_it_mounts_and_the_kernel_answers(page, name):
    output = page.locator(".jp-OutputArea-output:has(.gd-figure)").nth(FIGURES.index(name))
    words, panels = output.locator(".gd-words"), output.locator(".gd-panels")
    output.scroll_into_view_if_needed()
    before = words.inner_text(), panels.inner_html()
    slider = output.locator(".widget-slider .noUi-handle").first
    slider.focus()
    for _ in range(8):
        slider.press("ArrowRight")
        slider.press("ArrowRight")
    page.wait_for_function(
        "([panels, before]) => panels.innerHTML !== before",
        arg=[panels.element_handle(), before[1]],
    )
    preset = output.locator(".gd-presets > button").last
    preset.click()
    page.wait_for_function(
        "(button) => button.getAttribute('aria-pressed') === 'true'", arg=preset.element_handle()
    )
    page.wait_for_function(
        "([words, before]) => words.innerText !== before", arg=[words.element_handle(), before[0]]
    )
