"""The ``User-Agent`` header: who calls, from which platform, with which features in use.

See "User agent" in the AWS SDKs and Tools Reference Guide. Features (``m/E,Z``): :mod:`sotalia.runtime.features`.
"""

from __future__ import annotations

import os
import sys

from sotalia.events.handlers import named
from sotalia.runtime.features import FEATURE_CODES, features
from sotalia.runtime.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from typing import Any

    from sotalia.transport.messages import AWSRequest

_PLATFORMS = {"win32": "windows", "darwin": "macos", "linux": "linux", "android": "android", "ios": "ios"}
_LEGAL = frozenset("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_LONGEST_FEATURES = 1024


_NONE: frozenset[str] = frozenset()


class ClientUserAgent:
    """The header's text for the calls of one client; ``always`` are features that all of them use."""

    def __init__(
        self,
        *,
        name: str = "sotalia",
        version: str = __version__,
        session_extra: str | None = None,
        retry_mode: str | None = None,
        app_id: str | None = None,
        replacement: str | None = None,
        extra: str | None = None,
        always: tuple[str, ...] = (),
    ) -> None:
        self._always = frozenset(FEATURE_CODES[feature] for feature in always)
        tail = [f"cfg/retry-mode#{retry_mode}"] if retry_mode else []
        if app_id:
            tail.append(f"app/{_legal(app_id)}")
        self._head = " ".join([f"{_legal(name)}/{_legal(version)}", *_platform()])
        self._tail = " ".join(tail)
        self._replacement = replacement
        self._extras = " ".join([text for text in (session_extra, extra) if text])
        self._texts: dict[frozenset[str], str] = {}
        self._last: tuple[AbstractSet[str] | None, str] = None, ""

    def with_retry_mode(self, before: str, mode: str) -> ClientUserAgent:
        """The same for a view of the client that has another retry mode."""
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        old, new = (FEATURE_CODES[f"RETRY_MODE_{name.upper()}"] for name in (before, mode))
        view._always = self._always - {old} | {new}
        view._tail = self._tail.replace(f"cfg/retry-mode#{before}", f"cfg/retry-mode#{mode}", 1)
        view._texts, view._last = {}, (None, "")
        return view

    def text(self) -> str:
        """The header for the call that is running."""
        noted = features.of_call.get() or _NONE
        # Calls of one client mostly note the same: a comparison costs less than a union and its hash.
        last, text = self._last
        if noted == last:
            return text
        codes = self._always.union(noted)
        known = self._texts.get(codes)
        if known is None:
            known = self._texts[codes] = self._build(codes)
        self._last = frozenset(noted), known
        return known

    def to_string(self) -> str:
        """:meth:`text`, under the reference's name."""
        return self.text()

    def _build(self, codes: frozenset[str]) -> str:
        if self._replacement is not None:
            parts = [self._replacement]
        else:
            metrics = f"m/{','.join(sorted(codes))}" if codes else ""
            if len(metrics) > _LONGEST_FEATURES:
                metrics = metrics[: metrics.rindex(",", 0, _LONGEST_FEATURES)]
            parts = [self._head, metrics, self._tail]
        return " ".join([part for part in (*parts, self._extras) if part])

    @named("user_agent")
    def rebuild(self, request: AWSRequest, **kwargs: Any) -> None:
        """A handler of ``request-created``: features noted since the header was made go in, if there still is one."""
        headers = request.headers
        known = headers.get("User-Agent")
        if known is not None and known != (text := self.text()):
            headers.replace_header("User-Agent", text)


def _legal(text: str) -> str:
    return "".join([character if character in _LEGAL else "-" for character in text])


_platform_parts: list[str] = []


def _platform() -> list[str]:
    if not _platform_parts:
        implementation = sys.implementation.name
        name = (
            "CPython"
            if implementation == "cpython"
            else "PyPy"
            if implementation == "pypy"
            else implementation
        )
        version = ".".join(map(str, sys.version_info[:3]))
        release, machine = "", ""
        if hasattr(os, "uname"):
            system = os.uname()
            release, machine = system.release, system.machine
        else:
            import platform

            release, machine = platform.release(), platform.machine()
        known = _PLATFORMS.get(sys.platform)
        system_name = f"os/{known}" if known else f"os/other md/{_legal(sys.platform)}"
        _platform_parts.extend(
            [
                "ua/2.1",
                f"{system_name}#{_legal(release)}" if release else system_name,
                *([f"md/arch#{_legal(machine.lower())}"] if machine else []),
                f"lang/python#{version}",
                f"md/pyimpl#{_legal(name)}",
            ]
        )
    environment = os.environ.get("AWS_EXECUTION_ENV")
    return [*_platform_parts, *([f"exec-env/{_legal(environment)}"] if environment else [])]
