"""Signatures over requests of all kinds, beside the reference's under the same clock."""

from __future__ import annotations

import datetime
import time
from typing import Any

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sotalia.auth.hmacv1 import HmacV1Auth, HmacV1QueryAuth
from sotalia.auth.presigned import S3SigV4QueryAuth, SigV4QueryAuth
from sotalia.auth.sigv4 import S3SigV4Auth, SigningKey, SigV4Auth
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
    assert SigningKey(secret, "20261124", "eu-west-1", "s3").sign(data) == expected


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
