"""Which bodies are compressed, beside the reference: equal headers, and equal content once it is unpacked."""

from __future__ import annotations

import copy
import gzip
import io
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import botocore.compress
import botocore.session
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sotalia.checksums.compression import maybe_compress_request
from sotalia.model.loader import Loader

OURS = Loader().service("cloudwatch").operation_model("PutMetricData")
THEIRS = botocore.session.Session().get_service_model("cloudwatch").operation_model("PutMetricData")
UNCOMPRESSED = Loader().service("cloudwatch").operation_model("ListMetrics")
MAKERS: dict[str, Any] = {
    "bytes": lambda text: text.encode(),
    "bytearray": lambda text: bytearray(text.encode()),
    "text": lambda text: text,
    "form": lambda text: {"Action": "PutMetricData", "Text": text, "Number": 1},
    "file": lambda text: io.BytesIO(text.encode()),
    "file of text": io.StringIO,
    "file in the middle": lambda text: standing(io.BytesIO(b"gone" + text.encode()), 4),
    "nothing": lambda text: None,
    "iterable": lambda text: iter([text.encode()]),
}


def standing(file: Any, at: int) -> Any:
    file.seek(at)
    return file


def config(least: int = 0, disabled: bool = False, signature: str | None = "v4") -> Any:
    return SimpleNamespace(
        disable_request_compression=disabled,
        request_min_compression_size_bytes=least,
        signature_version=signature,
    )


def content(body: Any, is_compressed: bool) -> Any:
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, bytes | bytearray):
        return gzip.decompress(body) if is_compressed else bytes(body)
    if isinstance(body, dict):  # The reference writes a form at once, we do when it is sent.
        return urlencode(body).encode()
    return list(body) if hasattr(body, "__next__") else body


def outcome(compress: Any, model: Any, body: Any, headers: dict[str, str], given: Any) -> Any:
    request = {"body": body, "headers": dict(headers), "url": "https://monitoring.example/"}
    compress(given, request, model)
    is_compressed = request["headers"].get("Content-Encoding", "").endswith("gzip")
    return request["headers"], content(request["body"], is_compressed)


@settings(max_examples=300)
@given(
    kind=st.sampled_from(sorted(MAKERS)),
    text=st.text("ab ü€", max_size=40),
    least=st.integers(0, 60),
    disabled=st.sampled_from([False, False, False, True]),
    signature=st.sampled_from(["v4", "v4a", "v2", None]),
    headers=st.sampled_from([{}, {"Content-Encoding": "br"}, {"Content-Type": "text/plain"}]),
)
def test_as_the_reference(
    kind: str, text: str, least: int, disabled: bool, signature: str | None, headers: dict[str, str]
) -> None:
    given = config(least, disabled, signature)
    make = MAKERS[kind]
    expected = outcome(botocore.compress.maybe_compress_request, THEIRS, make(text), headers, given)
    assert outcome(maybe_compress_request, OURS, make(text), headers, given) == expected


@pytest.mark.parametrize("kind", ["bytes", "bytearray", "text", "form", "file", "file of text"])
def test_what_is_worth_it_is_compressed(kind: str) -> None:
    """So that agreement with the reference is not agreement about nothing."""
    headers, found = outcome(maybe_compress_request, OURS, MAKERS[kind]("a" * 500), {}, config(100))
    assert headers == {"Content-Encoding": "gzip"}
    assert b"a" * 500 in found


def test_operations_without_the_trait_are_left_alone() -> None:
    request = {"body": b"x" * 100_000, "headers": {}}
    before = copy.deepcopy(request)
    maybe_compress_request(config(), request, UNCOMPRESSED)
    assert request == before


def test_encodings_that_we_do_not_know_are_left_alone() -> None:
    model = SimpleNamespace(request_compression={"encodings": ["zstd"]})
    request = {"body": b"x" * 100_000, "headers": {}}
    maybe_compress_request(config(), request, model)  # type: ignore[arg-type]
    assert request == {"body": b"x" * 100_000, "headers": {}}


@pytest.mark.parametrize(("metadata", "compressed"), [({}, True), ({"requiresLength": True}, False)])
def test_streams_are_compressed_whatever_their_size(metadata: dict[str, Any], compressed: bool) -> None:
    """Unless the service wants to know their length beforehand."""
    stream = SimpleNamespace(metadata=metadata)
    model: Any = SimpleNamespace(
        request_compression={"encodings": ["gzip"]}, get_streaming_input=lambda: stream
    )
    request: dict[str, Any] = {"body": io.BytesIO(b"x"), "headers": {}}
    maybe_compress_request(config(10_000), request, model)
    assert ("Content-Encoding" in request["headers"]) == compressed
    assert content(request["body"], compressed) == b"x"


def test_equal_bodies_stay_equal() -> None:
    """A retry, or a test that records requests, sees the same bytes whenever they are made."""
    found = []
    for _ in range(2):
        request: dict[str, Any] = {"body": io.BytesIO(b"x" * 3_000_000), "headers": {}}
        maybe_compress_request(config(), request, OURS)
        found.append(request["body"].read())
    assert found[0] == found[1]
    assert found[0][4:8] == b"\0\0\0\0"  # RFC 1952, section 2.3: MTIME, no time stamp.
    assert gzip.decompress(found[0]) == b"x" * 3_000_000
