"""Draw the first page of PDF files with pdf.js in Chromium. A process of its own: Playwright's
event loop stays in the thread it began in.

Reads {"scale": pixels to a point, "files": {path of a PDF: path of the PNG to write}} from standard
input. Ends with an error if pdf.js logs a warning, such as one about an operator that it doesn't
understand.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

from playwright.sync_api import Page, Route, sync_playwright

from tests.support.browser import chromium_path

PACKAGE = Path(__file__).parent / "npm" / "node_modules" / "pdfjs-dist"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]
EXPECTED = frozenset(
    {"Warning: Setting up fake worker."}
)  # it works in the page's own thread, as it is told to
ORIGIN = "http://pdfjs.test"
_DRAW = """
async ([data, scale]) => {
  const pdfjs = await import('/build/pdf.mjs');
  globalThis.pdfjsWorker ??= await import('/build/pdf.worker.mjs'); // in this thread: what it logs is seen
  const bytes = Uint8Array.from(atob(data), one => one.charCodeAt(0));
  const task = pdfjs.getDocument({data: bytes, verbosity: pdfjs.VerbosityLevel.WARNINGS, useSystemFonts: false});
  const page = await (await task.promise).getPage(1);
  const viewport = page.getViewport({scale});
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(viewport.width);
  canvas.height = Math.ceil(viewport.height);
  await page.render({canvas, viewport, background: '#ffffff'}).promise;
  const picture = canvas.toDataURL('image/png').split(',')[1];
  await task.destroy();
  return picture;
}
"""


def serve(route: Route) -> None:
    """Answer with a file of the package; an empty page for anything else."""
    path = PACKAGE / route.request.url.removeprefix(ORIGIN).lstrip("/").split("?")[0]
    if path.is_file():
        route.fulfill(
            body=path.read_bytes(),
            content_type="text/javascript" if path.suffix == ".mjs" else "application/octet-stream",
        )
    else:
        route.fulfill(body="<!DOCTYPE html><title>pdf.js</title>", content_type="text/html")


def draw(page: Page, pdf: bytes, scale: float) -> bytes:
    """Return the first page of *pdf* as PNG."""
    return base64.b64decode(page.evaluate(_DRAW, [base64.b64encode(pdf).decode("ascii"), scale]))


def main() -> int:
    """Draw what standard input names; return the exit code."""
    asked = json.load(sys.stdin)
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        page = browser.new_page()
        page.route("**/*", serve)
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text) if message.type in {"warning", "error"} else None
            ),
        )
        page.goto(ORIGIN)
        for source, target in asked["files"].items():
            complaints.append(f"-- {source}")
            Path(target).write_bytes(draw(page, Path(source).read_bytes(), asked["scale"]))
        browser.close()
    said = [line for line in complaints if not line.startswith("-- ") and line not in EXPECTED]
    sys.stderr.write("\n".join(complaints) if said else "")
    return 1 if said and not asked.get("lenient") else 0


if __name__ == "__main__":
    raise SystemExit(main())
