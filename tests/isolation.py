"""The tests see nothing of whoever runs them: settings, home directory, proxies, trusted certificates, caches."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Variables that sotalia, the reference, or what the tests use of Python and OpenTelemetry would follow.
_FOLLOWED = re.compile(
    r"(AWS|BOTO|OTEL|XDG)_.*|BOTO.*|.*_PROXY|_?LAMBDA_.*|_HANDLER|_X_AMZN_TRACE_ID"
    r"|SOTALIA_(?!CONFORMANCE|GUIDE).*"
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
