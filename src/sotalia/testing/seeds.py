"""Data for an embedded AWS to begin with: ``sotalia local --seed seed.json`` or ``--seed DIRECTORY``.

A file holds a JSON object with any of::

    {
      "buckets": {"photos": {"a.txt": "text", "b.jpg": {"file": "b.jpg"}}},
      "tables": {"users": {"key": ["id"], "items": [{"id": "1", "age": 7}]}},
      "queues": ["jobs", "mail.fifo"],
      "topics": ["news"],
      "parameters": {"/app/url": "https://example.org"},
      "secrets": {"db": {"password": "x"}},
      "calls": [{"service": "iam", "operation": "CreateUser", "parameters": {"UserName": "ann"}}]
    }

``key`` is the partition key, and a sort key after it; their types are those of the first item, else strings. Paths are relative
to the file. In a directory each folder is a bucket with its files as objects, and ``seed.json``, if it is there, is such a file.
What is there already is left as it is, so a seed can be given again.
"""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from sotalia.testing.local import LocalAWS

    _Value = dict[str, Any] | list[Any] | str | float | None

# What services say of something that is there already.
_EXISTS = (
    "BucketAlreadyExists",
    "BucketAlreadyOwnedByYou",
    "EntityAlreadyExists",
    "ParameterAlreadyExists",
    "QueueAlreadyExists",
    "ResourceAlreadyExistsException",
    "ResourceExistsException",
    "ResourceInUseException",
)


def seed(aws: LocalAWS, path: str) -> list[str]:
    """Put the data of a file or directory there, and tell what was made. Raises ``ValueError`` that names the mistake."""
    return list(Seeding(aws).all_of(path))


class Seeding:
    """One run: the clients that it makes, one a service."""

    def __init__(self, aws: LocalAWS) -> None:
        self._aws = aws
        self._clients: dict[str, Any] = {}
        self._folder = ""

    def all_of(self, path: str) -> Iterator[str]:
        """A line for each thing that is made."""
        try:
            if os.path.isdir(path):
                yield from self._folders(path)
                path = os.path.join(path, "seed.json")
                if not os.path.exists(path):
                    return
            yield from self._file(path)
        finally:
            for client in self._clients.values():
                client.close()

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._aws.client(service)
        return self._clients[service]

    def _file(self, path: str) -> Iterator[str]:
        data: _Value = _json(path)
        parts: dict[str, Callable[[str, Any], Iterator[str]]] = {
            "buckets": self._bucket,
            "tables": self._table,
            "queues": self._queue,
            "topics": self._topic,
            "parameters": self._parameter,
            "secrets": self._secret,
        }
        if not isinstance(data, dict):
            raise ValueError(f"{path}: a seed is a JSON object with {', '.join(parts)} or calls")
        self._folder = os.path.dirname(os.path.abspath(path))
        for name, value in data.items():
            if name == "calls":
                yield from self._calls(path, value)
            elif name not in parts:
                raise ValueError(
                    f"{path}: there is no {name!r} in a seed; it has {', '.join(parts)} and calls"
                )
            else:
                for key, entry in _named(path, name, value).items():
                    yield from parts[name](key, entry)

    def _made(self, what: str, call: Callable[..., Any], **parameters: Any) -> Iterator[str]:
        from sotalia.exceptions import ClientError

        try:
            call(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _EXISTS:
                raise
        else:
            yield what

    # -- one kind of thing each --------------------------------------------------------------------------------

    def _folders(self, path: str) -> Iterator[str]:
        for name in sorted(os.listdir(path)):
            folder = os.path.join(path, name)
            if not os.path.isdir(folder) or name.startswith("."):
                continue
            files: dict[str, Any] = {}
            for where, _, names in os.walk(folder):
                for file in sorted(names):
                    full = os.path.join(where, file)
                    files[os.path.relpath(full, folder).replace(os.sep, "/")] = {
                        "file": os.path.abspath(full)
                    }
            yield from self._bucket(name, files)

    def _bucket(self, name: str, objects: dict[str, Any] | None) -> Iterator[str]:
        s3 = self._client("s3")
        yield from self._made(f"bucket {name}", s3.create_bucket, Bucket=name)
        for key, value in (objects or {}).items():
            path = _file_of(value)
            if path is not None:
                path = os.path.join(self._folder, path)
                with open(path, "rb") as file:
                    s3.put_object(Bucket=name, Key=key, Body=file)
            else:
                s3.put_object(Bucket=name, Key=key, Body=_text(value).encode())
        if objects:
            yield f"{len(objects)} objects in {name}"

    def _table(self, name: str, entry: dict[str, Any]) -> Iterator[str]:
        from sotalia.dynamodb.types import TypeSerializer

        described = entry or {}
        keys: list[str] | str = described.get("key", [])
        keys = [keys] if isinstance(keys, str) else keys
        if not 1 <= len(keys) <= 2:
            raise ValueError(
                f'table {name!r} needs its partition key, and may have a sort key: "key": ["id"]'
            )
        items: list[dict[str, Any]] = described.get("items", [])
        serializer: Any = TypeSerializer()
        written = [
            {key: serializer.serialize(_number(value)) for key, value in item.items()} for item in items
        ]
        types = [next(iter(written[0].get(key, {"S": ""}))) if written else "S" for key in keys]
        dynamodb = self._client("dynamodb")
        yield from self._made(
            f"table {name}",
            dynamodb.create_table,
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": key, "AttributeType": kind} for key, kind in zip(keys, types, strict=True)
            ],
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}
                for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
        )
        for item in written:
            dynamodb.put_item(TableName=name, Item=item)
        if items:
            yield f"{len(items)} items in {name}"

    def _queue(self, name: str, entry: Any) -> Iterator[str]:
        attributes = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        yield from self._made(
            f"queue {name}", self._client("sqs").create_queue, QueueName=name, Attributes=attributes
        )

    def _topic(self, name: str, entry: Any) -> Iterator[str]:
        attributes = {"FifoTopic": "true"} if name.endswith(".fifo") else {}
        yield from self._made(
            f"topic {name}", self._client("sns").create_topic, Name=name, Attributes=attributes
        )

    def _parameter(self, name: str, value: Any) -> Iterator[str]:
        ssm = self._client("ssm")
        yield from self._made(
            f"parameter {name}", ssm.put_parameter, Name=name, Value=_text(value), Type="String"
        )

    def _secret(self, name: str, value: Any) -> Iterator[str]:
        manager = self._client("secretsmanager")
        yield from self._made(f"secret {name}", manager.create_secret, Name=name, SecretString=_text(value))

    def _calls(self, path: str, calls: Any) -> Iterator[str]:
        from sotalia.model.naming import xform_name

        for number, entry in enumerate(calls, 1):
            try:
                service, operation = entry["service"], entry["operation"]
                parameters: dict[str, Any] = entry.get("parameters", {})
                method = getattr(self._client(service), xform_name(operation))
            except (AttributeError, KeyError, TypeError) as error:
                raise ValueError(
                    f"{path}: call {number} is an object with service, operation and parameters: {error}"
                ) from None
            yield from self._made(f"call {service}.{operation}", method, **parameters)


def _json(path: str) -> Any:
    with open(path, encoding="utf-8-sig") as file:
        try:
            return json.load(file)
        except ValueError as error:
            raise ValueError(f"{path} is no JSON: {error}") from None


def _file_of(value: _Value) -> str | None:
    return str(value["file"]) if isinstance(value, dict) and set(value) == {"file"} else None


def _named(path: str, name: str, value: _Value) -> dict[str, Any]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return dict.fromkeys(map(str, value))
    if isinstance(value, dict):
        return value
    raise ValueError(f"{path}: {name!r} is an object by names, or a list of names")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _number(value: _Value) -> Any:
    """JSON's numbers as DynamoDB takes them."""
    from decimal import Decimal

    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, list):
        return [_number(each) for each in value]
    if isinstance(value, dict):
        return {key: _number(each) for key, each in value.items()}
    return value
