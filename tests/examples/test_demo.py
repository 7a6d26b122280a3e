"""``make demo``: what it shows on a terminal and without one, and that it makes its own environment."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from examples.demo.handlers import Overload, nine
from examples.demo.prepare import Progress, requirements, summary
from examples.demo.recorder import Recorder, differences
from examples.demo.screen import GUIDE_ORDER

import sotalia
from sotalia.transport.scripted import ScriptedTransport, answer

ROOT = Path(__file__).resolve().parents[2]
PREPARE = "examples/demo/prepare.py"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def check_screen(text: str) -> None:
    """The six sections, each with what was measured in it."""
    one, two, three, four, five, six = re.split(r"^\d (?=[A-Z])", text, flags=re.MULTILINE)[1:]
    assert "+ import sotalia as boto3" in one
    assert 'Uploaded example.txt. ETag: "' in one
    numbers = [int(number) for number in re.findall(r"^ +\d+\.\d ms (\d) ", two, re.MULTILINE)]
    assert numbers == [1, 2, 3, 4, 5, 6, 7, 5, 6, 7, 8, 7, 9]
    for changed in (
        "method photos()",
        "base class Album",
        "Bucket: 'photos'",
        "header X-Team: holiday",
        "header X-Attempt: 2",
        "responds itself: 503",
        "saw 503: again in 20 ms",
        "saw 200: leaves it",
        "result['Took']: '",
        "no response: leaves it",
        "note: try: sotalia local",
    ):
        assert changed in two
    for count in ("provide-client-params 100", "before-send 110", "needs-retry 110", "after-call 100"):
        assert count in three
    assert re.search(r"100 results in \d+ ms, 10 retried, up to 100 at once, slowest \d+ ms", three)
    for shown in (
        "transfer upload s3://photos/film.mp4",
        "    s3.UploadPart ",
        "filesystem cat",
        "s3.GetObject ",
        "404 NoSuch",
    ):
        assert shown in four
    assert four.count("s3.UploadPart") == 3
    assert "build/demo/calls.html" in four
    assert (
        len(re.findall(r"boto3 +\d+ (?:ms|µs) █+\n +sotalia +\d+ (?:ms|µs) █+ \d+\.\d times less", five)) == 4
    )
    assert "import sotalia as boto3" in six


def test_the_screen_without_a_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "examples.demo"],
        cwd=ROOT,
        # Settings of whoever runs it, which would lead elsewhere.
        env={
            **os.environ,
            "COLUMNS": "80",
            "AWS_PROFILE": "nobody",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
            "HTTP_PROXY": "http://127.0.0.1:1",
        },
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    check_screen(done.stdout)
    assert "\x1b" not in done.stdout
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 66  # Little more than one screen.
    assert "UploadPart" in (ROOT / "build/demo/calls.html").read_text()


@pytest.mark.slow(keep=0)
def test_make_demo_in_a_fresh_checkout_on_a_terminal(tmp_path: Path) -> None:
    """With the network, as a person would run it: the first line comes at once, and it never falls silent."""
    checkout = tmp_path / "checkout"
    for name in ("src", "examples", "benchmarks"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, checkout / name)
    first, longest, text = run_on_terminal(["make", "demo", f"PYTHON={sys.executable}"], checkout)
    assert first < 2
    assert longest < 5
    assert "making a virtual environment" in text
    check_screen(ESCAPES.sub("", text).replace("\r", ""))
    assert "\x1b[1m" in text
    assert not (checkout / ".venv").exists()
    # The second time nothing is installed.
    *_, text = run_on_terminal(["make", "demo", f"PYTHON={sys.executable}"], checkout)
    assert "virtual environment" not in text
    check_screen(ESCAPES.sub("", text).replace("\r", ""))


def run_on_terminal(command: list[str], folder: Path) -> tuple[float, float, str]:
    """Seconds to the first output, seconds of the longest silence, and all that came."""
    ours, theirs = pty.openpty()
    environ = {**os.environ, "COLUMNS": "80", "TERM": "xterm-256color", "HOME": str(folder)}
    environ.pop("NO_COLOR", None)
    process = subprocess.Popen(command, cwd=folder, stdout=theirs, stderr=theirs, env=environ)
    os.close(theirs)
    times, chunks = [time.monotonic()], []
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed.
            break
        if not chunk:
            break
        times.append(time.monotonic())
        chunks.append(chunk)
    os.close(ours)
    text = b"".join(chunks).decode("utf-8")
    assert process.wait() == 0, text
    return times[1] - times[0], max(b - a for a, b in pairwise(times)), text


def test_an_environment_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    environ = {
        **os.environ,
        # pip runs other programs for its User-Agent, and they leave files at home.
        "HOME": str(tmp_path),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path),
        "PIP_CONFIG_FILE": os.devnull,
    }
    folder = tmp_path / "environment"
    done = subprocess.run(
        [sys.executable, PREPARE, str(folder)], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "ERROR: " in done.stderr
    assert done.stderr.splitlines()[-1].startswith("The demo's environment could not be made: ")
    assert "Traceback" not in done.stderr
    assert not (folder / "ready").exists()


def test_an_environment_that_is_ready_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "environment"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "pyvenv.cfg").touch()
    (folder / "ready").write_text("\n".join([sys.version, str(ROOT), *requirements()]))
    done = subprocess.run([sys.executable, PREPARE, str(folder)], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    done = subprocess.run([sys.executable, PREPARE, str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "holds something else than a virtual environment" in done.stderr
    assert (tmp_path / "letters.txt").read_text() == "dear"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("sys.version_info = (3, 9, 2)", "needs Python 3.11 or later, and .* make demo PYTHON=python3.12"),
        ("importlib.util.find_spec = lambda name: None", "no ensurepip, .* apt install python3-venv"),
    ],
)
def test_a_python_that_will_not_do_is_told_what_would(change: str, said: str, tmp_path: Path) -> None:
    program = (
        f"import importlib.util, sys; __file__ = {PREPARE!r}; sys.argv = ['prepare.py', {str(tmp_path)!r}]; {change};"
        f"exec(compile(open({PREPARE!r}).read(), {PREPARE!r}, 'exec'))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert re.search(said, done.stderr)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Collecting boto3>=1.43", "finding boto3>=1.43"),
        ("Downloading botocore-1.44.5-py3-none-any.whl (16.6 MB)", "getting botocore 16.6 MB"),
        ("Processing /wheels/flask-3.1.3-py3-none-any.whl (from moto)", "getting flask"),
        ("Using cached rich-15.0.0-py3-none-any.whl (310 kB)", "getting rich 310 kB"),
        ("Installing collected packages: six, rich", "installing 2 packages"),
        ("Requirement already satisfied: pip in x", None),
        ("", None),
        ("Downloading", None),
    ],
)
def test_what_is_shown_of_pip(line: str, text: str | None) -> None:
    assert summary(line) == text


def test_progress_without_a_terminal_is_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress() as progress:
        progress.say("finding six", is_brief=True)
        progress.say("getting six")
    assert re.fullmatch(r"   0\.\d s  getting six\n", capsys.readouterr().out)


def test_the_nine_events_are_the_guides() -> None:
    assert [name.partition(".")[0] for name in nine(Overload(1))] == list(GUIDE_ORDER)


def test_one_call_of_so_many_meets_the_overload() -> None:
    recorder = Recorder()
    session = sotalia.Session(
        "a",
        "b",
        region_name="us-east-1",
        transport=ScriptedTransport([answer(200, body=b"<ListBucketResult/>")]),
    )
    for event, handler in nine(Overload(every=3)).items():
        session.events.register(event, recorder.watched(handler))
    s3 = session.client("s3")
    retries = []
    for _ in range(7):
        recorder.restart()
        s3.photos()
        retries.append(recorder.counts()["before-send"] - 1)
        assert recorder.most_at_once() == 1
    assert retries == [1, 0, 0, 1, 0, 0, 1]


def test_what_differs() -> None:
    assert differences({"a": "1", "b": "2"}, {"a": "1", "b": "3", "method c()": ""}) == ["b: 3", "method c()"]
