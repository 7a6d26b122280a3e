"""Who ran, for how long, and what each of them changed."""

from __future__ import annotations

from typing import Any

import pytest

import sotalia
from sotalia.events import BeforeCall
from sotalia.extensions import DefaultParams
from sotalia.testing import ScriptedTransport, answer
from tests.client_kinds import KEYS as ALL_KEYS
from tests.client_kinds import Kind

KEYS: Any = ALL_KEYS

DONE = answer(200, {"x-amz-request-id": "R"})


def yours(record: Any) -> list[Any]:
    return [run for run in record.handlers if run.owner == "yours"]


def changes(run: Any) -> list[tuple[Any, ...]]:
    return [(change.what, change.name, change.action, change.before, change.after) for change in run.changes]


def add_header(params: Any, **kwargs: Any) -> None:
    params["headers"]["X-Team"] = "data"


def set_parameter(params: Any, **kwargs: Any) -> None:
    params["Key"] = "other"
    params["Metadata"] = {"a": "b"}
    params.pop("ContentType", None)


def change_within(params: Any, **kwargs: Any) -> None:
    params["Tags"]["list"].append("x")


def sign_more(request: Any, **kwargs: Any) -> None:
    request.headers["X-Signed"] = "yes"
    request.headers.add_header("X-Signed", "really")


def remove_header(request: Any, **kwargs: Any) -> None:
    del request.headers["User-Agent"]


def replace_headers(request: Any, **kwargs: Any) -> None:
    request.headers = {**dict(request.headers.items()), "X-Plain": "dictionary"}


def change_url(request: Any, **kwargs: Any) -> None:
    request.url += "?X-Amz-Signature=abcdef0123&part=1"


def change_result(parsed: Any, **kwargs: Any) -> None:
    parsed["ETag"] = "mine"


CASES: list[tuple[str, Any, list[tuple[Any, ...]]]] = [
    ("before-call", add_header, [("header", "X-Team", "added", None, "data")]),
    (
        "provide-client-params",
        set_parameter,
        [
            ("parameter", "Key", "changed", "k", "other"),
            ("parameter", "Metadata", "added", None, '{"a": "b"}'),
            ("parameter", "ContentType", "removed", "text/plain", None),
        ],
    ),
    ("request-created", sign_more, [("header", "X-Signed", "added", None, "really")]),
    ("before-sign", sign_more, [("header", "X-Signed", "added", None, "really")]),
    ("request-created", remove_header, [("header", "User-Agent", "removed", "...", None)]),
    ("request-created", replace_headers, [("header", "X-Plain", "added", None, "dictionary")]),
    ("before-send", change_url, [("URL", "URL", "changed", "...", "...X-Amz-Signature=***&part=1")]),
    ("after-call", change_result, [("result", "ETag", "added", None, "mine")]),
]


@pytest.mark.parametrize(
    ("event", "handler", "expected"), CASES, ids=[f"{case[0]}-{case[1].__name__}" for case in CASES]
)
def test_what_a_handler_changed(
    client_kind: Kind, event: str, handler: Any, expected: list[tuple[Any, ...]]
) -> None:
    client = client_kind.scripted("s3", [DONE])
    client.raw.meta.events.register_first(f"{event}.s3", handler)
    with sotalia.recorder() as calls:
        client.put_object(Bucket="b", Key="k", ContentType="text/plain")
    [run] = yours(calls[0])
    assert (run.name, run.event) == (handler.__name__, run.event)
    assert run.event.startswith(f"{event}.s3.PutObject")
    assert run.place == f"tests/recording/test_handlers.py:{handler.__code__.co_firstlineno}"
    found = changes(run)
    assert [change[:3] for change in found] == [change[:3] for change in expected]
    for change, wanted in zip(found, expected, strict=True):
        for value, text in zip(change[3:], wanted[3:], strict=True):
            if text is None or "..." not in text:
                assert value == text
            else:
                assert value.endswith(text.rpartition("...")[2])


def test_changes_deep_within_parameters(client_kind: Kind) -> None:
    client = client_kind.scripted(
        "dynamodb", [answer(200, {"content-type": "application/x-amz-json-1.0"}, b"{}")]
    )

    def deepen(params: Any, **kwargs: Any) -> None:
        params["Key"]["pk"]["S"] = "b"

    client.raw.meta.events.register("before-parameter-build.dynamodb", deepen)
    with sotalia.recorder() as calls:
        client.get_item(TableName="t", Key={"pk": {"S": "a"}})
    [run] = yours(calls[0])
    assert changes(run) == [("parameter", "Key", "changed", '{"pk": {"S": "a"}}', '{"pk": {"S": "b"}}')]
    assert calls[0].parameters["Key"] == {"pk": {"S": "b"}}


def test_built_in_handlers_and_their_order(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer(500), DONE])
    with sotalia.recorder() as calls:
        client.head_object(Bucket="b", Key="k")
    [record] = calls
    runs = record.handlers
    assert {run.owner for run in runs} == {"sotalia"}
    assert [run.started for run in runs] == sorted(run.started for run in runs)
    signers = [run for run in runs if run.name == "RequestSigner.handler"]
    assert [run.attempt for run in signers] == [1, 2]
    for run in signers:
        added = {change.name: change.after for change in run.changes}
        assert added["Authorization"] == "***"
    assert [run.attempt for run in runs if run.event.startswith("before-call")] == [None]
    assert any(run.answered for run in runs if run.event.startswith("needs-retry"))
    assert all(0 <= run.seconds < 60 for run in runs)


def test_owners_and_kinds_of_handlers() -> None:
    client = sotalia.Session(**KEYS, transport=ScriptedTransport([DONE])).client("s3")
    client.meta.events.extensions.add(DefaultParams({"s3.PutObject": {"StorageClass": "GLACIER"}}))

    @client.meta.events.on(BeforeCall)
    def typed(event: BeforeCall) -> None:
        event.headers["X-Typed"] = "1"

    with client.meta.events.scope() as events, sotalia.recorder() as calls:
        events.register("before-call.s3", add_header)
        client.put_object(Bucket="b", Key="k")
    owners = {run.owner for run in calls[0].handlers}
    assert owners == {"sotalia", "yours", "DefaultParams"}
    assert [(run.name, [change.name for change in run.changes]) for run in yours(calls[0])] == [
        ("test_owners_and_kinds_of_handlers.<locals>.typed".rpartition("<locals>.")[2], ["X-Typed"]),
        ("add_header", ["X-Team"]),
    ]


def test_events_of_the_program() -> None:
    client = sotalia.Session(**KEYS, transport=ScriptedTransport([DONE])).client("s3")
    events = client.meta.events
    events.declare("my-event", "my-question")
    events.register("my-event", lambda **kwargs: None)
    events.register("my-question", lambda **kwargs: 42)

    def emit(**kwargs: Any) -> None:
        events.emit("my-event", value=1)
        assert events.emit_until_response("my-question")[1] == 42

    events.register("before-call.s3", emit)
    with sotalia.recorder() as calls:
        client.head_bucket(Bucket="b")
        events.emit("my-event")  # Of no call.
    assert [(run.event, run.answered) for run in yours(calls[0])] == [
        ("before-call.s3.HeadBucket", False),
        ("my-event", False),
        ("my-question", True),
    ]


def test_what_ran_and_what_did_not_is_still_known() -> None:
    client = sotalia.Session(**KEYS, transport=ScriptedTransport([DONE])).client("s3")
    events = client.meta.events
    events.register("before-call.s3", add_header)
    events.register("before-call.s3.GetObject", set_parameter)
    with sotalia.recorder():
        client.head_bucket(Bucket="b")
    assert [unused.event_name for unused in events.unused()] == ["before-call.s3.GetObject"]
    assert events.has_run("before-call.s3.HeadBucket", add_header)
    client.head_bucket(Bucket="b")
    with sotalia.recorder():
        pass
    assert [unused.event_name for unused in events.unused()] == ["before-call.s3.GetObject"]


class Odd:
    """Something whose comparison fails, as an array's does."""

    def __eq__(self, other: object) -> bool:
        raise ValueError("ambiguous")

    __hash__ = None  # type: ignore[assignment]


def test_values_that_cannot_be_compared(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [DONE])

    def put(parsed: Any, **kwargs: Any) -> None:
        parsed["Odd"] = Odd()

    def put_again(parsed: Any, **kwargs: Any) -> None:
        parsed["Odd"] = Odd()

    client.raw.meta.events.register("after-call.s3", put)
    client.raw.meta.events.register("after-call.s3", put_again)
    with sotalia.recorder() as calls:
        result = client.head_bucket(Bucket="b")
    assert "Odd" in result
    assert calls[0].status == 200
    assert changes(yours(calls[0])[0])[0][:3] == ("result", "Odd", "added")
