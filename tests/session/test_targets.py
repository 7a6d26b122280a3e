"""Whose calls are meant."""

from __future__ import annotations

from typing import Any

import pytest

import sotalia
from sotalia.session.targets import Targets
from tests.client_kinds import Kind

EXPECTED = "a target is a client, a resource or a session"


def _client(kind: Kind, service: str = "s3") -> Any:
    return kind.scripted(service, [])


def test_of_none_all_calls_are_meant(client_kind: Kind) -> None:
    targets = Targets([], EXPECTED)
    assert targets.are_all
    assert targets.cover(_client(client_kind))


def test_a_client_stands_for_its_views_and_for_no_other_client(client_kind: Kind) -> None:
    client, other = _client(client_kind), _client(client_kind)
    view = client.with_options(timeout=1)
    for targets in (Targets([client], EXPECTED), Targets([view], EXPECTED)):
        assert targets.cover(client)
        assert targets.cover(view)
        assert targets.cover(view.with_options(timeout=2))
        assert not targets.cover(other)


def test_a_session_stands_for_its_clients_also_for_later_ones() -> None:
    session, other = sotalia.Session(region_name="us-east-1"), sotalia.Session(region_name="us-east-1")
    targets = Targets([session], EXPECTED)
    assert targets.cover(session.client("s3"))
    assert targets.cover(session.client("sqs").with_options(timeout=1))
    assert not targets.cover(other.client("s3"))


def test_a_resource_stands_for_its_client() -> None:
    resource: Any = sotalia.Session(region_name="us-east-1").resource("s3")
    assert Targets([resource.Bucket("b")], EXPECTED).cover(resource.meta.client)


@pytest.mark.parametrize("target", ["s3", None, 1, object(), sotalia.Session])
def test_anything_else_is_refused_in_the_callers_words(target: object) -> None:
    with pytest.raises(TypeError, match=f"{EXPECTED}; .* is none of them"):
        Targets([target], EXPECTED)
