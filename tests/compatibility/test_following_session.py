"""A session of botocore that was handed over: what is set on it afterwards counts, as with boto3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import botocore.config
import botocore.credentials
import botocore.handlers
import botocore.loaders
import botocore.session
import pytest

import sotalia
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import Kind

LISTING = b"<ListAllMyBucketsResult/>"


def set_region(theirs: Any) -> None:
    theirs.set_config_variable("region", "eu-north-1")


def set_component_region(theirs: Any) -> None:
    theirs.get_component("config_store").set_config_variable("region", "eu-north-1")


def set_user_agent(theirs: Any) -> None:
    theirs.user_agent_name, theirs.user_agent_version = "custodian", "9"
    theirs.user_agent_extra += " more/1"


def set_default_config(theirs: Any) -> None:
    theirs.set_default_client_config(botocore.config.Config(read_timeout=7, region_name="eu-north-1"))


def set_keys(theirs: Any) -> None:
    theirs.set_credentials("AKIDLATE", "s", "token")


def set_own_keys(theirs: Any) -> None:
    theirs._credentials = botocore.credentials.Credentials("AKIDLATE", "s")


def set_parser(theirs: Any) -> None:
    theirs.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=str)


def add_handler(theirs: Any) -> None:
    def change(params: Any, **kwargs: Any) -> None:
        params["headers"]["X-Late"] = "1"

    theirs.register("before-call.s3", change)


def add_first_handler(theirs: Any) -> None:
    def change(params: Any, **kwargs: Any) -> None:
        params["headers"]["X-Late"] = "1"

    theirs.get_component("event_emitter").register_first("before-call.s3.ListBuckets", change)


def add_attribute(theirs: Any) -> None:
    def change(class_attributes: Any, **kwargs: Any) -> None:
        class_attributes["late"] = True

    theirs.register("creating-client-class.s3", change)


def disable_signing(theirs: Any) -> None:
    """A function of botocore's own, on an event where botocore has none."""
    theirs.register("choose-signer.s3.*", botocore.handlers.disable_signing)


LATE: list[tuple[Callable[[Any], None], Callable[[Any, Any], Any]]] = [
    (set_region, lambda client, sent: client.meta.region_name),
    (set_component_region, lambda client, sent: client.meta.region_name),
    (
        set_user_agent,
        lambda client, sent: [word in sent["User-Agent"] for word in ("custodian/9 ", " more/1")],
    ),
    (set_default_config, lambda client, sent: (client.meta.config.read_timeout, client.meta.region_name)),
    (set_keys, lambda client, sent: ("AKIDLATE" in sent["Authorization"], sent["X-Amz-Security-Token"])),
    (set_own_keys, lambda client, sent: "AKIDLATE" in sent["Authorization"]),
    (add_handler, lambda client, sent: sent["X-Late"]),
    (add_first_handler, lambda client, sent: sent["X-Late"]),
    (add_attribute, lambda client, sent: client.late),
    (disable_signing, lambda client, sent: "Authorization" in sent),
]


def theirs() -> Any:
    found = botocore.session.get_session()
    found.set_config_variable("region", "us-west-2")
    found.set_credentials("AKIDEARLY", "s")
    return found


class Sent(dict[str, str]):
    """Headers as text."""

    def __init__(self, headers: Any) -> None:
        super().__init__(
            {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}
        )


def with_boto3(session: Any, change: Callable[[Any], None]) -> tuple[Any, Sent]:
    ours = boto3.Session(botocore_session=session)
    ours.client("s3")
    change(session)
    client = ours.client("s3")
    sent: list[Any] = []

    def stop(request: Any, **kwargs: Any) -> None:
        sent.append(request.headers)
        raise KeyError

    client.meta.events.register("before-send", stop)
    with pytest.raises(KeyError):
        client.list_buckets()
    return client, Sent(sent[0])


@pytest.mark.parametrize(("change", "look"), LATE, ids=[change.__name__ for change, _ in LATE])
@pytest.mark.parametrize("order", ["after", "before"])
def test_what_is_set_counts_as_with_boto3(order: str, change: Any, look: Any, client_kind: Kind) -> None:
    expected = look(*with_boto3(theirs(), change))
    session = theirs()
    if order == "before":
        change(session)
    ours = client_kind.session(botocore_session=session)
    client_kind.client("s3", ours)
    if order == "after":
        change(session)
    s3 = client_kind.scripted("s3", [answer(body=LISTING)], ours)
    s3.list_buckets()
    assert look(s3.raw, Sent(s3.transport.requests[0].headers)) == expected


def test_parser_defaults_that_are_set_later() -> None:
    session = theirs()
    body = b"<ListAllMyBucketsResult><Buckets><Bucket><CreationDate>2026-01-01T00:00:00Z</CreationDate></Bucket></Buckets>"
    transport = ScriptedTransport([answer(body=body + b"</ListAllMyBucketsResult>")])
    ours = sotalia.Session(botocore_session=session, transport=transport)
    set_parser(session)
    s3 = ours.client("s3")
    assert s3.list_buckets()["Buckets"][0]["CreationDate"] == "2026-01-01T00:00:00Z"


def test_handlers_that_are_taken_back_later() -> None:
    session = theirs()
    calls: list[str] = []

    def note(event_name: str, **kwargs: Any) -> None:
        calls.append(event_name)

    session.register("creating-client-class.s3", note)
    ours = sotalia.Session(botocore_session=session)
    ours.client("s3")
    session.unregister("creating-client-class.s3", note)
    ours.client("s3")
    assert calls == ["creating-client-class.s3"]
    session.register("creating-client-class.s3", note)
    ours.client("s3")
    assert len(calls) == 2


def test_resources_too() -> None:
    session = theirs()
    ours = sotalia.Session(botocore_session=session)

    def change(class_attributes: Any, **kwargs: Any) -> None:
        class_attributes["late"] = True

    session.register("creating-resource-class.s3.Bucket", change)
    assert ours.resource("s3").Bucket("b").late


def test_what_is_set_on_ours_is_set_on_theirs() -> None:
    """As with boto3, whose session is a face of the other."""
    for kind in (boto3.Session, sotalia.Session):
        session = theirs()
        ours = kind("AKIDNEW", "s", region_name="eu-west-3", botocore_session=session)
        ours._session.user_agent_extra += " more/1"
        assert session.get_config_variable("region") == ours.region_name == "eu-west-3"
        assert session.get_credentials().access_key == ours.get_credentials().access_key == "AKIDNEW"
        assert session.user_agent_extra.endswith(" more/1")


def test_an_asynchronous_session_follows_the_same_one() -> None:
    session = theirs()
    ours = sotalia.Session(botocore_session=session)
    twin = sotalia.AsyncSession(botocore_session=ours._session)
    set_region(session)
    assert (ours.region_name, twin.region_name) == ("eu-north-1", "eu-north-1")


class OwnLoader(botocore.loaders.Loader):
    """Changes what it loads."""

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        found = super().load_service_model(service_name, type_name, api_version)
        if type_name == "service-2":
            found["metadata"]["serviceFullName"] = f"own {service_name}"
        return found


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("how", ["class", "folder"])
def test_models_that_the_other_session_loads(how: str, when: str, tmp_path: Any) -> None:
    session = theirs()
    loader: Any = OwnLoader(include_default_search_paths=True) if how == "class" else None

    def change() -> None:
        if loader is not None:
            session.register_component("data_loader", loader)
        else:
            write_own_service(tmp_path)
            session.get_component("data_loader").search_paths.append(str(tmp_path))

    if when == "before":
        change()
    ours = sotalia.Session(botocore_session=session)
    if when == "after":
        assert (
            ours._session.get_service_model("sqs").metadata["serviceFullName"]
            == "Amazon Simple Queue Service"
        )
        change()
    if how == "class":
        assert ours._session.get_service_model("sqs").metadata["serviceFullName"] == "own sqs"
        assert ours.client("sqs").meta.service_model.metadata["serviceFullName"] == "own sqs"
    else:
        assert "own-service" in ours.get_available_services()
        assert ours.client("own-service").meta.service_model.service_id == "Own Service"


def write_own_service(folder: Any) -> None:
    import json

    path = folder / "own-service" / "2026-01-01"
    path.mkdir(parents=True)
    metadata = {
        "apiVersion": "2026-01-01",
        "endpointPrefix": "own",
        "protocol": "json",
        "jsonVersion": "1.1",
        "serviceId": "Own Service",
        "signatureVersion": "v4",
        "targetPrefix": "Own",
        "uid": "own-2026-01-01",
    }
    description = {"version": "2.0", "metadata": metadata, "operations": {}, "shapes": {}}
    (path / "service-2.json").write_text(json.dumps(description))
