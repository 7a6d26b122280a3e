"""Answers given by handlers of ``before-send``, as both libraries read them."""

from __future__ import annotations

from typing import Any


class Raw:
    """The body of an answer as both libraries read it."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.body
