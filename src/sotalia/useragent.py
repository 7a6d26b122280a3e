"""The ``User-Agent`` header: who calls, from which platform, with which features in use.

See "User agent" in the AWS SDKs and Tools Reference Guide. Features (``m/E,Z``) are gathered while a call runs, in a
context variable: what a paginator, a retry mode or a credential provider notes is seen by the call it belongs to only.
"""

from __future__ import annotations

import os
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from sotalia import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet
    from types import TracebackType

    from sotalia.transport.messages import AWSRequest

#: Codes by feature, as the guide has them.
FEATURE_CODES = dict(
    pair.split("=")
    for pair in """
    WAITER=B PAGINATOR=C RETRY_MODE_LEGACY=D RETRY_MODE_STANDARD=E RETRY_MODE_ADAPTIVE=F S3_TRANSFER=G
    GZIP_REQUEST_COMPRESSION=L PROTOCOL_RPC_V2_CBOR=M ENDPOINT_OVERRIDE=N ACCOUNT_ID_MODE_PREFERRED=P
    ACCOUNT_ID_MODE_DISABLED=Q ACCOUNT_ID_MODE_REQUIRED=R SIGV4A_SIGNING=S RESOLVED_ACCOUNT_ID=T
    FLEXIBLE_CHECKSUMS_REQ_CRC32=U FLEXIBLE_CHECKSUMS_REQ_CRC32C=V FLEXIBLE_CHECKSUMS_REQ_CRC64=W
    FLEXIBLE_CHECKSUMS_REQ_SHA1=X FLEXIBLE_CHECKSUMS_REQ_SHA256=Y FLEXIBLE_CHECKSUMS_REQ_WHEN_SUPPORTED=Z
    FLEXIBLE_CHECKSUMS_REQ_WHEN_REQUIRED=a FLEXIBLE_CHECKSUMS_RES_WHEN_SUPPORTED=b
    FLEXIBLE_CHECKSUMS_RES_WHEN_REQUIRED=c CREDENTIALS_CODE=e CREDENTIALS_ENV_VARS=g
    CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN=h CREDENTIALS_STS_ASSUME_ROLE=i CREDENTIALS_STS_ASSUME_ROLE_WEB_ID=k
    CREDENTIALS_PROFILE=n CREDENTIALS_PROFILE_SOURCE_PROFILE=o CREDENTIALS_PROFILE_NAMED_PROVIDER=p
    CREDENTIALS_PROFILE_STS_WEB_ID_TOKEN=q CREDENTIALS_PROFILE_SSO=r CREDENTIALS_SSO=s CREDENTIALS_PROFILE_SSO_LEGACY=t
    CREDENTIALS_SSO_LEGACY=u CREDENTIALS_PROFILE_PROCESS=v CREDENTIALS_PROCESS=w CREDENTIALS_BOTO2_CONFIG_FILE=x
    CREDENTIALS_HTTP=z CREDENTIALS_IMDS=0 BEARER_SERVICE_ENV_VARS=3 CREDENTIALS_PROFILE_LOGIN=AC CREDENTIALS_LOGIN=AD
    FLEXIBLE_CHECKSUMS_REQ_SHA512=AF FLEXIBLE_CHECKSUMS_REQ_XXHASH3=AG FLEXIBLE_CHECKSUMS_REQ_XXHASH64=AH
    FLEXIBLE_CHECKSUMS_REQ_XXHASH128=AI S3_REGION_REDIRECT=Ah
    """.split()
)
_PLATFORMS = {"win32": "windows", "darwin": "macos", "linux": "linux", "android": "android", "ios": "ios"}
_LEGAL = frozenset("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_LONGEST_FEATURES = 1024


_NONE: frozenset[str] = frozenset()


class _Features:
    """The features that calls of this context use."""

    def __init__(self) -> None:
        #: Of the call that is running. The pipeline sets it itself: two functions less for each call.
        self.of_call: ContextVar[set[str] | None] = ContextVar("sotalia_features", default=None)
        #: What helpers around calls note, for every call made inside them.
        self.around: ContextVar[frozenset[str]] = ContextVar("sotalia_features_around", default=frozenset())

    def used(self, *names: str) -> _Around:
        """Note features for all calls made inside ``with``."""
        return _Around(self, frozenset([FEATURE_CODES[name] for name in names]))

    def note(self, *names: str) -> None:
        """Note features for the call that is running, if any."""
        self.note_codes([FEATURE_CODES[name] for name in names if name in FEATURE_CODES])

    def note_codes(self, codes: Iterable[str]) -> None:
        """:meth:`note` for who has looked the codes up."""
        noted = self.of_call.get()
        if noted is not None:
            noted.update(codes)


class _Around:
    __slots__ = ("_codes", "_features", "_token")

    def __init__(self, gathered: _Features, codes: frozenset[str]) -> None:
        self._features = gathered
        self._codes = codes

    def __enter__(self) -> None:
        self._token = self._features.around.set(self._features.around.get() | self._codes)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._features.around.reset(self._token)


features = _Features()


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
