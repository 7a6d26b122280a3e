"""The ways in which other tools attach to clients: each as the tool does it, on ours."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock, patch

import boto3
import botocore.awsrequest
import botocore.httpsession
import pytest
from botocore.exceptions import ClientError

import sotalia.clients.base
import sotalia.compatibility.endpoint
from sotalia.testing import LocalAWS
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind

LISTING = b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"
PAGE = b"<ListBucketResult><Contents><Key>k</Key></Contents></ListBucketResult>"

# -- unit tests at large: the single entry replaced on the base class -------------------------------------------------


def test_every_call_goes_through_the_base_class(client_kind: Kind) -> None:
    """``patch("...BaseClient._make_api_call", new=f)``: methods, paginators and waiters."""
    seen: list[Any] = []

    def fake(self: Any, operation_name: str, kwargs: dict[str, Any]) -> Any:
        seen.append((self.meta.service_model.service_name, operation_name, kwargs))
        if operation_name == "GetObject":
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "m"}}, operation_name)
        return {"Contents": [], "ResponseMetadata": {"HTTPStatusCode": 200}}

    async def fake_async(self: Any, operation_name: str, kwargs: dict[str, Any]) -> Any:
        return fake(self, operation_name, kwargs)

    name = "AsyncBaseClient" if client_kind.is_async else "BaseClient"
    s3 = client_kind.client("s3")
    with patch(
        f"sotalia.clients.base.{name}._make_api_call", new=fake_async if client_kind.is_async else fake
    ):
        s3.put_object(Bucket="b", Key="k")
        client_kind.client("dynamodb").get_item(TableName="t", Key={})
        list(s3.get_paginator("list_objects_v2").paginate(Bucket="b"))
        s3.get_waiter("object_exists").wait(Bucket="b", Key="k")
        with pytest.raises(ClientError, match="NoSuchKey"):
            s3.get_object(Bucket="b", Key="k")
    assert [row[:2] for row in seen] == [
        ("s3", "PutObject"),
        ("dynamodb", "GetItem"),
        ("s3", "ListObjectsV2"),
        ("s3", "HeadObject"),
        ("s3", "GetObject"),
    ]
    assert seen[0][2] == {"Bucket": "b", "Key": "k"}


def test_the_replacement_can_go_on_to_the_original() -> None:
    original = sotalia.clients.base.BaseClient._make_api_call
    from sotalia.transport.scripted import ScriptedTransport

    transport = ScriptedTransport([answer(body=LISTING)])
    scripted_s3 = sotalia.Session(**KEYS, transport=transport).client("s3")

    def fake(self: Any, operation_name: str, kwargs: dict[str, Any]) -> Any:
        if operation_name == "ListBuckets":
            return original(self, operation_name, kwargs)
        return {"fake": True}

    with patch.object(sotalia.clients.base.BaseClient, "_make_api_call", new=fake):
        assert scripted_s3.list_buckets()["Buckets"] == []
        assert scripted_s3.head_bucket(Bucket="b") == {"fake": True}


def test_replaced_on_one_client(client_kind: Kind) -> None:
    s3 = client_kind.client("s3")

    async def fake(operation_name: str, kwargs: dict[str, Any]) -> Any:
        return {"operation": operation_name}

    s3.raw._make_api_call = fake if client_kind.is_async else lambda name, kwargs: {"operation": name}
    assert s3.list_buckets() == {"operation": "ListBuckets"}


# -- wrapt: X-Ray's, Datadog's and OpenTelemetry's wrapping of the base class ----------------------------------------


def test_wrapt_around_the_base_class() -> None:
    import wrapt

    seen: list[Any] = []

    def wrapper(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
        operation_name, params = args
        result = wrapped(*args, **kwargs)
        seen.append(
            {
                "service": instance._service_model.metadata["endpointPrefix"],
                "prefix": instance._endpoint._endpoint_prefix,
                "region": instance.meta.region_name,
                "operation": operation_name,
                "params": params,
                "status": result["ResponseMetadata"]["HTTPStatusCode"],
            }
        )
        return result

    from sotalia.transport.scripted import ScriptedTransport

    s3 = sotalia.Session(**KEYS, transport=ScriptedTransport([answer(body=LISTING)])).client("s3")
    original = vars(sotalia.clients.base.BaseClient)["_make_api_call"]
    wrapt.wrap_function_wrapper("sotalia.clients.base", "BaseClient._make_api_call", wrapper)
    try:
        s3.list_buckets(MaxBuckets=3)
    finally:
        sotalia.clients.base.BaseClient._make_api_call = original  # type: ignore[method-assign]
    assert seen == [
        {
            "service": "s3",
            "prefix": "s3",
            "region": "us-west-2",
            "operation": "ListBuckets",
            "params": {"MaxBuckets": 3},
            "status": 200,
        }
    ]


# -- placebo: a base class, recorded answers, played back ------------------------------------------------------------


class FakeHttpResponse:
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


def test_placebo_records_and_plays_back(client_kind: Kind) -> None:
    recorded: dict[str, Any] = {}

    class Pill:
        mode = "playback"

    def add_base(base_classes: list[type], **kwargs: Any) -> None:
        base_classes.append(Pill) if Pill not in base_classes else None

    def record(http_response: Any, parsed: Any, model: Any, **kwargs: Any) -> None:
        key = f"{model.service_model.endpoint_prefix}.{model.name}"
        recorded[key] = (http_response.status_code, dict(parsed))

    def play(model: Any, **kwargs: Any) -> Any:
        status, data = recorded[f"{model.service_model.endpoint_prefix}.{model.name}"]
        return FakeHttpResponse(status), data

    session = client_kind.session(**KEYS)
    session.events.register("creating-client-class", add_base)
    session.events.register("after-call.s3.ListBuckets", record, "placebo-record-mode")
    session.events.register("after-call.s3.HeadBucket", record, "placebo-record-mode-2")
    s3 = client_kind.scripted("s3", [answer(body=LISTING), answer(404)], session)
    assert s3.raw.mode == "playback"
    first = s3.list_buckets()
    with pytest.raises(ClientError):
        s3.head_bucket(Bucket="bucket")
    assert [status for status, _ in recorded.values()] == [200, 404]
    session.events.unregister("after-call.s3.ListBuckets", unique_id="placebo-record-mode")
    session.events.register("before-call.*.*", play, "placebo-playback-mode")
    s3 = client_kind.scripted("s3", [ConnectionError("nothing is sent")], session)
    assert s3.list_buckets() == first
    with pytest.raises(ClientError, match="404"):
        s3.head_bucket(Bucket="bucket")


def test_a_base_class_may_override_the_single_entry(client_kind: Kind) -> None:
    """Caches and recorders in front of every call, through the documented event."""
    seen: list[str] = []

    class Recorder:
        def _make_api_call(self, operation_name: str, api_params: Any) -> Any:
            seen.append(operation_name)
            return super()._make_api_call(operation_name, api_params)  # type: ignore[misc]

    session = client_kind.session(**KEYS)
    session.events.register(
        "creating-client-class.s3", lambda base_classes, **kwargs: base_classes.insert(0, Recorder)
    )
    s3 = client_kind.scripted("s3", [answer(body=LISTING)], session)
    s3.list_buckets()
    assert seen == ["ListBuckets"]


# -- Sentry: a replaced constructor, a span in the context, a wrapped body -------------------------------------------


def test_sentry_style_spans(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[Any] = []

    def created(service_id: str, request: Any, operation_name: str, **kwargs: Any) -> None:
        request.context["_sentrysdk_span"] = {"description": f"aws.{service_id}.{operation_name}"}
        assert request.url.startswith("https://")

    def called(context: dict[str, Any], parsed: dict[str, Any], **kwargs: Any) -> None:
        span = context.pop("_sentrysdk_span", None)
        ended.append(span)
        body = parsed.get("Body")
        if body is None:
            return
        read, close = body.read, body.close

        def noted_read(*args: Any, **kwargs: Any) -> Any:
            ended.append("read")
            return read(*args, **kwargs)

        def noted_close(*args: Any, **kwargs: Any) -> None:
            ended.append("close")
            close(*args, **kwargs)

        body.read, body.close = noted_read, noted_close

    def failed(context: dict[str, Any], exception: Exception, **kwargs: Any) -> None:
        ended.append((context.pop("_sentrysdk_span", None), type(exception).__name__))

    original = sotalia.clients.base.BaseClient.__init__

    def patched(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        service_id = self.meta.service_model.service_id.hyphenize()
        self.meta.events.register("request-created", functools.partial(created, service_id))
        self.meta.events.register("after-call", called)
        self.meta.events.register("after-call-error", failed)

    monkeypatch.setattr(sotalia.clients.base.BaseClient, "__init__", patched)
    s3 = client_kind.scripted("s3", [answer(body=b"content"), ValueError("broken")])
    body = s3.get_object(Bucket="bucket", Key="k")["Body"]
    assert body.read() == b"content"
    body.close()
    with pytest.raises(ValueError, match="broken"):
        s3.list_buckets()
    assert ended == [
        {"description": "aws.s3.GetObject"},
        "read",
        "close",
        ({"description": "aws.s3.ListBuckets"}, "ValueError"),
    ]


# -- LocalStack and others: a session of another kind under the client -----------------------------------------------


def test_an_http_session_of_botocore_can_be_assigned(aws: LocalAWS, client_kind: Kind) -> None:
    keys = {**KEYS, "region_name": "us-east-1"}
    s3 = client_kind.client("s3", client_kind.session(**keys), endpoint_url=aws.endpoint_url)
    session = botocore.httpsession.URLLib3Session()
    s3.raw._endpoint.http_session = session
    assert s3.raw._endpoint.http_session is session
    s3.create_bucket(Bucket="over-urllib3")
    s3.put_object(Bucket="over-urllib3", Key="k", Body=b"x" * 3000)
    assert s3.get_object(Bucket="over-urllib3", Key="k")["Body"].read() == b"x" * 3000
    with pytest.raises(s3.raw.exceptions.NoSuchKey):
        s3.get_object(Bucket="over-urllib3", Key="missing")
    session.close()


def test_a_fake_http_session(client_kind: Kind) -> None:
    class Fake:
        def __init__(self) -> None:
            self.requests: list[Any] = []

        def send(self, request: Any) -> Any:
            self.requests.append(request)
            raw = botocore.awsrequest.AWSResponse(request.url, 200, {}, None)
            raw._content = LISTING
            return raw

    fake = Fake()
    s3 = client_kind.client("s3")
    s3.raw._endpoint.http_session = fake
    assert s3.list_buckets()["Buckets"] == []
    assert fake.requests[0].method == "GET"


# -- the endpoint's methods ------------------------------------------------------------------------------------------


def test_headers_can_be_added_where_a_request_is_prepared(
    client_kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = sotalia.compatibility.endpoint.Endpoint.prepare_request

    def prepare_request(self: Any, request: Any) -> Any:
        request.headers["X-Trace"] = "1"
        return original(self, request)

    monkeypatch.setattr(sotalia.compatibility.endpoint.Endpoint, "prepare_request", prepare_request)
    s3 = client_kind.scripted("s3", [answer(500), answer(body=LISTING)])
    s3.list_buckets()
    assert [request.headers["x-trace"] for request in s3.transport.requests] == [b"1", b"1"]


def test_a_replaced_make_request_gets_every_call(client_kind: Kind) -> None:
    """On one endpoint; what it returns is the answer, and what it raises is raised, with its events."""
    s3 = client_kind.scripted("s3", [answer(body=LISTING)])
    heard: list[str] = []
    s3.raw.meta.events.register("after-call.s3", lambda **kwargs: heard.append("after-call"))
    s3.raw.meta.events.register("after-call-error.s3", lambda **kwargs: heard.append("after-call-error"))
    response = botocore.awsrequest.AWSResponse("", 200, {}, None)
    with patch.object(s3.raw._endpoint, "make_request", return_value=(response, {"faked": 1})) as fake:
        assert s3.list_buckets() == {"faked": 1}
        fake.side_effect = ValueError("not sent")
        with pytest.raises(ValueError, match="not sent"):
            s3.list_buckets()
    model, request = fake.call_args.args
    assert (model.name, request["url"]) == ("ListBuckets", "https://s3.us-west-2.amazonaws.com/")
    assert heard == ["after-call", "after-call-error"]
    assert s3.transport.requests == []
    s3.list_buckets()
    assert len(s3.transport.requests) == 1


@pytest.mark.parametrize("style", ["function", "wrapt"])
def test_a_wrapped_make_request_goes_on_to_the_network(
    style: str, client_kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    original = sotalia.compatibility.endpoint.Endpoint.make_request

    def make_request(self: Any, operation_model: Any, request_dict: Any) -> Any:
        seen.append(operation_model.name)
        return original(self, operation_model, request_dict)

    def wrapper(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
        seen.append(args[0].name)
        return wrapped(*args, **kwargs)

    import wrapt

    replacement = make_request if style == "function" else wrapt.FunctionWrapper(original, wrapper)
    monkeypatch.setattr(sotalia.compatibility.endpoint.Endpoint, "make_request", replacement)
    session = client_kind.session(**KEYS)
    parsers = session._session.get_component("response_parser_factory")
    parsers.set_parser_defaults(timestamp_parser=lambda text: f"at {text}")
    listing = b"<R><Buckets><Bucket><CreationDate>2024</CreationDate></Bucket></Buckets></R>"
    s3 = client_kind.scripted("s3", [answer(503), answer(body=listing)], session)
    found = s3.list_buckets()
    assert found["Buckets"] == [{"CreationDate": "at 2024"}]
    assert (seen, found["ResponseMetadata"]["RetryAttempts"]) == (["ListBuckets"], 1)


def test_a_wrapper_may_send_twice_and_leaves_no_hook_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    from sotalia.call.hooks import EVERYWHERE
    from sotalia.transport.scripted import ScriptedTransport

    endpoint_class = sotalia.compatibility.endpoint.Endpoint
    transport = ScriptedTransport([answer(body=LISTING)] * 6)
    s3 = sotalia.Session(**KEYS, transport=transport).client("s3")
    original = endpoint_class.make_request

    def twice(self: Any, operation_model: Any, request_dict: Any) -> Any:
        original(self, operation_model, request_dict)
        return original(self, operation_model, request_dict)

    with monkeypatch.context() as patched:
        patched.setattr(endpoint_class, "make_request", twice)
        s3.list_buckets()
        assert len(transport.requests) == 2
        with patch.object(s3._endpoint, "make_request", functools.partial(original, s3._endpoint)):
            s3.list_buckets()
        assert len(transport.requests) == 3
    s3.list_buckets()
    assert len(transport.requests) == 4
    for registry in (EVERYWHERE, s3.meta.events):
        assert registry.targets("retry-loop", "s3.ListBuckets") == []


def test_a_method_replaced_on_one_endpoint_is_replaced_on_that_one_alone(client_kind: Kind) -> None:
    one, other = (client_kind.scripted("s3", [answer(body=LISTING)] * 3) for _ in "12")
    prepared: list[Any] = []

    def prepare_request(request: Any, original: Any = one.raw._endpoint.prepare_request) -> Any:
        prepared.append(request)
        return original(request)

    with patch.object(one.raw._endpoint, "prepare_request", prepare_request):
        one.list_buckets()
        other.list_buckets()
        assert len(prepared) == 1
    one.list_buckets()
    one.list_buckets()
    assert len(prepared) == 1
    assert "sotalia-prepare-request" not in one.raw.meta.events._unique


def test_a_fake_in_the_place_of_the_endpoint(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer(body=LISTING)])
    real = s3.raw._endpoint
    response = botocore.awsrequest.AWSResponse("", 200, {}, None)
    s3.raw._endpoint = fake = Mock()
    fake.make_request.return_value = (response, {"faked": 1})
    assert s3.raw._endpoint is fake
    assert s3.list_buckets() == {"faked": 1}
    model, request = fake.make_request.call_args.args
    assert (model.name, request["method"]) == ("ListBuckets", "GET")
    s3.raw._endpoint = real
    assert s3.raw._endpoint is real
    assert s3.list_buckets()["Buckets"] == []


def test_a_request_made_by_hand_can_be_sent(client_kind: Kind) -> None:
    from botocore.awsrequest import prepare_request_dict

    s3 = client_kind.scripted("s3", [answer(body=LISTING)])
    model = s3.raw.meta.service_model.operation_model("ListBuckets")
    request = s3.raw._serializer.serialize_to_request({}, model)
    prepare_request_dict(request, endpoint_url=s3.raw.meta.endpoint_url, context={})
    http, parsed = client_kind.run(s3.raw._endpoint.make_request(model, request))
    assert (http.status_code, parsed["Buckets"]) == (200, [])
    assert s3.transport.requests[0].headers["Authorization"].startswith(b"AWS4-HMAC-SHA256 ")


# -- names that are read ---------------------------------------------------------------------------------------------

NAMES: dict[str, Callable[[Any], Any]] = {
    "_endpoint.host": lambda client: client._endpoint.host,
    "_endpoint._endpoint_prefix": lambda client: client._endpoint._endpoint_prefix,
    "_endpoint._event_emitter": lambda client: client._endpoint._event_emitter is client.meta.events,
    "_request_signer._credentials": lambda client: client._request_signer._credentials.access_key,
    "_request_signer.region_name": lambda client: client._request_signer.region_name,
    "_request_signer.signing_name": lambda client: client._request_signer.signing_name,
    "_request_signer.signature_version": lambda client: client._request_signer.signature_version,
    "_get_credentials": lambda client: client._get_credentials().access_key,
    "_service_model.metadata": lambda client: client._service_model.metadata["endpointPrefix"],
    "_service_model.service_name": lambda client: client._service_model.service_name,
    "_client_config": lambda client: client._client_config is client.meta.config,
    "_client_config.read_timeout": lambda client: client._client_config.read_timeout,
    "meta._service_model": lambda client: client.meta._service_model is client.meta.service_model,
    "_PY_TO_OP_NAME": lambda client: client._PY_TO_OP_NAME["list_buckets"],
    "meta.method_to_api_mapping": lambda client: client.meta.method_to_api_mapping["list_buckets"],
    "meta.service_model.service_id": lambda client: client.meta.service_model.service_id,
    "meta.service_model.api_version": lambda client: client.meta.service_model.api_version,
    "meta.service_model.operation_names": lambda client: sorted(client.meta.service_model.operation_names),
    "meta.endpoint_url": lambda client: client.meta.endpoint_url,
    "meta.partition": lambda client: client.meta.partition,
    "class name": lambda client: type(client).__name__,
    "exceptions": lambda client: client.exceptions.NoSuchKey.__name__,
    "waiter_names": lambda client: client.waiter_names,
}


@pytest.mark.parametrize("name", NAMES)
def test_names_have_the_values_they_have_on_boto3(name: str, client_kind: Kind) -> None:
    theirs = boto3.Session(**KEYS).client("s3")
    assert NAMES[name](client_kind.client("s3").raw) == NAMES[name](theirs)


def test_a_request_built_by_hand(client_kind: Kind) -> None:
    """The recipe for presigning what clients do not presign: serializer, URL, signer."""
    from botocore.awsrequest import prepare_request_dict

    def built(client: Any) -> Any:
        model = client.meta.service_model.operation_model("Invoke")
        parameters = {"FunctionName": "a/b", "Qualifier": "1", "Payload": b"{}", "ClientContext": "c"}
        request = client._serializer.serialize_to_request(parameters, model)
        prepare_request_dict(request, endpoint_url=client.meta.endpoint_url, context={})
        return request["url"], request["method"], request["body"], dict(request["headers"])

    theirs = boto3.Session(**KEYS).client("lambda")
    assert built(client_kind.client("lambda").raw) == built(theirs)
