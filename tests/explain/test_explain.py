"""Explanations: what they say, that they send and change nothing, and who takes part."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.events import BeforeCall
from sotalia.explain import Explanation
from sotalia.testing import LocalAWS
from sotalia.transport.scripted import answer
from tests.client_kinds import Kind

LISTING = answer(body=b"<ListBucketResult/>")


def explained(client: Any, operation: str, **arguments: Any) -> Explanation:
    found: Explanation = client.explain(operation, **arguments)
    return found


def handlers(explanation: Explanation, event: str) -> list[str]:
    return [one.name for one in explanation.handlers if one.event.startswith(event)]


def named(explanation: Explanation, name: str) -> Any:
    return next(one for one in explanation.handlers if one.name.endswith(name))


# -- what it says --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ListObjectsV2", "list_objects_v2"])
def test_it_shows_the_call(client_kind: Kind, name: str) -> None:
    client = client_kind.scripted("s3", [LISTING])
    found = explained(client, name, Bucket="bucket")
    assert (found.service, found.operation, found.method) == ("s3", "ListObjectsV2", "list_objects_v2")
    assert found.parameters == {"Bucket": "bucket", "EncodingType": "url"}
    [change] = [one for one in found.changes if one.what == "parameter"]
    assert (change.name, change.action, change.handler) == ("EncodingType", "added", "ask_for_url_encoding")
    assert change.owner == "built in"
    assert found.endpoint is not None
    assert found.endpoint.url == "https://bucket.s3.us-west-2.amazonaws.com"
    assert "Bucket is set" in found.endpoint.rules
    assert found.endpoint.values["Bucket"] == "bucket"
    assert (found.region.name, found.region.origin) == (
        "us-west-2",
        "the argument region_name of the session",
    )
    assert (found.credentials.method, found.credentials.are_fetched) == ("explicit", True)
    assert found.auth is not None
    assert (found.auth.version, found.auth.signing_name, found.auth.signing_region) == (
        "s3v4",
        "s3",
        "us-west-2",
    )
    assert found.request is not None
    assert found.request.method == "GET"
    assert found.request.url.endswith("/?list-type=2&encoding-type=url")
    assert found.request.headers["Authorization"] == "***"
    assert found.request.is_signed
    assert (found.retries.mode, found.retries.max_attempts, found.retries.quota) == ("standard", 3, 500)
    assert (found.timeouts.connect, found.timeouts.read) == (60, 60)
    assert found.is_sent
    assert client.transport.requests == []


def test_text_html_and_json_say_the_same(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [LISTING])
    client.raw.meta.events.register("before-call", lambda **kwargs: None, unique_id="<b>mine</b>")
    found = explained(client, "ListObjectsV2", Bucket="bucket", Prefix="<script>alert('x')</script>&")
    text, html, data = str(found), found._repr_html_(), json.loads(found.to_json())
    assert "<script>" in text
    assert "<script" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in html
    assert data["parameters"]["Prefix"] == "<script>alert('x')</script>&"
    assert data == found.to_dict()
    assert repr(found) == "<Explanation of s3.ListObjectsV2: would be sent>"
    from rich.console import Console

    console = Console(file=io.StringIO(), width=300, record=True)
    console.print(found)
    assert "Handlers, in the order in which they run" in console.export_text()


def test_titles_and_what_your_handlers_did_stand_out(client_kind: Kind) -> None:
    def default_bucket(params: dict[str, Any], **kwargs: Any) -> None:
        params["Bucket"] = "bucket"

    s3 = client_kind.scripted("s3", [answer(200)])
    s3.meta.events.register("provide-client-params.s3.ListObjectsV2", default_bucket)
    found = explained(s3, "ListObjectsV2", run_handlers=True).__rich__()
    styled: dict[str, list[str]] = {}
    for span in found.spans:
        styled.setdefault(str(span.style), []).append(found.plain[span.start : span.end].strip())
    assert found.style == ""
    assert styled["bold"] == ["s3.ListObjectsV2 (nothing was sent)"]
    assert "Parameters" in styled["bold cyan"]
    [mine] = styled["green"]
    assert re.fullmatch(r"added by \S*default_bucket \(yours\)", mine)


def test_where_settings_come_from(client_kind: Kind, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config"
    file.write_text("[default]\nregion = eu-west-1\nretry_mode = adaptive\n")
    keys = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}
    with monkeypatch.context() as patch:
        patch.setenv("AWS_CONFIG_FILE", str(file))
        patch.setenv("AWS_MAX_ATTEMPTS", "7")
        found = explained(client_kind.client("sqs", client_kind.session(**keys)), "ListQueues")
        assert (found.region.name, found.region.origin) == (
            "eu-west-1",
            f"{file}, line 2, key region of [default]",
        )
        assert found.retries.mode_origin == f"{file}, line 3, key retry_mode of [default]"
        assert (found.retries.max_attempts, found.retries.max_attempts_origin) == (
            7,
            "environment variable AWS_MAX_ATTEMPTS",
        )
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
        found = explained(client_kind.client("sqs", client_kind.session(**keys)), "ListQueues")
        assert found.region.origin == "environment variable AWS_DEFAULT_REGION"
    client = client_kind.client("sqs", client_kind.session(**keys), region_name="eu-west-3")
    assert explained(client, "ListQueues").region.origin == "the argument region_name of the client"
    config = Config(region_name="eu-west-3", retries={"mode": "legacy", "max_attempts": 2}, read_timeout=5)
    found = explained(client_kind.client("sqs", client_kind.session(**keys), config=config), "ListQueues")
    assert found.region.origin == "region_name of the client's Config"
    assert (found.retries.mode, found.retries.mode_origin) == ("legacy", "retries of the client's Config")
    assert (found.retries.max_attempts, found.timeouts.read) == (3, 5)


def test_a_service_without_regions(client_kind: Kind) -> None:
    found = explained(client_kind.client("iam"), "ListUsers")
    assert found.region.name == "aws-global"
    assert found.region.origin.endswith("(us-west-2), as the service has it")


# -- what it does not do -------------------------------------------------------------------------------------------------


def test_nothing_changes(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer()])
    body = io.BytesIO(b"0123456789")
    body.seek(3)
    metadata = {"a": "b"}
    parameters = {"Bucket": "bucket", "Key": "k", "Body": body, "Metadata": metadata}
    found = explained(client, "PutObject", **parameters)
    assert body.tell() == 3
    assert (parameters["Metadata"], metadata) == (metadata, {"a": "b"})
    assert list(parameters) == ["Bucket", "Key", "Body", "Metadata"]
    assert found.request is not None
    assert found.request.headers["X-Amz-Decoded-Content-Length"] == "7"
    assert client.transport.requests == []
    before = client.raw.meta.events._snapshot
    explained(client, "PutObject", **parameters, run_handlers=True)
    assert client.raw.meta.events._snapshot is before
    assert "before-call.s3.PutObject" not in before.found


def test_a_body_that_can_be_read_only_once_is_not_read(client_kind: Kind) -> None:
    class Pipe:
        def read(self, amount: int = -1) -> bytes:
            raise AssertionError("read")

    found = explained(
        client_kind.scripted("s3", [answer()]), "PutObject", Bucket="bucket", Key="k", Body=Pipe()
    )
    assert found.is_sent
    assert found.request is not None
    assert found.request.body.length is None
    assert found.request.is_signed  # The checksum follows the body, and the signature does not cover it.
    plain = client_kind.scripted("s3", [answer()], endpoint_url="http://localhost:1")
    found = explained(plain, "PutObject", Bucket="bucket", Key="k", Body=Pipe())
    assert found.error is not None
    assert found.error.startswith("UnseekableStreamError")  # As the call would raise.


def test_async_files_are_wound_back() -> None:
    from tests.client_kinds import AsyncKind

    class File:
        def __init__(self, data: bytes) -> None:
            self._file = io.BytesIO(data)

        async def read(self, amount: int = -1) -> bytes:
            return self._file.read(amount)

        async def tell(self) -> int:
            return self._file.tell()

        async def seek(self, position: int, whence: int = 0) -> int:
            return self._file.seek(position, whence)

    client_kind = AsyncKind()
    client = client_kind.scripted("s3", [answer()], endpoint_url="http://localhost:1")
    file = File(b"0123456789")
    client_kind.run(file.seek(3))
    found = explained(client, "PutObject", Bucket="bucket", Key="k", Body=file)
    assert (found.error, found.notes) == (None, ())
    assert client_kind.run(file.tell()) == 3
    client_kind.close()


def test_express_sessions_are_not_created(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer()])
    found = explained(client, "ListObjectsV2", Bucket="bucket--usw2-az1--x-s3")
    assert client.transport.requests == []
    assert found.auth is not None
    assert found.auth.version == "v4-s3express"
    assert any("CreateSession" in note for note in found.notes)
    assert found.request is not None
    assert found.request.headers["x-amz-s3session-token"] == "***"


def test_endpoints_are_not_discovered(client_kind: Kind) -> None:
    client = client_kind.scripted("timestream-write", [answer()])
    found = explained(client, "ListDatabases")
    assert client.transport.requests == []
    assert any("asks the service for the address" in note for note in found.notes)
    assert named(found, "inject_endpoint").is_explained is False
    assert not any("asks the service" in note for note in explained(client, "DescribeEndpoints").notes)


def test_credentials_are_fetched_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    from sotalia.credentials.refreshable import DeferredRefreshableCredentials

    fetched: list[int] = []

    def fetch() -> dict[str, Any]:
        fetched.append(1)
        return {
            "access_key": "AKIDFETCHED",
            "secret_key": "fetched-secret",
            "token": "fetched-token",
            "expiry_time": "2999-01-01T00:00:00Z",
            "account_id": "123456789012",
        }

    session = sotalia.Session(region_name="us-west-2")
    session._session.credentials.current = DeferredRefreshableCredentials(fetch, "assume-role")
    client = session.client("dynamodb")
    found = client.explain("ListTables")
    assert fetched == []
    assert (found.credentials.method, found.credentials.are_fetched) == ("assume-role", False)
    assert any("account" in note for note in found.notes)
    assert found.request is not None
    assert found.request.headers["X-Amz-Security-Token"] == "***"
    found = client.explain("ListTables", fetch_credentials=True)
    assert fetched == [1]
    assert found.credentials.are_fetched
    assert found.endpoint is not None
    assert found.endpoint.url == "https://123456789012.ddb.us-west-2.amazonaws.com"
    assert not found.notes
    assert "fetched-" not in found.to_json() + str(found)


def test_an_async_client_has_not_looked_for_keys(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.client_kinds import AsyncKind

    client_kind = AsyncKind()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIDOFVARIABLE",
        "AWS_SECRET_ACCESS_KEY": "of-variable",
    }.items():
        monkeypatch.setenv(name, value)
    found = explained(client_kind.client("sqs", client_kind.session(region_name="us-west-2")), "ListQueues")
    assert (found.credentials.method, found.credentials.are_fetched) == ("env", True)
    assert found.credentials.origin == "variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    file = tmp_path / "config"
    file.write_text("[default]\ncredential_process = /nowhere/program\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    found = explained(client_kind.client("sqs", client_kind.session(region_name="us-west-2")), "ListQueues")
    assert (found.credentials.method, found.credentials.are_fetched) == ("custom-process", False)
    file.write_text("[default]\n")
    found = explained(client_kind.client("sqs", client_kind.session(region_name="us-west-2")), "ListQueues")
    assert found.credentials.method is None
    assert "the first call asks" in found.credentials.origin
    client_kind.close()


# -- what goes wrong -----------------------------------------------------------------------------------------------------


def test_invalid_parameters_are_shown(client_kind: Kind) -> None:
    client = client_kind.scripted("dynamodb", [answer()])
    found = explained(client, "PutItem", TableName="t")
    assert found.error is not None
    assert found.error.startswith("ParamValidationError: Parameter validation failed:")
    assert 'Missing required parameter in input: "Item"' in found.error
    assert (found.error_stage, found.request, found.curl, found.is_sent) == ("validation", None, None, False)
    assert "PutItem raises before anything is sent" in str(found)
    assert found.region.name == "us-west-2"
    assert handlers(found, "needs-retry")
    assert "Handlers" in found._repr_html_()


def test_errors_of_built_in_handlers_and_of_rule_sets_are_shown(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer()])
    assert "Invalid bucket name" in str(explained(client, "HeadBucket", Bucket="a b").error)
    found = explained(client, "HeadBucket", Bucket="arn:aws:s3:us-west-2:123456789012:accesspoint")
    assert found.error is not None
    assert found.error_stage in ("endpoint", "handlers of parameters")


def test_a_call_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    found = sotalia.Session(region_name="us-west-2").client("sqs").explain("ListQueues")
    assert found.error is not None
    assert found.error.startswith("NoCredentialsError")
    assert found.request is not None
    assert not found.request.is_signed
    assert found.credentials.origin.startswith("none")
    unsigned = Config(signature_version=__import__("botocore").UNSIGNED)
    found = sotalia.Session(region_name="us-west-2").client("s3", config=unsigned).explain("ListBuckets")
    assert (found.error, found.auth) == (None, None)


def test_an_operation_that_does_not_exist_raises(client_kind: Kind) -> None:
    with pytest.raises(exceptions.OperationNotFoundError):
        explained(client_kind.client("s3"), "ListObjectsV3", Bucket="bucket")


# -- handlers and hooks --------------------------------------------------------------------------------------------------


def test_handlers_of_the_program_are_listed(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [LISTING] * 3)
    calls: list[str] = []
    events = client.raw.meta.events

    def fill(params: dict[str, Any], **kwargs: Any) -> None:
        calls.append("fill")
        params["Prefix"] = "p"

    def stamp(event: BeforeCall) -> None:
        calls.append("stamp")
        event.headers["X-Team"] = "data"

    def fail(**kwargs: Any) -> None:
        """Text."""
        raise RuntimeError("what I hold is AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/x, Signature=abcdef")

    def never_explained(**kwargs: Any) -> None:
        calls.append("before-send")

    events.register("provide-client-params.s3.ListObjectsV2", fill, unique_id="filler")
    events.on(BeforeCall, stamp, operation="ListObjectsV2")
    events.register("request-created.s3", fail)
    events.register("before-send.s3", never_explained)
    found = explained(client, "ListObjectsV2", Bucket="bucket")
    assert calls == []
    filler = named(found, "fill")
    assert (filler.owner, filler.unique_id, filler.has_run, filler.is_explained) == (
        "yours",
        "filler",
        False,
        False,
    )
    assert "test_explain.py:" in filler.place
    assert named(found, "stamp").event == "before-call.s3.ListObjectsV2"
    builtin = named(found, "ask_for_url_encoding")
    assert builtin.owner == "built in"
    assert builtin.why == "Ask for encoded keys, unless the caller has said how they should come."
    assert builtin.place.startswith("sotalia/services/s3/listings.py:")
    order = list(dict.fromkeys(one.event.partition(".")[0] for one in found.handlers))
    assert order[:2] == ["provide-client-params", "before-parameter-build"]
    assert order[-1] == "after-call"
    assert order.index("before-call") < order.index("request-created") < order.index("before-send")

    found = explained(client, "ListObjectsV2", Bucket="bucket", run_handlers=True)
    assert calls == ["fill", "stamp"]
    assert found.parameters["Prefix"] == "p"
    assert found.request is not None
    assert found.request.headers["X-Team"] == "data"
    assert {"fill", "stamp"} <= {one.handler.rpartition(".")[2] for one in found.changes}
    error = named(found, "fail").error
    assert error is not None
    assert error.startswith("RuntimeError: what I hold is")
    assert "AKIDEXAMPLE" not in error
    assert "raised RuntimeError" in str(found)
    assert found.is_sent


def test_a_handler_that_responds(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [LISTING])

    def canned(event: BeforeCall) -> None:
        event.respond({})

    client.raw.meta.events.on(BeforeCall, canned)
    assert explained(client, "ListBuckets").is_sent
    found = explained(client, "ListBuckets", run_handlers=True)
    assert not found.is_sent
    assert found.responder is not None
    assert "canned" in found.responder
    assert "nothing is sent" in str(found)


def test_async_handlers() -> None:
    from tests.client_kinds import AsyncKind

    client_kind = AsyncKind()
    client = client_kind.scripted("s3", [LISTING])

    async def stamp(params: dict[str, Any], **kwargs: Any) -> None:
        params["headers"]["X-Team"] = "data"

    async def fail(**kwargs: Any) -> None:
        raise ValueError("no")

    client.raw.meta.events.register("before-call.s3", stamp)
    client.raw.meta.events.register("before-call.s3", fail)
    found = explained(client, "ListBuckets", run_handlers=True)
    assert found.request is not None
    assert found.request.headers["X-Team"] == "data"
    assert named(found, "fail").error == "ValueError: no"
    client_kind.close()


def test_hooks_are_listed_and_do_not_run(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [LISTING] * 2)
    events = client.raw.meta.events

    def outer(call: Any, proceed: Any) -> Any:
        return proceed()

    class Watching(sotalia.call.Observer):  # type: ignore[name-defined]
        """Watches."""

    events.around_call(outer, "s3.ListBuckets")
    events.around_attempt(outer, "s3")
    events.observe(Watching())
    found = explained(client, "ListBuckets", run_handlers=True)
    # That of deadlines stays, once there was one in the process.
    hooks = [one for one in found.hooks if "_within_block" not in one.name]
    assert [(one.around, one.has_run) for one in hooks] == [
        ("call", False),
        ("attempt", False),
        ("observer", False),
    ]
    assert "outer" in hooks[0].name
    assert hooks[2].name.endswith("Watching")
    client.list_buckets()
    assert all(one.has_run for one in explained(client, "ListBuckets").hooks)
    assert "Hooks and observers" in str(found)


def test_odd_handlers(client_kind: Kind) -> None:
    from functools import partial
    from unittest.mock import MagicMock

    class Owned:
        owner = "me"
        function = None

        def __call__(self, **kwargs: Any) -> None:
            """Called."""

    def plain(first: int, **kwargs: Any) -> None: ...

    client = client_kind.scripted("s3", [LISTING])
    events = client.raw.meta.events
    events.register("before-call.s3", MagicMock())
    events.register("before-call.s3.ListBuckets", Owned(), unique_id=("a", 1))
    events.register("before-parameter-build.s3", partial(plain, 1))
    found = explained(client, "ListBuckets", run_handlers=True)
    yours = [one for one in found.handlers if one.owner == "yours"]
    assert len(yours) == 3
    assert {"('a', 1)"} == {one.unique_id for one in yours if one.unique_id}
    assert json.loads(found.to_json())
    assert len(events.unused()) == 3


def test_handlers_do_not_change_the_callers_parameters(client_kind: Kind) -> None:
    from collections import OrderedDict

    client = client_kind.scripted("dynamodb", [answer()])

    def spoil(params: dict[str, Any], **kwargs: Any) -> None:
        params["Item"]["id"]["S"] = "2"
        params["Item"]["more"] = {"L": []}
        params["More"] = 1

    client.raw.meta.events.register("provide-client-params", spoil)
    item = OrderedDict(id=OrderedDict(S="1"))
    found = explained(client, "PutItem", TableName="t", Item=item, run_handlers=True)
    assert item == {"id": {"S": "1"}}
    assert found.parameters["Item"] == {"id": {"S": "2"}, "more": {"L": []}}
    assert found.error is not None
    assert 'Unknown parameter in input: "More"' in found.error


def test_the_defaults_mode_is_not_decided() -> None:
    from tests.client_kinds import AsyncKind

    client_kind = AsyncKind()
    client = client_kind.scripted("sqs", [answer()], config=Config(defaults_mode="auto"))
    found = explained(client, "ListQueues")
    assert any("metadata" in note for note in found.notes)
    assert "decide" in "".join(handlers(explained(client, "ListQueues"), "before-call"))
    client_kind.close()


def test_every_event_of_a_call_is_in_an_explanation(client_kind: Kind) -> None:
    from sotalia.events.catalog import CATALOG

    client = client_kind.scripted("s3", [LISTING])
    events = [event for event in CATALOG if "OPERATION" in event.pattern or "resolution" in event.pattern]
    for event in events:
        client.raw.meta.events.register(event.name("s3"), lambda **kwargs: None)
    found = explained(client, "ListBuckets")
    assert [one.event.partition(".")[0] for one in found.handlers if one.owner == "yours"] == [
        event.name() for event in events
    ]


# -- what ran ------------------------------------------------------------------------------------------------------------


def test_what_ran(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [LISTING] * 10)
    events = client.raw.meta.events

    def early(**kwargs: Any) -> None: ...
    def late(**kwargs: Any) -> None: ...

    events.register("before-call.s3.ListObjectsV2", early)
    assert [str(one.event_name) for one in events.unused()] == ["before-call.s3.ListObjectsV2"]
    client.list_buckets()
    assert len(events.unused()) == 1
    client.list_objects_v2(Bucket="bucket")
    assert events.unused() == []
    events.register("before-call.s3", late)
    found = explained(client, "ListObjectsV2", Bucket="bucket")
    assert (named(found, "early").has_run, named(found, "late").has_run) == (True, False)
    assert [one.handler for one in events.unused()] == [late]
    assert "test_explain.py:" in events.unused()[0].place
    events.register("*.s3", late)
    assert [one.event_name for one in events.unused()] == ["*.s3", "before-call.s3"] or len(
        events.unused()
    ) == 2
    client.list_objects_v2(Bucket="bucket")
    assert events.unused() == []
    events.unregister("before-call.s3.ListObjectsV2", early)
    events.register("before-call.s3.ListObjectsV2", early)
    assert [one.handler for one in events.unused()] == [early]


def test_asking_is_no_emission(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [LISTING])
    events = client.raw.meta.events

    def mine(**kwargs: Any) -> None: ...

    events.register("before-call.s3.ListObjectsV2", mine)
    assert mine in events.handlers("before-call.s3.ListObjectsV2")
    explained(client, "ListObjectsV2", Bucket="bucket")
    assert [one.handler for one in events.unused()] == [mine]


def test_a_session_hears_of_its_clients(client_kind: Kind) -> None:
    session = client_kind.through(sotalia.transport.scripted.ScriptedTransport([LISTING]))  # type: ignore[attr-defined]

    def mine(**kwargs: Any) -> None: ...
    def too_late(**kwargs: Any) -> None: ...
    def hook(call: Any, proceed: Any) -> Any:
        return proceed()

    session.events.register("before-call.s3", mine)
    session.events.around_call(hook, "s3")
    client = client_kind.client("s3", session)
    session.events.register("before-call.s3", too_late)
    assert len(session.events.unused()) == 3
    client.list_buckets()
    del client
    assert [one.handler for one in session.events.unused()] == [too_late]


# -- against a server ----------------------------------------------------------------------------------------------------


def test_the_presigned_url_of_a_copy_is_no_secret_that_is_shown(client_kind: Kind) -> None:
    client = client_kind.scripted("ec2", [answer()])
    found = explained(client, "CopySnapshot", SourceRegion="eu-west-1", SourceSnapshotId="snap-1")
    assert found.request is not None
    body = found.request.body.text
    assert body is not None
    assert "PresignedUrl=" in body
    assert re.search(r"X-Amz-Signature%3Db?\*\*\*&DestinationRegion", body)
    assert "AKIDEXAMPLE" not in found.to_json()


def test_curl_makes_the_call(aws: LocalAWS, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil
    import subprocess

    if shutil.which("curl") is None:
        pytest.skip("there is no curl")
    client = aws.client("dynamodb")
    found = client.explain("ListTables", Limit=3)
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    done = subprocess.run(
        ["sh", "-c", f"{found.curl} --silent"], capture_output=True, text=True, env=keys, check=False
    )
    if "unknown" in done.stderr:
        pytest.skip("curl cannot sign")
    assert "TableNames" in done.stdout
