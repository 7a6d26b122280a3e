"""Servers of both kinds for what must hold over each: plain TCP and TLS."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.transport.servers import Handle, certificate, serving


class Peer:
    """How servers of one scheme are started, and what a client needs to trust them."""

    def __init__(self, scheme: str, bundle: str | None, context: ssl.SSLContext | None) -> None:
        self.scheme = scheme
        self.context = context
        self.options: dict[str, Any] = {} if bundle is None else {"verify": bundle}

    @contextlib.contextmanager
    def serving(self, handle: Handle) -> Iterator[str]:
        """Serve until the end of the block; gives the address."""
        with serving(handle, self.context) as port:
            yield f"{self.scheme}://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def _certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(params=["http", "https"])
def peer(request: pytest.FixtureRequest, _certificate: tuple[Path, ssl.SSLContext]) -> Peer:
    """Each test that takes this runs once over plain TCP and once over TLS."""
    if request.param == "http":
        return Peer("http", None, None)
    return Peer("https", str(_certificate[0]), _certificate[1])
