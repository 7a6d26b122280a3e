"""The tests see nothing of whoever runs them (settings, home directory, proxies, certificates, caches), nor the network."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import ipaddress
import re
import shutil
import socket
import tempfile
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
#: Variables that sotalia, the reference, or what the tests use of Python and OpenTelemetry would follow.
_FOLLOWED = re.compile(
    r"(AWS|BOTO|OTEL|XDG)_.*|BOTO.*|.*_PROXY|_?LAMBDA_.*|_HANDLER|_X_AMZN_TRACE_ID"
    r"|SOTALIA_(?!CONFORMANCE|GUIDE|SCREENSHOTS).*"
    r"|(REQUESTS|CURL)_CA_BUNDLE|SSL_CERT_(FILE|DIR)|SSLKEYLOGFILE|NETRC|NO_COLOR|FORCE_COLOR|COLUMNS",
    re.IGNORECASE,
)


def isolate(environ: MutableMapping[str, str]) -> Path:
    """Leave the environment of whoever runs the tests; the empty home directory that they have instead."""
    for name in [name for name in environ if _FOLLOWED.fullmatch(name)]:
        del environ[name]
    home = Path(tempfile.mkdtemp(prefix="sotalia-tests-home-"))
    environ.update(
        HOME=str(home),
        USERPROFILE=str(home),
        XDG_CACHE_HOME=str(_cache()),
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=str(home / "none" / "config"),
        AWS_SHARED_CREDENTIALS_FILE=str(home / "none" / "credentials"),
    )
    return home


def stay_on_this_machine() -> None:
    """From now on this process reaches no other: a mock that mocks nothing fails here, and does not reach AWS."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def connect_here(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not _is_here(address[0]):
            raise OSError(errno.ENETUNREACH, f"tests reach no other machine: {address[0]}")
        connect(self, address)

    def resolve_here(host: Any, *arguments: Any, **named: Any) -> Any:
        if not _is_here(host):
            raise socket.gaierror(socket.EAI_NONAME, f"tests reach no other machine: {host}")
        return resolve(host, *arguments, **named)

    socket.socket.connect = connect_here  # type: ignore[method-assign]
    socket.getaddrinfo = resolve_here


def _is_here(host: Any) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "localhost")
    if name.lower() == "localhost" or name == socket.gethostname():
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def empty(home: Path) -> None:
    """Take away what was written to the home directory."""
    leave(home)
    home.mkdir(mode=0o700)


def leave(home: Path) -> None:
    """Take the home directory away again."""
    shutil.rmtree(home, ignore_errors=True)


def _cache() -> Path:
    """Where packs of the tests are kept between runs: hundreds of services take a minute to read.

    Its name follows from the code that writes them, so that no test believes packs of other code.
    """
    digest = hashlib.sha256()
    for source in sorted((ROOT / "src" / "sotalia" / "model").glob("*.py")):
        digest.update(source.read_bytes())
    folder = ROOT / ".pytest_cache" / f"packs-{digest.hexdigest()[:12]}"
    with contextlib.suppress(OSError):  # Where the project cannot be written, sotalia finds another place.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
