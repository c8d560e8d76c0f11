"""One Chromium for all browser tests, with the network off and everything it asks for counted."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SYSTEM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
REMEDY = "no Chromium found: run `python -m playwright install --with-deps chromium`"
LOCAL = ("file:", "data:", "blob:", "about:")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@dataclass
class Visit:
    """An open page, what it complained of, and what it asked the network for."""

    page: Page
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    system = next(filter(None, map(shutil.which, SYSTEM)), None)
    with sync_playwright() as playwright:
        try:
            launched = playwright.chromium.launch(executable_path=system, args=FLAGS)
        except Error:
            if os.environ.get("CI", "").lower() in {"true", "1"}:
                pytest.fail(REMEDY)
            pytest.skip(REMEDY)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """Return the module that makes the sample pages."""
    path = Path(__file__).parents[1] / "maps" / "sample_frames.py"
    spec = importlib.util.spec_from_file_location("sample_frames", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def site(samples: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write one page of each kind."""
    folder = tmp_path_factory.mktemp("site")
    for name, page in samples.pages().items():
        page.save(folder / f"{name}.html")
    return folder


@pytest.fixture
def visit(browser: Browser, site: Path) -> Iterator[Callable[..., Visit]]:
    """Open pages; afterwards, check that none complained or asked for anything outside."""
    visits: list[Visit] = []

    def open_page(
        kind: str, *, state: str = "", size: tuple[int, int] = (1280, 800), folder: Path = site
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            offline=True,
            accept_downloads=True,
            locale="en-GB",
        )
        context.set_default_timeout(15_000)
        seen = Visit(context.new_page())
        visits.append(seen)
        context.route(lambda address: not address.startswith(LOCAL), lambda route: route.abort())
        seen.page.on(
            "request",
            lambda request: request.url.startswith(LOCAL) or seen.outside.append(request.url),
        )
        seen.page.on(
            "console",
            lambda message: (
                message.type in {"error", "warning"} and seen.errors.append(message.text)
            ),
        )
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.goto((folder / f"{kind}.html").as_uri() + state)
        if kind not in {"index", "report"}:  # text alone: no map to wait for
            seen.page.wait_for_selector("html[data-ready]")
        return seen

    yield open_page
    outside = [address for seen in visits for address in seen.outside]
    errors = [error for seen in visits for error in seen.errors]
    for seen in visits:
        seen.page.context.close()
    assert outside == []
    assert errors == []
