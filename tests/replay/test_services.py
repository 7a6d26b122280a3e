"""Cassettes of services of all protocols: recorded against a server, played back in sync and async when it is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.testing import LocalAWS
from tests.client_kinds import KEYS, AsyncKind, Kind, SyncKind
from tests.replay.programs import PROGRAMS, Program

KINDS: dict[str, type[Kind]] = {"sync": SyncKind, "async": AsyncKind}
#: What cassettes hide unless they are told to keep it; here, whole results are compared.
KEEP: Any = dict.fromkeys(
    ("SecretString", "Plaintext", "SecretAccessKey", "SessionToken", "AccessKeyId", "Data", "Value"), False
)


class Recorded:
    """The cassettes of all programs, and what the programs got when these were recorded."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self.folder = folder
        self.results: dict[str, list[str]] = {}
        with LocalAWS() as aws:
            self.options = {"endpoint_url": aws.endpoint_url}
            for name in PROGRAMS:
                with sotalia.cassette(folder / f"{name}.json", redact=KEEP) as cassette:
                    self.results[name] = run(kind, name, kind.session(**KEYS), self.options)
                assert cassette.recorded >= len(self.results[name])
                assert cassette.played == 0


def run(kind: Kind, name: str, session: Any, options: dict[str, Any]) -> list[str]:
    service, steps = PROGRAMS[name]
    return Program(kind, lambda service: kind.client(service, session, **options)).run(steps, service)


@pytest.fixture(scope="module", params=KINDS)
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """Recorded by sync or by async clients, of a server that has ended."""
    kind = KINDS[request.param]()
    yield Recorded(tmp_path_factory.mktemp(request.param), kind)
    kind.close()


@pytest.mark.parametrize("name", PROGRAMS)
def test_played_back_all_results_are_equal(recorded: Recorded, name: str, client_kind: Kind) -> None:
    """To the last byte: headers, streams and errors too. No credentials are there, and no server."""
    session = client_kind.session(region_name=KEYS["region_name"])
    with sotalia.cassette(recorded.folder / f"{name}.json", mode="none", redact=KEEP) as cassette:
        assert run(client_kind, name, session, recorded.options) == recorded.results[name]
    assert cassette.unused == []
    assert cassette.recorded == 0


def test_all_protocols_are_there() -> None:
    session = sotalia.Session(**KEYS)
    services = {service for service, _ in PROGRAMS.values()}
    protocols = {session.client(service).meta.service_model.resolved_protocol for service in services}
    assert len(services) >= 12
    # CBOR, which no embedded server speaks, has a test of its own.
    assert protocols == {"query", "ec2", "json", "rest-json", "rest-xml"}
