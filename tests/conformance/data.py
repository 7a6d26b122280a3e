"""Where the public conformance data lies: beside the project, or where ``SOTALIA_CONFORMANCE`` points."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(
    os.environ.get("SOTALIA_CONFORMANCE", Path(__file__).resolve().parents[3] / "shared" / "conformance")
)


def conformance_path(*parts: str) -> Path:
    """A file or folder of the conformance data; the calling test module is skipped, saying why, where there is none."""
    if not ROOT.is_dir():
        pytest.skip(
            f"no conformance data at {ROOT}; set SOTALIA_CONFORMANCE to its folder", allow_module_level=True
        )
    return ROOT.joinpath(*parts)


def conformance_json(*parts: str) -> Any:
    """The parsed JSON of one file of the conformance data."""
    return json.loads(conformance_path(*parts).read_text("utf-8"))
