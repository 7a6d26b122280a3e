"""Chromium, and pages of recorded calls in it; see ``visits.py``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sotalia.recording import page
from sotalia.recording.records import CallRecord
from tests import browsers
from tests.recording.visits import SIZES, Open, Visit

ABSENCE = browsers.absence()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Not in a fixture, whose skips are a line of the summary for each test: so they are one line."""
    if ABSENCE is not None and item.get_closest_marker("browser"):
        pytest.skip(f"{ABSENCE}: make test-browser")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with browsers.launched(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Open]:
    contexts: list[Any] = []
    visits: list[Visit] = []

    def opened(records: list[CallRecord], size: str = "desktop", scheme: str = "light", **more: Any) -> Visit:
        across, down = SIZES[size]
        contexts.append(
            browser.new_context(viewport={"width": across, "height": down}, color_scheme=scheme, **more)
        )
        path = tmp_path / "calls.html"
        path.write_text(page.html(records), encoding="utf-8")
        visits.append(Visit(contexts[-1], path))
        return visits[-1]

    yield opened
    for window in visits:
        # Of the console, the network and the script: in no test may anything go wrong, or anything be fetched.
        assert window.wrong == []
        assert set(window.requests) <= {window.address, "data:,"}
    for context in contexts:
        context.close()
