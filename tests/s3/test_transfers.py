"""Transfers of files, sync and async, beside boto3 against the embedded S3: the same calls, the same objects."""

from __future__ import annotations

import inspect
import io
import os
import random
import threading
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import boto3
import boto3.s3.transfer
import pytest
from botocore.config import Config as ReferenceConfig
from s3transfer.utils import OSUtils

from sotalia import exceptions
from sotalia.s3.transfer import S3Transfer, TransferConfig, create_transfer_manager
from sotalia.testing import LocalAWS
from sotalia.transport.body import AsyncStreamingBody, StreamingBody
from sotalia.transport.messages import AWSResponse
from tests.client_kinds import Kind

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
MB = 1024 * 1024
LARGE = random.Random(7).randbytes(5 * MB + 3)
PARTS = {"multipart_threshold": 5 * MB, "multipart_chunksize": 5 * MB}


class Pipe:
    """A file that can only be read or written from start to end."""

    def __init__(self, data: bytes = b"") -> None:
        self._file = io.BytesIO(data)

    def read(self, amount: int = -1) -> bytes:
        return self._file.read(amount)

    def write(self, data: bytes) -> int:
        return self._file.write(data)

    def getvalue(self) -> bytes:
        return self._file.getvalue()


class Bench:
    """One client, what it was asked, and a bucket."""

    def __init__(self, s3: Any, events: Any, folder: Path) -> None:
        self.s3 = s3
        self.folder = folder
        self.bucket = f"transfer-{uuid.uuid4().hex[:12]}"
        s3.create_bucket(Bucket=self.bucket)
        self.asked: list[Any] = []
        events.register("provide-client-params.s3", self._note)

    def _note(self, params: dict[str, Any], model: Any, **kwargs: Any) -> None:
        # The condition is added where the reference could mix two objects.
        shown = {key: self._shown(key, value) for key, value in params.items() if key != "IfMatch"}
        self.asked.append((model.name, sorted(shown.items(), key=repr)))

    def _shown(self, key: str, value: Any) -> Any:
        if key in ("Body", "UploadId", "CopySourceIfMatch"):
            return key
        return repr(_sorted(value)).replace(self.bucket, "BUCKET")

    def take(self) -> list[Any]:
        """What was asked since the last time; parts go up in any order."""
        asked, self.asked = self.asked, []
        return sorted(asked, key=repr)

    def content(self, key: str) -> bytes:
        found: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return found

    def head(self, key: str) -> Any:
        head = self.s3.head_object(Bucket=self.bucket, Key=key)
        names = ("ContentLength", "ContentType", "Metadata", "ETag", "CacheControl", "TagCount")
        return {name: head.get(name) for name in names}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small").write_bytes(b"small content")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "large").write_bytes(LARGE)
    return tmp_path


@pytest.fixture
def reference(aws: LocalAWS, folder: Path) -> Iterator[Bench]:
    s3 = boto3.Session(**KEYS).client("s3", endpoint_url=aws.endpoint_url)
    yield Bench(s3, s3.meta.events, folder)
    s3.close()


@pytest.fixture
def bench(aws: LocalAWS, folder: Path, client_kind: Kind) -> Bench:
    s3 = client_kind.client("s3", client_kind.session(**KEYS), endpoint_url=aws.endpoint_url)
    return Bench(s3, s3.raw.meta.events, folder)


def upload_small(b: Bench, config: Any) -> Any:
    b.s3.upload_file(
        str(b.folder / "small"), b.bucket, "k", ExtraArgs={"ContentType": "text/x"}, Config=config
    )
    return b.head("k"), b.content("k")


def upload_path(b: Bench, config: Any) -> Any:
    b.s3.upload_file(Filename=b.folder / "empty", Bucket=b.bucket, Key="k", Config=config)
    return b.head("k"), b.content("k")


def upload_large(b: Bench, config: Any) -> Any:
    progress: list[int] = []
    extra = {"Metadata": {"a": "b"}, "CacheControl": "no-cache", "ChecksumAlgorithm": "SHA256"}
    b.s3.upload_file(str(b.folder / "large"), b.bucket, "k", extra, progress.append, config)
    return b.head("k"), b.content("k") == LARGE, sum(progress)


def upload_files(b: Bench, config: Any) -> Any:
    found = []
    for data in (b"", b"few", LARGE):
        memory = io.BytesIO(b"skipped" + data)
        memory.seek(7)
        for number, file in enumerate((memory, Pipe(data))):
            progress: list[int] = []
            b.s3.upload_fileobj(file, b.bucket, f"k{number}", Callback=progress.append, Config=config)
            found.append((b.head(f"k{number}"), b.content(f"k{number}") == data, sum(progress)))
    with (b.folder / "large").open("rb") as file:
        b.s3.upload_fileobj(file, b.bucket, "file", Config=config)
    return found, b.content("file") == LARGE


def upload_with_full_checksum(b: Bench, config: Any) -> Any:
    # CRC-32 of LARGE; S3 compares it with what it received.
    import base64
    import zlib

    checksum = base64.b64encode(zlib.crc32(LARGE).to_bytes(4, "big")).decode()
    b.s3.upload_file(str(b.folder / "large"), b.bucket, "k", {"ChecksumCRC32": checksum}, Config=config)
    b.s3.upload_file(str(b.folder / "small"), b.bucket, "k2", {"ChecksumType": "FULL_OBJECT"}, Config=config)
    return b.content("k") == LARGE


def download(b: Bench, config: Any) -> Any:
    found = []
    for data in (b"", b"few", LARGE):
        b.s3.put_object(Bucket=b.bucket, Key="k", Body=data)
        progress: list[int] = []
        target = b.folder / "target"
        target.write_bytes(b"older and longer")
        b.s3.download_file(b.bucket, "k", str(target), Callback=progress.append, Config=config)
        found.append((target.read_bytes() == data, sum(progress)))
        for file in (io.BytesIO(), Pipe()):
            b.s3.download_fileobj(b.bucket, "k", file, Config=config)
            found.append((file.getvalue() == data, 0))
    assert not [name for name in os.listdir(b.folder) if name.startswith("target.")]
    return found


def upload_pipe_by_name(b: Bench, config: Any) -> Any:
    """Of which nobody knows the size before it was read; the reference takes it for an empty file."""
    os.mkfifo(b.folder / "fifo")
    writer = threading.Thread(target=(b.folder / "fifo").write_bytes, args=(LARGE,))
    writer.start()
    b.s3.upload_file(str(b.folder / "fifo"), b.bucket, "k", Config=config)
    writer.join()
    return b.content("k")


def copy_small(b: Bench, config: Any) -> Any:
    b.s3.put_object(Bucket=b.bucket, Key="k", Body=b"x", Metadata={"a": "b"}, Tagging="t=1")
    source = {"Bucket": b.bucket, "Key": "k"}
    progress: list[int] = []
    b.s3.copy(source, b.bucket, "c1", Callback=progress.append, Config=config)
    extra = {"Metadata": {"n": "w"}, "MetadataDirective": "REPLACE"}
    b.s3.copy(source, b.bucket, "c2", extra, SourceClient=getattr(b.s3, "raw", b.s3), Config=config)
    return b.head("c1"), b.head("c2"), progress


def copy_large(b: Bench, config: Any) -> Any:
    extra: dict[str, Any] = {"Metadata": {"a": "b"}, "CacheControl": "no-cache", "Tagging": "t=1"}
    b.s3.put_object(Bucket=b.bucket, Key="k", Body=LARGE, **extra)
    source = {"Bucket": b.bucket, "Key": "k"}
    found = []
    for number, arguments in enumerate(
        (
            {},
            {"Metadata": {"dropped": "x"}, "ContentType": "dropped/x"},
            {"Metadata": {"n": "w"}, "MetadataDirective": "REPLACE"},
            {"TaggingDirective": "COPY"},
            {"TaggingDirective": "REPLACE", "Tagging": "x=y&z="},
        )
    ):
        progress: list[int] = []
        b.s3.copy(source, b.bucket, f"c{number}", arguments, progress.append, Config=config)
        tags = b.s3.get_object_tagging(Bucket=b.bucket, Key=f"c{number}")["TagSet"]
        found.append((b.head(f"c{number}"), b.content(f"c{number}") == LARGE, sum(progress), tags))
    return found


def failures(b: Bench, config: Any) -> Any:
    small, nowhere = str(b.folder / "small"), f"{b.bucket}-none"
    found = []
    for call in (
        lambda: b.s3.upload_file(small, nowhere, "k", Config=config),
        lambda: b.s3.upload_file(small, b.bucket, "k", {"IfNoneMatch": "*"}, Config=config),
        lambda: b.s3.upload_file(str(b.folder / "missing"), b.bucket, "k", Config=config),
        lambda: b.s3.upload_fileobj(io.BytesIO(b"x"), nowhere, "k", Config=config),
        lambda: b.s3.upload_fileobj(io.BytesIO(LARGE), nowhere, "k", Config=config),
        lambda: b.s3.download_file(b.bucket, "missing", str(b.folder / "new"), Config=config),
        lambda: b.s3.download_file(b.bucket, "missing", str(b.folder / "new"), {"ACL": "x"}, Config=config),
        lambda: b.s3.download_fileobj(nowhere, "k", io.BytesIO(), Config=config),
        lambda: b.s3.copy("bucket/key", b.bucket, "k", Config=config),
        lambda: b.s3.copy({"Bucket": b.bucket, "Key": "missing"}, b.bucket, "k", Config=config),
        lambda: b.s3.upload_file(
            small, "arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/a", "k", Config=config
        ),
    ):
        with pytest.raises(Exception) as caught:
            call()
        text = str(caught.value).replace(b.bucket, "BUCKET").replace(str(b.folder), "FOLDER")
        found.append((type(caught.value).__name__, text))
    assert sorted(os.listdir(b.folder)) == ["empty", "large", "small"]
    return found


STEPS: list[Callable[[Bench, Any], Any]] = [
    upload_small,
    upload_path,
    upload_large,
    upload_files,
    upload_with_full_checksum,
    download,
    copy_small,
    copy_large,
    failures,
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_step(step: Callable[[Bench, Any], Any], reference: Bench, bench: Bench) -> None:
    expected = step(reference, boto3.s3.transfer.TransferConfig(**PARTS))
    found = step(bench, TransferConfig(**PARTS))
    assert found == expected
    assert bench.take() == reference.take()


def test_a_pipe_by_name(bench: Bench) -> None:
    assert upload_pipe_by_name(bench, TransferConfig(**PARTS)) == LARGE


def test_downloads_without_head(aws: LocalAWS, folder: Path, client_kind: Kind) -> None:
    """Where nobody wants the whole object's checksum, the first range tells what HeadObject would."""
    config = ReferenceConfig(response_checksum_validation="when_required")
    s3 = boto3.Session(**KEYS).client("s3", endpoint_url=aws.endpoint_url, config=config)
    reference = Bench(s3, s3.meta.events, folder)
    s3 = client_kind.client("s3", client_kind.session(**KEYS), endpoint_url=aws.endpoint_url, config=config)
    bench = Bench(s3, s3.raw.meta.events, folder)
    expected = download(reference, boto3.s3.transfer.TransferConfig(**PARTS))
    assert download(bench, TransferConfig(**PARTS)) == expected
    asked = bench.take()
    assert asked == reference.take()
    assert "HeadObject" not in [name for name, _ in asked]
    reference.s3.close()


class Annotations:
    """Answers for S3 where the embedded one knows nothing: annotations, of which one cannot be written."""

    def __init__(self, events: Any, *, is_async: bool) -> None:
        self.is_async = is_async
        events.register("before-call.s3.ListObjectAnnotations", self.listed)
        events.register("before-call.s3.GetObjectAnnotation", self.got)
        events.register("before-call.s3.PutObjectAnnotation", self.put)
        self.written: list[Any] = []

    def _answer(self, parsed: dict[str, Any]) -> Any:
        return AWSResponse("http://x", 200, {}, None), {"ResponseMetadata": {}, **parsed}

    def listed(self, **kwargs: Any) -> Any:
        return self._answer({"Annotations": [{"AnnotationName": name} for name in ("one", "two", "bad")]})

    def got(self, params: dict[str, Any], **kwargs: Any) -> Any:
        raw = io.BytesIO(b"payload")
        body = AsyncStreamingBody(raw, 7) if self.is_async else StreamingBody(raw, 7)
        return self._answer({"AnnotationPayload": body})

    def put(self, params: dict[str, Any], **kwargs: Any) -> Any:
        if "bad" in params["url"]:
            raise RuntimeError("no")
        self.written.append((sorted(params["url"].partition("?")[2].split("&")), params["body"]))
        return self._answer({})


def test_annotations_are_copied(reference: Bench, bench: Bench, client_kind: Kind) -> None:
    found = []
    for b in (reference, bench):
        b.s3.put_object(Bucket=b.bucket, Key="k", Body=LARGE)
        b.take()
        is_async = b is bench and client_kind.is_async
        annotations = Annotations(getattr(b.s3, "raw", b.s3).meta.events, is_async=is_async)
        with pytest.raises(Exception, match=r"Failed to copy annotations.*bad") as caught:
            b.s3.copy(
                {"Bucket": b.bucket, "Key": "k"},
                b.bucket,
                "c",
                {"AnnotationDirective": "COPY"},
                Config=boto3.s3.transfer.TransferConfig(**PARTS),
            )
        # The reference aborts an upload that it has completed.
        asked = [call for call in b.take() if call[0] != "AbortMultipartUpload"]
        found.append((type(caught.value).__name__, annotations.written, asked))
    assert found[0] == found[1]
    assert len(found[0][1]) == 2


@pytest.mark.parametrize(
    "config",
    [
        None,
        boto3.s3.transfer.TransferConfig(use_threads=False, **PARTS),
        TransferConfig(use_threads=False, **PARTS),
        TransferConfig(max_concurrency=1, io_chunksize=1000, **PARTS),
        TransferConfig(max_bandwidth=10**9, preferred_transfer_client="classic", **PARTS),
    ],
    ids=["none", "of boto3", "no threads", "one at a time", "bandwidth"],
)
def test_configurations(bench: Bench, config: Any) -> None:
    bench.s3.upload_file(str(bench.folder / "large"), bench.bucket, "k", Config=config)
    into = io.BytesIO()
    bench.s3.download_fileobj(bench.bucket, "k", into, Config=config)
    assert into.getvalue() == LARGE


def test_appending(bench: Bench) -> None:
    bench.s3.put_object(Bucket=bench.bucket, Key="k", Body=LARGE)
    path = bench.folder / "appended"
    path.write_bytes(b"before ")
    with path.open("ab") as file:
        bench.s3.download_fileobj(bench.bucket, "k", file, Config=TransferConfig(**PARTS))
    assert path.read_bytes() == b"before " + LARGE


def test_pipes_give_less_than_was_asked_for(bench: Bench) -> None:
    class Trickle(Pipe):
        def read(self, amount: int = -1) -> bytes:
            return super().read(min(amount, 100_000))

    bench.s3.upload_fileobj(Trickle(LARGE), bench.bucket, "k", Config=TransferConfig(**PARTS))
    assert bench.content("k") == LARGE


@pytest.mark.parametrize("data", [b"few", LARGE], ids=["whole", "parts"])
def test_files_of_the_caller_stay_open(bench: Bench, data: bytes) -> None:
    config = TransferConfig(**PARTS)
    path = bench.folder / "file"
    path.write_bytes(data)
    for up, down in ((path.open("rb"), (bench.folder / "got").open("wb")), (io.BytesIO(data), io.BytesIO())):
        bench.s3.upload_fileobj(up, bench.bucket, "k", Config=config)
        bench.s3.download_fileobj(bench.bucket, "k", down, Config=config)
        assert not up.closed
        assert not down.closed
        up.close()
        down.close()
    assert (bench.folder / "got").read_bytes() == data


def test_handlers_of_the_session_see_the_calls(aws: LocalAWS, bench: Bench, client_kind: Kind) -> None:
    """Those registered before the client was made."""
    session = client_kind.session(**KEYS)
    calls: list[str] = []
    session.events.register("before-call.s3", lambda model, **kwargs: calls.append(model.name))
    s3 = client_kind.client("s3", session, endpoint_url=aws.endpoint_url)
    s3.upload_file(str(bench.folder / "large"), bench.bucket, "k", Config=TransferConfig(**PARTS))
    assert sorted(calls) == ["CompleteMultipartUpload", "CreateMultipartUpload", "UploadPart", "UploadPart"]


def test_special_files_stay_what_they_are(bench: Bench) -> None:
    bench.s3.put_object(Bucket=bench.bucket, Key="k", Body=b"x")
    bench.s3.download_file(bench.bucket, "k", "/dev/null")
    assert not os.path.isfile("/dev/null")


def test_what_is_no_file(bench: Bench) -> None:
    with pytest.raises(ValueError, match="Fileobj must implement read"):
        bench.s3.upload_fileobj(b"bytes", bench.bucket, "k")
    with pytest.raises(ValueError, match="Fileobj must implement write"):
        bench.s3.download_fileobj(bench.bucket, "k", b"bytes")
    for call in (bench.s3.upload_file, lambda *a: bench.s3.download_file(*reversed(a))):
        with pytest.raises(ValueError, match="Filename must be a string or a path-like object"):
            call(5, "k", bench.bucket)


@pytest.mark.parametrize("extra", [print, "ContentType", ["ContentType"]])
def test_extra_arguments_that_are_no_dictionary(bench: Bench, extra: Any) -> None:
    """Such as a callback that stands in their place."""
    for call in (
        lambda: bench.s3.upload_file(str(bench.folder / "small"), bench.bucket, "k", extra),
        lambda: bench.s3.download_file(bench.bucket, "k", str(bench.folder / "target"), extra),
        lambda: bench.s3.copy({"Bucket": bench.bucket, "Key": "k"}, bench.bucket, "c", extra),
    ):
        with pytest.raises(TypeError, match="ExtraArgs must be a dictionary"):
            call()


def test_an_upload_that_fails_is_aborted(bench: Bench, client_kind: Kind) -> None:
    def refuse(params: dict[str, Any], **kwargs: Any) -> None:
        if params.get("PartNumber") == 2:
            raise RuntimeError("no more")

    events = bench.s3.raw.meta.events
    events.register("provide-client-params.s3.UploadPart", refuse)
    with pytest.raises(RuntimeError, match="no more"):
        bench.s3.upload_file(str(bench.folder / "large"), bench.bucket, "k", Config=TransferConfig(**PARTS))
    assert "Uploads" not in bench.s3.list_multipart_uploads(Bucket=bench.bucket)
    assert "AbortMultipartUpload" in [name for name, _ in bench.asked]


def test_an_upload_that_cannot_be_aborted_tells_of_its_first_failure(bench: Bench, caplog: Any) -> None:
    def refuse(**kwargs: Any) -> None:
        raise RuntimeError("first")

    def refuse_too(**kwargs: Any) -> None:
        raise RuntimeError("second")

    events = bench.s3.raw.meta.events
    events.register("provide-client-params.s3.CompleteMultipartUpload", refuse)
    events.register("provide-client-params.s3.AbortMultipartUpload", refuse_too)
    with pytest.raises(RuntimeError, match="first"):
        bench.s3.upload_fileobj(io.BytesIO(LARGE), bench.bucket, "k", Config=TransferConfig(**PARTS))


def test_a_copy_of_what_is_replaced_meanwhile(bench: Bench) -> None:
    bench.s3.put_object(Bucket=bench.bucket, Key="k", Body=LARGE)

    def other_etag(params: dict[str, Any], **kwargs: Any) -> None:
        params["CopySourceIfMatch"] = '"other"'

    def answer(http_response: Any, parsed: dict[str, Any], **kwargs: Any) -> None:
        # What S3 answers; the embedded one does not look at the condition.
        http_response.status_code = 412
        parsed["Error"] = {"Code": "PreconditionFailed", "Message": "m"}

    events = bench.s3.raw.meta.events
    events.register("before-parameter-build.s3.UploadPartCopy", other_etag)
    events.register("after-call.s3.UploadPartCopy", answer)
    with pytest.raises(exceptions.S3CopyFailedError):
        bench.s3.copy({"Bucket": bench.bucket, "Key": "k"}, bench.bucket, "c", Config=TransferConfig(**PARTS))
    assert "Uploads" not in bench.s3.list_multipart_uploads(Bucket=bench.bucket)


def test_calls_of_transfers_are_marked(bench: Bench) -> None:
    agents: list[str] = []

    def note(request: Any, **kwargs: Any) -> None:
        agents.append(request.headers["User-Agent"].decode())

    bench.s3.raw.meta.events.register("before-send.s3", note)
    bench.s3.upload_file(str(bench.folder / "large"), bench.bucket, "k", Config=TransferConfig(**PARTS))
    bench.s3.download_fileobj(bench.bucket, "k", io.BytesIO(), Config=TransferConfig(**PARTS))
    assert len(agents) >= 7
    for agent in agents:
        features = agent.partition(" m/")[2].partition(" ")[0].split(",")
        assert "G" in features, agent


def test_resources_of_a_bucket(aws: LocalAWS, bench: Bench, client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    s3 = session.resource("s3", endpoint_url=aws.endpoint_url, config=ReferenceConfig(connect_timeout=9))
    client_kind._clients.append(s3.meta.client)
    bucket = s3.Bucket(bench.bucket)
    one = bucket.Object("one")
    target = str(bench.folder / "target")
    client_kind.run(bucket.upload_file(str(bench.folder / "small"), "one"))
    client_kind.run(one.download_file(target))
    assert Path(target).read_bytes() == b"small content"
    client_kind.run(one.upload_file(Filename=str(bench.folder / "large")))
    client_kind.run(bucket.download_file("one", Filename=target))
    assert Path(target).read_bytes() == LARGE
    client_kind.run(one.upload_fileobj(io.BytesIO(b"1")))
    client_kind.run(bucket.upload_fileobj(io.BytesIO(b"2"), Key="two", ExtraArgs={"ContentType": "a/b"}))
    client_kind.run(bucket.copy({"Bucket": bench.bucket, "Key": "two"}, "three"))
    client_kind.run(one.copy({"Bucket": bench.bucket, "Key": "three"}))
    files = io.BytesIO(), io.BytesIO()
    client_kind.run(bucket.download_fileobj("one", files[0]))
    client_kind.run(one.download_fileobj(files[1]))
    assert [file.getvalue() for file in files] == [b"2", b"2"]
    for wrong, message in (
        (lambda: one.upload_file("a", "b", "c", "d", "e"), "takes from 2 to 5 positional arguments"),
        (lambda: one.upload_file("a", Key="b"), "unexpected keyword argument 'Key'"),
        (lambda: one.upload_file("a", Filename="b"), "multiple values for argument 'Filename'"),
        (lambda: bucket.upload_file("a"), "missing 1 required positional argument: 'Key'"),
    ):
        with pytest.raises(TypeError, match=message):
            wrong()
    reference = boto3.Session(**KEYS).resource("s3")
    for theirs, ours in ((reference.Bucket("b"), bucket), (reference.Object("b", "k"), one)):
        for name in ("upload_file", "download_file", "copy", "upload_fileobj", "download_fileobj"):
            expected = inspect.signature(getattr(theirs, name)).parameters
            found = inspect.signature(getattr(ours, name)).parameters
            assert [(p.name, p.default) for p in found.values()] == [
                (p.name, p.default) for p in expected.values()
            ]


def test_s3_transfer(aws: LocalAWS, folder: Path) -> None:
    import sotalia

    s3 = sotalia.Session(**KEYS).client("s3", endpoint_url=aws.endpoint_url)
    s3.create_bucket(Bucket="s3-transfer-class")
    with S3Transfer(s3, TransferConfig(**PARTS)) as transfer:
        transfer.upload_file(folder / "large", "s3-transfer-class", "k")
        transfer.download_file("s3-transfer-class", "k", folder / "target")
    assert (folder / "target").read_bytes() == LARGE
    with pytest.raises(ValueError, match="client or an s3transfer"):
        S3Transfer()
    with pytest.raises(ValueError, match="mutually exclusive"):
        S3Transfer(client=s3, manager=object())
    reference = boto3.s3.transfer.S3Transfer
    for name in ("ALLOWED_UPLOAD_ARGS", "ALLOWED_DOWNLOAD_ARGS", "ALLOWED_COPY_ARGS"):
        assert sorted(getattr(S3Transfer, name)) == sorted(getattr(reference, name))


def test_the_manager_of_s3transfer(aws: LocalAWS, folder: Path) -> None:
    """For its futures and subscribers, on a synchronous client; its threads see the caller's context."""
    import sotalia

    s3 = sotalia.Session(**KEYS).client("s3", endpoint_url=aws.endpoint_url)
    s3.create_bucket(Bucket="s3-transfer-manager")
    variable: ContextVar[str] = ContextVar("variable")
    seen: set[str] = set()
    s3.meta.events.register("before-call.s3", lambda **kwargs: seen.add(variable.get("nothing")))
    variable.set("of the caller")
    with create_transfer_manager(s3, TransferConfig(**PARTS)) as manager:
        manager.upload(str(folder / "large"), "s3-transfer-manager", "k").result()
        future = manager.download("s3-transfer-manager", "k", str(folder / "target"))
        future.result()
        assert future.meta.size == len(LARGE)
    assert (folder / "target").read_bytes() == LARGE
    assert seen == {"of the caller"}
    told: list[int] = []
    with S3Transfer(manager=create_transfer_manager(s3)) as transfer:
        transfer.upload_file(folder / "small", "s3-transfer-manager", "k", told.append)
        transfer.download_file("s3-transfer-manager", "k", folder / "target", callback=told.append)
        with pytest.raises(exceptions.S3UploadFailedError):
            transfer.upload_file(folder / "small", "s3-transfer-nowhere", "k")
    assert (folder / "target").read_bytes() == b"small content"
    assert sum(told) == 2 * len(b"small content")
    with S3Transfer(s3, osutil=OSUtils()) as transfer:
        transfer.upload_file(folder / "small", "s3-transfer-manager", "k2")
    s3.close()
