"""One description of where settings stand, and the sessions of both libraries that read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore.loaders
import botocore.session
import pytest

from sotalia.clients.base import BaseClient
from sotalia.clients.kind import ClientKind
from sotalia.runtime import SyncRuntime
from sotalia.session.core import SessionCore
from sotalia.transport.http import sync_transport

# Reading models is what costs; one loader serves all sessions of the reference.
_LOADER = botocore.loaders.create_loader()


@dataclass(kw_only=True)
class Sources:
    """Settings by place; ``None`` for a file means that there is none."""

    environment: dict[str, str] = field(default_factory=dict)
    config_file: str | None = None
    credentials_file: str | None = None
    instance: dict[str, Any] = field(default_factory=dict)
    #: Whether there is at most one setting, hence at most one mistake.
    is_simple: bool = False

    def write(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put files and environment where both libraries look for them."""
        for name, variable, text in (
            ("config", "AWS_CONFIG_FILE", self.config_file),
            ("credentials", "AWS_SHARED_CREDENTIALS_FILE", self.credentials_file),
        ):
            path = folder / name
            path.unlink(missing_ok=True)
            if text is not None:
                path.write_text(text, "utf-8")
            monkeypatch.setenv(variable, str(path))
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)

    def reference(self, *, handlers: bool = True) -> Any:
        """A session of botocore; without its handlers it is made much quicker."""
        session = botocore.session.Session(include_builtin_handlers=handlers)
        session.register_component("data_loader", _LOADER)
        return self._set(session)

    def ours(self) -> Any:
        """A session of sotalia, in the form that has botocore's names."""
        # Not through ``Session``, which looks for its profile at once, as boto3's does and botocore's does not.
        return self._set(SessionCore(ClientKind(BaseClient, SyncRuntime(), sync_transport)))

    def _set(self, session: Any) -> Any:
        for name, value in self.instance.items():
            session.set_config_variable(name, value)
        return session


def outcome(function: Any, *arguments: Any, **named: Any) -> tuple[str, Any]:
    """What a function gives, or the class and text of what it raises."""
    try:
        return "value", function(*arguments, **named)
    except Exception as error:
        return type(error).__name__, str(error)


def outcome_class(function: Any, *arguments: Any, **named: Any) -> Any:
    """What a function gives, or the class alone of what it raises."""
    kind, value = outcome(function, *arguments, **named)
    return value if kind == "value" else kind
