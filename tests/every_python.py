"""Run the tests on every Python from 3.11 on that this machine has: ``python tests/every_python.py``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def pythons() -> list[str]:
    """One interpreter per version, newest last: on the path, and where pyenv keeps them."""
    found: dict[str, str] = {}
    places = [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep)]
    places += sorted(Path("~/.pyenv/versions").expanduser().glob("*/bin"))
    for place in places:
        for minor in range(11, 20):
            candidate = place / f"python3.{minor}"
            if candidate.exists() and "shims" not in str(candidate):
                found.setdefault(f"3.{minor:02d}", str(candidate))
    return [found[version] for version in sorted(found)]


def main() -> int:
    """Test each; 1 when one of them fails."""
    failed = []
    for python in pythons():
        with tempfile.TemporaryDirectory() as folder:
            print(f"== {python}", flush=True)
            checkout = Path(folder) / "checkout"
            shutil.copytree(
                ROOT, checkout, ignore=shutil.ignore_patterns(".venv*", ".git", "dist", "*cache*")
            )
            shared = ROOT.parent / "shared"
            if shared.is_dir():
                (Path(folder) / "shared").symlink_to(shared)
            done = subprocess.run(["make", "test", f"PYTHON={python}"], cwd=checkout)
            if done.returncode:
                failed.append(python)
    print(f"failed: {failed or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
