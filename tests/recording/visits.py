"""A page of recorded calls, opened in Chromium from disk: what two files of tests need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZES = {"desktop": (1360, 860), "phone": (390, 844)}


class Visit:
    """A page in a window; it notes what goes wrong."""

    def __init__(self, context: Any, path: Path) -> None:
        self.page = context.new_page()
        self.wrong: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())
        self.address = path.as_uri()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def text(self, selector: str) -> str:
        found: str = self.page.locator(selector).first.inner_text()
        return " ".join(found.split())

    def names(self) -> list[str]:
        """What the rows in view are called."""
        found = self.page.locator(".body [data-row]").all()
        rows = [(int(row.get_attribute("aria-rowindex")), row.locator(".name").inner_text()) for row in found]
        return ["".join(name.split()) for _, name in sorted(rows)]

    def active(self) -> str:
        return "".join(self.page.locator(".row.active .name").inner_text().split())

    def drawn(self) -> int:
        return int(self.page.locator("#grid").get_attribute("data-drawn"))

    def elements(self) -> int:
        found: int = self.page.evaluate("document.querySelectorAll('*').length")
        return found


Open = Callable[..., Visit]
