"""Calls that are nearly in a cassette: an error at once, which shows the nearest recording and what differs."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.config import Config
from sotalia.model.naming import xform_name
from sotalia.replay.errors import NotRecordedError, UsedUpError
from sotalia.runtime import groups
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind
from tests.replay.near_misses import NEAR_MISSES, NearMiss


def _call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
    result = getattr(client, xform_name(operation))(**parameters)
    if "Body" in result:
        result["Body"].read()
    return result


#: Empty results.
_BODIES: dict[str, Callable[[str], str]] = {
    "json": lambda operation: "{}",
    "query": lambda operation: f"<{operation}Response><{operation}Result/></{operation}Response>",
    "rest-xml": lambda operation: f"<{_ROOTS[operation]}/>" if operation in _ROOTS else "",
}
_ROOTS = {
    "ListObjects": "ListBucketResult",
    "ListObjectsV2": "ListBucketResult",
    "ListParts": "ListPartsResult",
}


def _record(kind: Kind, near_miss: NearMiss, path: Path) -> None:
    with sotalia.cassette(path, mode="all"):
        for service, operation, parameters in near_miss.recorded:
            client = kind.client(service).raw
            body = _BODIES[client.meta.service_model.resolved_protocol](operation).encode()
            scripted = kind.scripted(service, [answer(200, {}, body)])
            _call(scripted, operation, parameters)
    if not path.exists():
        path.write_text(json.dumps({"format": "sotalia cassette", "version": 1, "calls": []}))


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("near_miss", NEAR_MISSES, ids=lambda near_miss: near_miss.name)
def test_near_misses(near_miss: NearMiss, mode: str, client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    _record(client_kind, near_miss, path)
    service, operation, parameters = near_miss.wanted
    attempts: list[Any] = []

    def count(**kwargs: Any) -> None:
        attempts.append(kwargs)

    with sotalia.cassette(path, mode="none") as cassette:
        config = Config(retries={"mode": mode, "total_max_attempts": 5}, **near_miss.options)
        client = client_kind.scripted(service, [AssertionError("it was sent")], config=config)
        for _, _, recorded in near_miss.recorded[: near_miss.played]:
            _call(client, operation, recorded)
        client.raw.meta.events.register("request-created", count)
        with pytest.raises(NotRecordedError) as caught:
            _call(client, operation, parameters)
    message = str(caught.value)
    for words in near_miss.says:
        assert words in message
    assert len(message.splitlines()) <= 13
    assert len(attempts) == 1  # Not tried again.
    assert client.transport.requests == []
    assert (type(caught.value) is UsedUpError) == bool(near_miss.played)
    assert len(cassette.unused) == len(near_miss.recorded) - near_miss.played
    assert str(pickle.loads(pickle.dumps(caught.value))) == message


def test_another_region(client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    _record(client_kind, NearMiss("", [("sqs", "ListQueues", {})], ("", "", {}), []), path)
    session = client_kind.session(**{**KEYS, "region_name": "eu-central-1"})
    with sotalia.cassette(path, mode="none"), pytest.raises(NotRecordedError) as caught:
        client_kind.client("sqs", session).list_queues()
    assert "recorded in c.json as call 1, but in another region" in str(caught.value)
    assert "region: wanted 'eu-central-1', recorded 'us-west-2'" in str(caught.value)


def test_a_waiter_that_polls_more_often(client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    missing = answer(404)
    with sotalia.cassette(path):
        client = client_kind.scripted("s3", [missing, missing])
        for _ in range(2):
            with pytest.raises(sotalia.exceptions.ClientError):
                client.head_object(Bucket="b", Key="k")
    with sotalia.cassette(path, mode="none"):
        client = client_kind.client("s3")
        with pytest.raises(UsedUpError) as caught:
            client.get_waiter("object_exists").wait(Bucket="b", Key="k")
    assert "all 2 recordings of it were played already" in str(caught.value)


def test_the_message_names_what_the_call_belongs_to(client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    with sotalia.cassette(path):
        client_kind.scripted("s3", [answer()]).head_object(Bucket="b", Key="k")
    assert groups.watchers == 0
    with sotalia.cassette(path, mode="none"):
        client = client_kind.client("s3")
        client.head_object(Bucket="b", Key="k")
        with groups.begin("waiter", "object_exists").within(), pytest.raises(UsedUpError) as caught:
            client.head_object(Bucket="b", Key="k")
    assert "waiter object_exists polls more often than it did" in str(caught.value)
    assert groups.watchers == 0


def test_secrets_are_in_no_message_and_no_file(client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    with sotalia.cassette(path):
        client = client_kind.scripted("secretsmanager", [answer(200, {}, b'{"Name": "hunter2-one"}')])
        client.create_secret(Name="one", SecretString="hunter2-one", Description="it is hunter2-one")
    with sotalia.cassette(path, mode="none"), pytest.raises(NotRecordedError) as caught:
        client_kind.client("secretsmanager").create_secret(
            Name="two", SecretString="hunter2-two", Description="it is hunter2-two"
        )
    text = path.read_text() + str(caught.value) + repr(caught.value) + repr(vars(caught.value))
    assert "Name: wanted 'two', recorded 'one'" in text
    assert "hunter2" not in text
