"""What is published: built by the project's own backend, without a network, or taken from where a release has put it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build_wheel(source: Path, folder: Path) -> Path:
    """The wheel of a checkout or of an sdist, in about two seconds."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--no-deps", "--no-index"]
    _run([*command, "--no-build-isolation", "--wheel-dir", str(folder), str(source)], folder)
    [path] = folder.glob("*.whl")
    return path


def build_sdist(folder: Path) -> Path:
    """The sdist of this checkout."""
    _run(
        [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(folder)], folder
    )
    [path] = folder.glob("*.tar.gz")
    return path


def _run(command: list[str], home: Path) -> None:
    # pip runs other programs for its User-Agent, and they leave files at home.
    environ = {**os.environ, "HOME": str(home)}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
