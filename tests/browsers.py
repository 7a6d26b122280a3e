"""Chromium, where this machine has one, driven by playwright, where that is installed. Nothing is downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def absence() -> str | None:
    """What is missing, in a few words."""
    if find_spec("playwright") is None:
        return "no playwright"
    return None if executable() else "no Chromium (apt-get install chromium)"


@contextmanager
def launched(home: Path) -> Iterator[Any]:
    """A browser with a home of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=executable(), args=["--no-sandbox"], env={**os.environ, "HOME": str(home)}
        )
        yield browser
        browser.close()
