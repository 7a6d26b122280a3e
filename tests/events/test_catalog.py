"""The catalog against what calls really emit, and the document that is written from it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.events.catalog import CATALOG
from sotalia.events.event import FIRST, IGNORED, STOPS, Event
from sotalia.events.page import markdown
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "events.md"


def test_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text("utf-8") == markdown(), "run: python -m sotalia.events.page > docs/events.md"


def test_nine_are_the_guides() -> None:
    assert sum(event.is_in_guide for event in CATALOG) == 9


def test_what_is_emitted_is_what_is_described(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    emitted: dict[str, set[str]] = {}

    def note(event_name: str, **kwargs: Any) -> None:
        emitted.setdefault(event_name, set(kwargs))

    # Every event, described or not; and first, since the first response to `choose-signer` ends it.
    session.events.register_first("*", note)
    for event in CATALOG:
        session.events.register_first(event.name(), note)
    config = Config(retries={"max_attempts": 0})
    s3 = client_kind.scripted(
        "s3",
        [
            answer(200, body=b"<ListAllMyBucketsResult/>"),
            exceptions.EndpointConnectionError(endpoint_url="u"),
        ],
        session,
        config=config,
    )
    s3.list_objects_v2(Bucket="b")
    with pytest.raises(exceptions.EndpointConnectionError):
        s3.list_objects_v2(Bucket="b")
    assert not hasattr(s3.raw, "nonsense")
    resource = session.resource("s3")
    (session._session if hasattr(session, "_session") else session).get_service_data("s3")
    client_kind.run(resource.meta.client.aclose()) if client_kind.is_async else resource.meta.client.close()
    described = set()
    for event in CATALOG:
        pattern = re.sub(r"[A-Z]+", r"[^.]+", event.pattern.replace(".", r"\."))
        names = {name for name in emitted if re.fullmatch(pattern, name)}
        assert names, event.pattern
        for name in names:
            assert emitted[name] == set(event.described()), event.pattern
        described |= names
    assert set(emitted) - described == set()


@pytest.mark.parametrize("event", CATALOG, ids=lambda event: event.__name__)
def test_each_is_described(event: type[Event]) -> None:
    assert event.__doc__
    assert event.described()
    assert event.returns in (IGNORED, FIRST, STOPS)
    assert bool(event.effect) or event.returns == IGNORED


def test_names_stand_in_the_catalog_only() -> None:
    """No string in the source writes an event's name again, but rows of registrations and texts for people."""
    names = {event.name() for event in CATALOG} - {"getattr"}
    source = Path(sotalia.__file__).parent
    emitting = re.compile(r"(?:emit\w*|lookup|listeners)\(\s*f?\"([a-z-]+)")
    for path in source.rglob("*.py"):
        found = set(emitting.findall(path.read_text("utf-8"))) & names
        assert not found, f"{path}: take the name from sotalia.events.catalog"


def test_every_class_and_what_it_can_do_is_in_the_document() -> None:
    text = markdown().partition("## As typed handlers")[2]
    for event in CATALOG:
        (row,) = re.findall(rf"^\| `{event.__name__}` .*$", text, re.MULTILINE)
        own = [base for base in event.__mro__ if base.__module__.endswith("catalog")]
        for name, member in ((name, member) for base in own for name, member in vars(base).items()):
            if not name.startswith("_") and (callable(member) or isinstance(member, property)):
                assert f"`{name}" in row
        assert ("respond(" in row) == hasattr(event, "respond")
