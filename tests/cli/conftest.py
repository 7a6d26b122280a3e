"""What tests of commands share: a bucket, a folder, and a way to run ``sotalia``."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from sotalia.cli.main import main
from sotalia.testing import LocalAWS


class Shell:
    """Runs ``sotalia`` in this process, in a folder of its own, with a bucket of its own."""

    def __init__(self, aws: LocalAWS, folder: Path, capture: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.aws = aws
        self.folder = folder
        self.bucket = f"command-{uuid.uuid4().hex[:12]}"
        self._capture = capture
        self._monkeypatch = monkeypatch
        with aws.client("s3") as s3:
            s3.create_bucket(Bucket=self.bucket)

    def __call__(self, *words: Any, source: bytes = b"") -> tuple[int, str, str]:
        """The exit code, stdout and stderr; ``BUCKET`` in a word is the bucket."""
        self._monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(source)))
        code = main([str(word).replace("BUCKET", self.bucket) for word in words])
        printed = self._capture.readouterr()
        return code, printed.out.replace(self.bucket, "BUCKET"), printed.err.replace(self.bucket, "BUCKET")

    def lines(self, *words: Any) -> list[str]:
        """What a command prints that must go well."""
        code, out, err = self(*words)
        assert (code, err) == (0, "")
        return out.splitlines()

    def rows(self, *words: Any) -> list[Any]:
        """The objects of ``--json``."""
        return [json.loads(line) for line in self(*words, "--json")[1].splitlines()]

    def put(self, *keys: str, **more: Any) -> None:
        with self.aws.client("s3") as s3:
            for key in keys:
                s3.put_object(Bucket=self.bucket, Key=key, **{"Body": key.encode(), **more})

    def head(self, key: str) -> dict[str, Any]:
        with self.aws.client("s3") as s3:
            found: dict[str, Any] = s3.head_object(Bucket=self.bucket, Key=key)
            return found

    def keys(self) -> list[str]:
        with self.aws.client("s3") as s3:
            return [item["Key"] for item in s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])]

    def write(self, *paths: str) -> None:
        for path in paths:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(path)


@pytest.fixture
def environment(aws: LocalAWS) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": aws.endpoint_url,
    }


@pytest.fixture
def shell(
    aws: LocalAWS,
    environment: dict[str, str],
    tmp_path: Path,
    capsysbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Shell]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    yield Shell(aws, tmp_path, _Decoded(capsysbinary), monkeypatch)
    if (
        "sotalia.extensions.program_log" in sys.modules
    ):  # What --log and --debug start is the whole process's.
        from sotalia.extensions.program_log import stop

        stop()


class _Decoded:
    """Captured text, also of what is written as bytes."""

    def __init__(self, capture: pytest.CaptureFixture[bytes]) -> None:
        self._capture = capture

    def readouterr(self) -> Any:
        found = self._capture.readouterr()
        return type("Printed", (), {"out": found.out.decode(), "err": found.err.decode()})
