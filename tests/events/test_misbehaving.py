"""Handlers that raise, return nonsense or change what others use, at each event of a call.

What happens is as documented, the error names the handler, and the client goes on working.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from sotalia.events.catalog import (
    BY_NAME,
    CATALOG,
    BeforeCall,
    BeforeSend,
    ChooseSigner,
    GetAttribute,
    NeedsRetry,
    ProvideClientParams,
)
from sotalia.events.event import IGNORED
from sotalia.exceptions import BotoCoreError, EndpointConnectionError
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind

LISTING = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
OF_A_CALL = [event for event in CATALOG if not event.is_on_session and event is not GetAttribute]
OF_A_SESSION = [event for event in CATALOG if event.is_on_session]
ids = {"ids": lambda event: event.__name__}


class BoomError(Exception):
    """What handlers raise here."""


def boom(**kwargs: Any) -> None:
    raise BoomError("boom")


def client_of(client_kind: Kind) -> Any:
    return client_kind.scripted("s3", [answer(200, body=LISTING)])


def provoke(client: Any, event: type) -> Any:
    """A call in which the event is emitted."""
    if event.__name__ == "AfterCallError":
        failing = client.meta.events.on(BeforeSend, lambda event: _fail(), last=True)
        try:
            return client.list_objects_v2(Bucket="b")
        finally:
            failing.remove()
    return client.list_objects_v2(Bucket="b")


def _fail() -> None:
    raise EndpointConnectionError(endpoint_url="u")


@pytest.mark.parametrize("event", OF_A_CALL, **ids)
def test_exceptions(client_kind: Kind, event: type) -> None:
    client = client_of(client_kind)
    name = f"{event.name()}.s3"  # type: ignore[attr-defined]
    client.meta.events.register(name, boom)
    with pytest.raises(BoomError) as error:
        provoke(client, event)
    (note,) = error.value.__notes__
    assert note.startswith(f"raised in handler 'boom' ({__file__}:")
    assert f"of {event.name()}.s3" in note  # type: ignore[attr-defined]
    client.meta.events.unregister(name, boom)
    assert client.list_objects_v2(Bucket="b")["IsTruncated"] is False


@pytest.mark.parametrize("event", OF_A_CALL, **ids)
def test_exceptions_of_coroutines(client_kind: Kind, event: type) -> None:
    if not client_kind.is_async:
        return
    client = client_of(client_kind)

    async def handler(**kwargs: Any) -> None:
        raise BoomError("boom")

    client.meta.events.register(f"{event.name()}.s3", handler)  # type: ignore[attr-defined]
    with pytest.raises(BoomError) as error:
        provoke(client, event)
    assert "handler 'test_exceptions_of_coroutines.<locals>.handler'" in error.value.__notes__[0]


@pytest.mark.parametrize("event", OF_A_SESSION, **ids)
def test_exceptions_when_a_client_is_made(client_kind: Kind, event: type) -> None:
    session = client_kind.session(**KEYS)
    session.events.register(event.name(), boom)  # type: ignore[attr-defined]

    def make() -> None:
        session.resource("s3") if not client_kind.is_async else client_kind.client("s3", session)
        core = session._session if hasattr(session, "_session") else session
        core.get_service_data("s3")
        if event.__name__ == "CreatingResourceClass":
            client_kind.run(session.resource("s3").__aenter__()) if client_kind.is_async else None

    if event.__name__ == "CreatingResourceClass" and client_kind.is_async:
        with pytest.raises(BoomError):
            session.resource("s3")
        return
    with pytest.raises(BoomError) as error:
        make()
    assert any("raised in handler 'boom'" in note for note in error.value.__notes__)
    session.events.unregister(event.name(), boom)  # type: ignore[attr-defined]
    client_kind.client("s3", session)


NONSENSE: list[tuple[type, Any, str]] = [
    (ProvideClientParams, "b", "returned a value of type str; expected a dict that replaces the parameters, or None"),
    (ProvideClientParams, 5, "returned 5; expected a dict"),
    (ProvideClientParams, ["Bucket"], "returned a value of type list; expected a dict"),
    (BeforeCall, "response", "expected a pair of an HTTP response and a dict"),
    (BeforeCall, {"Contents": []}, "returned a value of type dict; expected a pair"),
    (BeforeCall, (1, 2, 3), "returned a value of type tuple; expected a pair"),
    (BeforeCall, (200, {}), "expected a pair of an HTTP response"),
    (BeforeSend, 200, "returned 200; expected an HTTP response"),
    (BeforeSend, b"<xml/>", "returned a value of type bytes; expected an HTTP response"),
    (NeedsRetry, "soon", "returned a value of type str; expected the seconds to wait"),
    (NeedsRetry, [1], "returned a value of type list; expected the seconds to wait"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "value", "words"), NONSENSE)
def test_return_values_that_make_no_sense(client_kind: Kind, event: type, value: Any, words: str) -> None:
    client = client_of(client_kind)

    def nonsense(**kwargs: Any) -> Any:
        return value

    name = f"{event.name()}.s3.ListObjectsV2"  # type: ignore[attr-defined]
    client.meta.events.register(name, nonsense)
    with pytest.raises(TypeError) as error:
        client.list_objects_v2(Bucket="b")
    message = str(error.value)
    assert words in message
    assert message.startswith(
        f"{name}: handler 'test_return_values_that_make_no_sense.<locals>.nonsense' ({__file__}:"
    )
    client.meta.events.unregister(name, nonsense)
    assert client.list_objects_v2(Bucket="b")["IsTruncated"] is False


def test_a_signature_version_that_does_not_exist(client_kind: Kind) -> None:
    client = client_of(client_kind)
    client.meta.events.on(ChooseSigner, lambda event: event.sign_with("v5"), first=True)
    with pytest.raises(BotoCoreError, match="v5"):
        client.list_objects_v2(Bucket="b")


def test_no_secret_in_a_message(client_kind: Kind) -> None:
    client = client_of(client_kind)
    client.meta.events.register("provide-client-params.s3", lambda params, **kwargs: "hunter2")
    with pytest.raises(TypeError) as error:
        client.list_objects_v2(Bucket="b")
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("event", [event for event in OF_A_CALL if event.returns == IGNORED], **ids)
def test_return_values_that_are_ignored(client_kind: Kind, event: type) -> None:
    client = client_of(client_kind)
    client.meta.events.register(f"{event.name()}.s3", lambda **kwargs: "ignored")  # type: ignore[attr-defined]
    if event.__name__ == "AfterCallError":
        with pytest.raises(EndpointConnectionError):
            provoke(client, event)
    else:
        assert client.list_objects_v2(Bucket="b")["IsTruncated"] is False


@pytest.mark.parametrize("event", OF_A_CALL, **ids)
def test_changes_stay_in_their_call(client_kind: Kind, event: type) -> None:
    """A handler that empties every dictionary and list it is given spoils its call at most."""
    client = client_of(client_kind)

    def spoil(event_name: str, **kwargs: Any) -> None:
        for value in kwargs.values():
            if isinstance(value, dict | list):
                value.clear()

    name = f"{event.name()}.s3"  # type: ignore[attr-defined]
    client.meta.events.register(name, spoil)
    with suppress(Exception):  # Whatever comes of it, it is that call's.
        provoke(client, event)
    client.meta.events.unregister(name, spoil)
    result = client.list_objects_v2(Bucket="b")
    assert (result["IsTruncated"], result["ResponseMetadata"]["HTTPStatusCode"]) == (False, 200)
    other = client_of(client_kind)
    assert other.list_objects_v2(Bucket="b")["IsTruncated"] is False


def test_an_error_passes_several_emissions_with_one_note(client_kind: Kind) -> None:
    client = client_of(client_kind)
    error = BoomError("the same")

    def raising(**kwargs: Any) -> None:
        raise error

    client.meta.events.register("before-call.s3", raising)
    for _ in range(3):
        with pytest.raises(BoomError):
            client.list_objects_v2(Bucket="b")
    assert len(error.__notes__) == 1


def test_every_event_of_a_call_is_here() -> None:
    assert set(OF_A_CALL) | set(OF_A_SESSION) | {GetAttribute} == set(BY_NAME.values())
