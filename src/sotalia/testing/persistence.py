"""What an embedded AWS was told, in a file, so that the next one can be told the same: its memory between runs.

A line of JSON for each request that succeeded and may have changed something. Told again they make buckets, objects, tables, items,
queues, parameters, secrets anew, under the same names; what the service makes up (ids, times, receipts) is made up anew, so
what refers to it (an EC2 instance by its id, a message by its receipt) is not found and passed over. Signatures and session
tokens are not written.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import threading
from base64 import b64decode, b64encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Environ = dict[str, Any]
    Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_KEYS = (
    "REQUEST_METHOD",
    "PATH_INFO",
    "QUERY_STRING",
    "REQUEST_URI",
    "RAW_URI",
    "CONTENT_TYPE",
    "SCRIPT_NAME",
    "wsgi.url_scheme",
)
_NOT_KEPT = ("HTTP_X_AMZ_SECURITY_TOKEN", "HTTP_COOKIE", "HTTP_TRANSFER_ENCODING")
_SIGNATURE = re.compile(r"(Signature=)[0-9a-fA-F]+")
# Operations that change nothing, as the protocols with one address name them.
_READS = re.compile(r"(?:\.|\bAction=)(?:Get|List|Describe|BatchGet|Head|Query|Scan)[A-Z]?")


class RequestFile:
    """A file of requests. Raises ``OSError`` for one that cannot be written, ``ValueError`` for one that is damaged."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._is_replaying = False

    def wrap(self, application: Application) -> Application:
        """An application that writes down what it is asked."""

        def recorded(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
            body = _take_body(environ)
            statuses: list[str] = []

            def start(status: str, *arguments: Any) -> Any:
                statuses.append(status)
                return start_response(status, *arguments)

            entry = _entry(environ, body)
            result = application(environ, start)
            if (
                statuses
                and statuses[-1][:1] in "23"
                and not self._is_replaying
                and _may_change(environ, body)
            ):
                self._write(entry)
            return result

        return recorded

    def _write(self, entry: dict[str, Any]) -> None:
        line = json.dumps(entry) + "\n"
        with self._lock, open(self.path, "a", encoding="utf-8", opener=_private) as file:
            file.write(line)

    def replay(self, application: Application, host: str) -> int:
        """Tell an application all of it, as if ``host`` (``127.0.0.1:5000``) had been asked; the number of requests."""
        if not os.path.exists(self.path):
            return 0
        self._is_replaying = True
        try:
            with open(self.path, "rb") as file:
                lines = file.readlines()
            if lines and not lines[-1].endswith(b"\n"):
                # The writer was killed. What comes next begins a line of its own.
                os.truncate(self.path, os.path.getsize(self.path) - len(lines.pop()))
            for number, line in enumerate(lines, 1):
                try:
                    entry: dict[str, Any] = json.loads(line)
                    environ, body = dict(entry["environ"]), b64decode(entry["body"])
                except (KeyError, TypeError, ValueError):
                    raise ValueError(
                        f"{self.path}, line {number} is no request of an embedded AWS; delete the line, or the file"
                    ) from None
                _tell(application, environ, body, host)
            return len(lines)
        finally:
            self._is_replaying = False


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _take_body(environ: Environ) -> bytes:
    """The body, which the application can then read too."""
    stream: Any = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    is_chunked = environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    body: bytes = stream.read() if is_chunked else stream.read(int(length or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    if is_chunked:
        del environ["HTTP_TRANSFER_ENCODING"]
    return body


def _entry(environ: Environ, body: bytes) -> dict[str, Any]:
    shown: dict[str, str] = {
        name: _SIGNATURE.sub(r"\1", value)
        for name, value in environ.items()
        if isinstance(value, str) and (name in _KEYS or name.startswith("HTTP_")) and name not in _NOT_KEPT
    }
    return {"environ": shown, "body": b64encode(body).decode()}


def _may_change(environ: Environ, body: bytes) -> bool:
    if environ["REQUEST_METHOD"] in ("GET", "HEAD", "OPTIONS"):
        return False
    target: str = environ.get("HTTP_X_AMZ_TARGET") or (
        body[:2000].decode("latin-1") if "form" in environ.get("CONTENT_TYPE", "") else ""
    )
    return _READS.search(target) is None


def _tell(application: Application, environ: Environ, body: bytes, host: str) -> None:
    name, _, port = host.rpartition(":")
    virtual = str(environ.get("HTTP_HOST", "")).rpartition(":")[0] or name
    environ.update(
        {
            "HTTP_HOST": f"{virtual}:{port}",
            "SERVER_NAME": name,
            "SERVER_PORT": port,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
    )
    result: Any = application(environ, lambda *_: None)
    try:
        for _ in result:
            pass
    finally:
        if hasattr(result, "close"):
            result.close()
