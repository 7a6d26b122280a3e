"""The catalog against what calls really emit, and the document that is written from it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.config import Config
from sotalia.events.catalog import CATALOG, markdown
from sotalia.transport.scripted import answer
from tests.colours import KEYS, Colour

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "events.md"


def test_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text("utf-8") == markdown(), "run: python -m sotalia.events.catalog > docs/events.md"


def test_nine_are_the_guides() -> None:
    assert sum(event.in_guide for event in CATALOG) == 9


def test_what_is_emitted_is_what_is_described(colour: Colour) -> None:
    session = colour.session(**KEYS)
    emitted: dict[str, set[str]] = {}

    def note(event_name: str, **kwargs: Any) -> None:
        emitted.setdefault(event_name, set(kwargs))

    for event in CATALOG:
        session.events.register_first(event.name, note)  # Of `choose-signer`, the first answer ends it.
    config = Config(retries={"max_attempts": 0})
    s3 = colour.scripted(
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
    colour.run(resource.meta.client.aclose()) if colour.is_async else resource.meta.client.close()
    for event in CATALOG:
        pattern = re.sub(r"[A-Z]+", r"[^.]+", event.pattern.replace(".", r"\."))
        names = [name for name in emitted if re.fullmatch(pattern, name)]
        assert names, event.pattern
        assert emitted[names[0]] == set(event.arguments), event.pattern
