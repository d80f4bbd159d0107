"""Take the README's picture: the flagship figure on the built landing page. `make picture`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
MARGIN = 14  # pixels around the figure
sys.path.insert(0, str(ROOT))

from tests.pages import FLAGS, Visit, serve
from tools.browser import find


def main():
    server, site = serve()
    picture = ROOT / "book" / "images" / "flagship.png"
    picture.parent.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        address = f"{site}index.html#flagship?landscape=Himmelblau&lr=0.0105&start=-0.4,-0.4"
        with Visit(browser, address, device_scale_factor=1.75) as visit:
            figure = visit.figures()[0]
            visit.page.wait_for_function("record.length > 0")
            below_header = "node => scrollBy(0, node.getBoundingClientRect().top - 90)"
            figure.live.evaluate(below_header)
            box = figure.rest().live.bounding_box()
            frame = {"x": box["x"] - MARGIN, "y": box["y"] - MARGIN}
            frame |= {side: box[side] + 2 * MARGIN for side in ("width", "height")}
            visit.page.screenshot(path=picture, clip=frame)
        browser.close()
    server.shutdown()
    print(picture.relative_to(ROOT))


if __name__ == "__main__":
    main()
