"""``sotalia sync``: what it prints, and what it returns."""

from __future__ import annotations

import io
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sotalia.__main__ import main
from sotalia.testing import LocalAWS


@pytest.fixture
def bucket(aws: LocalAWS, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    name = f"command-{uuid.uuid4().hex[:12]}"
    with aws.client("s3") as s3:
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="p/gone", Body=b"x")
    return name


@pytest.fixture
def run(aws: LocalAWS, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*arguments: Any) -> tuple[int, str, str]:
        options = ["--region", "us-east-1", "--endpoint-url", aws.endpoint_url]
        code = main(["sync", *map(str, arguments), *options])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.html", "b.tmp", "c.css"):
        (tmp_path / name).write_text(name)
    return tmp_path


def test_up(run: Any, bucket: str, folder: Path) -> None:
    target = f"s3://{bucket}/p"
    code, out, err = run(folder, target, "--delete", "--dry-run", "--exclude", "*.tmp", "--exclude", "*.css")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "(dry run) upload: a.html",
        "(dry run) delete: gone",
        f"{folder} to {target}/ (dry run): 1 transferred (6 bytes), 1 deleted, 0 unchanged, 0 skipped, 0 failed",
    ]
    only = ["--exclude", "*", "--include", "*.html"]
    code, out, err = run(folder, target, "--delete", *only, "--include", "gone")
    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == ["upload: a.html", "delete: gone"]
    assert run(folder, target, "--size-only", *only)[1].startswith(f"{folder} to {target}/: 0 tr")


def test_failures(run: Any, bucket: str, folder: Path, aws: LocalAWS) -> None:
    with aws.client("s3") as s3:
        s3.put_object(Bucket=bucket, Key="q/a.html/x", Body=b"x")
        s3.put_object(Bucket=bucket, Key="q/../\x1b[31m", Body=b"x")
    code, out, err = run(f"s3://{bucket}/q", folder, "--delete", "--exact-timestamps")
    assert (code, out) == (1, "")
    skipped, failed, last = err.splitlines()
    assert skipped.startswith("skipped: ../\\x1b[31m: the key has an empty part")
    assert failed.startswith("failed: download a.html/x: a file stands where a folder has to be")
    assert last.startswith("sotalia sync: download of 'a.html/x' failed")
    assert last.endswith("3 deletions were left, as not all went well")


def test_names_that_command_a_terminal(run: Any, bucket: str, tmp_path: Path, aws: LocalAWS) -> None:
    """They are printed with escapes, also in the last line, which tells of the first failure."""
    with aws.client("s3") as s3:
        s3.put_object(Bucket=bucket, Key="q/\x1b[31m", Body=b"x")
    (tmp_path / "\x1b[31m").mkdir()
    code, out, err = run(f"s3://{bucket}/q", tmp_path)
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("sotalia sync: download of ")
    assert "a folder stands in the file's place" in err
    assert "\x1b" not in err


def test_mistakes(run: Any, bucket: str, folder: Path) -> None:
    code, out, err = run(folder / "missing", f"s3://{bucket}")
    assert (code, out) == (1, "")
    assert "sotalia sync: " in err
    assert "missing" in err
    assert run(folder, folder)[0] == 1


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("has_rich", [True, False])
def test_on_a_terminal(
    run: Any, bucket: str, folder: Path, monkeypatch: pytest.MonkeyPatch, has_rich: bool
) -> None:
    if not has_rich:
        monkeypatch.setattr("sotalia.cli.progress.find_spec", lambda name: None)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    assert run(folder, f"s3://{bucket}/p")[0] == 0
    printed = terminal.getvalue()
    for name in ("a.html", "b.tmp", "c.css"):
        assert f"upload: {name}\n" in printed
    assert ("3 of 3 files" in printed) == has_rich
