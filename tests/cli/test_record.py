"""The command ``sotalia record``: real programs in real processes, against an embedded AWS."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sotalia.cli import exit_codes
from sotalia.cli.record import _ended
from sotalia.recording import jsonl
from sotalia.recording.records import CallRecord
from tests.recording.har_rules import checked
from tests.recording.samples import many

posix = pytest.mark.skipif(os.name != "posix", reason="needs fork and signals")
BOTO3 = """
import boto3
print(boto3.client("sts").get_caller_identity()["Account"])
"""
SOTALIA = """
import sotalia
sotalia.client("s3").list_buckets()
"""


class Recorded:
    """How a program ended, and which calls were recorded of it."""

    def __init__(self, done: subprocess.CompletedProcess[str], calls: list[CallRecord]) -> None:
        self.code, self.out, self.err, self.calls = done.returncode, done.stdout, done.stderr, calls
        self.names = [call.name for call in calls]


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path) -> Callable[..., Recorded]:
    """Runs ``sotalia record -o calls.jsonl`` with these words; files are written first."""

    def function(
        *words: str, files: dict[str, str] | None = None, stdin: str = "", **variables: str
    ) -> Recorded:
        write(tmp_path, files or {})
        done = subprocess.run(
            [sys.executable, "-m", "sotalia", "record", "-q", "-o", "calls.jsonl", *words],
            env={**os.environ, **environment, **variables},
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=90,
        )
        path = tmp_path / "calls.jsonl"
        return Recorded(done, jsonl.read(path) if path.exists() else [])

    return function


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def plain(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What python itself makes of the same words."""
    return subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, timeout=60, input="in\n"
    )


# -- programs ---------------------------------------------------------------------------------------------------------


def test_boto3(run: Any) -> None:
    done = run("app.py", files={"app.py": BOTO3})
    assert (done.code, done.out, done.err) == (0, "123456789012\n", "")
    assert done.names == ["sts.GetCallerIdentity"]
    assert done.calls[0].caller.startswith("app.py:3")


def test_boto3_is_left_alone_where_that_is_asked_for(run: Any) -> None:
    done = run("--no-patch", "app.py", files={"app.py": BOTO3})
    assert (done.code, done.out, done.names) == (0, "123456789012\n", [])


def test_botocore_sessions(run: Any) -> None:
    code = "import botocore.session as b; b.get_session().create_client('sts').get_caller_identity()"
    assert run("-c", code).names == []
    assert run("--botocore", "-c", code).names == ["sts.GetCallerIdentity"]


def test_asyncio(run: Any) -> None:
    program = """
import asyncio, sotalia
async def main():
    async with sotalia.AsyncSession().client("s3") as s3:
        await asyncio.gather(*(s3.list_buckets() for _ in range(3)))
asyncio.run(main())
"""
    done = run("app.py", files={"app.py": program})
    assert (done.code, done.err, done.names) == (0, "", ["s3.ListBuckets"] * 3)
    assert all(call.is_async for call in done.calls)


def test_threads_and_atexit_that_outlive_the_last_line(run: Any) -> None:
    program = """
import atexit, threading, time, sotalia
s3 = sotalia.client("s3")
def later():
    time.sleep(0.3)
    s3.list_buckets()
threading.Thread(target=later).start()
atexit.register(s3.list_buckets)
"""
    done = run("app.py", files={"app.py": program})
    assert (done.code, done.err, done.names) == (0, "", ["s3.ListBuckets"] * 2)


@posix
@pytest.mark.parametrize("end", ["sys.exit(0)", "os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_forks(run: Any, end: str) -> None:
    program = f"""
import os, sys, sotalia
s3, sqs = sotalia.client("s3"), sotalia.client("sqs")
s3.list_buckets()
pid = os.fork()
if not pid:
    sqs.list_queues()
    {end}
os.waitpid(pid, 0)
s3.list_buckets()
"""
    done = run("app.py", files={"app.py": program})
    assert (done.code, done.err) == (0, "")
    assert done.names == ["s3.ListBuckets", "sqs.ListQueues", "s3.ListBuckets"]
    assert [call.thread.startswith("process ") for call in done.calls] == [False, True, False]
    assert len({call.number for call in done.calls}) == 3


WORKERS = """
import multiprocessing, sotalia
def work(_):
    sotalia.client("sqs").list_queues()
    return multiprocessing.current_process().name
if __name__ == "__main__":
    context = multiprocessing.get_context("METHOD")
    with context.Pool(2) as pool:
        print(len(pool.map(work, range(4), chunksize=1)))
    process = context.Process(target=work, args=(1,))
    process.start()
    process.join()
    print(process.exitcode)
"""


@posix
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(run: Any, method: str) -> None:
    done = run("app.py", files={"app.py": WORKERS.replace("METHOD", method)})
    assert (done.code, done.out, done.err) == (0, "4\n0\n", "")
    assert done.names == ["sqs.ListQueues"] * 5


def test_programs_that_it_starts(run: Any) -> None:
    program = "import subprocess, sys; subprocess.run([sys.executable, 'other.py'], check=True)"
    done = run("app.py", files={"app.py": program, "other.py": SOTALIA})
    assert (done.code, done.names) == (0, ["s3.ListBuckets"])


def test_calls_before_os_exit_are_lost_with_the_process(run: Any) -> None:
    done = run("app.py", files={"app.py": SOTALIA + "import os; os._exit(7)"})
    assert (done.code, done.names) == (7, [])


@posix
def test_sigterm(environment: dict[str, str], tmp_path: Path) -> None:
    program = SOTALIA + "print('ready', flush=True)\nimport time\ntime.sleep(60)"
    write(tmp_path, {"app.py": program})
    command = [sys.executable, "-m", "sotalia", "record", "-o", "calls.jsonl", "app.py"]
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in err) == (exit_codes.TERMINATED, False)
    assert [call.name for call in jsonl.read(tmp_path / "calls.jsonl")] == ["s3.ListBuckets"]


# -- as python would run it -------------------------------------------------------------------------------------------

LOOK = """
import sys, os, __main__
print(sys.argv, os.path.abspath(sys.path[0]), sys.stdin.read(), __name__, __package__, globals().get("__file__"))
print(__spec__ and __spec__.name, __main__.__dict__ is globals(), sys.modules["__main__"] is __main__, sys.stdout.errors)
print(type(__builtins__).__name__, "annotations" in globals())
"""
PACKAGE = {
    "pack/__init__.py": "",
    "pack/__main__.py": "from .part import LOOKED\n" + LOOK,
    "pack/part.py": "LOOKED = 1\n",
    "pack/module.py": "from .part import LOOKED\n" + LOOK,
}


@pytest.mark.parametrize(
    "words",
    [
        ["app.py"],
        ["app.py", "-o", "x", "--help", "--", "-m"],
        ["./sub/deep.py", "a b"],
        ["link.py"],
        ["-m", "pack", "-v", "--open"],
        ["-mpack.module", "x"],
        ["-m", "pack.module"],
        ["pack_as_folder", "-x"],
        ["app.zip", "y"],
        ["-c", LOOK, "-q", "z"],
        ["-c" + LOOK],
    ],
    ids=lambda words: " ".join(words).partition("\n")[0],
)
def test_the_program_sees_what_it_is_used_to(run: Any, tmp_path: Path, words: list[str]) -> None:
    files = {
        "app.py": LOOK,
        "sub/deep.py": LOOK,
        "pack_as_folder/__main__.py": LOOK,
        **PACKAGE,
    }
    write(tmp_path, files)
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        archive.writestr("__main__.py", LOOK)
    (tmp_path / "link.py").symlink_to(tmp_path / "sub" / "deep.py")
    expected = plain(tmp_path, *words)
    assert expected.returncode == 0
    done = run(*words, stdin="in\n")
    assert (done.code, done.out, done.err) == (0, expected.stdout, "")


FAILING = """
def fail():
    raise ValueError("wrong")
if __name__ == "__main__":
    END
"""


@pytest.mark.parametrize(
    "end",
    [
        "fail()",
        "raise SystemExit",
        "raise SystemExit(3)",
        "raise SystemExit('a text')",
        "import sys; sys.exit(None)",
        "import sys; sys.excepthook = lambda *error: print('mine', error[0].__name__); fail()",
        "import sys; sys.excepthook = lambda *error: 1 / 0; fail()",
        "raise KeyError from ValueError(1)",
        "def x(:",
        "exec(compile('x =', 'other', 'exec'))",
        "import argparse; argparse.ArgumentParser(prog='p').parse_args(['--no'])",
        "import nothing_of_this_name",
        "raise BrokenPipeError",
        "import sys; sys.stdout.close()",
        "import sys; sys.stdout = None; fail()",
        "import sys; del sys.excepthook; fail()",
        "import threading; threading.Thread(target=lambda: 1, daemon=True).start()",
        "raise ExceptionGroup('several', [ValueError(1), KeyError(2)])",
    ],
)
def test_it_ends_as_it_would(run: Any, tmp_path: Path, end: str) -> None:
    write(tmp_path, {"app.py": FAILING.replace("END", end)})
    expected = plain(tmp_path, "app.py")
    done = run("app.py")
    assert (done.code, done.out) == (expected.returncode, expected.stdout)
    assert without_frames_of(done.err) == without_frames_of(expected.stderr)
    assert "sotalia" not in done.err


def without_frames_of(text: str) -> list[str]:
    """A hook of the program's that fails is called from elsewhere."""
    return [line for line in text.splitlines() if "programs.py" not in line]


def test_an_interrupt(run: Any) -> None:
    done = run("app.py", files={"app.py": SOTALIA + "raise KeyboardInterrupt"})
    assert (done.code, done.names) == (exit_codes.INTERRUPTED, ["s3.ListBuckets"])
    assert done.err.splitlines()[-1] == "KeyboardInterrupt"
    assert "cli" not in done.err


def test_an_error_of_a_call_is_recorded_and_raised(run: Any) -> None:
    program = "import boto3\nboto3.client('s3').head_bucket(Bucket='none-of-this-name')"
    done = run("app.py", files={"app.py": program})
    assert (done.code, done.calls[0].status) == (1, 404)
    assert "botocore.exceptions.ClientError" in done.err


def test_a_program_that_changes_its_directory(run: Any, tmp_path: Path) -> None:
    program = SOTALIA + "import os; os.mkdir('elsewhere'); os.chdir('elsewhere')"
    done = run("app.py", files={"app.py": program})
    assert (done.code, done.err, done.names) == (0, "", ["s3.ListBuckets"])
    assert os.listdir(tmp_path / "elsewhere") == []


def test_nothing_is_left_behind(run: Any, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    assert run("app.py", files={"app.py": BOTO3}, TMPDIR=str(tmp_path / "tmp")).code == 0
    assert os.listdir(tmp_path / "tmp") == []


def test_common_options_are_the_programs(run: Any) -> None:
    program = "import boto3; print(boto3.client('sts').meta.region_name)"
    done = run("--region", "eu-west-3", "app.py", files={"app.py": program})
    assert done.out == "eu-west-3\n"


def test_bodies_and_last(run: Any) -> None:
    program = "import sotalia\nfor _ in range(5): sotalia.client('sqs').list_queues(QueueNamePrefix='wale')"
    done = run("--last", "2", "--bodies", "100", "app.py", files={"app.py": program})
    assert [call.number for call in done.calls] == [4, 5]
    assert "wale" in (done.calls[0].attempts[0].request_body or "")


# -- what is shown ----------------------------------------------------------------------------------------------------


@pytest.fixture
def sotalia(environment: dict[str, str], tmp_path: Path) -> Any:
    write(tmp_path, {"app.py": BOTO3})

    def function(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sotalia", "record", *words],
            env={**os.environ, **environment, **variables},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return function


def test_the_timeline_goes_to_stderr(sotalia: Any) -> None:
    done = sotalia("app.py")
    assert done.stdout == "123456789012\n"
    assert "sts.GetCallerIdentity" in done.stderr


def test_json_lines_on_stderr(sotalia: Any) -> None:
    [line] = sotalia("--json", "app.py").stderr.splitlines()
    assert json.loads(line)["operation"] == "GetCallerIdentity"


def test_files(sotalia: Any, tmp_path: Path) -> None:
    done = sotalia("-o", "calls.HTML", "app.py")
    assert done.stderr == f"sotalia record: 1 calls are in {tmp_path / 'calls.HTML'}\n"
    assert "GetCallerIdentity" in (tmp_path / "calls.HTML").read_text()
    assert sotalia("-q", "-o", "calls.har", "app.py").stderr == ""
    [entry] = checked((tmp_path / "calls.har").read_text())["entries"]
    assert entry["response"]["status"] == 200


def test_a_browser(sotalia: Any, tmp_path: Path) -> None:
    page = tmp_path / "opened"
    browser = f"{sys.executable} -c 'import sys; open(sys.argv[2], \"w\").write(sys.argv[1])' %s {page}"
    done = sotalia("--open", "app.py", BROWSER=browser, TMPDIR=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "123456789012\n")
    assert "GetCallerIdentity" in Path(page.read_text().removeprefix("file://")).read_text()
    sotalia("-q", "--open", "-o", "calls.html", "app.py", BROWSER=browser)
    assert page.read_text() == (tmp_path / "calls.html").as_uri()


def test_a_file_of_calls_is_shown(sotalia: Any, tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_text("".join(f"{line}\n" for line in jsonl.lines(many(5))))
    assert "s3.ListObjectsV2" in sotalia("calls.jsonl").stderr
    assert sotalia("-q", "-o", "calls.har", "calls.jsonl").returncode == 0
    assert checked((tmp_path / "calls.har").read_text())["entries"]
    (tmp_path / "damaged.jsonl").write_text("{}\n{}\n")
    done = sotalia("damaged.jsonl")
    assert (done.returncode, done.stderr.splitlines()) == (
        exit_codes.FAILED,
        [
            "sotalia record: damaged.jsonl:1: this is no recorded call: it has no number as its version; "
            "is it a file that a recorder saved as .jsonl?"
        ],
    )


def test_a_file_that_cannot_be_written_changes_no_exit_code(sotalia: Any, tmp_path: Path) -> None:
    write(tmp_path, {"app.py": "import os; os.rmdir('folder'); raise SystemExit(5)"})
    (tmp_path / "folder").mkdir()
    done = sotalia("-o", "folder/calls.html", "app.py")
    assert done.returncode == 5
    assert done.stderr.startswith("sotalia record: ")
    assert "No such file" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        ([], 2, "name a script, or give -m MODULE or -c CODE"),
        (["none.py"], 2, "none.py: No such file or directory"),
        (["-m", "none"], 2, "none: No module named none"),
        (["-m", "json.none"], 2, "json.none: No module named json.none"),
        (["-m", "email"], 2, "'email' is a package and cannot be directly executed"),
        (["empty"], 2, "can't find '__main__' module in 'empty'"),
        (["-o", "calls.txt", "app.py"], 2, "'calls.txt' should end in one of .html, .har, .jsonl"),
        (["-o", "none/calls.har", "app.py"], 2, "there is no folder"),
        (["-c", "1", "-m", "x"], 0, "No calls"),
        (["--last", "0", "app.py"], 2, "0 is not in the range"),
        (["--no-sign-request", "app.py"], 2, "--no-sign-request is up to the program"),
        (["calls.jsonl", "x"], 2, "it takes no arguments"),
        (["-m"], 2, "requires an argument"),
    ],
)
def test_mistakes(sotalia: Any, tmp_path: Path, words: list[str], code: int, expected: str) -> None:
    (tmp_path / "empty").mkdir()
    done = sotalia(*words)
    assert done.returncode == code
    assert expected in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a.py -o x", "-- a.py -o x"),
        ("-o x a.py -o y", "-o x -- a.py -o y"),
        ("--output=x -q a.py -q", "--output=x -q -- a.py -q"),
        ("-q -m pack -q", "-q -m pack -- -q"),
        ("-mpack -q", "-m pack -- -q"),
        ("-cprint(1) x", "-c print(1) -- x"),
        ("-q -- -m.py -q", "-q -- -m.py -q"),
        ("-m", "-m"),
        ("--help", "--help"),
    ],
)
def test_options_end_where_the_program_begins(words: str, expected: str) -> None:
    assert _ended(words.split(), {"-o", "--output", "-m", "-c"}) == expected.split()


def test_help(sotalia: Any) -> None:
    done = sotalia("--help")
    assert done.returncode == 0
    assert "Usage: sotalia record [OPTIONS] SCRIPT [ARGUMENT ...]" in done.stdout
    assert "sotalia record app.py --verbose" in done.stdout


def test_the_first_word_is_completed_as_a_file(sotalia: Any) -> None:
    variables = {"_SOTALIA_COMPLETE": "bash_complete", "COMP_WORDS": "sotalia record --no", "COMP_CWORD": "2"}
    assert "plain,--no-patch" in sotalia(**variables).stdout.splitlines()
