"""Packages that are not there: what is said where awscrt, or another, is not installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sotalia.checksums import algorithms, request


@contextmanager
def without_awscrt(*packages: str) -> Iterator[None]:
    """Within it awscrt, and other ``packages`` named, cannot be imported, as where they are not installed."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("awscrt", *packages):
            for loaded in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
                patch.delitem(sys.modules, loaded)
            patch.setitem(sys.modules, name, None)  # type: ignore[arg-type]
        _forget()
        yield
    _forget()


def _forget() -> None:
    """What was found out about installed packages, which do not come and go in a program."""
    algorithms._native.cache_clear()
    request._usable.cache_clear()
