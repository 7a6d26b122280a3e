"""Cassettes of services of all protocols: recorded against a server, played back in sync and async when it is gone."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.testing import LocalAWS
from tests.client_kinds import KEYS, AsyncKind, Kind, SyncKind
from tests.replay.programs import PROGRAMS, SECRETS, Program

KINDS: dict[str, type[Kind]] = {"sync": SyncKind, "async": AsyncKind}
#: What cassettes hide unless they are told to keep it; here, whole results are compared.
KEEP: Any = dict.fromkeys(
    ("SecretString", "Plaintext", "SecretAccessKey", "SessionToken", "AccessKeyId", "Value"), False
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


def test_all_in_one_cassette_at_the_same_time(tmp_path: Path) -> None:
    """Eight threads record one file, and eight others play it back."""
    path = tmp_path / "all.json"

    def at_once(options: dict[str, Any], **session: Any) -> dict[str, list[str]]:
        kind = SyncKind()
        shared = kind.session(**session)
        with ThreadPoolExecutor(8) as pool:
            results = pool.map(lambda name: run(kind, name, shared, options), PROGRAMS)
            found = dict(zip(PROGRAMS, results, strict=True))
        kind.close()
        return found

    with LocalAWS() as aws:
        options = {"endpoint_url": aws.endpoint_url}
        with sotalia.cassette(path, redact=KEEP):
            recorded = at_once(options, **KEYS)
    for _ in range(2):
        with sotalia.cassette(path, mode="none", redact=KEEP) as cassette:
            assert at_once(options, region_name=KEYS["region_name"]) == recorded
        assert cassette.unused == []


def _differs(recorded: Any, played: Any) -> Iterator[Any]:
    """What was played in the places in which it is something else."""
    if isinstance(recorded, dict) and isinstance(played, dict) and recorded.keys() == played.keys():
        for name in recorded:
            yield from _differs(recorded[name], played[name])
    elif isinstance(recorded, list) and isinstance(played, list) and len(recorded) == len(played):
        for one, other in zip(recorded, played, strict=True):
            yield from _differs(one, other)
    elif recorded != played:
        yield played


def test_by_default_secrets_alone_are_others(tmp_path: Path, client_kind: Kind) -> None:
    names = ("secretsmanager", "kms", "ssm", "sts", "iam")
    programs: list[Program] = []
    with LocalAWS() as aws:
        url = aws.endpoint_url
        for name in names:
            with sotalia.cassette(tmp_path / f"{name}.json"):
                programs.append(_program(client_kind, name, client_kind.session(**KEYS), url))
    hidden = []
    for name, recorded in zip(names, programs, strict=True):
        session = client_kind.session(region_name=KEYS["region_name"])
        with sotalia.cassette(tmp_path / f"{name}.json", mode="none") as cassette:
            played = _program(client_kind, name, session, url)
        assert cassette.unused == []
        differences = [*_differs(recorded.values, played.values)]
        # And the lengths of bodies, which are shorter now.
        assert {*differences} <= {"***", b"***", *filter(lambda value: str(value).isdigit(), differences)}
        hidden += differences
        text = (tmp_path / f"{name}.json").read_text("utf-8")
        for secret in SECRETS:
            assert secret not in text
            assert b64encode(secret.encode()).decode() not in text
    assert len(hidden) >= 6


def _program(kind: Kind, name: str, session: Any, url: str) -> Program:
    service, steps = PROGRAMS[name]
    program = Program(kind, lambda service: kind.client(service, session, endpoint_url=url))
    program.run(steps, service)
    return program


def test_all_protocols_are_there() -> None:
    session = sotalia.Session(**KEYS)
    services = {service for service, _ in PROGRAMS.values()}
    protocols = {session.client(service).meta.service_model.resolved_protocol for service in services}
    assert len(services) >= 12
    # CBOR, which no embedded server speaks, has a test of its own.
    assert protocols == {"query", "ec2", "json", "rest-json", "rest-xml"}
