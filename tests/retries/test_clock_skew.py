"""Clocks that are wrong: the offset is learned from an answer, the attempt made again, and later calls signed right."""

from __future__ import annotations

import io
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sotalia import exceptions
from sotalia.config import Config
from sotalia.protocols.timestamps import http_date
from sotalia.retries.clock_skew import BOUND_SECONDS, ClockSkewCorrection, clock_offset, server_seconds
from sotalia.transport.messages import AWSResponse
from sotalia.transport.scripted import answer
from tests.client_kinds import Kind

HOUR = 3600.0


@pytest.mark.parametrize(
    ("code", "server", "local", "used", "expected"),
    [
        ("RequestTimeTooSkewed", 5000.0, 1000.0, 0.0, 4000.0),
        ("RequestExpired", 1000.0, 1060.0, 0.0, -60.0),
        ("RequestInTheFuture", 1000.0, 1000.5, 0.0, None),  # the clocks agree
        ("RequestTimeTooSkewed", 5000.0, 1000.0, 4000.0, None),  # signed right already
        ("RequestTimeTooSkewed", 1000.0, 1000.0, 4000.0, 0.0),  # the local clock was set right since
        ("SignatureDoesNotMatch", 1000.0, 1239.0, 0.0, None),
        ("SignatureDoesNotMatch", 1000.0, 1241.0, 0.0, -241.0),
        ("InvalidSignatureException", 5000.0, 1000.0, 0.0, 4000.0),
        ("AuthFailure", 5000.0, 1000.0, 0.0, 4000.0),
        ("403", 5000.0, 1000.0, 0.0, 4000.0),
        ("AccessDenied", 5000.0, 1000.0, 0.0, None),
        ("InternalError", 5000.0, 1000.0, 0.0, None),
        (None, 5000.0, 1000.0, 0.0, None),
        ("RequestTimeTooSkewed", None, 1000.0, 0.0, None),
        ("RequestTimeTooSkewed", BOUND_SECONDS, 0.0, 0.0, BOUND_SECONDS),
        ("RequestTimeTooSkewed", BOUND_SECONDS + 1, 0.0, 0.0, None),
        ("RequestExpired", 0.0, BOUND_SECONDS + 1, 0.0, None),
        ("403", 365 * BOUND_SECONDS, 0.0, 0.0, None),
    ],
)
def test_clock_offset(
    code: str | None, server: float | None, local: float, used: float, expected: float | None
) -> None:
    assert clock_offset(code, server, local, used) == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Thu, 01 Jan 1970 01:00:00 GMT", HOUR),
        ("20150830T123600Z", 1440938160.0),
        ("yesterday, perhaps", None),
        ("", None),
        (None, None),
    ],
)
def test_server_seconds(date: str | None, expected: float | None) -> None:
    assert server_seconds(date) == expected


class SkewedService:
    """A service whose clock is ``ahead`` of ours: it refuses what is signed more than 5 minutes off."""

    def __init__(self, ahead: float, code: str = "RequestTimeTooSkewed", body: bytes | None = None) -> None:
        self.ahead = ahead
        self.body = f"<Error><Code>{code}</Code></Error>".encode() if body is None else body
        self.signed: list[float] = []

    def __call__(self, request: Any) -> Any:
        now = time.time() + self.ahead
        date = (request.headers["X-Amz-Date"]).decode()
        signed = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
        self.signed.append(signed - time.time())
        scope = request.headers["Authorization"].decode().partition("Credential=")[2].split("/")[1]
        assert scope == date[:8]
        headers = {"date": http_date(now)}
        if abs(signed - now) > 300:
            return answer(403, headers, self.body)
        return answer(200, headers, b"<ListAllMyBucketsResult/>")


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, 23 * HOUR])
@pytest.mark.parametrize("mode", ["standard", "adaptive", "legacy"])
def test_a_refused_attempt_is_made_again_by_the_services_clock(
    ahead: float, mode: str, client_kind: Kind
) -> None:
    service = SkewedService(ahead)
    s3 = client_kind.scripted("s3", [service], config=Config(retries={"mode": mode}))
    found = s3.list_buckets()
    assert found["ResponseMetadata"]["RetryAttempts"] == 1
    s3.list_buckets()
    assert service.signed == pytest.approx([0, ahead, ahead], abs=3)
    assert s3.raw._request_signer.clock_offset_seconds == pytest.approx(ahead, abs=3)


def test_no_call_is_signed_otherwise_while_the_clocks_agree(client_kind: Kind) -> None:
    service = SkewedService(200.0)
    s3 = client_kind.scripted("s3", [service])
    s3.list_buckets()
    assert s3.raw._request_signer.clock_offset_seconds == 0.0
    assert service.signed == pytest.approx([0], abs=3)


@pytest.mark.parametrize(
    ("service_name", "call", "code", "body"),
    [
        ("dynamodb", "list_tables", "InvalidSignatureException", b'{"__type":"x#InvalidSignatureException"}'),
        ("sts", "get_caller_identity", "SignatureDoesNotMatch", None),
        ("ec2", "describe_regions", "AuthFailure", b"<Response><Errors><Error><Code>AuthFailure</Code></Error></Errors></Response>"),
        ("ec2", "describe_regions", "RequestExpired", b"<Response><Errors><Error><Code>RequestExpired</Code></Error></Errors></Response>"),
    ],
)  # fmt: skip
def test_errors_of_other_protocols(
    service_name: str, call: str, code: str, body: bytes | None, client_kind: Kind
) -> None:
    if body is None:
        body = f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>".encode()
    good = {
        "dynamodb": b"{}",
        "sts": b"<GetCallerIdentityResponse/>",
        "ec2": b"<DescribeRegionsResponse/>",
    }[service_name]
    service = SkewedService(HOUR, body=body)

    def answered(request: Any) -> Any:
        found = service(request)
        return found if found.status != 200 else answer(200, {}, good)

    client = client_kind.scripted(service_name, [answered])
    getattr(client, call)()
    assert service.signed == pytest.approx([0, HOUR], abs=3)


def test_a_head_request_whose_answer_has_no_body(client_kind: Kind) -> None:
    service = SkewedService(HOUR, body=b"")
    s3 = client_kind.scripted("s3", [service])
    s3.head_object(Bucket="b", Key="k")
    assert service.signed == pytest.approx([0, HOUR], abs=3)


def test_it_is_tried_once_and_whatever_the_maximum_of_attempts(client_kind: Kind) -> None:
    asked = []

    def always_skewed(request: Any) -> Any:
        asked.append(1)
        date = http_date(time.time() + HOUR * len(asked))  # a clock that runs away
        return answer(403, {"date": date}, b"<Error><Code>RequestTimeTooSkewed</Code></Error>")

    s3 = client_kind.scripted("s3", [always_skewed], config=Config(retries={"total_max_attempts": 1}))
    with pytest.raises(exceptions.ClientError, match="RequestTimeTooSkewed"):
        s3.list_buckets()
    assert len(asked) == 2


def test_without_a_date_nothing_is_learned(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer(403, body=b"<Error><Code>RequestTimeTooSkewed</Code></Error>")])
    with pytest.raises(exceptions.ClientError):
        s3.list_buckets()
    assert len(s3.transport.requests) == 1


def test_a_handler_may_forbid_it(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [SkewedService(HOUR)])
    s3.meta.events.register_first("needs-retry.s3", lambda **kwargs: False)
    with pytest.raises(exceptions.ClientError, match="RequestTimeTooSkewed"):
        s3.list_buckets()
    s3 = client_kind.scripted("s3", [SkewedService(HOUR)])
    s3.meta.events.unregister("needs-retry.s3", unique_id="clock-skew-s3")
    with pytest.raises(exceptions.ClientError, match="RequestTimeTooSkewed"):
        s3.list_buckets()


@pytest.mark.parametrize("ahead", [25 * HOUR, -25 * HOUR, 365 * 24 * HOUR])
def test_a_clock_that_is_more_than_a_day_off_is_not_believed(ahead: float, client_kind: Kind) -> None:
    service = SkewedService(ahead)
    s3 = client_kind.scripted("s3", [service])
    with pytest.raises(exceptions.ClientError, match="RequestTimeTooSkewed"):
        s3.list_buckets()
    assert service.signed == pytest.approx([0], abs=3)
    assert s3.raw._request_signer.clock_offset_seconds == 0.0


DATES = [
    "nan",
    "inf",
    "-inf",
    "1e400",
    "9" * 400,
    "0",
    "-1",
    "Thu, 99 Jan 9999 99:99:99 GMT",
    "\x00",
    "[]",
    "T",
]


@pytest.mark.parametrize("date", DATES)
def test_dates_that_are_none_are_not_believed(date: str, client_kind: Kind) -> None:
    refused = answer(403, {"date": date}, b"<Error><Code>RequestTimeTooSkewed</Code></Error>")
    s3 = client_kind.scripted("s3", [refused])
    with pytest.raises(exceptions.ClientError, match="RequestTimeTooSkewed"):
        s3.list_buckets()
    assert len(s3.transport.requests) == 1


@pytest.mark.parametrize("status", [403, 404, 500, 200])
def test_what_did_not_help_is_not_kept(status: int, client_kind: Kind) -> None:
    """The corrected attempt is signed by the peer's clock; the next call is not, for the correction did not succeed."""
    signed: list[float] = []

    def liar(request: Any) -> Any:
        signed.append(float(server_seconds(request.headers["X-Amz-Date"].decode()) or 0) - time.time())
        code = "RequestTimeTooSkewed" if len(signed) == 1 else "InternalError"
        body = f"<Error><Code>{code}</Code></Error>".encode()
        return answer(403 if len(signed) == 1 else status, {"date": http_date(time.time() + HOUR)}, body)

    s3 = client_kind.scripted("s3", [liar], config=Config(retries={"total_max_attempts": 1}))
    for _ in range(2):
        # CompleteMultipartUpload is known for errors with status 200.
        with pytest.raises(exceptions.ClientError):
            s3.complete_multipart_upload(Bucket="b", Key="k", UploadId="u")
    assert signed[:3] == pytest.approx([0, HOUR, 0], abs=3)
    assert s3.raw._request_signer.clock_offset_seconds == 0.0


def test_presigned_urls_and_forms_go_by_the_local_clock(client_kind: Kind) -> None:
    """A peer must not decide how long they are good for."""
    s3 = client_kind.scripted("s3", [SkewedService(HOUR)], config=Config(signature_version="s3v4"))
    s3.list_buckets()
    assert s3.raw._request_signer.clock_offset_seconds == pytest.approx(HOUR, abs=3)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
    date = parse_qs(urlsplit(url).query)["X-Amz-Date"][0]
    assert server_seconds(date) == pytest.approx(time.time(), abs=3)
    form = s3.generate_presigned_post("b", "k", ExpiresIn=60)
    assert server_seconds(form["fields"]["x-amz-date"]) == pytest.approx(time.time(), abs=3)
    import base64
    import json

    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    assert server_seconds(policy["expiration"]) == pytest.approx(time.time() + 60, abs=3)


def test_legacy_signatures_use_the_offset_but_their_urls_do_not(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer(200)], config=Config(signature_version="s3"))
    s3.raw._request_signer.clock_offset_seconds = HOUR
    s3.head_object(Bucket="b", Key="k")
    date = s3.transport.requests[0].headers["Date"].decode()
    assert server_seconds(date) == pytest.approx(time.time() + HOUR, abs=3)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"}, ExpiresIn=60)
    expires = int(parse_qs(urlsplit(url).query)["Expires"][0])
    assert expires == pytest.approx(time.time() + 60, abs=3)


def test_a_url_presigned_inside_of_a_call_goes_by_the_local_clock(client_kind: Kind) -> None:
    """CopySnapshot carries one; the call itself is signed by the service's clock."""
    ec2 = client_kind.scripted("ec2", [answer(200, body=b"<CopySnapshotResponse/>")])
    ec2.raw._request_signer.clock_offset_seconds = HOUR
    ec2.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId="snap-1")
    (request,) = ec2.transport.requests
    inner = parse_qs(request.body.decode() if isinstance(request.body, bytes) else request.body)[
        "PresignedUrl"
    ][0]
    date = parse_qs(urlsplit(inner).query)["X-Amz-Date"][0]
    assert server_seconds(date) == pytest.approx(time.time(), abs=3)
    outer = request.headers["X-Amz-Date"].decode()
    assert server_seconds(outer) == pytest.approx(time.time() + HOUR, abs=3)


class Once(io.BytesIO):
    def seekable(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, 0),
        (b"bytes", 0),
        ({"a": 1}, 0),
        (io.BytesIO(b"x"), 0),
        (Once(b"x"), None),
        (iter([b"x"]), None),
    ],
)
def test_a_body_that_cannot_be_sent_again_keeps_the_services_own_error(body: Any, expected: Any) -> None:
    class Signer:
        clock_offset_seconds = 0.0

    signer: Any = Signer()
    response = AWSResponse("https://x/", 403, {"Date": "Thu, 01 Jan 1970 01:00:00 GMT"}, None)
    parsed = {"Error": {"Code": "RequestTimeTooSkewed"}}
    correction = ClockSkewCorrection(signer, clock=lambda: 0.0)
    request: dict[str, Any] = {"context": {}, "body": body}
    assert correction.needs_retry((response, parsed), request) == expected
    assert signer.clock_offset_seconds == 0.0
    assert request["context"].get("clock_offset_seconds") == (None if expected is None else HOUR)


def test_many_calls_at_once_learn_one_offset(client_kind: Kind) -> None:
    """Each refused call is made again once; all that start later are signed right."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    service = SkewedService(HOUR)
    s3 = client_kind.scripted("s3", [service])

    async def at_once() -> list[Any]:
        return await asyncio.gather(*[s3.raw.list_buckets() for _ in range(20)])

    if client_kind.is_async:
        found = client_kind.run(at_once())
    else:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: s3.raw.list_buckets(), range(20)))
    assert all(answered["ResponseMetadata"]["RetryAttempts"] <= 1 for answered in found)
    refused = len(service.signed) - 20
    assert 1 <= refused <= 20
    s3.list_buckets()
    assert len(service.signed) == 21 + refused
