"""Test suites of other packages: an environment for them, their sources, and one run of their tests as names by outcome."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Result(NamedTuple):
    """The names of the tests by their outcome, and of those that made calls (where a plugin records ``calls``); ``note`` where
    the run itself went wrong."""

    passed: frozenset[str]
    failed: frozenset[str]
    note: str = ""
    calling: frozenset[str] = frozenset()


def environment(directory: Path, needed: Iterable[str]) -> Path:
    """The interpreter of an environment in ``directory`` with sotalia and what is needed."""
    home = directory / "environment"
    python = home / "bin" / "python"
    if not python.exists():
        call(sys.executable, "-m", "venv", str(home))
    pip = [str(python), "-m", "pip"] if shutil.which("uv") is None else ["uv", "pip"]
    where = [] if pip[0] != "uv" else ["--python", str(python)]
    call(*pip, "install", "-q", *where, "-e", str(ROOT), *needed)
    return python


def source(name: str, directory: Path, python: Path) -> Path:
    """The unpacked source distribution of the version of a package that is installed."""
    home = directory / "sources" / name
    if not home.exists():
        version = call(str(python), "-c", f"from importlib.metadata import version; print(version({name!r}))")
        with tempfile.TemporaryDirectory() as downloads:
            wanted = f"{name}=={version.strip()}"
            options = ["-q", "--no-deps", "--no-binary", ":all:", "-d", downloads]
            call(str(python), "-m", "pip", "download", *options, wanted)
            (archive,) = Path(downloads).glob("*.tar.gz")
            with tarfile.open(archive) as packed:
                packed.extractall(home, filter="data")
    (folder,) = home.iterdir()
    return folder


def run(
    python: Path,
    source: Path,
    seconds: int,
    options: Iterable[str],
    variables: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Result:
    """Run pytest in a package's source. Requests that would leave the machine meet a proxy that is not there.

    ``seconds``: for the whole run · ``options``: of pytest, and the paths · ``variables``: of the environment, beside the usual ·
    ``log``: a file for what pytest prints.
    """
    everything = {
        "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "HOME": str(source),
        "PYTHONPATH": os.pathsep.join((str(ROOT / "tests" / "packages"), str(source))),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "localhost,127.0.0.1",
        **(variables or {}),
    }
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.xml"
        command = [
            str(python),
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-o",
            "addopts=",  # They are for the package's own continuous integration.
            "--continue-on-collection-errors",
            "--timeout=60",
            f"--junitxml={report}",
        ]
        command += options
        note = ""
        try:
            done = subprocess.run(
                command,
                cwd=source,
                env=everything,
                timeout=seconds,
                capture_output=True,
                text=True,
                check=False,
            )
            if log is not None:
                log.write_text(done.stdout + done.stderr, "utf-8")
            if done.returncode > 1:
                note = last_line(done.stdout + done.stderr)
        except subprocess.TimeoutExpired:
            note = f"not done after {seconds} s"
        if not report.exists():
            return Result(frozenset(), frozenset(), note or "no report")
        return _result(ElementTree.parse(report), note)


def _result(report: ElementTree.ElementTree, note: str) -> Result:
    passed, failed, calling = set(), set(), set()
    for case in report.iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        if case.find("properties/property[@name='calls']") is not None:
            calling.add(name)
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(name)
        elif case.find("skipped") is None:
            passed.add(name)
    return Result(frozenset(passed - failed), frozenset(failed), note, frozenset(calling))


def call(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def last_line(text: str) -> str:
    """The last line that speaks of an error, else the last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "rror" in line]
    return (errors or lines or [""])[-1][:120]
