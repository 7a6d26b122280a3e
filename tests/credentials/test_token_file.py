"""Token files as other programs leave them; pipes among them, with and without a writer."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from sotalia.credentials.token_file import read_token
from tests.client_kinds import Kind
from tests.credentials.conftest import keys
from tests.credentials.services import Services

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in the file system")


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.fixture
def writer(pipe: Path) -> Iterator[threading.Thread]:
    """A program that writes a token in two parts to whoever reads."""

    def write() -> None:
        with open(pipe, "wb", buffering=0) as file:
            file.write(b"first ")
            time.sleep(0.05)
            file.write(b"second")

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    yield thread
    thread.join(10)


@pytest.mark.parametrize("content", [b"", b"a.b.c", b"a\r\nb\rc\n", "Ä".encode()])
def test_a_regular_file_is_read_as_text(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    assert read_token(str(path)) == path.read_text(encoding="utf-8")


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_token(str(tmp_path / "nothing"))
    with pytest.raises(OSError, match=r"directory|denied"):
        read_token(str(tmp_path))
    (tmp_path / "long").write_bytes(b"x" * (2**20 + 1))
    with pytest.raises(ValueError, match="no token file"):
        read_token(str(tmp_path / "long"))


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there is no such device")
def test_a_device_without_end() -> None:
    with pytest.raises(ValueError, match="no token file"):
        read_token("/dev/zero")


@needs_pipes
def test_a_pipe_is_read_to_its_end(pipe: Path, writer: threading.Thread) -> None:
    assert read_token(str(pipe)) == "first second"


@needs_pipes
def test_a_pipe_that_nobody_writes_to(pipe: Path) -> None:
    with pytest.raises(TimeoutError, match=r"pipe' is not a regular file.*0\.05 seconds"):
        read_token(str(pipe), 0.05)


@needs_pipes
def test_a_pipe_whose_writer_does_not_end(pipe: Path) -> None:
    end = os.open(pipe, os.O_RDWR)
    try:
        os.write(end, b"half")
        with pytest.raises(TimeoutError, match="whole token"):
            read_token(str(pipe), 0.05)
    finally:
        os.close(end)


@needs_pipes
def test_a_web_identity_from_a_pipe(
    client_kind: Kind,
    services: Services,
    pipe: Path,
    writer: threading.Thread,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(pipe))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web")
    assert keys(client_kind, client_kind.session()).access_key
    [(_, _, _, body)] = services.asked("/")
    assert dict(parse_qsl(body))["WebIdentityToken"] == "first second"
