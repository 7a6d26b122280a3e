"""Servers of the tests of S3, plain and over TLS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sotalia.config import Config
from tests.client_kinds import KEYS, Kind
from tests.transport.servers import Handle, certificate, serving

Against = Callable[..., Any]


@pytest.fixture(params=["plain", "tls"])
def against(
    request: pytest.FixtureRequest, client_kind: Kind, tmp_path_factory: pytest.TempPathFactory
) -> Against:
    """``with against(server, **config) as s3``: a client of a server, which makes one attempt at each call."""
    path, context = certificate(tmp_path_factory.mktemp("tls")) if request.param == "tls" else ("", None)

    @contextmanager
    def client(server: Handle, **config: Any) -> Iterator[Any]:
        with serving(server, context) as port:
            given = Config(**{"retries": {"max_attempts": 0}, "s3": {"addressing_style": "path"}, **config})
            scheme = "http" if context is None else "https"
            yield client_kind.client(
                "s3",
                client_kind.session(**KEYS),
                endpoint_url=f"{scheme}://127.0.0.1:{port}",
                verify=str(path) or None,
                config=given,
            )

    return client
