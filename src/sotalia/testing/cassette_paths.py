"""Where the cassette of a test lies: ``tests/cassettes/test_upload/test_store[a-1].json`` for a test of ``tests/test_upload.py``."""

from __future__ import annotations

import os
import re
from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: What file systems, shells and zip files take alike.
_UNSAFE = re.compile(r"[^\w.\-\[\]=,+@]+")
# File systems allow 255 bytes; a letter may take four of them, and the ending and the digest are added.
_LENGTH = 80
#: Names that Windows takes for devices, whatever their ending.
_DEVICES = frozenset(
    ("aux", "con", "nul", "prn", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)))
)


def cassette_path(test_file: Path, name: str) -> Path:
    """The file for a test, from the test's file and its name within it: ``TestUpload.test_store[a/b]``."""
    return test_file.parent / "cassettes" / test_file.stem / f"{safe_name(name)}.json"


def safe_name(name: str) -> str:
    """A name of a file. Where it is not the test's own, the beginning of a digest keeps it apart from others."""
    safe = _UNSAFE.sub("-", name).strip(".")[:_LENGTH]
    if safe and safe == name and safe.partition(".")[0].lower() not in _DEVICES:
        return safe
    return f"{safe}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def default_mode(environ: Mapping[str, str] = os.environ) -> str:
    """``none`` where the variable ``CI`` says that nobody watches, else ``once``."""
    return "once" if environ.get("CI", "").lower() in ("", "0", "false", "no") else "none"
