"""What goes wrong says what was found, what was expected, and what to do; sync and async."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.transport.scripted import answer
from tests.absence import without_awscrt
from tests.client_kinds import KEYS, Kind
from tests.transport.servers import Connection, certificate, serving

ONCE = Config(retries={"max_attempts": 0}, connect_timeout=2, read_timeout=2)


def test_unknown_service(client_kind: Kind) -> None:
    with pytest.raises(exceptions.UnknownServiceError, match=r"Did you mean 'dynamodb'\?"):
        client_kind.session(**KEYS).client("dynamdb")


def test_unknown_method(client_kind: Kind) -> None:
    with pytest.raises(
        AttributeError, match=r"'S3' object has no attribute 'list_bukets'.*Did you mean 'list_buckets'"
    ):
        _ = client_kind.client("s3").raw.list_bukets


def test_unknown_operation(client_kind: Kind) -> None:
    with pytest.raises(exceptions.OperationNotFoundError, match="ListBuckets"):
        client_kind.client("s3")._make_api_call("ListBukets", {})


def test_unknown_names_of_pages_and_waiters(client_kind: Kind) -> None:
    s3 = client_kind.client("s3")
    with pytest.raises(KeyError):
        s3.get_paginator("list_nothing")
    with pytest.raises(exceptions.OperationNotPageableError, match="get_object"):
        s3.get_paginator("get_object")
    with pytest.raises(ValueError, match=r"bucket_exist.*Did you mean 'bucket_exists'"):
        s3.get_waiter("bucket_exist")


def test_positional_arguments(client_kind: Kind) -> None:
    with pytest.raises(TypeError, match=r"list_buckets\(\) only accepts keyword arguments\."):
        client_kind.client("s3").list_buckets("all")


def test_wrong_parameters(client_kind: Kind) -> None:
    with pytest.raises(exceptions.ParamValidationError) as caught:
        client_kind.client("s3").put_object(
            Bucket="b", Key="k", ACL=1, Body={}, Metdata={}, ContentLength="x"
        )
    first, *lines = str(caught.value).splitlines()
    assert first == "Parameter validation failed:"
    assert sorted(line.partition(",")[0] for line in lines) == [
        "Invalid type for parameter ACL",
        "Invalid type for parameter Body",
        "Invalid type for parameter ContentLength",
        'Unknown parameter in input: "Metdata"',
    ]


def test_no_credentials(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer()], client_kind.session(region_name="us-east-1"))
    seen: list[Any] = []
    s3.meta.events.register("after-call-error.s3", lambda exception, **kwargs: seen.append(exception))
    with pytest.raises(exceptions.NoCredentialsError, match="Unable to locate credentials"):
        s3.list_buckets()
    assert len(seen) == 1
    assert s3.transport.requests == []


@pytest.mark.parametrize("given", [{"aws_access_key_id": "a"}, {"aws_secret_access_key": "b"}])
def test_half_credentials(client_kind: Kind, given: dict[str, str]) -> None:
    with pytest.raises(exceptions.PartialCredentialsError, match="explicit"):
        client_kind.session(region_name="us-east-1").client("s3", **given)
    if "aws_access_key_id" in given:
        with pytest.raises(exceptions.PartialCredentialsError, match="secret_key"):
            client_kind.scripted(
                "s3", [answer()], client_kind.session(region_name="us-east-1", **given)
            ).list_buckets()


def test_no_region(client_kind: Kind) -> None:
    session = client_kind.session(aws_access_key_id="a", aws_secret_access_key="b")
    with pytest.raises(exceptions.NoRegionError, match="You must specify a region"):
        session.client("dynamodb")
    assert session.client("s3").meta.region_name == "us-east-1"


@pytest.mark.parametrize("region", ["us east 1", "us_east_1", "-us", "x" * 64, "eu-west-1/evil", "12"])
def test_impossible_regions(client_kind: Kind, region: str) -> None:
    with pytest.raises(exceptions.InvalidRegionError):
        client_kind.session(**{**KEYS, "region_name": region}).client("s3")


@pytest.mark.parametrize(
    "url", ["localhost:9000", "http://", "https://under_score.example", "http://a b", ""]
)
def test_impossible_addresses(client_kind: Kind, url: str) -> None:
    with pytest.raises(ValueError, match="Invalid endpoint"):
        client_kind.client("s3", endpoint_url=url)


def test_refused_connection(client_kind: Kind) -> None:
    s3 = client_kind.client("s3", endpoint_url="http://127.0.0.1:1", config=ONCE)
    with pytest.raises(exceptions.EndpointConnectionError, match=r'"http://127\.0\.0\.1:1/"'):
        s3.list_buckets()


def test_silence(client_kind: Kind) -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        connection.raw.recv(1)

    config = Config(retries={"max_attempts": 0}, read_timeout=0.1)
    with serving(handle) as port:
        s3 = client_kind.client("s3", endpoint_url=f"http://127.0.0.1:{port}", config=config)
        with pytest.raises(exceptions.ReadTimeoutError, match=f"127.0.0.1:{port}"):
            s3.list_buckets()


def test_untrusted_certificate(client_kind: Kind, tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with serving(lambda connection: None, context) as port:
        s3 = client_kind.client("s3", endpoint_url=f"https://127.0.0.1:{port}", config=ONCE)
        with pytest.raises(exceptions.SSLError, match="certificate"):
            s3.list_buckets()


def test_truncated_body(client_kind: Kind) -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome")

    with serving(handle) as port:
        s3 = client_kind.client("s3", endpoint_url=f"http://127.0.0.1:{port}", config=ONCE)
        with pytest.raises(exceptions.ConnectionClosedError):
            s3.list_buckets()
        body = s3.get_object(Bucket="b", Key="k")["Body"]
        with pytest.raises((exceptions.ResponseStreamingError, exceptions.ConnectionClosedError)):
            body.read()


@pytest.mark.parametrize(
    "body",
    [
        b"<ListAllMyBucketsResult><Buckets>",
        b"not xml at all",
        b"\xff\xfe\x00",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><ListAllMyBucketsResult>&b;</ListAllMyBucketsResult>",
        "<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16"),
    ],
    ids=["cut", "text", "bytes", "entities", "UTF-16"],
)
def test_garbage_is_an_error_of_the_service_after_retries(client_kind: Kind, body: bytes) -> None:
    """S3 itself breaks off answers when it fails late, so its garbage counts as a server error."""
    s3 = client_kind.scripted("s3", [answer(200, body=body)])
    with pytest.raises(exceptions.ClientError) as caught:
        s3.list_buckets()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert len(s3.transport.requests) == 3


def test_garbage_of_other_services_is_a_parser_error(client_kind: Kind) -> None:
    sts = client_kind.scripted("sts", [answer(200, body=b"<GetCallerIdentityResponse>")])
    with pytest.raises(exceptions.ResponseParserError, match="invalid XML"):
        sts.get_caller_identity()


def test_bombs_of_entities_are_refused(client_kind: Kind) -> None:
    lines = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10 if n else 'x'}'>" for n in range(20))
    body = f"<!DOCTYPE r [{lines}]><GetCallerIdentityResponse>&a19;</GetCallerIdentityResponse>".encode()
    sts = client_kind.scripted("sts", [answer(200, body=body)])
    with pytest.raises(exceptions.ResponseParserError, match="document type"):
        sts.get_caller_identity()


def test_wrong_checksum_of_an_object(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer(200, {"x-amz-checksum-crc32": "AAAAAA=="}, b"damaged")])
    body = s3.get_object(Bucket="b", Key="k")["Body"]
    with pytest.raises(exceptions.FlexibleChecksumError, match="AAAAAA=="):
        body.read()


def test_missing_algorithm_says_what_to_install(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer()])
    for algorithm in ("CRC32C", "CRC64NVME"):
        with without_awscrt(), pytest.raises(exceptions.MissingDependencyException, match=r"sotalia\[crt\]"):
            s3.put_object(Bucket="b", Key="k", Body=b"", ChecksumAlgorithm=algorithm)
    with pytest.raises(exceptions.FlexibleChecksumError, match="rot13"):
        s3.put_object(Bucket="b", Key="k", Body=b"", ChecksumAlgorithm="ROT13")


class Pipe(io.RawIOBase):
    """A file that has the methods of every file, and cannot go back."""

    def __init__(self) -> None:
        self._data = io.BytesIO(b"content")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._data.readinto(buffer)


@pytest.mark.parametrize("mode", ["when_supported", "when_required"])
def test_what_can_be_read_once_cannot_be_signed_without_tls(client_kind: Kind, mode: str) -> None:
    config = Config(request_checksum_calculation=mode)
    s3 = client_kind.scripted("s3", [answer()], endpoint_url="http://localhost:1", config=config)
    with pytest.raises(
        exceptions.UnseekableStreamError,
        match=r"can be read only once.*give bytes or a file that can seek, or use https",
    ):
        s3.put_object(Bucket="b", Key="k", Body=Pipe())
    assert s3.transport.requests == []


def test_header_injection_is_refused(client_kind: Kind) -> None:
    s3 = client_kind.client("s3", endpoint_url="http://127.0.0.1:1", config=ONCE)
    with pytest.raises(exceptions.ParamValidationError, match="line break"):
        s3.put_object(Bucket="b", Key="k", Body=b"", Metadata={"a": "b\r\nX-Evil: 1"})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"conect_timeout": 1}, "did you mean 'connect_timeout'"),
        ({"retries": {"mode": "eager"}}, "eager"),
        ({"retries": {"tries": 1}}, "tries"),
        ({"s3": {"addressing_style": "odd"}}, "odd"),
        ({"request_checksum_calculation": "never"}, "never"),
        ({"request_min_compression_size_bytes": -1}, "-1"),
        ({"account_id_endpoint_mode": "odd"}, "odd"),
        ({"defaults_mode": "odd"}, "odd"),
    ],
)
def test_impossible_options(client_kind: Kind, options: dict[str, Any], message: str) -> None:
    with pytest.raises(Exception, match=message):
        client_kind.client("s3", config=Config(**options))


def test_unknown_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(exceptions.ProfileNotFound, match="nobody"):
        sotalia.Session(profile_name="nobody")


def test_a_broken_configuration_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config"
    path.write_text("region = us-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    with pytest.raises(exceptions.ConfigParseError, match=str(path)):
        sotalia.Session().client("s3")


def test_coroutine_handlers_of_synchronous_clients_are_refused() -> None:
    async def handler(**kwargs: Any) -> None: ...

    s3 = sotalia.Session(**KEYS).client("s3")
    with pytest.raises(ValueError, match=r"test_bad_input\.py:\d+"):
        s3.meta.events.register("before-call.s3", handler)


def test_damaged_data_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "broken" / "2020-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json.gz").write_bytes(gzip.compress(b"{"))
    session = sotalia.Session(**KEYS)
    session._session.loader.search_paths.insert(0, str(tmp_path))
    with pytest.raises(exceptions.DataNotFoundError, match="service-2"):
        session.client("broken")
