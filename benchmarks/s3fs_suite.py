"""s3fs' own tests, run against ``sotalia.fs.S3FileSystem`` and, beside it, against s3fs.

``python -m benchmarks.s3fs_suite`` makes an environment in ``--folder``, downloads the source distribution of s3fs into it for
its tests, and runs them twice: as they are, and with the names of s3fs replaced by ours. It prints what differs and exits with
1 for a difference that ``EXPLAINED`` does not name. ``-k NAME`` and other arguments go to pytest. Takes some ten minutes; ports
5555 and 5556 have to be free.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ["moto[server]", "pytest", "pytest-asyncio", "pytest-timeout", "requests", "packaging", "pandas"]

#: Tests of s3fs' that pass there and not here, each with the reason. See docs/filesystem.md.
EXPLAINED = {
    "test_errors": "expects an object of a file that a `with` block left by an exception",
    "test_coroutine_error_recovers_response_exception": "mends an error within aiobotocore that cannot occur here",
    "test_set_session_sessions_none": "ends aiobotocore's connections by setting its private attributes",
    "test_set_session_preserves_injected_session": "ends aiobotocore's connections by its private attributes",
    "test_set_session_closed_sessions_rebuilds_once": "counts calls of aiobotocore's private methods",
}

#: Runs before the tests are imported: s3fs has our classes then.
PLUGIN = '''
import types
import fsspec
import s3fs, s3fs.core, s3fs.mapping, s3fs.utils
from sotalia import fs
from sotalia.fs import attempts, writing

ours = dict(
    S3FileSystem=fs.S3FileSystem,
    S3File=fs.S3File,
    FileExpired=fs.FileExpired,
    add_retryable_error=fs.add_retryable_error,
    set_custom_error_handler=fs.set_custom_error_handler,
    calculate_chunksize=writing.calculate_chunksize,
    MAX_UPLOAD_PARTS=writing.MAX_UPLOAD_PARTS,
    _error_wrapper=attempts.attempted,
)
for module in (s3fs, s3fs.core, s3fs.mapping, s3fs.utils):
    for name, value in ours.items():
        if hasattr(module, name):
            setattr(module, name, value)


class Core(types.ModuleType):
    """What tests set in the module is set where ours has it."""

    def __setattr__(self, name, value):
        if name == "MANAGED_COPY_THRESHOLD":
            fs.S3FileSystem.managed_copy_threshold = value
        elif name == "CUSTOM_ERROR_HANDLER":
            attempts.policy.handler = value
        elif name == "S3_RETRYABLE_ERRORS":
            attempts.policy.errors = value
        super().__setattr__(name, value)


s3fs.core.S3_RETRYABLE_ERRORS = attempts.policy.errors
s3fs.core.__class__ = Core
fs.register()
'''


def prepare(folder: Path) -> Path:
    """The interpreter of an environment with s3fs, its tests and this project."""
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", str(folder / "venv")])
        run([str(python), "-m", "pip", "install", "-q", "s3fs", *PACKAGES, "-e", f"{ROOT}[fs]"])
    version = subprocess.run(
        [str(python), "-c", "import s3fs; print(s3fs.__version__)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    tests = Path(
        subprocess.run(
            [str(python), "-c", "import s3fs; print(s3fs.__path__[0])"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
    )
    if not (tests / "tests").exists():
        sdist = folder / "sdist"
        download = [
            str(python),
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "--no-binary",
            "s3fs",
            f"s3fs=={version}",
        ]
        run([*download, "-d", str(sdist)])
        with tarfile.open(next(sdist.glob("s3fs-*.tar.gz"))) as archive:
            archive.extractall(sdist, filter="data")
        shutil.copytree(sdist / f"s3fs-{version}" / "s3fs" / "tests", tests / "tests")
    (folder / "replaced.py").write_text(PLUGIN, "utf-8")
    print(f"s3fs {version}")
    return python


def run(command: list[str]) -> None:
    subprocess.run(command, check=True)


def outcomes(python: Path, folder: Path, name: str, arguments: list[str]) -> dict[str, str]:
    """What became of each test."""
    report = folder / f"{name}.xml"
    tests = next((folder / "venv" / "lib").glob("python*/site-packages/s3fs/tests"))
    command = [
        str(python),
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--timeout",
        "120",
        f"--junitxml={report}",
    ]
    if name == "sotalia":
        command += ["-p", "replaced"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "AWS_DEFAULT_REGION": "us-east-1"}
    derived = [str(path) for path in sorted((tests / "derived").glob("*_test.py"))]
    done = subprocess.run(
        [*command, str(tests), *derived, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    (folder / f"{name}.txt").write_text(done.stdout + done.stderr, "utf-8")
    found = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        kinds = {child.tag for child in case} & {"failure", "error", "skipped"}
        found[f"{case.get('classname')}.{case.get('name')}"] = min(kinds, default="passed")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("/tmp/s3fs-suite"))
    parser.add_argument("--only-ours", action="store_true", help="do not run s3fs beside it")
    options, arguments = parser.parse_known_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    python = prepare(options.folder)
    names = ["sotalia"] if options.only_ours else ["s3fs", "sotalia"]
    results = {name: outcomes(python, options.folder, name, arguments) for name in names}
    for name, found in results.items():
        counts = {kind: list(found.values()).count(kind) for kind in sorted(set(found.values()))}
        print(f"{name:8}", ", ".join(f"{count} {kind}" for kind, count in counts.items()))
    unexplained = 0
    for test, outcome in results["sotalia"].items():
        expected = results.get("s3fs", {}).get(test, "passed")
        if outcome != expected and outcome in ("failure", "error"):
            reason = EXPLAINED.get(test.rpartition(".")[2])
            unexplained += reason is None
            print(f"  {test}: {outcome}, {expected} in s3fs. {reason or 'NOT EXPLAINED'}")
        elif outcome == "passed" and expected in ("failure", "error"):
            print(f"  {test}: passed, {expected} in s3fs")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
