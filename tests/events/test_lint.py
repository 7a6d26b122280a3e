"""Registrations that are dead are reported where they are made, and those that are alive never are."""

from __future__ import annotations

import ast
import importlib.util
import re
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import botocore.handlers
import pytest

import sotalia
from sotalia.events import DeadHandlerError, DeadHandlerWarning, EventRegistry
from sotalia.events.catalog import CATALOG
from tests.client_kinds import KEYS, Kind


def quiet(**kwargs: Any) -> None:
    """A handler that is right for every event."""


def wants(*names: str) -> Callable[..., None]:
    """A handler that demands these arguments."""
    namespace: dict[str, Any] = {}
    exec(f"def handler({', '.join([*names, '**kwargs'])}): pass", namespace)
    found: Callable[..., None] = namespace["handler"]
    return found


# (where, name, handler, words of the message)
BROKEN: list[tuple[str, str, Callable[..., None], str]] = [
    # Each part misspelt.
    ("client", "before-cal.s3.ListBuckets", quiet, "did you mean 'before-call.s3.ListBuckets'"),
    ("client", "before_call.s3.ListBuckets", quiet, "did you mean 'before-call.s3.ListBuckets'"),
    ("client", "beforecall.s3", quiet, "did you mean 'before-call.s3'"),
    ("client", "Before-Call.s3", quiet, "did you mean 'before-call.s3'"),
    ("client", "needs_retry.s3.GetObject", quiet, "did you mean 'needs-retry.s3.GetObject'"),
    ("client", "need-retry.s3", quiet, "did you mean 'needs-retry.s3'"),
    ("client", "after-calls.s3", quiet, "did you mean 'after-call.s3'"),
    ("client", "request-create.s3", quiet, "did you mean 'request-created.s3'"),
    ("client", "provide-client-param.s3.PutObject", quiet, "did you mean 'provide-client-params.s3.PutObject'"),
    ("client", "provide-params.s3", quiet, "did you mean 'provide-client-params.s3'"),
    ("client", "my-own-event", quiet, "events.declare('my-own-event')"),
    ("client", "ListBuckets", quiet, "there is no event 'ListBuckets'"),
    ("client", "s3.ListBuckets", quiet, "there is no event 's3'"),
    ("session", "befor-send.s3", quiet, "did you mean 'before-send.s3'"),
    ("session", "creating-client.s3", quiet, "did you mean 'creating-client-class.s3'"),
    # Services.
    ("client", "before-call.S3.ListBuckets", quiet, "did you mean 'before-call.s3.ListBuckets'"),
    ("client", "before-call.ec2.RunInstances", quiet, "never emitted on a client of s3"),
    ("client", "before-call.dynamodb", quiet, "did you mean 'before-call.s3'"),
    ("client", "before-call.Amazon S3", quiet, "never emitted on a client of s3"),
    ("session", "before-call.s33.ListBuckets", quiet, "did you mean 'before-call.s3.ListBuckets'"),
    ("session", "before-call.dynamo-db", quiet, "did you mean 'before-call.dynamodb'"),
    ("session", "before-call.DynamoDB.GetItem", quiet, "did you mean 'before-call.dynamodb.GetItem'"),
    ("session", "before-call.cloudwatchlogs", quiet, "did you mean 'before-call.cloudwatch-logs'"),
    ("session", "before-call.secrets_manager", quiet, "did you mean 'before-call.secrets-manager'"),
    ("session", "creating-client-class.s4", quiet, "there is no service 's4'"),
    ("session", "service-data-loaded.ec3", quiet, "there is no service 'ec3'"),
    # Operations and resource classes.
    ("client", "before-call.s3.list_buckets", quiet, "did you mean 'before-call.s3.ListBuckets'"),
    ("client", "before-call.s3.ListBucket", quiet, "did you mean 'before-call.s3.ListBuckets'"),
    ("client", "before-call.s3.listBuckets", quiet, "did you mean 'before-call.s3.ListBuckets'"),
    ("client", "before-call.s3.put-object", quiet, "did you mean 'before-call.s3.PutObject'"),
    ("client", "before-call.*.get_object", quiet, "did you mean 'before-call.*.GetObject'"),
    ("client", "*.s3.get_object", quiet, "did you mean '*.s3.GetObject'"),
    ("client", "after-call.s3.Nonsense", quiet, "there is no operation 'Nonsense'"),
    ("client", "choose-signer.s3.connection", quiet, "there is no operation 'connection'"),
    ("session", "before-call.s3.list_buckets", quiet, "did you mean 'before-call.s3.ListBuckets'"),
    ("session", "before-call.logs.put_log_events", quiet, "did you mean 'before-call.logs.PutLogEvents'"),
    ("session", "before-call.*.list_buckets", quiet, "did you mean 'before-call.*.ListBuckets'"),
    ("session", "creating-resource-class.s3.Buckets", quiet, "did you mean 'creating-resource-class.s3.Bucket'"),
    ("session", "creating-resource-class.s3.service_resource", quiet, "'creating-resource-class.s3.ServiceResource'"),
    # The form.
    ("client", "before-call.s3.List*", quiet, "write 'before-call.s3.*'"),
    ("client", "before-*.s3", quiet, "write '*.s3'"),
    ("client", "before-call.s3.", quiet, "write 'before-call.s3'"),
    ("client", "before-call..ListBuckets", quiet, "write 'before-call.ListBuckets'"),
    ("client", "", quiet, "has an empty part"),
    ("client", ".s3.ListBuckets", quiet, "has an empty part"),
    ("client", "before-call.s3.ListBuckets.extra", quiet, "write 'before-call.s3.ListBuckets'"),
    ("client", "before-endpoint-resolution.s3.ListBuckets", quiet, "write 'before-endpoint-resolution.s3'"),
    # The wrong place.
    ("client", "creating-client-class.s3", quiet, "register it with session.events"),
    ("client", "creating-resource-class.s3.Bucket", quiet, "register it with session.events"),
    ("client", "choose-service-name", quiet, "register it with session.events"),
    ("client", "client-created.s3", quiet, "register it with session.events"),
    # Arguments.
    ("client", "before-call.s3", wants("parms"), "did you mean 'params'"),
    ("client", "before-call.s3.ListBuckets", wants("request"), "never sends the argument 'request'"),
    ("client", "request-created.s3", wants("params"), "it sends event_name, operation_name, request"),
    ("client", "after-call.s3", wants("parsed", "http_respone"), "did you mean 'http_response'"),
    ("client", "needs-retry.s3", wants("attempt"), "did you mean 'attempts'"),
    ("client", "before-send.s3", partial(wants("request", "client"), 1), "never sends the argument 'client'"),
    ("session", "provide-client-params.s3", wants("*", "parameters"), "did you mean 'params'"),
    ("session", "creating-client-class.s3", wants("class_attribute"), "did you mean 'class_attributes'"),
]  # fmt: skip


def registry(where: str) -> EventRegistry:
    session = sotalia.Session(**KEYS)
    events: EventRegistry = session.events if where == "session" else session.client("s3").meta.events
    return events


@pytest.mark.parametrize(
    ("where", "name", "handler", "words"), BROKEN, ids=[row[1] or "empty" for row in BROKEN]
)
def test_broken_registrations(where: str, name: str, handler: Callable[..., None], words: str) -> None:
    events = registry(where)
    with pytest.warns(DeadHandlerWarning) as caught:
        events.register(name, handler)
    (warning,) = caught
    assert words in str(warning.message)
    assert warning.filename == __file__
    # As in the reference it is registered all the same, unless the program wants an error.
    assert events.unregister(name, handler)
    events.lint = "error"
    with pytest.raises(DeadHandlerError) as error:
        events.register(name, handler)
    assert words in str(error.value)
    assert not events.unregister(name, handler)
    events.lint = "off"
    events.register(name, handler)


def test_there_are_fifty_of_them() -> None:
    assert len(BROKEN) >= 50


# -- registrations that are right -----------------------------------------------------------------------------------


def of_botocore() -> Iterator[tuple[str, Any]]:
    for row in botocore.handlers.BUILTIN_HANDLERS:
        yield row[0], row[1]


def in_source(package: str) -> Iterator[tuple[str, Any]]:
    """Names that a package's source registers handlers for, as far as they are written down."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    for path in Path(spec.origin).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("register", "register_first", "register_last")
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
                and "-" in node.args[0].value
            ):
                yield node.args[0].value, quiet


# Of tools that are not installed here: placebo (before-call and after-call of everything), the Sentry SDK, Datadog, and
# what the guide and its application register.
OF_TOOLS = [
    ("before-call.*.*", wants("params", "model")),
    ("after-call.*.*", wants("http_response", "parsed", "model")),
    ("request-created.s3", wants("request")),
    ("request-created", wants("request", "operation_name")),
    ("after-call", wants("parsed")),
    ("after-call-error", wants("exception")),
    ("before-send", wants("request", "event_name")),
    ("provide-client-params.s3.ListObjectsV2", wants("params")),
    ("provide-client-params.s3.*", wants("params")),
    ("provide-client-params.s3", wants("params")),
    ("creating-client-class.s3", wants("class_attributes")),
    ("creating-client-class.s3", wants("base_classes")),
    ("creating-client-class", wants("base_classes", "class_attributes")),
    ("creating-resource-class.s3.ServiceResource", wants("class_attributes")),
    ("creating-resource-class.s3.Bucket", wants("base_classes")),
    ("creating-resource-class.*", wants("base_classes")),
    ("needs-retry.s3.ListBuckets", wants("response", "attempts", "caught_exception", "operation")),
    ("before-sign.*.*", wants("request", "signing_name", "region_name", "request_signer")),
    ("choose-signer.s3.*", wants("signing_name", "context")),
    ("choose-signer.rds.connect", quiet),
    ("before-parameter-build.logs.PutLogEvents", wants("params", "model", "context")),
    ("before-call.states", quiet),
    ("before-call.stepfunctions.StartExecution", quiet),
    ("before-call.cloudwatch-logs.PutLogEvents", quiet),
    ("before-call.data.iot", quiet),
    ("docs.*.s3.PutObject.complete-section", quiet),
    ("getattr.s3.anything_at_all", wants("client")),
    ("*", quiet),
    ("*.s3", quiet),
    ("*.*.ListBuckets", quiet),
    ("*.s3.GetObject", wants("model")),
]  # fmt: skip


def right() -> list[tuple[str, Any]]:
    packages = (
        "boto3",
        "s3transfer",
        "moto",
        "botocore",
        "opentelemetry.instrumentation.botocore",
        "aws_xray_sdk",
    )
    found = [*of_botocore(), *OF_TOOLS]
    for package in packages:
        found += in_source(package)
    # Each event, at every depth.
    for event in CATALOG:
        parts = (
            event.pattern.replace("SERVICE", "s3")
            .replace("OPERATION", "GetObject")
            .replace("RESOURCE", "Bucket")
        )
        names = parts.replace("PREFIX", "s3").replace("NAME", "GetObject").split(".")
        found += [(".".join(names[: depth + 1]), quiet) for depth in range(len(names))]
        found += [
            (".".join([*names[:depth], "*", *names[depth + 1 :]]), quiet) for depth in range(len(names))
        ]
    return found


def test_right_registrations_are_never_reported() -> None:
    events = registry("session")
    names = right()
    assert len(names) >= 200
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, handler in names:
            events.lint = "error"
            events.register(name, handler)
            assert events.unregister(name, handler)


def test_right_on_a_client() -> None:
    events = registry("client")
    events.lint = "error"
    for event in CATALOG:
        names = (
            event.pattern.replace("SERVICE", "s3")
            .replace("OPERATION", "GetObject")
            .replace("NAME", "GetObject")
            .split(".")
        )
        for depth in range(0 if event.is_on_session else len(names)):
            for name in (names[: depth + 1], [*names[:depth], "*", *names[depth + 1 :]]):
                events.register(".".join(name), wants())


def test_every_service_is_known_by_its_id_and_its_name() -> None:
    session = sotalia.Session(**KEYS)
    place = session.events.place
    assert place is not None
    for name in session.get_available_services():
        service_id = session._session.loader.service(name).service_id.hyphenize()
        assert place.has_service(service_id), service_id
        assert place.has_service(session.events.alias(f"before-call.{name}").partition(".")[2]), name


def test_services_of_ones_own(tmp_path: Path) -> None:
    folder = tmp_path / "inhouse" / "2026-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(
        '{"version": "2.0", "metadata": {"apiVersion": "2026-01-01", "endpointPrefix": "inhouse", "protocol": "json",'
        ' "protocols": ["json"], "serviceId": "In House Ledger", "signatureVersion": "v4", "jsonVersion": "1.1",'
        ' "targetPrefix": "X"}, "operations": {"Book": {"name": "Book", "http": {"method": "POST", "requestUri": "/"}}},'
        ' "shapes": {}}'
    )
    session = sotalia.Session(**KEYS)
    session._session.loader.search_paths.insert(0, str(tmp_path))
    session.events.lint = "error"
    session.events.register("before-call.in-house-ledger.Book", quiet)
    with pytest.raises(DeadHandlerError, match=re.escape("did you mean 'before-call.in-house-ledger.Book'")):
        session.events.register("before-call.in-house-ledger.book", quiet)


# -- registrations that another one makes pointless -----------------------------------------------------------------


def test_registered_twice() -> None:
    events = registry("client")
    events.register("before-call.s3", quiet)
    with pytest.warns(DeadHandlerWarning, match="is registered already, and would be called once more"):
        events.register("before-call.s3", quiet)
    events.register("before-call.s3.GetObject", quiet)
    events.register("after-call.s3", quiet)


def test_ids_that_hide_others() -> None:
    events = registry("client")
    events.register("before-call.s3", quiet, unique_id="mine")
    events.register("before-call.s3", quiet, unique_id="mine")
    with pytest.warns(
        DeadHandlerWarning, match=re.escape("is not registered, as the unique_id 'mine' belongs to")
    ):
        events.register("before-call.s3", wants(), unique_id="mine")
    with pytest.warns(DeadHandlerWarning, match="on another event"):
        events.register("after-call.s3", quiet, unique_id="mine")


def test_counted_ids_may_be_registered_again() -> None:
    events = registry("client")
    for _ in range(3):
        events.register("before-call.s3", quiet, unique_id="counted", unique_id_uses_count=True)
    assert [events.unregister("before-call.s3", unique_id="counted", unique_id_uses_count=True) for _ in range(4)] == [
        False, False, True, False,
    ]  # fmt: skip


# -- the way of reporting -------------------------------------------------------------------------------------------


def test_a_line_warns_once() -> None:
    events = registry("client")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            events.register("before-cal.s3", wants())
    assert len(caught) == 1


def test_a_registry_of_the_programs_own_is_not_looked_at() -> None:
    EventRegistry().register("my.own.event", quiet)


def test_declared_events() -> None:
    session = sotalia.Session(**KEYS)
    session.events.declare("my-app.uploaded")
    session.events.lint = "error"
    session.events.register("my-app.uploaded.twice", quiet)
    events = session.client("s3").meta.events
    events.register("my-app", quiet)
    with pytest.raises(DeadHandlerError, match=r"did you mean 'my-app\.x'"):
        events.register("my-ap.x", quiet)


def test_clients_take_the_sessions_way(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    session.events.lint = "error"
    client = client_kind.client("s3", session)
    with pytest.raises(DeadHandlerError):
        client.meta.events.register("before-cal.s3", quiet)


def test_handlers_whose_signature_cannot_be_read() -> None:
    events = registry("client")
    events.lint = "error"
    events.register("before-call.s3", dict)

    class Demanding:
        def __call__(self, params: Any, **kwargs: Any) -> None: ...

    events.register("before-call.s3", Demanding())
    with pytest.raises(DeadHandlerError, match="'params'"):
        events.register("before-send.s3", Demanding())


def test_where_the_way_is_said(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    def lint_of(session: Any, **arguments: Any) -> str:
        client = client_kind.client("s3", session, **arguments)
        return str(client.meta.events.lint)

    assert lint_of(client_kind.session(**KEYS)) == "warn"
    assert lint_of(client_kind.session(**KEYS, lint="error")) == "error"
    assert lint_of(client_kind.session(**KEYS, lint="error"), lint="off") == "off"
    assert lint_of(client_kind.session(**KEYS), config=sotalia.config.Config(lint="error")) == "error"
    monkeypatch.setenv("SOTALIA_LINT", "error")
    assert lint_of(client_kind.session(**KEYS)) == "error"
    assert lint_of(client_kind.session(**KEYS, lint="warn")) == "warn"
    monkeypatch.setenv("SOTALIA_LINT", "eror")
    with pytest.raises(ValueError, match="lint is one of 'warn', 'error', 'off', not 'eror'"):
        client_kind.session(**KEYS)
