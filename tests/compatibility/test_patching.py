"""Sotalia behind boto3's names, and the names given back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import boto3
import boto3.session
import botocore.client
import botocore.endpoint
import botocore.exceptions
import botocore.session
import pytest
from boto3 import client as client_imported_before

import sotalia
from sotalia.clients.base import BaseClient
from sotalia.compatibility.endpoint import Endpoint
from sotalia.testing import LocalAWS
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import Kind

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
NAMES = ((boto3, "client"), (boto3, "resource"), (boto3, "Session"), (boto3.session, "Session"))
NAMES += ((boto3, "DEFAULT_SESSION"), (boto3, "setup_default_session"), (boto3, "_get_default_session"))
NAMES += ((botocore.client.BaseClient, "_make_api_call"), (BaseClient, "_make_api_call"))
NAMES += ((botocore.client.BaseClient, "__init__"), (BaseClient, "__init__"))
for kind in (botocore.endpoint.Endpoint, Endpoint):
    NAMES += ((kind, "prepare_request"), (kind, "make_request"))


def names() -> list[Any]:
    return [getattr(module, name) for module, name in NAMES]


@pytest.fixture(autouse=True)
def _names_stay() -> Iterator[None]:
    """Every test leaves boto3 as it was."""
    before = names()
    yield
    sotalia.unpatch_boto3()
    assert names() == before


@pytest.mark.parametrize(
    "make",
    [
        lambda: boto3.client("s3", **KEYS),
        lambda: client_imported_before("s3", **KEYS),
        lambda: boto3.Session(**KEYS).client("s3"),
        lambda: boto3.session.Session(**KEYS).client("s3"),
        lambda: boto3.setup_default_session(**KEYS) or boto3.client("s3"),
        lambda: boto3.setup_default_session(**KEYS) or boto3.DEFAULT_SESSION.client("s3"),
        lambda: boto3._get_default_session().client("s3", **KEYS),
    ],
    ids=[
        "client",
        "client imported before",
        "Session",
        "session.Session",
        "setup",
        "DEFAULT_SESSION",
        "_get",
    ],
)
def test_clients_are_ours_while_patched(make: Any) -> None:
    with sotalia.patch_boto3():
        assert isinstance(make(), BaseClient)
    boto3.DEFAULT_SESSION = None
    assert not isinstance(make(), BaseClient)
    boto3.DEFAULT_SESSION = None


def test_a_call_through_boto3s_names(aws: LocalAWS) -> None:
    with sotalia.patch_boto3():
        s3 = boto3.client("s3", endpoint_url=aws.endpoint_url, **KEYS)
        s3.create_bucket(Bucket="patched")
        assert "patched" in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
        resource = boto3.resource("s3", endpoint_url=aws.endpoint_url, **KEYS)
        assert "patched" in [bucket.name for bucket in resource.buckets.all()]


def test_default_session_is_taken_over_with_its_settings_and_handlers() -> None:
    heard: list[str] = []

    def note(event_name: str, **kwargs: Any) -> None:
        heard.append(event_name)

    boto3.setup_default_session(region_name="eu-west-3", aws_access_key_id="AKID", aws_secret_access_key="s")
    try:
        boto3.DEFAULT_SESSION.events.register("creating-client-class.s3", note)
        before = boto3.DEFAULT_SESSION
        with sotalia.patch_boto3():
            assert isinstance(boto3.DEFAULT_SESSION, sotalia.Session)
            s3 = boto3.client("s3")
            assert s3.meta.region_name == "eu-west-3"
            assert s3._get_credentials().access_key == "AKID"
            assert heard == ["creating-client-class.s3"]
        assert boto3.DEFAULT_SESSION is before
    finally:
        boto3.DEFAULT_SESSION = None


def test_default_session_made_while_patched_is_dropped() -> None:
    sotalia.patch_boto3()
    boto3.setup_default_session(region_name="eu-west-3")
    sotalia.unpatch_boto3()
    assert boto3.DEFAULT_SESSION is None


def test_plain_calls_are_idempotent() -> None:
    before = names()
    sotalia.patch_boto3()
    sotalia.patch_boto3()
    sotalia.unpatch_boto3()
    assert names() == before
    sotalia.unpatch_boto3()
    assert names() == before


def test_blocks_nest_and_the_last_one_restores() -> None:
    with sotalia.patch_boto3():
        with sotalia.patch_boto3():
            pass
        assert boto3.Session is sotalia.Session
        sotalia.unpatch_boto3()
        assert boto3.Session is sotalia.Session
    assert boto3.Session is not sotalia.Session


def test_a_block_within_a_plain_patch_leaves_it() -> None:
    sotalia.patch_boto3()
    with sotalia.patch_boto3() as patch:
        assert "applied" in repr(patch)
    assert boto3.Session is sotalia.Session


def test_a_block_takes_the_patch_back_after_an_error() -> None:
    with pytest.raises(KeyError), sotalia.patch_boto3():
        raise KeyError
    assert boto3.Session is not sotalia.Session


def test_blocks_of_many_threads() -> None:
    """While any thread is in its block the names are ours; after the last they are boto3's."""
    wrong: list[Any] = []
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        for _ in range(200):
            with sotalia.patch_boto3():
                if boto3.Session is not sotalia.Session:
                    wrong.append(boto3.Session)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert boto3.Session is not sotalia.Session


def test_the_functions_are_loaded_lazily() -> None:
    import subprocess
    import sys

    program = (
        "import sys, sotalia\n"
        "assert 'sotalia.compatibility' not in sys.modules\n"
        "sotalia.Session\n"
        "assert 'sotalia.compatibility' not in sys.modules and 'boto3' not in sys.modules\n"
        "sotalia.patch_boto3()\n"
        "import boto3\n"
        "assert boto3.Session is sotalia.Session\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# -- the single entry of botocore's clients ------------------------------------------------------------------------


def test_replacements_of_botocores_entry_get_our_calls() -> None:
    """The recipe of moto's documentation for operations that it does not know."""
    with sotalia.patch_boto3():
        transport = ScriptedTransport([answer(body=b"<ListAllMyBucketsResult/>")])
        s3 = boto3.Session(**KEYS, transport=transport).client("s3")
        original = botocore.client.BaseClient._make_api_call

        def fake(self: Any, operation_name: str, kwargs: dict[str, Any]) -> Any:
            if operation_name == "HeadBucket":
                return {"fake": kwargs}
            return original(self, operation_name, kwargs)

        with patch("botocore.client.BaseClient._make_api_call", new=fake):
            assert s3.head_bucket(Bucket="b") == {"fake": {"Bucket": "b"}}
            assert s3.list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200
            theirs = sotalia_free_client()
            assert theirs.head_bucket(Bucket="b") == {"fake": {"Bucket": "b"}}
        assert len(transport.requests) == 1
        s3.list_buckets()
        assert len(transport.requests) == 2


def test_a_mock_in_the_place_of_botocores_entry() -> None:
    with sotalia.patch_boto3(), patch("botocore.client.BaseClient._make_api_call") as mock:
        mock.return_value = {"mocked": True}
        assert boto3.client("s3", **KEYS).head_bucket(Bucket="b") == {"mocked": True}
        mock.assert_called_once_with("HeadBucket", {"Bucket": "b"})


def sotalia_free_client() -> Any:
    """A client of botocore's own, beside ours while boto3 is patched."""
    return botocore.session.get_session().create_client(
        "s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )


def test_clients_of_botocore_work_on_while_patched(aws: LocalAWS) -> None:
    with sotalia.patch_boto3():
        theirs = botocore.session.get_session().create_client(
            "s3",
            region_name="us-east-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
            endpoint_url=aws.endpoint_url,
        )
        assert isinstance(theirs, botocore.client.BaseClient)
        assert "Buckets" in theirs.list_buckets()


def test_xray_traces_our_calls_while_patched() -> None:
    """The SDK of AWS X-Ray, in a process of its own: it wraps botocore for good."""
    import subprocess
    import sys

    program = """
import sotalia
sotalia.patch_boto3()
import boto3
from aws_xray_sdk.core import patch, xray_recorder
from sotalia.transport.scripted import ScriptedTransport, answer

xray_recorder.configure(sampling=False, context_missing="LOG_ERROR", service="test")
patch(("botocore",))
body = b"<ListAllMyBucketsResult/>"
transport = ScriptedTransport([answer(200, {"x-amz-request-id": "r"}, body)])
s3 = boto3.Session("a", "b", region_name="us-east-1", transport=transport).client("s3")
segment = xray_recorder.begin_segment("outer")
s3.list_buckets()
(found,) = segment.subsegments
assert found.name == "s3", found.name
assert found.aws["operation"] == "ListBuckets", found.aws
assert (found.aws["region"], found.aws["request_id"]) == ("us-east-1", "r"), found.aws
assert found.http["response"]["status"] == 200, found.http
sent = transport.requests[0].headers["X-Amzn-Trace-Id"]
assert f"Parent={found.id}".encode() in sent, sent
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_opentelemetrys_own_instrumentation_traces_our_calls_while_patched() -> None:
    """It, too, wraps botocore, and its propagator writes into the headers of every attempt."""
    import subprocess
    import sys

    program = """
import sotalia
sotalia.patch_boto3()
import boto3
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sotalia.transport.scripted import ScriptedTransport, answer

spans, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(spans))
BotocoreInstrumentor().instrument(tracer_provider=provider)
transport = ScriptedTransport([answer(503), answer(body=b"<ListAllMyBucketsResult/>")])
s3 = boto3.Session("a", "b", region_name="us-east-1", transport=transport).client("s3")
s3.list_buckets()
(span,) = spans.get_finished_spans()
assert span.name == "S3.ListBuckets", span.name
assert span.attributes["retry_attempts"] == 1, span.attributes
sent = [request.headers["X-Amzn-Trace-Id"] for request in transport.requests]
assert len(sent) == 2 and all(b"Root=" in value for value in sent), sent
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_wrapped_constructor_gets_our_new_clients(client_kind: Kind) -> None:
    """As Sentry has it: the wrapper registers handlers on every client."""
    seen: list[str] = []
    with sotalia.patch_boto3():
        beneath = botocore.client.BaseClient.__init__

        def wrapper(self: Any, *arguments: Any, **named: Any) -> None:
            beneath(self, *arguments, **named)
            service = self.meta.service_model.service_id.hyphenize()
            self.meta.events.register("request-created", lambda **kwargs: seen.append(service))

        with patch.object(botocore.client.BaseClient, "__init__", new=wrapper):
            s3 = client_kind.scripted("s3", [answer(body=b"<ListAllMyBucketsResult/>")])
            theirs = sotalia_free_client()
        later = client_kind.scripted("s3", [answer(body=b"<ListAllMyBucketsResult/>")])
    s3.list_buckets()
    later.list_buckets()
    assert seen == ["s3"]
    assert theirs.meta.service_model.service_name == "s3"


@pytest.mark.parametrize("method", ["prepare_request", "make_request"])
def test_replacements_of_botocores_endpoint_get_our_requests(method: str, client_kind: Kind) -> None:
    """Wrappers are plain functions: an asynchronous client passes its requests through the one that does not wait."""
    seen: list[Any] = []
    with sotalia.patch_boto3():
        beneath = getattr(botocore.endpoint.Endpoint, method)

        def wrapper(self: Any, *arguments: Any) -> Any:
            seen.append((self, arguments))
            return beneath(self, *arguments)

        with patch.object(botocore.endpoint.Endpoint, method, new=wrapper):
            s3 = client_kind.scripted("s3", [answer(503), answer(body=b"<ListAllMyBucketsResult/>")])
            assert s3.list_buckets()["ResponseMetadata"]["RetryAttempts"] == 1
        s3.list_buckets()
    if method == "prepare_request":
        assert [arguments[0].url for _, arguments in seen] == ["https://s3.us-west-2.amazonaws.com/"] * 2
    else:
        assert [arguments[0].name for _, arguments in seen] == (
            [] if client_kind.is_async else ["ListBuckets"]
        )
    assert all(endpoint is s3.raw._endpoint for endpoint, _ in seen)


def test_wrappers_laid_over_the_patch_survive_it() -> None:
    """Taking the patch back does not take back what others put on top; their calls go on as before."""
    with sotalia.patch_boto3():
        beneath = botocore.client.BaseClient._make_api_call
        seen: list[str] = []

        def wrapper(self: Any, operation_name: str, kwargs: dict[str, Any]) -> Any:
            seen.append(operation_name)
            return beneath(self, operation_name, kwargs)

        botocore.client.BaseClient._make_api_call = wrapper
        transport = ScriptedTransport([answer(body=b"<ListAllMyBucketsResult/>")])
        s3 = boto3.Session(**KEYS, transport=transport).client("s3")
        s3.list_buckets()
    assert botocore.client.BaseClient._make_api_call is wrapper
    assert seen == ["ListBuckets"]
    s3.list_buckets()
    assert seen == ["ListBuckets"]
    with pytest.raises(botocore.exceptions.ParamValidationError):
        sotalia_free_client().head_bucket()
    assert seen == ["ListBuckets", "HeadBucket"]
    botocore.client.BaseClient._make_api_call = _PRISTINE


_PRISTINE = botocore.client.BaseClient._make_api_call


# -- sessions of botocore ------------------------------------------------------------------------------------------


def test_botocore_session_with_credentials_that_renew_themselves() -> None:
    from datetime import UTC, datetime, timedelta

    from botocore.credentials import RefreshableCredentials

    refreshed: list[int] = []

    def refresh() -> dict[str, Any]:
        refreshed.append(1)
        expiry = datetime.now(UTC) + timedelta(hours=1)
        return {
            "access_key": f"AKID{len(refreshed)}",
            "secret_key": "s",
            "token": "t",
            "expiry_time": expiry.isoformat(),
        }

    theirs = botocore.session.get_session()
    theirs._credentials = RefreshableCredentials.create_from_metadata(refresh(), refresh, "test")
    theirs.set_config_variable("region", "eu-west-3")
    theirs.user_agent_name, theirs.user_agent_version = "custodian", "9"
    session = sotalia.Session(botocore_session=theirs)
    assert session.region_name == "eu-west-3"
    assert session.get_credentials().get_frozen_credentials().access_key == "AKID1"
    assert session.client("s3").meta.config.user_agent.startswith("custodian/9 ")


def test_botocore_session_with_a_provider_of_its_own() -> None:
    from botocore.credentials import CredentialProvider, Credentials

    class Vault(CredentialProvider):
        METHOD = "vault"

        def load(self) -> Any:
            return Credentials("AKIDVAULT", "s")

    theirs = botocore.session.get_session()
    theirs.get_component("credential_provider").insert_before("env", Vault())
    assert sotalia.Session(botocore_session=theirs).get_credentials().access_key == "AKIDVAULT"


def test_botocore_session_hands_its_handlers_on() -> None:
    theirs = botocore.session.get_session()
    heard: list[str] = []

    def first(event_name: str, **kwargs: Any) -> None:
        heard.append("first")

    def last(event_name: str, **kwargs: Any) -> None:
        heard.append("last")

    theirs.get_component("event_emitter").register_last("after-call.dynamodb.ListTables", last)
    theirs.get_component("event_emitter").register_first("after-call.dynamodb.ListTables", first)
    ours = sotalia.Session(botocore_session=theirs)
    ours.events.emit("after-call.dynamodb.ListTables")
    assert heard == ["first", "last"]


def test_what_is_no_session_is_refused() -> None:
    with pytest.raises(TypeError, match="botocore_session must be"):
        sotalia.Session(botocore_session=object())
