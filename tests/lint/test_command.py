"""``sotalia lint`` as a program: what it prints, and how it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BROKEN = 'import boto3\nboto3.client("s3").meta.events.register("before-cal.s3", print)\n'
MESSAGE = "unknown-event 'before-cal.s3' is never emitted: there is no event 'before-cal'; did you mean 'before-call.s3'?"
ROOT = Path(__file__).parents[2]


def lint(*arguments: object, source: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "sotalia", "lint", *map(str, arguments)],
        input=source,
        capture_output=True,
        env={**os.environ, **environment},
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def result(*arguments: object, **options: object) -> tuple[int, list[str], str]:
    done = lint(*arguments, **options)  # type: ignore[arg-type]
    return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two broken files that are looked at, and some that are not."""
    for path in (
        "app.py",
        "package/deep/er.py",
        ".git/hook.py",
        ".venv/lib.py",
        "node_modules/x.py",
        "package/__pycache__/y.py",
        "env/lib/z.py",
        "notes.txt",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(BROKEN)
    (tmp_path / "env" / "pyvenv.cfg").touch()
    (tmp_path / "package" / "fine.py").write_text("import boto3\n")
    return tmp_path


def test_findings(folder: Path) -> None:
    assert result(folder) == (
        1,
        [f"{folder}/app.py:2:41: {MESSAGE}", f"{folder}/package/deep/er.py:2:41: {MESSAGE}"],
        "",
    )
    # A file that is named is looked at whatever it is called; one that is named twice, once.
    assert result(folder / "notes.txt")[0] == 1
    assert len(result(folder / "app.py", folder / "package", folder)[1]) == 2


def test_no_findings(folder: Path) -> None:
    assert result(folder / "package" / "fine.py") == (0, [], "")
    assert json.loads(lint(folder / "package" / "fine.py", "--json").stdout) == []


def test_standard_input() -> None:
    assert result("-", source=BROKEN.encode()) == (1, [f"<stdin>:2:41: {MESSAGE}"], "")


def test_json(folder: Path) -> None:
    done = lint("--json", folder / "app.py")
    (found,) = json.loads(done.stdout)
    code, _, message = MESSAGE.partition(" ")
    assert found == {"path": f"{folder}/app.py", "line": 2, "column": 41, "code": code, "message": message}
    assert done.returncode == 1
    assert done.stdout == lint("--format", "json", folder / "app.py").stdout


def test_github(folder: Path) -> None:
    path = folder / "a,b:c%.py"
    path.write_text(BROKEN.replace("before-cal.s3", "before-call.s3%\\n"))
    code, lines, _ = result("--format", "github", path)
    (line,) = lines
    assert code == 1
    assert line.startswith(
        f"::warning file={folder}/a%2Cb%3Ac%25.py,line=2,col=41,title=sotalia lint%3A wrong-service::'before-call.s3%25\\n' is"
    )


def test_files_that_cannot_be_read(folder: Path) -> None:
    code, lines, errors = result(folder / "missing.py", folder / "app.py")
    assert (code, len(lines)) == (2, 1)
    assert errors == f"sotalia lint: {folder}/missing.py: No such file or directory\n"
    (folder / "deep.py").write_text(f"x = {'-' * 100_000}1")
    code, lines, errors = result(folder / "deep.py")
    # The parser of some versions says that this is no syntax.
    assert code == 2 or "syntax-error" in lines[0]


def test_usage_errors() -> None:
    for arguments in ((), ("--format", "xml", "-"), ("--nonsense", "-")):
        assert result(*arguments)[0] == 2


def test_names_that_command_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "\x1b[31m\n.py"
    path.write_text(BROKEN.replace("before-cal.s3", "before-call.\\x1b[31m"))
    done = lint(path)
    assert "\x1b" not in done.stdout
    assert done.stdout.count("\n") == 1
    assert "\\x1b[31m\\n.py:2:41: wrong-service" in done.stdout


def test_encodings(tmp_path: Path) -> None:
    source = f"# coding: latin-1\nname = 'ü'; {BROKEN.splitlines()[0]}\nx = 'ü'; {BROKEN.splitlines()[1]}\n"
    (tmp_path / "latin.py").write_bytes(source.encode("latin-1"))
    (tmp_path / "mark.py").write_bytes(b"\xef\xbb\xbf" + BROKEN.encode())
    (tmp_path / "other.py").write_bytes(b"# coding: no-such\n")
    (tmp_path / "wrong.py").write_bytes(b"x = 1\ny = '\xfc'\n")
    (tmp_path / "null.py").write_bytes(b"x = 1\0\n")
    code, lines, errors = result(tmp_path, PYTHONIOENCODING="ascii")
    assert (code, errors) == (1, "")
    found = [re.match(r".*/(\w+)\.py:(\d+):(\d+): ([a-z-]+) ", line) for line in lines]
    assert [(match[1], match[2], match[3], match[4]) for match in found if match] == [
        ("latin", "3", "50", "unknown-event"),
        ("mark", "2", "41", "unknown-event"),
        ("null", "1", "1", "syntax-error"),
        ("other", "1", "1", "syntax-error"),
        ("wrong", "2", "1", "syntax-error"),
    ]


def test_nothing_is_imported_or_run(tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text(
        f"import missing_module, boto3\nopen({str(tmp_path / 'ran')!r}, 'w')\n{BROKEN}"
    )
    assert result(tmp_path)[0] == 1
    assert not (tmp_path / "ran").exists()


def test_without_network_and_credentials(folder: Path) -> None:
    """What makes clients may be loaded for the names of services, but nothing that can reach a server."""
    script = (
        "import sys; from sotalia.cli.main import main; code = main(['lint', sys.argv[1]]); "
        "loaded = [name for name in ('socket', 'ssl', 'asyncio', 'boto3', 'botocore') "
        "if name in sys.modules]; sys.exit(f'loaded {loaded}' if loaded else code)"
    )
    done = subprocess.run([sys.executable, "-c", script, folder], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")


def test_the_hook_for_pre_commit() -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    entries = dict(re.findall(r"^[- ] (\w+): (.*)$", text, re.MULTILINE))
    assert entries["id"] == "sotalia-lint"
    assert entries["entry"] == "sotalia lint"
    assert entries["language"] == "python"
    assert entries["types_or"] == "[python]"
