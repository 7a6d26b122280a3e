"""Filesystems travel to other processes, without more than they were given; and are used after a fork."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
import sys
import textwrap
from typing import Any

import fsspec
import pytest

import sotalia
from sotalia.extensions import Headers
from sotalia.fs import FileExpired, S3FileSystem, register
from sotalia.testing import LocalAWS
from tests.fs.conftest import options

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}


def again(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def test_the_same_filesystem_comes_back(aws: LocalAWS, fs: S3FileSystem) -> None:
    assert again(fs) is fs
    session = S3FileSystem(session=sotalia.AsyncSession(**KEYS), endpoint_url=aws.endpoint_url)
    assert again(session) is session
    extended = S3FileSystem(**options(aws), extensions=[Headers({"X-Team": "data"})])
    assert again(extended) is extended
    assert len({fs, session, extended}) == 3


def test_no_secret_travels_that_nobody_gave(
    aws: LocalAWS, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "PLANTED-KEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "PLANTED-SECRET")
    fs = S3FileSystem(endpoint_url=aws.endpoint_url, client_kwargs={"region_name": "us-east-1"})
    assert fs.ls(bucket) == []
    for value in (pickle.dumps(fs), fs.to_json().encode(), repr(fs).encode(), str(vars(fs)).encode()):
        assert b"PLANTED" not in value


def test_a_loop_stays_where_it_is(aws: LocalAWS) -> None:
    fs = S3FileSystem(**options(aws), loop=fsspec.asyn.get_loop())
    assert again(fs).ls("") is not None


WORKER = """
import pickle, sys
fs, file, opened = pickle.load(sys.stdin.buffer)
assert pickle.loads(pickle.dumps(fs)) is fs
assert fs.cat(file.path) == b"some text"
assert file.read() == b"text"
with opened as text:
    assert text.read() == "some text"
print(fs.session and type(fs).__name__)
"""


@pytest.mark.parametrize("has_session", [False, True])
def test_another_program(aws: LocalAWS, fs: S3FileSystem, bucket: str, has_session: bool) -> None:
    fs.pipe(f"{bucket}/a", b"some text")
    if has_session:
        fs = S3FileSystem(session=sotalia.Session(**KEYS), endpoint_url=aws.endpoint_url)
    file = fs.open(f"{bucket}/a", "rb")
    file.seek(5)
    opened = fsspec.core.OpenFile(fs, f"{bucket}/a", "r")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(WORKER)],
        input=pickle.dumps((fs, file, opened)),
        capture_output=True,
    )
    assert (done.stderr.decode(), done.stdout.decode().strip()) == ("", "S3FileSystem")


def test_a_file_that_is_written_stays(fs: S3FileSystem, bucket: str) -> None:
    with fs.open(f"{bucket}/a", "wb") as file, pytest.raises(RuntimeError):
        pickle.dumps(file)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_uses_what_it_has(fs: S3FileSystem, bucket: str) -> None:
    fs.pipe(f"{bucket}/a", b"1")
    assert fs.cat(f"{bucket}/a") == b"1"
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()

    def child() -> None:
        fs.pipe(f"{bucket}/b", fs.cat(f"{bucket}/a") + b"2")
        queue.put(fs.ls(bucket, refresh=True))

    process = context.Process(target=child)
    process.start()
    process.join(30)
    assert process.exitcode == 0
    assert queue.get() == [f"{bucket}/a", f"{bucket}/b"]
    assert fs.cat(f"{bucket}/b") == b"12"


PROTOCOLS = """
import fsspec, sotalia.fs
before = dict(fsspec.registry)
assert fsspec.get_filesystem_class("sotalia") is sotalia.fs.S3FileSystem
assert "s3" not in fsspec.registry
fs = sotalia.fs.S3FileSystem(anon=True)
print(fs.unstrip_protocol("bucket/key"))
sotalia.fs.register()
assert fsspec.get_filesystem_class("s3") is fsspec.get_filesystem_class("s3a") is sotalia.fs.S3FileSystem
print(fs.unstrip_protocol("bucket/key"), fs.unstrip_protocol("s3a://bucket/key"))
fs, path = fsspec.core.url_to_fs("s3://bucket/key?versionId=1", anon=True)
print(path, fs.version_aware)
"""


def test_protocols() -> None:
    """In a process of its own, as registering is for the whole process."""
    done = subprocess.run([sys.executable, "-c", PROTOCOLS], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "sotalia://bucket/key",
        "s3://bucket/key s3a://bucket/key",
        "bucket/key?versionId=1 True",
    ]
    assert register.__doc__


def test_without_fsspec_it_says_what_to_install() -> None:
    program = "import sys; sys.modules['fsspec'] = None; import importlib.util\ntry:\n    import sotalia.fs\nexcept ImportError as e:\n    print(e)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "pip install 'sotalia[fs]'" in done.stdout


def test_a_file_travels_with_what_it_reads(aws: LocalAWS, fs: S3FileSystem, bucket: str) -> None:
    fs.make_bucket_versioned(bucket)
    aware = S3FileSystem(**options(aws, version_aware=True))
    path = f"{bucket}/a"
    with aware.open(path, "wb") as written:
        written.write(b"first")
    file = again(aware.open(path, "rb", cache_type="bytes", block_size=3))
    fs.pipe(path, b"other")
    assert (file.blocksize, file.cache.name, file.version_id) == (3, "bytes", written.version_id)
    assert file.read() == b"first"
    plain = again(fs.open(path, "rb"))
    fs.pipe(path, b"third")
    with pytest.raises(FileExpired):
        plain.read()
