"""A home directory, files in it, and one server in place of AWS's, for the tests of sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sotalia.credentials import freeze
from tests.client_kinds import Kind
from tests.credentials.services import Services, serving_services


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """A fresh server; every client of the test is sent there."""
    with serving_services() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        yield running


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home directory."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def configure(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Write ``~/.aws/config`` and ``~/.aws/credentials``."""

    def write(config: str = "", credentials: str = "") -> None:
        (home / ".aws").mkdir(exist_ok=True)
        for name, text in (("config", config), ("credentials", credentials)):
            (home / ".aws" / name).write_text(text)
        monkeypatch.delenv("AWS_CONFIG_FILE", raising=False)
        monkeypatch.delenv("AWS_SHARED_CREDENTIALS_FILE", raising=False)

    return write


def found(client_kind: Kind, session: Any) -> Any:
    """The session's credentials, not yet fetched."""
    return client_kind.run(session.get_credentials())


def keys(client_kind: Kind, session: Any) -> Any:
    """The session's credentials as a tuple; ``None`` for none."""
    credentials = found(client_kind, session)
    if credentials is None:
        return None
    return (
        client_kind.run(freeze(credentials)) if client_kind.is_async else credentials.get_frozen_credentials()
    )
