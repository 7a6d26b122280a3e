"""Where the public conformance data lies: beside the project, or where ``SOTALIA_CONFORMANCE`` points."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tests.required import required

ROOT = Path(
    os.environ.get("SOTALIA_CONFORMANCE", Path(__file__).resolve().parents[3] / "shared" / "conformance")
)


def conformance_path(*parts: str) -> Path:
    """A file or folder of the conformance data, which is :func:`required`."""
    return required(ROOT.joinpath(*parts), "SOTALIA_CONFORMANCE")


def conformance_json(*parts: str) -> Any:
    """The parsed JSON of one file of the conformance data."""
    return json.loads(conformance_path(*parts).read_text("utf-8"))
