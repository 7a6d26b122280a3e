"""SigV4a through real calls: each signature is verified by the public half of the key that the credentials stand for."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from sotalia import exceptions
from sotalia.config import Config
from sotalia.transport.scripted import answer
from tests.absence import without_awscrt
from tests.client_kinds import KEYS, Kind
from tests.retries.test_clock_skew import SkewedService

ALGORITHM = "AWS4-ECDSA-P256-SHA256"
ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ACCESS_POINT = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"
ENTRIES = [{"Source": "a", "DetailType": "b", "Detail": "{}"}]
HOUR = 3600.0


def public_key() -> ec.EllipticCurvePublicKey:
    """Derived as the specification has it: NIST SP 800-108, in counter mode with HMAC-SHA256."""
    for counter in range(1, 255):
        fixed = b"\0\0\0\1" + ALGORITHM.encode() + b"\0" + KEYS["aws_access_key_id"].encode()
        fixed += bytes([counter]) + b"\0\0\1\0"
        digest = hmac.digest(b"AWS4A" + KEYS["aws_secret_access_key"].encode(), fixed, "sha256")
        candidate = int.from_bytes(digest, "big")
        if candidate <= ORDER_OF_P256 - 2:
            return ec.derive_private_key(candidate + 1, ec.SECP256R1()).public_key()
    raise AssertionError("no key")


def verify(method: str, url: str, headers: dict[str, str], payload: str) -> dict[str, str]:
    """What was signed, in the header or in the query. Raises ``InvalidSignature``."""
    parts = urlsplit(url)
    pairs = [pair if "=" in pair else f"{pair}=" for pair in parts.query.split("&") if pair]
    pairs = sorted(pair for pair in pairs if not pair.startswith("X-Amz-Signature="))
    if "authorization" in headers:
        algorithm, _, rest = headers["authorization"].partition(" ")
        signed = dict(part.split("=", 1) for part in rest.split(", "))
        signed |= {"Date": headers["x-amz-date"], "Region-Set": headers["x-amz-region-set"]}
    else:
        signed = {name.removeprefix("X-Amz-"): value[0] for name, value in parse_qs(parts.query).items()}
        algorithm = signed["Algorithm"]
    assert algorithm == ALGORITHM
    names = signed["SignedHeaders"].split(";")
    lines = [f"{name}:{' '.join({'host': parts.netloc, **headers}[name].split())}" for name in names]
    canonical = "\n".join(
        [method, parts.path or "/", "&".join(pairs), *lines, "", signed["SignedHeaders"], payload]
    )
    scope = signed["Credential"].partition("/")[2]
    assert scope.startswith(signed["Date"][:8] + "/")
    text = "\n".join([ALGORITHM, signed["Date"], scope, sha256(canonical.encode()).hexdigest()])
    public_key().verify(bytes.fromhex(signed["Signature"]), text.encode(), ec.ECDSA(SHA256()))
    return signed


@contextmanager
def switched_off() -> Iterator[None]:
    """Awscrt is there, but not wanted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOTO_DISABLE_CRT", "True")
        yield


def headers_of(request: Any) -> dict[str, str]:
    return {
        name.lower(): value.decode() if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }


@pytest.mark.parametrize("key", ["key", "a b/ä//c.txt"])
@pytest.mark.parametrize("operation", ["get_object", "put_object"])
def test_calls_to_a_multi_region_access_point(client_kind: Kind, operation: str, key: str) -> None:
    s3 = client_kind.scripted("s3", [answer()])
    body = {"Body": b"content"} if operation == "put_object" else {}
    getattr(s3, operation)(Bucket=ACCESS_POINT, Key=key, **body)
    (request,) = s3.transport.requests
    headers = headers_of(request)
    assert urlsplit(request.url).netloc == "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com"
    signed = verify(request.method, request.url, headers, headers["x-amz-content-sha256"])
    assert signed["Region-Set"] == "*"
    assert signed["Credential"].endswith("/s3/aws4_request")
    for name in ("host", "x-amz-content-sha256", "x-amz-date", "x-amz-region-set"):
        assert name in signed["SignedHeaders"].split(";")
    headers["x-amz-region-set"] = "us-east-1"
    with pytest.raises(InvalidSignature):
        verify(request.method, request.url, headers, headers["x-amz-content-sha256"])


def test_a_session_token_is_signed(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS, aws_session_token="TOKEN")
    s3 = client_kind.scripted("s3", [answer()], session)
    s3.get_object(Bucket=ACCESS_POINT, Key="k")
    headers = headers_of(s3.transport.requests[0])
    assert headers["x-amz-security-token"] == "TOKEN"
    signed = verify("GET", s3.transport.requests[0].url, headers, headers["x-amz-content-sha256"])
    assert "x-amz-security-token" in signed["SignedHeaders"]


def test_presigned_urls_of_a_multi_region_access_point(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer()])
    arguments = {"Bucket": ACCESS_POINT, "Key": "a b/ä", "ResponseContentType": "text/plain; x=y"}
    url = s3.generate_presigned_url("get_object", Params=arguments, ExpiresIn=77)
    signed = verify("GET", url, {}, "UNSIGNED-PAYLOAD")
    assert (signed["Region-Set"], signed["Expires"], signed["SignedHeaders"]) == ("*", "77", "host")
    with pytest.raises(InvalidSignature):
        verify("GET", url.replace("Expires=77", "Expires=78"), {}, "UNSIGNED-PAYLOAD")


def test_a_global_endpoint_of_eventbridge(client_kind: Kind) -> None:
    events = client_kind.scripted("events", [answer(200, body=b"{}")])
    events.put_events(EndpointId="abc123.456", Entries=ENTRIES)
    (request,) = events.transport.requests
    assert urlsplit(request.url).netloc == "abc123.456.endpoint.events.amazonaws.com"
    signed = verify("POST", request.url, headers_of(request), sha256(request.body).hexdigest())
    assert signed["Region-Set"] == "*"
    assert signed["Credential"].endswith("/events/aws4_request")


def test_the_set_of_regions_may_be_configured(client_kind: Kind) -> None:
    events = client_kind.scripted(
        "events",
        [answer(200, body=b"{}")],
        config=Config(sigv4a_signing_region_set="us-east-1,eu-west-1"),
    )
    events.put_events(EndpointId="abc123.456", Entries=ENTRIES)
    (request,) = events.transport.requests
    signed = verify("POST", request.url, headers_of(request), sha256(request.body).hexdigest())
    assert signed["Region-Set"] == "us-east-1,eu-west-1"


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
def test_a_refused_attempt_is_signed_by_the_services_clock(client_kind: Kind, ahead: float) -> None:
    service = SkewedService(ahead)
    s3 = client_kind.scripted("s3", [service])
    assert s3.list_objects_v2(Bucket=ACCESS_POINT)["ResponseMetadata"]["RetryAttempts"] == 1
    assert service.signed == pytest.approx([0, ahead], abs=30)
    for request in s3.transport.requests:
        headers = headers_of(request)
        verify("GET", request.url, headers, headers["x-amz-content-sha256"])


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("s3", "get_object", {"Bucket": ACCESS_POINT, "Key": "k"}),
        ("events", "put_events", {"EndpointId": "abc123.456", "Entries": ENTRIES}),
    ],
)
@pytest.mark.parametrize("absence", [without_awscrt, switched_off])
def test_without_awscrt_the_error_says_what_to_install(
    client_kind: Kind, service: str, call: str, arguments: dict[str, Any], absence: Any
) -> None:
    client = client_kind.scripted(service, [answer()])
    with (
        absence(),
        pytest.raises(exceptions.MissingDependencyException, match=r"sotalia\[crt\]"),
    ):
        getattr(client, call)(**arguments)
    assert client.transport.requests == []


@pytest.mark.parametrize(("absence", "algorithm"), [(None, ALGORITHM), (switched_off, "AWS4-HMAC-SHA256")])
def test_where_both_are_offered_the_other_signature_serves(
    client_kind: Kind, absence: Any, algorithm: str
) -> None:
    """This service would rather have SigV4a."""
    client = client_kind.scripted("partnercentral-channel", [answer(body=b"{}")])
    with absence() if absence else nullcontext():
        client.list_relationships(catalog="AWS")
    assert headers_of(client.transport.requests[0])["authorization"].startswith(f"{algorithm} ")
