"""Transfers under botocore's Stubber, as tests of programs have them: what boto3 calls, in its order, with its parameters.

boto3 runs each script first, and what it called becomes what our client is to call.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from sotalia.config import Config
from sotalia.s3.transfer import TransferConfig
from tests.client_kinds import KEYS, Kind

MB = 1024 * 1024
SOURCE = {"Bucket": "from", "Key": "k"}
CONTENT = bytes(range(256)) * (12 * MB // 256)
Run = Callable[[Any, Any, Path], Any]

METHODS = {
    "HeadObject": "head_object",
    "GetObject": "get_object",
    "PutObject": "put_object",
    "CopyObject": "copy_object",
    "CreateMultipartUpload": "create_multipart_upload",
    "UploadPart": "upload_part",
    "UploadPartCopy": "upload_part_copy",
    "CompleteMultipartUpload": "complete_multipart_upload",
    "GetObjectTagging": "get_object_tagging",
    "PutObjectTagging": "put_object_tagging",
}


class Unseekable(io.RawIOBase):
    def __init__(self, data: bytes = b"") -> None:
        self.inner = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def read(self, amount: int = -1) -> bytes:
        return self.inner.read(amount)

    def write(self, data: Any) -> int:
        return self.inner.write(data)


def named(size: int, folder: Path) -> str:
    path = folder / str(size)
    path.write_bytes(CONTENT[:size])
    return str(path)


EXTRA = {
    "ACL": "private",
    "Metadata": {"a": "b"},
    "ServerSideEncryption": "AES256",
    "RequestPayer": "requester",
}
DOWNLOAD = {"RequestPayer": "requester", "VersionId": "v", "ExpectedBucketOwner": "1" * 12}
COPY = {
    "MetadataDirective": "REPLACE",
    "Metadata": {"x": "y"},
    "TaggingDirective": "REPLACE",
    "Tagging": "a=b",
}


def scripts(size: int) -> dict[str, Run]:
    """Each is called with a client, a configuration and a folder."""
    data = CONTENT[:size]
    return {
        "upload_file": lambda s3, c, d: s3.upload_file(named(size, d), "b", "k", Config=c),
        "upload_file extra": lambda s3, c, d: s3.upload_file(named(size, d), "b", "k", dict(EXTRA), Config=c),
        "upload_file sha256": lambda s3, c, d: s3.upload_file(
            named(size, d), "b", "k", {"ChecksumAlgorithm": "SHA256"}, Config=c
        ),
        "upload_fileobj": lambda s3, c, d: s3.upload_fileobj(io.BytesIO(data), "b", "k", Config=c),
        "upload_fileobj pipe": lambda s3, c, d: s3.upload_fileobj(Unseekable(data), "b", "k", Config=c),
        "download_file": lambda s3, c, d: s3.download_file("b", "k", str(d / "t"), Config=c),
        "download_file extra": lambda s3, c, d: s3.download_file(
            "b", "k", str(d / "t"), dict(DOWNLOAD), Config=c
        ),
        "download_fileobj": lambda s3, c, d: s3.download_fileobj("b", "k", io.BytesIO(), Config=c),
        "download_fileobj pipe": lambda s3, c, d: s3.download_fileobj("b", "k", Unseekable(), Config=c),
        "copy": lambda s3, c, d: s3.copy(dict(SOURCE), "b", "k", Config=c),
        "copy version": lambda s3, c, d: s3.copy({**SOURCE, "VersionId": "v"}, "b", "k", Config=c),
        "copy extra": lambda s3, c, d: s3.copy(dict(SOURCE), "b", "k", dict(COPY), Config=c),
        "copy tags": lambda s3, c, d: s3.copy(dict(SOURCE), "b", "k", {"TaggingDirective": "COPY"}, Config=c),
    }


class Answers:
    """What a stub gives for each call; ``is_sparse`` with nothing that boto3 does not look at."""

    def __init__(self, size: int, *, is_sparse: bool) -> None:
        self.size = size
        self.is_sparse = is_sparse

    def of(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if operation == "HeadObject":
            return {"ContentLength": self.size} | ({} if self.is_sparse else {"ETag": '"e"'})
        if operation == "GetObject":
            return self.content(params.get("Range"))
        return {
            "CreateMultipartUpload": {"UploadId": "u"},
            "UploadPart": {"ETag": '"p"'},
            "UploadPartCopy": {"CopyPartResult": {"ETag": '"p"'}},
            "GetObjectTagging": {"TagSet": [{"Key": "k", "Value": "v"}]},
        }.get(operation, {})

    def content(self, wanted: str | None) -> dict[str, Any]:
        first, last = 0, self.size - 1
        if wanted:
            start, _, end = wanted.removeprefix("bytes=").partition("-")
            first, last = int(start), min(int(end or last), last)
        data = CONTENT[first : last + 1]
        if self.is_sparse:
            return {"Body": io.BytesIO(data)}
        said: dict[str, Any] = {"ETag": '"e"', "ContentLength": len(data)}
        if wanted:
            said["ContentRange"] = f"bytes {first}-{last}/{self.size}"
        return {"Body": StreamingBody(io.BytesIO(data), len(data)), **said}


def called_by(client: Any, call: Callable[[], Any], answers: Answers) -> list[Any]:
    """What boto3's client calls."""
    calls: list[Any] = []

    def note(params: dict[str, Any], model: Any, **kwargs: Any) -> None:
        calls.append((model.name, {name: value for name, value in params.items() if name != "Body"}))

    def answer(model: Any, **kwargs: Any) -> Any:
        return type("Http", (), {"status_code": 200}), answers.of(model.name, calls[-1][1])

    # Where a stubber looks at the parameters.
    client.meta.events.register_first("before-parameter-build.*.*", note)
    client.meta.events.register_first("before-call.*.*", answer)
    call()
    client.meta.events.unregister("before-parameter-build.*.*", note)
    client.meta.events.unregister("before-call.*.*", answer)
    return calls


class Body:
    """Equal to any body that has not been said to be none."""

    def __eq__(self, other: object) -> bool:
        return other is not None

    __hash__ = None  # type: ignore[assignment]


NAMES = list(scripts(0))
# Stubs of uploads have nothing to leave out.
CASES = [
    (name, is_sparse) for name in NAMES for is_sparse in (False, True) if not (is_sparse and "upload" in name)
]


@pytest.mark.parametrize(("name", "is_sparse"), CASES)
@pytest.mark.parametrize("setting", ["when_supported", "when_required"])
def test_calls(client_kind: Kind, tmp_path: Path, name: str, is_sparse: bool, setting: str) -> None:
    is_download = name.startswith("download")
    if is_download and is_sparse and setting == "when_required":
        pytest.skip("boto3 asks the first range how large the object is")
    settings = {"request_checksum_calculation": setting, "response_checksum_validation": setting}
    reference = boto3.session.Session(**KEYS).client("s3", config=botocore.config.Config(**settings))
    client = client_kind.client("s3", client_kind.session(**KEYS), config=Config(**settings))
    unit = 1000 if is_download else MB  # S3 takes no smaller parts, so no uploads of them are made.
    parts: dict[str, Any] = {
        "multipart_threshold": 6 * unit,
        "multipart_chunksize": 5 * unit,
        "use_threads": False,
    }
    for size in (0, 1, 6 * unit - 1, 6 * unit, 10 * unit, 10 * unit + 1):
        if size == 0 and is_download and setting == "when_required":
            continue  # S3 answers 416; see test_no_range_of_an_object.
        run, answers = scripts(size)[name], Answers(size, is_sparse=is_sparse)
        theirs = boto3.s3.transfer.TransferConfig(**parts)
        expected = called_by(reference, lambda: run(reference, theirs, tmp_path), answers)  # noqa: B023
        stubber = Stubber(client.raw)
        for operation, params in expected:
            body = {"Body": Body()} if operation in ("PutObject", "UploadPart") else {}
            stubber.add_response(METHODS[operation], answers.of(operation, params), {**params, **body})
        with stubber:
            run(client, TransferConfig(**parts), tmp_path)
            stubber.assert_no_pending_responses()
        if name.startswith("download_file "):
            assert (tmp_path / "t").read_bytes() == CONTENT[:size]


def test_a_stub_whose_lengths_do_not_agree(client_kind: Kind, tmp_path: Path) -> None:
    """Of a single call, what the stub does not say of the body is not compared with it."""
    client = client_kind.client("s3", client_kind.session(**KEYS))
    stubber = Stubber(client.raw)
    stubber.add_response("head_object", {"ContentLength": 10}, {"Bucket": "b", "Key": "k"})
    stubber.add_response("get_object", {"Body": io.BytesIO(b"content")}, {"Bucket": "b", "Key": "k"})
    with stubber:
        client.download_file("b", "k", str(tmp_path / "t"))
    assert (tmp_path / "t").read_bytes() == b"content"
