"""A headless Chromium of this machine's, offline, and everything that a page did in it that it should not."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Generator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb",
)  # fmt: skip
SECONDS = 60


@dataclass(frozen=True)
class Reader:
    """Who looks at the page, and with what."""

    width: int
    scheme: Literal["light", "dark"]
    has_scripts: bool
    zone: str

    def __str__(self) -> str:
        scripts = "scripts" if self.has_scripts else "none"
        return f"{self.width}-{self.scheme}-{scripts}-{self.zone.rpartition('/')[2]}"


@dataclass
class Seen:
    """A page that is open, and what it asked for and complained of."""

    page: Any
    requests: list[str] = field(default_factory=list[str])
    complaints: list[str] = field(default_factory=list[str])

    def hear_request(self, request: Any) -> None:
        """Something was asked for."""
        self.requests.append(request.url)

    def hear_console(self, told: Any) -> None:
        """Something was written to the console."""
        self.complaints.append(f"{told.type}: {told.text}")

    def hear_error(self, error: Any) -> None:
        """A script failed."""
        self.complaints.append(f"error: {error}")


@contextlib.contextmanager
def browsing() -> Generator[Any]:
    """A browser; skips visibly where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright (the extra [browser]) is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def reading(browser: Any, file: Path, reader: Reader, *, bypass_csp: bool = False) -> Generator[Seen]:
    """The file opened by a reader without a network; all charts are drawn when it is handed out."""
    context = browser.new_context(
        viewport={"width": reader.width, "height": 900}, color_scheme=reader.scheme, timezone_id=reader.zone,
        java_script_enabled=reader.has_scripts, offline=True, bypass_csp=bypass_csp, locale="en-US",
    )  # fmt: skip
    try:
        seen = Seen(context.new_page())
        seen.page.on("request", seen.hear_request)
        seen.page.on("console", seen.hear_console)
        seen.page.on("pageerror", seen.hear_error)
        seen.page.goto(file.as_uri())
        if reader.has_scripts:
            seen.page.wait_for_selector("html[data-ready]", state="attached", timeout=SECONDS * 1000)
        yield seen
    finally:
        context.close()


def hindrances(page: Any) -> list[str]:
    """What axe-core finds serious or critical, with the elements."""
    pytest.importorskip("axe_playwright_python", reason="axe-core (the extra [browser]) is not installed")
    source = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    page.evaluate(source)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']} ({violation['impact']}): {[node['html'][:200] for node in violation['nodes'][:3]]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
