"""Cassettes of services of all protocols: recorded against a server, played back in sync and async when it is gone."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib import request

import pytest

import sotalia
from tests.client_kinds import KEYS, AsyncKind, Kind, SyncKind
from tests.replay.programs import PROGRAMS, SECRETS, Program

KINDS: dict[str, type[Kind]] = {"sync": SyncKind, "async": AsyncKind}
#: What cassettes hide unless they are told to keep it; here, whole results are compared.
KEEP: Any = dict.fromkeys(
    ("SecretString", "Plaintext", "SecretAccessKey", "SessionToken", "AccessKeyId", "Value"), False
)


#: Where nobody listens (discard, RFC 863).
NOBODY = {"endpoint_url": "http://127.0.0.1:9"}


class Server:
    """An embedded AWS in a process of its own: those of one process share what they hold, and so would the tests."""

    def __init__(self) -> None:
        words = [sys.executable, "-m", "sotalia", "--quiet", "local"]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def anew(self) -> dict[str, Any]:
        """Forget everything. Gives the options of clients."""
        request.urlopen(request.Request(f"{self.url}/moto-api/reset", method="POST")).close()
        return {"endpoint_url": self.url}

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


class Recorded:
    """The cassettes of all programs, and what the programs got when these were recorded."""

    def __init__(self, folder: Path, kind: Kind, options: dict[str, Any]) -> None:
        self.folder = folder
        self.results: dict[str, list[str]] = {}
        for name in PROGRAMS:
            with sotalia.cassette(folder / f"{name}.json", redact=KEEP) as cassette:
                self.results[name] = run(kind, name, kind.session(**KEYS), options).results
            assert cassette.recorded >= len(self.results[name])
            assert cassette.played == 0


def run(kind: Kind, name: str, session: Any, options: dict[str, Any]) -> Program:
    service, steps = PROGRAMS[name]
    program = Program(kind, lambda service: kind.client(service, session, **options))
    program.run(steps, service)
    return program


@pytest.fixture(scope="module", params=KINDS)
def recorded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, server: Server
) -> Iterator[Recorded]:
    """Recorded by sync or by async clients."""
    kind = KINDS[request.param]()
    yield Recorded(tmp_path_factory.mktemp(request.param), kind, server.anew())
    kind.close()


@pytest.mark.parametrize("name", PROGRAMS)
def test_played_back_all_results_are_equal(recorded: Recorded, name: str, client_kind: Kind) -> None:
    """To the last byte: headers, streams and errors too. No credentials are there, and no server."""
    session = client_kind.session(region_name=KEYS["region_name"])
    with sotalia.cassette(recorded.folder / f"{name}.json", mode="none", redact=KEEP) as cassette:
        assert run(client_kind, name, session, NOBODY).results == recorded.results[name]
    assert cassette.unused == []
    assert cassette.recorded == 0


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_endpoint_may_be_another(recorded: Recorded, name: str, client_kind: Kind) -> None:
    """Recorded of a server of your own, and played by clients that know of none. Some services have no regions then."""
    session = client_kind.session(region_name=KEYS["region_name"])
    with sotalia.cassette(recorded.folder / f"{name}.json", mode="none", redact=KEEP) as cassette:
        assert run(client_kind, name, session, {}).results == recorded.results[name]
    assert cassette.unused == []


def test_all_in_one_cassette_at_the_same_time(tmp_path: Path, server: Server) -> None:
    """Eight threads record one file, and eight others play it back."""
    path = tmp_path / "all.json"

    def at_once(options: dict[str, Any], **session: Any) -> dict[str, list[str]]:
        kind = SyncKind()
        shared = kind.session(**session)
        with ThreadPoolExecutor(8) as pool:
            programs = pool.map(lambda name: run(kind, name, shared, options), PROGRAMS)
            found = {name: program.results for name, program in zip(PROGRAMS, programs, strict=True)}
        kind.close()
        return found

    with sotalia.cassette(path, redact=KEEP):
        recorded = at_once(server.anew(), **KEYS)
    for _ in range(2):
        with sotalia.cassette(path, mode="none", redact=KEEP) as cassette:
            assert at_once(NOBODY, region_name=KEYS["region_name"]) == recorded
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


def test_by_default_secrets_alone_are_others(tmp_path: Path, client_kind: Kind, server: Server) -> None:
    names = ("secretsmanager", "kms", "ssm", "sts", "iam")
    programs: list[Program] = []
    options = server.anew()
    for name in names:
        with sotalia.cassette(tmp_path / f"{name}.json"):
            programs.append(run(client_kind, name, client_kind.session(**KEYS), options))
    hidden = []
    for name, recorded in zip(names, programs, strict=True):
        session = client_kind.session(region_name=KEYS["region_name"])
        with sotalia.cassette(tmp_path / f"{name}.json", mode="none") as cassette:
            played = run(client_kind, name, session, NOBODY)
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


def test_all_protocols_are_there() -> None:
    session = sotalia.Session(**KEYS)
    services = {service for service, _ in PROGRAMS.values()}
    protocols = {session.client(service).meta.service_model.resolved_protocol for service in services}
    assert len(services) >= 12
    # CBOR, which no embedded server speaks, has a test of its own.
    assert protocols == {"query", "ec2", "json", "rest-json", "rest-xml"}
