"""Sessions and clients come and go, and nothing of them stays."""

from __future__ import annotations

import gc
import json
import sys
import tracemalloc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

import sotalia
from sotalia.config import Config
from sotalia.model import loader
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind


def use(client_kind: Kind, **arguments: Any) -> Any:
    """A session and a client that makes a call; the client."""
    session = client_kind.through(ScriptedTransport([answer(200, body=b"<ListAllMyBucketsResult/>")]))
    session.events.register("before-call.s3", lambda **kwargs: None)
    client = session.client("s3", **arguments)
    client_kind.run(client.list_buckets())
    return client


@pytest.mark.slow(keep=1)
def test_hundreds_of_sessions_and_clients_leave_nothing(client_kind: Kind) -> None:
    for _ in range(500):  # What is made once, and caches that fill
        use(client_kind)
    gc.collect()
    before = sys.getallocatedblocks()
    references = []
    for number in range(500):
        references.append(weakref.ref(use(client_kind)))
        if number % 100 == 99:
            gc.collect()
    gc.collect()
    assert [ref for ref in references if ref() is not None] == []
    del references
    gc.collect()
    # Less than half a piece of memory a client, whatever the sizes of objects on this Python.
    assert sys.getallocatedblocks() - before < 250


def bytes_each(make: Callable[[], Any], count: int) -> float:
    """What one more of these takes."""
    make()
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = [make() for _ in range(count)]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(kept) == count
    return (after - before) / count


def test_a_client_costs_a_fiftieth_of_boto3s(client_kind: Kind) -> None:
    """A session, a client, what the client keeps of a call, and a registry that differs from all others."""
    theirs = bytes_each(lambda: boto3.Session(**KEYS).client("s3"), 3)
    assert bytes_each(lambda: use(client_kind), 100) * 50 < theirs


def test_parsers_of_ones_own_are_not_kept() -> None:
    """Each session has a new function, so nothing may be kept by it."""
    references = []
    for _ in range(5):
        session = sotalia.Session(
            **KEYS, transport=ScriptedTransport([answer(200, body=b"<ListAllMyBucketsResult/>")])
        )
        parser = lambda value: value  # noqa: E731 - a function that dies with its session
        references.append(weakref.ref(parser))
        session._session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=parser)
        client = session.client("s3")
        client.list_buckets()
    del session, client, parser
    gc.collect()
    assert [ref for ref in references if ref() is not None] == []


def ruleset(host: str) -> dict[str, Any]:
    return {
        "version": "1.0",
        "parameters": {"Region": {"builtIn": "AWS::Region", "type": "String", "required": False}},
        "rules": [{"conditions": [], "endpoint": {"url": f"https://{host}"}, "type": "endpoint"}],
    }


def write_service(root: Path, host: str, operation: str = "Ask") -> None:
    folder = root / "odd" / "2026-01-01"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "service-2.json").write_text(json.dumps({
        "metadata": {"apiVersion": "2026-01-01", "endpointPrefix": "odd", "protocol": "json", "jsonVersion": "1.1",
                     "serviceId": "Odd", "signatureVersion": "v4", "targetPrefix": "Odd", "uid": "odd-2026-01-01"},
        "operations": {operation: {"name": operation, "http": {"method": "POST", "requestUri": "/"}}},
        "shapes": {},
    }))  # fmt: skip
    (folder / "endpoint-rule-set-1.json").write_text(json.dumps(ruleset(host)))


def asked_url(method: str = "ask") -> str:
    transport = ScriptedTransport([answer(200, body=b"{}")])
    getattr(sotalia.Session(**KEYS, transport=transport).client("odd"), method)()
    return str(transport.requests[0].url)


def test_sessions_with_other_data_paths_do_not_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = tmp_path / "1", tmp_path / "2", tmp_path / "3"
    write_service(first, "one.example")
    write_service(second, "two.example", "Tell")
    # The third has a rule set only; the service itself comes from the first.
    folder = third / "odd" / "2026-01-01"
    folder.mkdir(parents=True)
    (folder / "endpoint-rule-set-1.json").write_text(json.dumps(ruleset("three.example")))
    for paths, method, url in (
        ([first], "ask", "https://one.example/"),
        ([second, first], "tell", "https://two.example/"),
        ([third, first], "ask", "https://three.example/"),
        ([first, second], "ask", "https://one.example/"),
    ):
        monkeypatch.setenv("AWS_DATA_PATH", ":".join(map(str, paths)))
        assert asked_url(method) == url
        assert asked_url(method) == url


def test_partitions_of_ones_own_do_not_reach_other_sessions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = json.loads(json.dumps(loader.Loader().partitions()))
    for partition in data["partitions"]:
        partition["outputs"]["dnsSuffix"] = "aws.example"
    (tmp_path / "partitions.json").write_text(json.dumps(data))

    def host() -> str:
        transport = ScriptedTransport([answer(200, body=b"{}")])
        sotalia.Session(**KEYS, transport=transport).client("sqs").list_queues()
        return str(transport.requests[0].url)

    assert host() == "https://sqs.us-west-2.amazonaws.com/"
    with monkeypatch.context() as patch:
        patch.setenv("AWS_DATA_PATH", str(tmp_path))
        assert host() == "https://sqs.us-west-2.aws.example/"
    assert host() == "https://sqs.us-west-2.amazonaws.com/"


def test_a_service_that_changes_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    for number in range(30):
        write_service(tmp_path, f"host{number}.example.{'x' * number}")
        assert asked_url().startswith(f"https://host{number}.")


def test_configs_are_not_kept(client_kind: Kind) -> None:
    config = Config(read_timeout=1)
    reference = weakref.ref(config)
    client = use(client_kind, config=config)
    del config, client
    gc.collect()
    assert reference() is None
