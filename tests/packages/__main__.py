"""Run the tests of packages that stand on boto3, once as they are and once on sotalia, and print both numbers.

::

    python -m tests.packages                     all of them: some minutes, and the network for PyPI
    python -m tests.packages pynamodb s3path     some of them
    python -m tests.packages --directory DIR     where the environment and the sources are kept for the next run

Each package comes from PyPI twice: installed with what it needs into an environment of their own, and as the source distribution that holds its tests. These run in two processes; in the second
the plugin ``patched`` calls ``sotalia.patch_boto3(botocore=True)`` before anything else is imported. What passes on boto3
and not on sotalia is listed by name, and the exit status is 1 if there is any. Requests that would leave the machine
are refused by a proxy that is not there. Not part of ``make test``: what others publish changes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent


class Package(NamedTuple):
    """``name`` on PyPI · ``tests``: paths in its source that do not need AWS · ``needs``: what its tests import ·
    ``options`` of pytest."""

    name: str
    tests: tuple[str, ...]
    needs: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


_MOTO = "moto[dynamodb,iam,logs,s3,secretsmanager,sns,sqs,ssm,sts]"
PACKAGES = (
    Package("aws-secretsmanager-caching", ("test/unit",)),
    Package("dynamodb-encryption-sdk", ("test/unit",), (_MOTO, "mock", "hypothesis")),
    Package(
        "kombu", ("t/unit/transport/SQS", "t/unit/asynchronous/aws"), ("pycurl", "pytest-freezer", "tzdata")
    ),
    Package("pynamodb", ("tests",), ("python-dateutil", "pytest-env", "blinker")),
    Package("s3-credentials", ("tests",), (_MOTO, "pytest-mock", "hypothesis", "cogapp")),
    Package("s3path", ("tests",), (_MOTO,)),
    # The process pool has clients of its own in other processes, which a plugin of this one does not reach.
    Package("s3transfer", ("tests/functional",), (), ("--ignore=tests/functional/test_processpool.py",)),
    Package(
        "sentry-sdk",
        ("tests/integrations/boto3",),
        ("pytest-forked", "jsonschema", "pyrsistent", "executing"),
    ),
    Package("ssm-cache", ("tests",), (_MOTO, "placebo", "mock", "freezegun", "future")),
    Package("watchtower", ("test/test.py",), (_MOTO, "pyyaml")),
)


class Result(NamedTuple):
    """The names of the tests by their outcome; ``note`` where the run itself went wrong."""

    passed: frozenset[str]
    failed: frozenset[str]
    note: str = ""


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="packages; default: all")
    parser.add_argument("--directory", type=Path, help="default: a temporary one, removed afterwards")
    parser.add_argument("--seconds", type=int, default=240, help="for each of the two runs of a package")
    given = parser.parse_args()
    chosen = [package for package in PACKAGES if not given.names or package.name in given.names]
    if given.directory is not None:
        given.directory.mkdir(parents=True, exist_ok=True)
        return _compare(chosen, given.directory.resolve(), given.seconds)
    with tempfile.TemporaryDirectory() as directory:
        return _compare(chosen, Path(directory), given.seconds)


def _compare(packages: list[Package], directory: Path, seconds: int) -> int:
    python = _environment(packages, directory)
    print(f"{'package':28} {'tests':>6} {'boto3':>6} {'sotalia':>8}")
    lost: dict[str, list[str]] = {}
    totals = [0, 0, 0]
    for package in packages:
        try:
            source = _source(package, directory, python)
        except subprocess.CalledProcessError as error:
            print(f"{package.name:28} no source: {_last_line(error.stderr or error.stdout)}")
            continue
        plain = _run(package, python, source, seconds)
        patched = _run(package, python, source, seconds, "-p", "patched")
        # What the reference itself does not pass here says nothing.
        lost[package.name] = sorted(plain.passed - patched.passed)
        numbers = [len(plain.passed | plain.failed), len(plain.passed), len(plain.passed & patched.passed)]
        totals = [total + number for total, number in zip(totals, numbers, strict=True)]
        notes = " ".join(
            filter(None, (plain.note and f"boto3: {plain.note}", patched.note and f"sotalia: {patched.note}"))
        )
        print(f"{package.name:28} {numbers[0]:6} {numbers[1]:6} {numbers[2]:8} {notes}", flush=True)
    print(f"{'all':28} {totals[0]:6} {totals[1]:6} {totals[2]:8}")
    for name, tests in lost.items():
        for test in tests:
            print(f"passes on boto3 only: {name}: {test}")
    return 1 if any(lost.values()) or not totals[1] else 0


def _environment(packages: Iterable[Package], directory: Path) -> Path:
    """The interpreter of an environment with the packages."""
    home = directory / "environment"
    python = home / "bin" / "python"
    needed = ["boto3", "pytest<9", "pytest-timeout"]
    for package in packages:
        needed += [package.name, *package.needs]
    if not python.exists():
        _call(sys.executable, "-m", "venv", str(home))
    pip = [str(python), "-m", "pip"] if shutil.which("uv") is None else ["uv", "pip"]
    where = [] if pip[0] != "uv" else ["--python", str(python)]
    _call(*pip, "install", "-q", *where, "-e", str(ROOT), *needed)
    return python


def _source(package: Package, directory: Path, python: Path) -> Path:
    """The unpacked source distribution of the version that is installed."""
    home = directory / "sources" / package.name
    if not home.exists():
        version = _call(
            str(python), "-c", f"from importlib.metadata import version; print(version({package.name!r}))"
        )
        with tempfile.TemporaryDirectory() as downloads:
            wanted = f"{package.name}=={version.strip()}"
            options = ["-q", "--no-deps", "--no-binary", ":all:", "-d", downloads]
            _call(str(python), "-m", "pip", "download", *options, wanted)
            (archive,) = Path(downloads).glob("*.tar.gz")
            with tarfile.open(archive) as packed:
                packed.extractall(home, filter="data")
    (source,) = home.iterdir()
    return source


def _run(package: Package, python: Path, source: Path, seconds: int, *options: str) -> Result:
    environment = {
        "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "HOME": str(source),
        "PYTHONPATH": os.pathsep.join((str(HERE), str(source))),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "localhost,127.0.0.1",
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
        command += [*options, *package.options, *package.tests]
        note = ""
        try:
            done = subprocess.run(
                command,
                cwd=source,
                env=environment,
                timeout=seconds,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode > 1:
                note = _last_line(done.stdout + done.stderr)
        except subprocess.TimeoutExpired:
            note = f"not done after {seconds} s"
        if not report.exists():
            return Result(frozenset(), frozenset(), note or "no report")
        return _result(ElementTree.parse(report), note)


def _result(report: ElementTree.ElementTree, note: str) -> Result:
    passed, failed = set(), set()
    for case in report.iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(name)
        elif case.find("skipped") is None:
            passed.add(name)
    return Result(frozenset(passed - failed), frozenset(failed), note)


def _call(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _last_line(text: str) -> str:
    """The last line that speaks of an error, else the last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "rror" in line]
    return (errors or lines or [""])[-1][:120]


if __name__ == "__main__":
    sys.exit(main())
