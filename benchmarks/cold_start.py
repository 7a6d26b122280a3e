"""What a first response costs in a fresh place, as in a function or a container: ``python -m benchmarks.cold_start``.

Installs this project into a folder of its own, once as installers of archives leave it, then with bytecode (``compileall``) and with packs
(``sotalia warm``). Each figure is the median of the rounds: CPU of the process from its first line to the first response.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.server import Server

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = """
import sys, time
start = time.process_time()
import {package} as package
s3 = package.Session("a", "b", region_name="us-west-2").client("s3", endpoint_url=sys.argv[1])
s3.head_object(Bucket="bucket", Key="key")
print((time.process_time() - start) * 1e3)
"""


def started(package: str, url: str, place: Path, packs: str) -> float:
    """Milliseconds of CPU of one start. ``packs``: the folder of packs, empty for none."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(package=package), url],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(place),
            "PYTHONDONTWRITEBYTECODE": "1",  # the place cannot be written, as in a function
            "SOTALIA_CACHE_DIR": packs,
        },
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def main(rounds: int = 7) -> None:
    """Print the table."""
    place = Path(tempfile.mkdtemp(prefix="sotalia-cold-"))
    packs = str(place / "packs")
    run = [sys.executable, "-m"]
    pip = [
        *run,
        "pip",
        "install",
        "-q",
        "--no-compile",
        "-c",
        str(ROOT / "constraints.txt"),
        "--target",
        str(place),
    ]
    subprocess.run([*pip, str(ROOT)], check=True)
    environment = {
        **os.environ,
        "PYTHONPATH": str(place),
        "SOTALIA_CACHE_DIR": packs,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    subprocess.run([*run, "sotalia", "warm", "s3"], env=environment, check=True, stdout=subprocess.DEVNULL)
    print(f"{'CPU to the first response, ms':34}{'boto3':>10}{'sotalia':>10}{'with packs':>12}")
    with Server() as url:
        for label in ("without bytecode", "with bytecode"):
            if label == "with bytecode":
                subprocess.run([*run, "compileall", "-q", str(place)], check=True)
            variants = [("boto3", ""), ("sotalia", ""), ("sotalia", packs)]
            found: list[list[float]] = [[] for _ in variants]
            for _ in range(rounds):
                for column, (package, folder) in zip(found, variants, strict=True):
                    column.append(started(package, url, place, folder))
            medians = [statistics.median(column) for column in found]
            print(f"{label:34}{medians[0]:>10.0f}{medians[1]:>10.0f}{medians[2]:>12.0f}", flush=True)
    shutil.rmtree(place)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
