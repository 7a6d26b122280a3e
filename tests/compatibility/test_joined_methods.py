"""Tools that wrap or replace botocore's methods, laid before the patch, within it, and taken off in any order."""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import MagicMock, patch

import boto3
import botocore.awsrequest
import botocore.client
import botocore.credentials
import botocore.endpoint
import botocore.exceptions
import botocore.httpsession
import pytest
import wrapt

import sotalia
from sotalia.clients.base import BaseClient
from sotalia.compatibility.endpoint import Endpoint
from sotalia.credentials.chain import CredentialResolver
from sotalia.transport.http import HTTPTransport
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind
from tests.compatibility.test_patching import sotalia_free_client

REFERENCE = (
    (botocore.client.BaseClient, "_make_api_call"),
    (botocore.client.BaseClient, "__init__"),
    (botocore.endpoint.Endpoint, "prepare_request"),
    (botocore.endpoint.Endpoint, "make_request"),
    (botocore.httpsession.URLLib3Session, "send"),
    (botocore.credentials.CredentialResolver, "load_credentials"),
)
OURS = ((BaseClient, "_make_api_call"), (BaseClient, "__init__"), (Endpoint, "prepare_request"))
OURS += ((Endpoint, "make_request"), (HTTPTransport, "send"), (CredentialResolver, "load"))
LISTING = b"<ListAllMyBucketsResult/>"


def state() -> list[Any]:
    found: list[Any] = [vars(kind)[name] for kind, name in OURS]
    for kind, name in REFERENCE:
        method = vars(kind)[name]
        inner = inspect.unwrap(method)
        found += [method, inner.__code__, inner.__defaults__, inner.__kwdefaults__, dict(vars(inner))]
    return found


@pytest.fixture(autouse=True)
def _everything_is_taken_back() -> Iterator[None]:
    before = state()
    yield
    sotalia.unpatch_boto3()
    assert state() == before


class Tool:
    """Something that wraps a method of botocore's, as programs of tracers do."""

    def __init__(self, kind: type, name: str, how: str) -> None:
        self.kind, self.name, self.how = kind, name, how
        self.seen: list[Any] = []

    def on(self) -> None:
        self.below = vars(self.kind)[self.name]
        if self.how == "wrapt":
            wrapt.wrap_function_wrapper(self.kind, self.name, self._around)
            return
        original = getattr(self.kind, self.name)

        @functools.wraps(original)
        def wrapper(instance: Any, *args: Any, **kwargs: Any) -> Any:
            self.seen.append(instance)
            return original(instance, *args, **kwargs)

        setattr(self.kind, self.name, wrapper)

    def _around(self, wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
        self.seen.append(instance)
        return wrapped(*args, **kwargs)

    def off(self) -> None:
        setattr(self.kind, self.name, self.below)


@pytest.mark.parametrize("how", ["closure", "wrapt"])
@pytest.mark.parametrize(
    ("kind", "name"), REFERENCE[:4], ids=lambda value: value if isinstance(value, str) else ""
)
@pytest.mark.parametrize("order", ["tool first", "patch first"])
def test_wrappers_of_any_kind_in_any_order(order: str, kind: type, name: str, how: str) -> None:
    tool = Tool(kind, name, how)
    steps: list[Callable[[], Any]] = [tool.on, sotalia.patch_boto3]
    for step in steps if order == "tool first" else reversed(steps):
        step()
    transport = ScriptedTransport([answer(body=LISTING)] * 3)
    s3 = boto3.Session(**KEYS, transport=transport).client("s3")
    s3.list_buckets()
    assert tool.seen == [s3 if kind is botocore.client.BaseClient else s3._endpoint]
    tool.off()
    s3.list_buckets()
    boto3.client("s3", **KEYS)
    assert len(tool.seen) == 1
    sotalia.unpatch_boto3()
    s3.list_buckets()
    assert len(transport.requests) == 3


@pytest.mark.parametrize("taken_off", ["tools first", "patch first"])
@pytest.mark.parametrize("order", list(itertools.permutations("abp")), ids="".join)
def test_two_tools_and_the_patch(order: tuple[str, ...], taken_off: str) -> None:
    """A wraps and B wraps A, of one method: each sees each call once, whenever the patch came."""
    tools = {name: Tool(*REFERENCE[0], "wrapt" if name == "a" else "closure") for name in "ab"}
    for step in order:
        sotalia.patch_boto3() if step == "p" else tools[step].on()
    s3 = boto3.Session(**KEYS, transport=ScriptedTransport([answer(body=LISTING)])).client("s3")
    s3.list_buckets()
    theirs = sotalia_free_client()
    with pytest.raises(botocore.exceptions.ParamValidationError):
        theirs.head_bucket()
    assert [tool.seen for tool in tools.values()] == [[s3, theirs]] * 2
    if taken_off == "patch first":
        sotalia.unpatch_boto3()
        with pytest.raises(botocore.exceptions.ParamValidationError):
            theirs.head_bucket()
        assert [len(tool.seen) for tool in tools.values()] == [3, 3]
    for step in reversed([step for step in order if step != "p"]):
        tools[step].off()


def test_an_original_kept_from_before_the_patch() -> None:
    """The recipe of moto's documentation keeps it when its module is imported."""
    original = botocore.client.BaseClient._make_api_call

    def fake(self: Any, operation_name: str, api_params: Any) -> Any:
        return (
            {"fake": True} if operation_name == "HeadBucket" else original(self, operation_name, api_params)
        )

    with sotalia.patch_boto3(), patch("botocore.client.BaseClient._make_api_call", new=fake):
        s3 = boto3.Session(**KEYS, transport=ScriptedTransport([answer(body=LISTING)])).client("s3")
        assert s3.head_bucket(Bucket="b") == {"fake": True}
        assert s3.list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_mocks_with_the_originals_signature() -> None:
    with sotalia.patch_boto3(), patch("botocore.client.BaseClient._make_api_call", autospec=True) as mock:
        s3 = boto3.client("s3", **KEYS)
        s3.head_bucket(Bucket="b")
        mock.assert_called_once_with(s3, "HeadBucket", {"Bucket": "b"})
        with pytest.raises(TypeError):
            botocore.client.BaseClient._make_api_call(s3)


def test_a_wrapper_of_ours_that_outlives_the_patch() -> None:
    """OpenTelemetry's instrument() wraps our method while it is joined; taken off later, it puts the joined one back."""
    with sotalia.patch_boto3():
        joined = BaseClient._make_api_call
    before = BaseClient._make_api_call
    s3 = sotalia.Session(**KEYS, transport=ScriptedTransport([answer(body=LISTING)])).client("s3")
    try:
        BaseClient._make_api_call = joined  # type: ignore[method-assign]
        with patch("botocore.client.BaseClient._make_api_call") as mock:
            s3.list_buckets()
        mock.assert_not_called()
    finally:
        BaseClient._make_api_call = before  # type: ignore[method-assign]


# -- HTTP ----------------------------------------------------------------------------------------------------------


def their_answer(body: bytes = LISTING, status: int = 200) -> Any:
    class Raw:
        def __init__(self) -> None:
            self.rest = body

        def read(self, amount: int | None = None) -> bytes:
            found, self.rest = (
                (self.rest, b"") if amount is None else (self.rest[:amount], self.rest[amount:])
            )
            return found

        def stream(self, *args: Any, **kwargs: Any) -> Iterator[bytes]:
            yield self.read()

    return botocore.awsrequest.AWSResponse("https://s3.amazonaws.com/", status, {}, Raw())


@pytest.fixture
def unreachable() -> dict[str, Any]:
    """Whoever gets to the network is refused at once."""
    return {
        "endpoint_url": "http://127.0.0.1:9",
        "config": sotalia.config.Config(retries={"total_max_attempts": 1}),
    }


@pytest.mark.parametrize("how", ["mock", "function", "wrapper", "exception"])
def test_http_faked_at_urllib3session(how: str, client_kind: Kind, unreachable: Any) -> None:
    seen: list[Any] = []
    real = botocore.httpsession.URLLib3Session.send

    def send(self: Any, request: Any) -> Any:
        seen.append(request.url)
        if how == "exception":
            raise botocore.exceptions.EndpointConnectionError(endpoint_url="faked")
        if how == "wrapper":
            return real(self, request)
        return their_answer(b"content")

    fake: Any = MagicMock(side_effect=lambda request: send(None, request)) if how == "mock" else send
    s3 = client_kind.client("s3", **unreachable)
    with sotalia.patch_boto3(), patch("botocore.httpsession.URLLib3Session.send", new=fake):
        if how in ("mock", "function"):
            assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"content"
        else:
            where = "faked" if how == "exception" else "127"
            with pytest.raises(botocore.exceptions.EndpointConnectionError, match=where):
                s3.get_object(Bucket="bucket", Key="k")
    assert seen == ["http://127.0.0.1:9/bucket/k"]
    with pytest.raises(botocore.exceptions.EndpointConnectionError, match=r"127\.0\.0\.1"):
        s3.get_object(Bucket="bucket", Key="k")
    assert len(seen) == 1


def test_a_wrapper_of_send_passes_real_responses_on(client_kind: Kind, aws: Any) -> None:
    """A coroutine of ours is begun for a wrapper that cannot wait, and awaited above it."""
    seen: list[Any] = []
    real = botocore.httpsession.URLLib3Session.send

    def send(self: Any, request: Any) -> Any:
        seen.append(request.method)
        return real(self, request)

    with sotalia.patch_boto3(), patch("botocore.httpsession.URLLib3Session.send", new=send):
        bucket = f"wrapped-{client_kind.is_async}".lower()
        s3 = client_kind.client("s3", endpoint_url=aws.endpoint_url)
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 100_000)
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x" * 100_000
    assert seen == ["PUT", "PUT", "GET"]


def test_a_transport_that_was_given_is_not_botocores(client_kind: Kind) -> None:
    with sotalia.patch_boto3(), patch("botocore.httpsession.URLLib3Session.send") as mock:
        s3 = client_kind.scripted("s3", [answer(body=LISTING)])
        s3.list_buckets()
    mock.assert_not_called()


# -- credentials ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["none", "keys", "wrapper", "mock"])
def test_credentials_faked_at_the_resolver(
    how: str, client_kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    real = botocore.credentials.CredentialResolver.load_credentials
    fakes: dict[str, Any] = {
        "none": lambda self: None,
        "keys": lambda self: botocore.credentials.Credentials("AKIDFAKE", "s"),
        "wrapper": lambda self: real(self),
        "mock": MagicMock(return_value=None),
    }
    name = "botocore.credentials.CredentialResolver.load_credentials"
    with sotalia.patch_boto3(), patch(name, new=fakes[how]):
        found = client_kind.run(client_kind.session().get_credentials())
    expected = {"keys": "AKIDFAKE", "wrapper": "AKIDENV"}.get(how)
    assert getattr(found, "access_key", None) == expected
    assert client_kind.run(client_kind.session().get_credentials()).access_key == "AKIDENV"


def test_without_credentials_nothing_is_sent(monkeypatch: pytest.MonkeyPatch, unreachable: Any) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    name = "botocore.credentials.CredentialResolver.load_credentials"
    with sotalia.patch_boto3(), patch(name, return_value=None):
        s3 = boto3.Session(region_name="us-west-2").client("s3", **unreachable)
        with pytest.raises(botocore.exceptions.NoCredentialsError):
            s3.list_buckets()
