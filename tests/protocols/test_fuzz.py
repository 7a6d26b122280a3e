"""Parsers fed damaged and random bytes: a value or our own error, whatever comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sotalia import exceptions
from sotalia.model.loader import Loader
from sotalia.protocols.cbor import decode
from sotalia.protocols.eventstream import MessageDecoder
from sotalia.protocols.parse import compile_parser
from sotalia.runtime import drive
from sotalia.transport.messages import HeadersDict
from tests.protocols.frames import event, header

LOADER = Loader()
GOOD = {
    (
        "s3",
        "ListObjectsV2",
    ): b"<ListBucketResult><Contents><Key>k</Key><Size>1</Size><LastModified>2020-01-01T00:00:00Z"
    b"</LastModified></Contents><IsTruncated>true</IsTruncated></ListBucketResult>",
    (
        "ec2",
        "DescribeInstances",
    ): b"<R><reservationSet><item><instancesSet><item><amiLaunchIndex>1</amiLaunchIndex>"
    b"</item></instancesSet></item></reservationSet></R>",
    (
        "sns",
        "ListTopics",
    ): b"<R><ListTopicsResult><Topics><member><TopicArn>a</TopicArn></member></Topics></ListTopicsResult></R>",
    ("dynamodb", "GetItem"): b'{"Item":{"a":{"S":"x"},"b":{"B":"AAAA"},"c":{"L":[{"N":"1"}]}}}',
    (
        "lambda",
        "GetFunction",
    ): b'{"Configuration":{"Timeout":3,"MemorySize":128,"Layers":[{"Arn":"a"}]},"Tags":{"a":"b"}}',
    (
        "kinesis",
        "DescribeStream",
    ): b'{"StreamDescription":{"StreamCreationTimestamp":1577934245.5,"Shards":[]}}',
}
GOOD |= {
    (
        "route53",
        "ListHostedZones",
    ): b"<R><HostedZones><HostedZone><Id>a</Id><ResourceRecordSetCount>1</ResourceRecordSetCount></HostedZone>"
    b"</HostedZones><IsTruncated>false</IsTruncated></R>",
    (
        "partnercentral-revenue-measurement",
        "ListMarketplaceRevenueShares",
    ): b"\xa2\x69nextToken\x61t\x67unheard\x9f\x01\xf6\xff",
}
PARSERS = {key: compile_parser(LOADER.service(key[0]).operation_model(key[1])) for key in GOOD}


def parse(key: tuple[str, str], status: int, body: bytes) -> None:
    answer = {"status_code": status, "headers": HeadersDict(), "body": body, "context": {}}
    try:
        parsed: Any = PARSERS[key].parse(answer)
        if status >= 301:
            PARSERS[key].add_modeled_error(answer, parsed)
    except exceptions.ResponseParserError:
        return
    assert parsed["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize("key", GOOD, ids=lambda key: key[0])
@settings(max_examples=150)
@given(data=st.data())
def test_damaged_bodies(key: tuple[str, str], data: st.DataObject) -> None:
    body = bytearray(GOOD[key])
    for _ in range(data.draw(st.integers(1, 6))):
        position = data.draw(st.integers(0, len(body) - 1))
        body[position : position + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        if not body:
            break
    parse(key, data.draw(st.sampled_from([200, 400, 503])), bytes(body))


@pytest.mark.parametrize("key", GOOD, ids=lambda key: key[0])
@settings(max_examples=60)
@given(body=st.binary(max_size=200), status=st.sampled_from([200, 300, 404, 500]))
def test_random_bodies(key: tuple[str, str], body: bytes, status: int) -> None:
    parse(key, status, body)


@pytest.mark.parametrize("key", GOOD, ids=lambda key: key[0])
def test_deep_bodies(key: tuple[str, str]) -> None:
    for body in (b"[" * 100_000, b'{"a":' * 100_000, b"<a>" * 100_000, b"<a>" * 50_000 + b"</a>" * 50_000):
        parse(key, 200, body)
        parse(key, 400, body)


@settings(max_examples=400)
@given(st.binary(max_size=60))
def test_random_cbor(data: bytes) -> None:
    try:
        decode(data)
    except exceptions.ResponseParserError:
        pass


FRAMES = event("Records", b"1,2", header("a", "b")) + event("Stats", b"<Stats/>") + event("End")
SELECT = compile_parser(LOADER.service("s3").operation_model("SelectObjectContent"))


class Pieces:
    """A body in pieces of one size."""

    def __init__(self, body: bytes, size: int) -> None:
        self.body = body
        self.size = size

    def stream(self) -> Iterator[bytes]:
        for start in range(0, len(self.body), self.size):
            yield self.body[start : start + self.size]

    def close(self) -> None:
        """Nothing to close."""


@settings(max_examples=300)
@given(data=st.data())
def test_damaged_event_streams(data: st.DataObject) -> None:
    """Events, an error of the service, damage, or an early end: nothing else, however it comes."""
    body = bytearray(FRAMES)
    for _ in range(data.draw(st.integers(0, 4))):
        position = data.draw(st.integers(0, len(body) - 1))
        body[position : position + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        if not body:
            break
    answer = {
        "status_code": 200,
        "headers": HeadersDict(),
        "body": Pieces(bytes(body), data.draw(st.integers(1, 60))),
        "context": {},
    }
    stream = drive(SELECT.parse_event_stream(answer))["Payload"]
    try:
        for found in stream:
            assert set(found) <= {"Records", "Stats", "End"}
    except (exceptions.ResponseParserError, exceptions.ResponseStreamingError, exceptions.ClientError):
        pass


@settings(max_examples=200)
@given(st.binary(max_size=100))
def test_random_frames(data: bytes) -> None:
    decoder = MessageDecoder()
    try:
        decoder.feed(data)
    except exceptions.ResponseParserError:
        pass
