"""Signatures over requests of all kinds, beside the reference's under the same clock."""

from __future__ import annotations

import base64
import datetime
import json
import time
from typing import Any

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sotalia import exceptions
from sotalia.auth.express import S3ExpressAuth, S3ExpressPostAuth, S3ExpressQueryAuth
from sotalia.auth.hmacv1 import HmacV1Auth, HmacV1QueryAuth
from sotalia.auth.legacy_signers import SigV2Auth, SigV3Auth
from sotalia.auth.presigned import S3SigV4QueryAuth, SigV4QueryAuth
from sotalia.auth.sigv4 import S3SigV4Auth, SigV4Auth, SigV4Key
from sotalia.credentials.objects import ReadOnlyCredentials
from sotalia.transport.messages import AWSRequest

MOMENT = datetime.datetime(2026, 11, 24, 12, 0, 0, tzinfo=datetime.UTC)
KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

# Text that a URL or header may hold after encoding, with what is special in one of the two.
_NAMES = st.text(st.sampled_from("abcdefXYZ-09"), min_size=1, max_size=10)
_PATHS = st.lists(
    st.sampled_from(["a", "b c", "..", ".", "", "%2F", "x%20y", "ü", "long-name"]), max_size=5
).map(lambda parts: "/" + "/".join(part.replace(" ", "%20").replace("ü", "%C3%BC") for part in parts))
_QUERIES = st.lists(
    st.tuples(_NAMES, st.sampled_from([None, "", "1", "a%20b", "%2F", "z-_.~"])), max_size=4
).map(lambda pairs: "&".join(name if value is None else f"{name}={value}" for name, value in pairs))
_HEADERS = st.dictionaries(
    st.one_of(
        _NAMES.map(lambda name: f"x-amz-{name}"),
        st.sampled_from(
            ["Content-Type", "Content-MD5", "User-Agent", "Expect", "X-Amzn-Trace-Id", "Range", "Host"]
        ),
    ),
    st.text(st.sampled_from("abc 019-_=/,;\t"), max_size=16),
    max_size=5,
)
_BODIES = st.one_of(st.just(b""), st.binary(max_size=40), st.just("text ü"))
_FORMS = st.sampled_from([b"", {"Action": "List It", "Name": "ü/+"}, b'{"a": "1", "b": "x y"}'])
_HOSTS = st.sampled_from(
    ["https://s3.amazonaws.com", "http://host.example:8080", "https://host.example:443", "http://h:80"]
)
_REQUESTS = st.builds(
    dict,
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"]),
    url=st.builds(
        lambda host, path, query: f"{host}{path}{'?' if query else ''}{query}", _HOSTS, _PATHS, _QUERIES
    ),
    headers=_HEADERS,
    data=_BODIES,
)
_CREDENTIALS = st.sampled_from([(*KEYS, None), (*KEYS, "token/+=")])


@pytest.fixture(autouse=True, scope="module")
def _fixed_clock() -> Any:
    def now(remove_tzinfo: bool = True) -> datetime.datetime:
        return MOMENT.replace(tzinfo=None) if remove_tzinfo else MOMENT

    fixed, gmtime = MOMENT.timestamp(), time.gmtime
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.auth, "get_current_datetime", now)
        patch.setattr(botocore.auth, "formatdate", lambda usegmt: "Tue, 24 Nov 2026 12:00:00 GMT")
        patch.setattr(time, "time", lambda: fixed)
        patch.setattr(time, "gmtime", lambda seconds=None: gmtime(fixed if seconds is None else seconds))
        yield


def signed(request: Any, auth: Any) -> tuple[Any, dict[str, str]]:
    auth.add_auth(request)
    return request.url, {name.lower(): str(value) for name, value in request.headers.items()}


@pytest.mark.parametrize(
    ("ours", "theirs", "arguments"),
    [
        (SigV4Auth, botocore.auth.SigV4Auth, ("service", "eu-west-1")),
        (S3SigV4Auth, botocore.auth.S3SigV4Auth, ("s3", "eu-west-1")),
        (SigV4QueryAuth, botocore.auth.SigV4QueryAuth, ("service", "eu-west-1")),
        (S3SigV4QueryAuth, botocore.auth.S3SigV4QueryAuth, ("s3", "eu-west-1")),
        (HmacV1Auth, botocore.auth.HmacV1Auth, ()),
        (HmacV1QueryAuth, botocore.auth.HmacV1QueryAuth, ()),
    ],
    ids=lambda it: getattr(it, "__name__", ""),
)
@settings(max_examples=100)
@given(described=_REQUESTS, form=_FORMS, keys=_CREDENTIALS)
def test_as_the_reference(
    ours: Any, theirs: Any, arguments: Any, described: Any, form: Any, keys: Any
) -> None:
    if issubclass(ours, SigV4QueryAuth):  # It moves the body into the address, so the body has to be a form.
        described = {**described, "data": form}
    expected = signed(
        botocore.awsrequest.AWSRequest(**described),
        theirs(botocore.credentials.ReadOnlyCredentials(*keys), *arguments),
    )
    assert signed(AWSRequest(**described), ours(ReadOnlyCredentials(*keys), *arguments)) == expected


@settings(max_examples=50)
@given(data=st.binary(max_size=200), secret=st.text(st.characters(codec="ascii"), max_size=80))
def test_a_key_that_is_begun_signs_as_hmac_does(data: bytes, secret: str) -> None:
    import hmac

    key = f"AWS4{secret}".encode()
    for part in ("20261124", "eu-west-1", "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    expected = hmac.digest(key, data, "sha256").hex()
    assert SigV4Key(secret, "20261124", "eu-west-1", "s3").sign(data) == expected


# -- signatures of old, and those of S3 Express buckets --------------------------------------------------------------

_PARAMETERS = st.dictionaries(
    st.one_of(_NAMES, st.sampled_from(["Signature", "Timestamp", "SecurityToken", "AWSAccessKeyId"])),
    st.one_of(st.text("ab Z-_.~/+=&%ü\U0001f600", max_size=8), st.integers(0, 10**6)),
    max_size=6,
).map(lambda parameters: {"Action": "List", **parameters})


@settings(max_examples=150)
@given(
    method=st.sampled_from(["GET", "POST", "DELETE"]),
    address=st.builds(lambda host, path: host + path, _HOSTS, _PATHS),
    parameters=_PARAMETERS,
    keys=_CREDENTIALS,
)
def test_version_2_as_the_reference(method: str, address: str, parameters: Any, keys: Any) -> None:
    place = "data" if method == "POST" else "params"
    found = []
    for request_kind, kind, credentials in (
        (AWSRequest, SigV2Auth, ReadOnlyCredentials),
        (botocore.awsrequest.AWSRequest, botocore.auth.SigV2Auth, botocore.credentials.ReadOnlyCredentials),
    ):
        request = request_kind(method=method, url=address, headers={"A": "b"}, **{place: dict(parameters)})
        kind(credentials(*keys)).add_auth(request)
        found.append((dict(request.headers.items()), dict(getattr(request, place))))
    assert found[0] == found[1]
    assert {"Signature", "Timestamp"} <= found[0][1].keys()
    assert found[0][1].get("SecurityToken", parameters.get("SecurityToken")) == (
        keys[2] or parameters.get("SecurityToken")
    )


def test_version_2_looks_at_the_parameters_as_they_are_now() -> None:
    """A retry signs a request that is signed already; only the signature itself is left out."""
    request = AWSRequest("POST", "https://host/", {}, data={"Action": "A"})
    auth = SigV2Auth(ReadOnlyCredentials(*KEYS, None))
    auth.add_auth(request)
    first = dict(request.data)
    auth.add_auth(request)
    assert request.data == first
    request.data["Action"] = "B"
    auth.add_auth(request)
    assert request.data["Signature"] != first["Signature"]


@settings(max_examples=60)
@given(described=_REQUESTS, keys=_CREDENTIALS, old=st.booleans())
def test_version_3_as_the_reference(described: Any, keys: Any, old: bool) -> None:
    if old:  # Signed before, or dated by the caller.
        stale = {"Date": "Mon, 01 Jan 2024 00:00:00 GMT", "X-Amz-Security-Token": "stale"}
        described = {**described, "headers": {**described["headers"], **stale}}
    if old and keys[2] is None:
        # The reference leaves a token of the caller where the credentials have none; so do we.
        assert described["headers"]["X-Amz-Security-Token"] == "stale"
    theirs = botocore.auth.SigV3Auth(botocore.credentials.ReadOnlyCredentials(*keys))
    expected = signed(botocore.awsrequest.AWSRequest(**described), theirs)
    assert signed(AWSRequest(**described), SigV3Auth(ReadOnlyCredentials(*keys))) == expected
    assert "x-amzn-authorization" in expected[1]


@pytest.mark.parametrize("kind", [SigV2Auth, SigV3Auth])
def test_signatures_of_old_want_credentials(kind: Any) -> None:
    with pytest.raises(exceptions.NoCredentialsError):
        kind(None).add_auth(AWSRequest("POST", "https://host/", {}, data={}))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (S3ExpressAuth, botocore.auth.S3ExpressAuth),
        (S3ExpressQueryAuth, botocore.auth.S3ExpressQueryAuth),
    ],
)
@settings(max_examples=60)
@given(described=_REQUESTS)
def test_express_as_the_reference(ours: Any, theirs: Any, described: Any) -> None:
    if ours is S3ExpressQueryAuth:
        described = {**described, "data": b""}
    keys, arguments = (*KEYS, "session/+="), ("s3express", "us-west-2")
    theirs = theirs(botocore.credentials.ReadOnlyCredentials(*keys), *arguments, identity_cache={})
    expected = signed(botocore.awsrequest.AWSRequest(**described), theirs)
    found = signed(AWSRequest(**described), ours(ReadOnlyCredentials(*keys), *arguments, identity_cache={}))
    assert found == expected
    assert ours.REQUIRES_IDENTITY_CACHE is True
    assert "x-amz-s3session-token" in f"{found[0]} {list(found[1])}".lower()
    assert "x-amz-security-token" not in f"{found[0]} {list(found[1])}".lower()


def test_express_forms_as_the_reference() -> None:
    keys, arguments = (*KEYS, "session/+="), ("s3express", "us-west-2")
    found = []
    for request_kind, kind, credentials in (
        (AWSRequest, S3ExpressPostAuth, ReadOnlyCredentials),
        (
            botocore.awsrequest.AWSRequest,
            botocore.auth.S3ExpressPostAuth,
            botocore.credentials.ReadOnlyCredentials,
        ),
    ):
        request = request_kind(method="POST", url="https://bucket--usw2-az1--x-s3.example/")
        request.context["s3-presign-post-fields"] = {"key": "k"}
        request.context["s3-presign-post-policy"] = {"expiration": "2026-11-24T13:00:00Z", "conditions": []}
        kind(credentials(*keys), *arguments, identity_cache={}).add_auth(request)
        fields = dict(request.context["s3-presign-post-fields"])
        fields["policy"] = json.loads(base64.b64decode(fields["policy"]))
        found.append(fields)
    # The signature is over the policy's text, whose spelling is each library's own.
    ours, theirs = ({**one, "x-amz-signature": len(one["x-amz-signature"])} for one in found)
    assert ours == theirs
    assert ours["X-Amz-S3session-Token"] == "session/+="


def test_signing_again_replaces_the_signature() -> None:
    request = AWSRequest("GET", "https://host/", {"x-amz-meta-a": "1"})
    auth = SigV4Auth(ReadOnlyCredentials(*KEYS, "token"), "service", "eu-west-1")
    first = signed(request, auth)
    assert signed(request, auth) == first
    assert request.headers.get_all("Authorization") == [first[1]["authorization"]]


def test_no_signer_shows_a_secret() -> None:
    auth = SigV4Auth(ReadOnlyCredentials(*KEYS, "token"), "service", "eu-west-1")
    request = AWSRequest("GET", "https://host/")
    auth.add_auth(request)
    for shown in (repr(auth), repr(request), str(request.headers), repr(auth.credentials)):
        assert KEYS[1] not in shown
        assert "token" not in shown
