"""A page with six charts: weight and time to its first chart, beside a default nbconvert page and a Quarto page.

Run: python benchmarks/pages.py        (needs Chromium and npm; Quarto is measured where it is on the PATH)

The same six Altair charts on each page. The others' scripts come from a CDN; here npm fetches them and this machine
serves them, so they are spared the way to the CDN. MathJax, which both load and no chart needs, is left out.
"""

import functools
import gzip
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import altair as alt
import nbformat
import numpy as np
import pandas as pd
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, sync_playwright

from helpers.exhibits import Exhibit
from helpers.pages.content import read_page
from helpers.pages.finish import palette_css
from helpers.pages.shell import Site, page
from helpers.paths import report_dir

ROUNDS = 5
SCRIPTS = ("vega@6", "vega-lite@6.4.1", "vega-embed@7", "requirejs@2", "jquery@3")
CDN = {"https://cdn.jsdelivr.net/npm/": "cdn/", "https://cdnjs.cloudflare.com/ajax/libs/": "cdnjs/"}
# A phone of the lower half: a quarter of this machine's speed, 1.6 Mbit/s, 150 ms.
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
FIRST_CHART = (
    "() => [...document.querySelectorAll('.exhibit-chart svg, .vega-embed canvas, .vega-embed svg, "
    "[id^=altair-viz] canvas')].some(e => e.getBoundingClientRect().height > 40)"
)


def charts() -> list[tuple[pd.DataFrame, alt.LayerChart]]:
    """Six charts of a band and a line over 48 quarters, as in a chapter."""
    rng = np.random.default_rng(1)
    made = []
    for place in range(6):
        middle = np.exp(np.cumsum(rng.normal(0.05, 0.05, 48)))
        frame = pd.DataFrame({"quarter": pd.date_range("2018-01-01", periods=48, freq="QS"), "p5": middle * 0.7,
                              "p50": middle, "p95": middle * 1.4})  # fmt: skip
        base = alt.Chart(frame).encode(x=alt.X("quarter:T", title=None))
        band = base.mark_area(opacity=0.3).encode(y=alt.Y("p5:Q", title=f"index {place}"), y2="p95:Q")
        made.append((frame, band + base.mark_line().encode(y="p50:Q")))
    return made


def make_ours(folder: Path) -> None:
    """The page as the site writes it."""
    shutil.copytree(report_dir() / "assets", folder / "assets")
    (folder / "assets" / "css" / "palette.css").write_text(palette_css(), encoding="utf-8")
    figures = []
    for place, (frame, chart) in enumerate(charts()):
        exhibit = Exhibit(id=f"chart-{place}", title="A line with its interval", subtitle="An index by quarter",
                          unit="index", basis="sample", as_of=date(2026, 1, 1), chart=chart, data=frame,
                          sources=[{"source_id": "s", "publisher": "A sample", "title": "A sample"}],
                          alt="A rising line.", confidence="high")  # fmt: skip
        exhibit.write(folder / "exhibits")
        figures.append(exhibit.to_html())
    content = read_page(f"<html><body><main><h1>Six charts</h1>{''.join(figures)}</main></body></html>")
    site = Site("Sample", "", [{"href": "index.html", "text": "Index"}], "", date(2026, 1, 1))
    (folder / "page.html").write_text(page(site, "page.html", content), encoding="utf-8")


def notebook() -> nbformat.NotebookNode:
    """The six charts as Altair leaves them in an executed notebook."""
    cells = []
    for _, chart in charts():
        bundle = chart._repr_mimebundle_()
        output = nbformat.v4.new_output("display_data", data=bundle[0] if isinstance(bundle, tuple) else bundle)
        cells.append(nbformat.v4.new_code_cell("chart", outputs=[output]))
    return nbformat.v4.new_notebook(cells=cells)


def make_nbconvert(folder: Path) -> None:
    """nbconvert's default page."""
    body, _ = HTMLExporter().from_notebook_node(notebook())
    (folder / "page.html").write_text(_from_here(body), encoding="utf-8")


def make_quarto(folder: Path) -> None:
    """Quarto's default page of the same notebook."""
    nbformat.write(notebook(), folder / "page.ipynb")
    subprocess.run(["quarto", "render", "page.ipynb", "--to", "html", "--no-execute"], cwd=folder, check=True,
                   capture_output=True)  # fmt: skip
    path = folder / "page.html"
    path.write_text(_from_here(path.read_text(encoding="utf-8")), encoding="utf-8")


def _from_here(body: str) -> str:
    for far, here in CDN.items():
        body = body.replace(far, here)
    return body


def fetch_scripts(folder: Path) -> None:
    """What the CDN would serve, from npm."""
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *SCRIPTS], check=True,
                   capture_output=True)  # fmt: skip


@contextmanager
def served(folder: Path, packages: Path) -> Iterator[str]:
    """The folder over HTTP, compressed as a server would, with the CDN's scripts below `cdn/`."""

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            path = _script(self.path, packages) or folder / self.path.split("?")[0].lstrip("/")
            if not path.is_file():
                return self.send_error(404)
            data = path.read_bytes()
            data = data if path.suffix == ".woff2" else gzip.compress(data, 6)
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(str(path)))
            if path.suffix != ".woff2":
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def _script(address: str, packages: Path) -> Path | None:
    """The file behind an address of the CDN: the one that the package names for it."""
    address = address.split("?")[0].lstrip("/")
    for name, start in (("requirejs", "cdnjs/require.js"), ("jquery", "cdnjs/jquery")):
        if address.startswith(start):
            return packages / name / ("require.js" if name == "requirejs" else "dist/jquery.min.js")
    if not address.startswith("cdn/"):
        return None
    folder = packages / address.removeprefix("cdn/").split("@")[0]
    described = json.loads((folder / "package.json").read_text(encoding="utf-8")) if folder.is_dir() else {}
    return folder / described["jsdelivr"] if "jsdelivr" in described else None


def measure(browser: Browser, address: str, slow: bool) -> tuple[float, int, int]:
    """Milliseconds to the first chart, bytes over the wire until the page is quiet, and requests."""
    context = browser.new_context(viewport={"width": 390 if slow else 1280, "height": 844})
    view = context.new_page()
    wire = context.new_cdp_session(view)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    if slow:
        wire.send("Network.emulateNetworkConditions", SLOW)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    view.goto(f"{address}/page.html", wait_until="commit")
    view.wait_for_function(FIRST_CHART, polling="raf", timeout=120_000)
    first = view.evaluate("performance.now()")
    view.wait_for_load_state("networkidle")
    context.close()
    return first, int(sum(sizes)), len(sizes)


def main() -> None:
    makers = {"this site": make_ours, "nbconvert, default": make_nbconvert}
    if shutil.which("quarto"):
        makers["Quarto, default"] = make_quarto
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        root = Path(name)
        fetch_scripts(root / "npm")
        chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        print(f"{'page':20} {'kB':>6} {'requests':>8} {'first chart, ms':>16} {'on a slow phone, ms':>20}")
        for label, make in makers.items():
            folder = root / label.split(",")[0].replace(" ", "-")
            folder.mkdir()
            make(folder)
            with served(folder, root / "npm" / "node_modules") as address:
                fast = [measure(browser, address, slow=False) for _ in range(ROUNDS)]
                slow = [measure(browser, address, slow=True) for _ in range(ROUNDS)]
            times = [statistics.median(row[0] for row in rows) for rows in (fast, slow)]
            print(f"{label:20} {fast[0][1] / 1000:6.0f} {fast[0][2]:8} {times[0]:16.0f} {times[1]:20.0f}", flush=True)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
