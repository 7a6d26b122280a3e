"""Data that tests need and the project does not hold. Where it is absent, a developer's run says so; CI fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def required(path: Path, variable: str) -> Path:
    """``path``, where it is a file or a folder that is not empty.

    Else the calling test or module is skipped and says which ``variable`` points elsewhere; with ``CI`` set it fails.
    """
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        return path
    message = f"no data at {path}: set {variable} to its folder"
    if os.environ.get("CI"):
        pytest.fail(f"{message} (with CI set, tests are not skipped for want of data)", pytrace=False)
    pytest.skip(message, allow_module_level=True)
