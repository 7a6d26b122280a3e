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
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.packages.suites import environment, last_line, run, source


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
    needed = ["boto3", "pytest<9", "pytest-timeout"]
    for package in packages:
        needed += [package.name, *package.needs]
    python = environment(directory, needed)
    print(f"{'package':28} {'tests':>6} {'boto3':>6} {'sotalia':>8}")
    lost: dict[str, list[str]] = {}
    totals = [0, 0, 0]
    for package in packages:
        try:
            folder = source(package.name, directory, python)
        except subprocess.CalledProcessError as error:
            print(f"{package.name:28} no source: {last_line(error.stderr or error.stdout)}")
            continue
        options = [*package.options, *package.tests]
        variables = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
        plain = run(python, folder, seconds, options, variables)
        patched = run(python, folder, seconds, ["-p", "patched", *options], variables)
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


if __name__ == "__main__":
    sys.exit(main())
