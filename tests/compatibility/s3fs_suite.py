"""Run s3fs' own tests on aiobotocore and on sotalia, and print what passes.

::

    python -m tests.compatibility.s3fs_suite --against session        s3fs on sotalia's session
    python -m tests.compatibility.s3fs_suite --against filesystem     sotalia.fs in the place of s3fs
    python -m tests.compatibility.s3fs_suite --against s3fs           aiobotocore alone
    ... --directory DIR      where the environment, the source and the result of aiobotocore are kept for the next run
    ... -k WORD              only some tests

Some four minutes a run, two runs: aiobotocore's numbers stand beside ours unless a run of it is kept in ``--directory``. The
tests come from s3fs' source distribution on PyPI; moto's server answers. Not part of ``make test``. The exit status is 1 if
a test that passes on aiobotocore does not pass on sotalia, and is not among :data:`EXPLAINED`.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import sys
import tempfile
from pathlib import Path

from tests.packages.suites import Result, environment, run, source

NEEDED = (
    "s3fs", "aiobotocore>=3", "moto[server,s3,sts]", "pandas", "pytest<9", "pytest-timeout", "pytest-asyncio", "requests",
)  # fmt: skip

#: Tests that differ for a reason, by what they run against: a part of the name, and the reason. See docs/filesystem.md.
EXPLAINED: dict[str, dict[str, str]] = {
    "session": {},
    "filesystem": {
        "test_errors": "expects an object of a file that a `with` block left by an exception",
        "test_coroutine_error_recovers_response_exception": "mends an error of aiobotocore that cannot occur here",
        "test_set_session_sessions_none": "ends aiobotocore's connections by its private attributes",
        "test_set_session_closed_sessions_rebuilds_once": "counts calls of aiobotocore's private methods",
    },
    "s3fs": {},
}


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--against", choices=tuple(EXPLAINED), default="session")
    parser.add_argument("--directory", type=Path, help="default: a temporary one, removed afterwards")
    parser.add_argument("--seconds", type=int, default=1500, help="for each run")
    parser.add_argument("-k", dest="words", help="only tests that pytest's -k chooses")
    parser.add_argument("--log", type=Path, help="a file for what pytest printed")
    given = parser.parse_args()
    if given.directory is not None:
        given.directory.mkdir(parents=True, exist_ok=True)
        return _compare(given, given.directory.resolve())
    with tempfile.TemporaryDirectory() as directory:
        return _compare(given, Path(directory))


def _compare(given: argparse.Namespace, directory: Path) -> int:
    python = environment(directory, NEEDED)
    folder = source("s3fs", directory, python)
    kept = directory / "s3fs.json"
    if kept.exists() and given.against != "s3fs":
        plain = Result(*(frozenset(names) for names in json.loads(kept.read_text())[:2]))
        plain = plain._replace(calling=frozenset(json.loads(kept.read_text())[2]))
    else:
        plain = _run("s3fs", given, python, folder)
        if given.words is None:
            kept.write_text(
                json.dumps([sorted(names) for names in (plain.passed, plain.failed, plain.calling)])
            )
    _print("s3fs on aiobotocore", plain)
    for name in sorted(plain.failed):
        print(f"  fails on aiobotocore: {name}")
    if given.against == "s3fs":
        return 0
    ours = _run(given.against, given, python, folder)
    _print(f"on sotalia ({given.against})", ours)
    names = ours.passed | ours.failed
    lost = sorted((plain.passed & names if given.words else plain.passed) - ours.passed)
    unexplained = 0
    for name in lost:
        reason = next((why for part, why in EXPLAINED[given.against].items() if part in name), None)
        unexplained += reason is None
        print(f"  passes on aiobotocore only: {name}{'' if reason is None else f': {reason}'}")
    for name in sorted(ours.passed & plain.failed):
        print(f"  passes on sotalia only: {name}")
    return 1 if unexplained or ours.note or not ours.passed else 0


def _run(against: str, given: argparse.Namespace, python: Path, folder: Path) -> Result:
    for path in (folder / "s3fs" / "tests").rglob("*.py"):
        text = path.read_text("utf-8")
        # Two ports are written into the tests; another program, or another run, may have them.
        path.write_text(
            re.sub(r"^port = \d+", lambda _: f"port = {_free_port()}", text, flags=re.MULTILINE), "utf-8"
        )
    options = [
        "-p",
        "s3fs_engine",
        "--timeout=120",
        *(["-k", given.words] if given.words else []),
        "s3fs/tests",
    ]
    # Without asyncio_mode the one async test is refused.
    options += ["-o", "asyncio_mode=auto"]
    log = None if given.log is None or against == "s3fs" != given.against else given.log
    return run(python, folder, given.seconds, options, {"S3FS_AGAINST": against}, log)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _print(what: str, result: Result) -> None:
    calling = result.calling
    print(
        f"{what:28} {len(result.passed):4} passed, {len(result.failed):3} failed; of {len(calling)} that call: "
        f"{len(result.passed & calling)} passed {result.note}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
