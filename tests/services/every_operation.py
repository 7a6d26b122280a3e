"""Whole calls of every operation of every service beside boto3: what is sent, and what is made of the answer.

Parameters and answers are made up from the models by seeded generators. Both clients are answered by a handler of
``before-send``, so all of a call but the network takes part: built-in handlers, validation, endpoint, serializer,
checksums, compression, signature, parser, errors.

``python -m tests.services.every_operation [SEED] [SERVICE ...]`` compares everything and takes some minutes;
``test_every_operation.py`` takes a sample.
"""

from __future__ import annotations

import collections
import contextlib
import copy
import datetime
import gzip
import inspect
import os
import re
import sys
import time
from collections.abc import Iterator
from typing import Any
from unittest import mock

import boto3
import botocore.awsrequest
import botocore.config

import sotalia
from tests.protocols.answers import Answer, AnswerWriter
from tests.protocols.generated import Generator

KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret", "region_name": "us-west-2"}
#: Services that would first ask where to go: tests of endpoint discovery do that.
_DISCOVERING = ("timestream-query", "timestream-write")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_OWN_HEADERS = ("user-agent", "amz-sdk-invocation-id")
# What depends on the very bytes of a compressed body.
_OF_BYTES = ("content-length", "content-md5", "x-amz-content-sha256")
_XML = ("query", "ec2", "rest-xml")


class Body:
    """The body of an answer as both libraries read it."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, amount: int | None = None) -> bytes:
        """All of it at once, however much is asked for."""
        data, self._data = self._data, b""
        return data

    def stream(self, *_: Any, **__: Any) -> Any:
        """The same in one part."""
        yield self.read()

    def close(self) -> None:
        """Nothing to close."""


class Network:
    """A handler of ``before-send`` that keeps the request and gives the answer."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.answer: Answer = (200, {}, b"")

    def send(self, request: Any, **kwargs: Any) -> Any:
        """Answer in the network's place."""
        self.requests.append(seen(request))
        status, headers, body = self.answer
        return botocore.awsrequest.AWSResponse(request.url, status, dict(headers), Body(body))


def seen(request: Any) -> dict[str, Any]:
    """A prepared request in a form that can be compared."""
    headers = {}
    for name, value in request.headers.items():
        text = value.decode("utf-8") if isinstance(value, bytes) else str(value)
        if name.lower() not in _OWN_HEADERS:
            headers[name.lower()] = text
    body = request.body
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        body = body.encode()
    body = bytes(body or b"")
    if headers.get("content-encoding", "").endswith("gzip") and body[:2] == b"\x1f\x8b":
        # The same bytes can be compressed in many ways, and a header of gzip tells the time.
        body = gzip.decompress(body)
        headers = {name: headers[name] for name in headers if name not in _OF_BYTES}
        headers["authorization"] = headers["authorization"].partition("Signature=")[0]
    return {"method": request.method, "url": request.url, "headers": headers, "body": body}


def without_chance(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Take out of two requests what differs from call to call: tokens; and signatures, where they had to differ."""
    had_tokens = False
    for request in (mine, theirs):
        # The order of a query, and a `?` with nothing behind it, say nothing.
        address, _, query = request["url"].partition("?")
        request["url"] = (address, sorted(query.split("&")))
        if request["method"] == "GET":
            # The reference's transport adds the length where there is a body after all.
            request["headers"].pop("content-length", None)
        body, count = _UUID.subn("UUID", request["body"].decode("utf-8", "surrogateescape"))
        request["url"], more = _UUID.subn("UUID", repr(request["url"]))
        request["body"] = body
        had_tokens = had_tokens or bool(count or more)
        for name, value in request["headers"].items():
            request["headers"][name], more = _UUID.subn("UUID", value)
            had_tokens = had_tokens or bool(more)
    if not had_tokens:
        return
    for request in (mine, theirs):
        headers = request["headers"]
        for name in headers:
            if name in ("content-md5", "x-amz-content-sha256") or name.startswith("x-amz-checksum-"):
                headers[name] = "..."
        if "authorization" in headers:
            headers["authorization"] = re.sub("Signature=.*", "", headers["authorization"])


def comparable(value: Any) -> Any:
    """A parsed response in a form that can be compared: NaN equals itself, zones count, streams are read."""
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat(), repr(value.tzinfo)
    if isinstance(value, float):
        return repr(value)
    if hasattr(value, "read"):
        return "stream", value.read()
    return type(value).__name__, value


def called(client: Any, method: str, params: dict[str, Any]) -> Any:
    """What a call returns or raises."""
    try:
        return "returned", comparable(getattr(client, method)(**copy.deepcopy(params)))
    except Exception as error:
        response = getattr(error, "response", None)
        name = f"{type(error).__module__}.{type(error).__name__}"
        if response is not None:
            return "client error", (type(error).__name__, str(error), comparable(response))
        return "raised", (name, str(error))


class Comparison:
    """One service in both libraries."""

    def __init__(self, service: str) -> None:
        config = botocore.config.Config(retries={"max_attempts": 0})
        arguments: dict[str, Any] = {"config": config}
        if service in _DISCOVERING:
            arguments["endpoint_url"] = "https://timestream.example.com"
        self.service = service
        self.theirs = boto3.Session(**KEYS).client(service, **arguments)
        self.mine = sotalia.Session(**KEYS).client(service, **arguments)
        self.networks = Network(), Network()
        for client, network in zip((self.mine, self.theirs), self.networks, strict=True):
            client.meta.events.register("before-send", network.send)
        self.outcomes: collections.Counter[str] = collections.Counter()

    def surface(self) -> list[str]:
        """Differences in what the clients offer."""
        mine, theirs = self.mine, self.theirs
        found = []
        pairs = {
            "methods": (methods(mine), methods(theirs)),
            "mapping": (mine.meta.method_to_api_mapping, theirs.meta.method_to_api_mapping),
            "waiters": (mine.waiter_names, theirs.waiter_names),
            "class": (type(mine).__name__, type(theirs).__name__),
            "region": (mine.meta.region_name, theirs.meta.region_name),
            "endpoint": (mine.meta.endpoint_url, theirs.meta.endpoint_url),
            "partition": (mine.meta.partition, theirs.meta.partition),
            "pages": tuple(
                {name for name in client.meta.method_to_api_mapping if client.can_paginate(name)}
                for client in (mine, theirs)
            ),
            "errors": tuple(
                {name for name in dir(client.exceptions) if name[0].isupper()} for client in (mine, theirs)
            ),
        }
        for name in sorted(methods(mine)):
            if not inspect.getdoc(getattr(type(mine), name)):
                found.append(f"{self.service}: {name} has no docstring")
        for name, (one, other) in pairs.items():
            if one != other:
                found.append(f"{self.service}: {name}: {one} instead of {other}")
        return found

    def operations(self, seed: int) -> list[str]:
        """Differences in calls of every operation."""
        found = []
        offered = methods(self.mine)
        with standing_clock():
            for number, (method, name) in enumerate(self.mine.meta.method_to_api_mapping.items()):
                if method in offered:
                    found += self.operation(method, name, seed * 100_003 + number)
        return found

    def operation(self, method: str, name: str, seed: int) -> list[str]:
        """Differences in two calls of one operation: one answered well, one with an error."""
        model = self.mine.meta.service_model.operation_model(name)
        found = []
        for turn, is_good in enumerate((True, False)):
            if is_good and model.has_event_stream_output:
                continue
            shape = model.input_shape
            params = {} if shape is None else fitting(Generator(seed * 2 + turn).value(shape))
            writer = AnswerWriter(model, seed * 2 + turn)
            answer = writer.good() if is_good else writer.error()
            for network in self.networks:
                network.answer = answer
                network.requests.clear()
            mine, theirs = called(self.mine, method, params), called(self.theirs, method, params)
            self.outcomes[theirs[1][0] if theirs[0] == "raised" else theirs[0]] += 1
            found += self._compared(name, params, answer, mine, theirs)
        return found

    def _compared(self, name: str, params: Any, answer: Answer, mine: Any, theirs: Any) -> list[str]:
        found: list[str] = []
        if stumbled(theirs) and not stumbled(mine):
            return found
        sent = [list(network.requests) for network in self.networks]
        for one, other in zip(*sent, strict=False):
            without_chance(one, other)
        if sent[0] != sent[1]:
            found.append(f"{self.service}.{name} sent {sent[0]}\n  instead of {sent[1]}\n  for {params}")
        if theirs[0] == mine[0] == "client error" and self.protocol in _XML:
            mine = without_more_members(mine, theirs)
        if mine != theirs:
            found.append(
                f"{self.service}.{name} gave {mine}\n  instead of {theirs}\n  for {params}, answered {answer}"
            )
        return found

    @property
    def protocol(self) -> str:
        """The protocol spoken."""
        return str(self.mine.meta.service_model.resolved_protocol)


@contextlib.contextmanager
def standing_clock() -> Iterator[None]:
    """The same time for both, however long the one takes before the other."""
    moment = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    seconds, parts = moment.timestamp(), time.gmtime
    with (
        mock.patch("time.time", return_value=seconds),
        mock.patch("time.gmtime", lambda given=seconds: parts(given)),
        mock.patch("botocore.auth.get_current_datetime", return_value=moment.replace(tzinfo=None)),
    ):
        yield


def stumbled(outcome: Any) -> bool:
    """Whether an outcome is no more than a slip: a ``KeyError`` for a listing without keys, XML nodes in place of text."""
    kind, details = outcome
    if kind == "raised":
        return str(details[0]).startswith(("builtins.", "binascii.", "xml."))
    return "<Element " in repr(details)


def without_more_members(mine: Any, theirs: Any) -> Any:
    """Modeled members inside ``Error``, which the reference does not find (docs/differences.md)."""
    kind, (name, text, response) = mine
    return kind, (name, text, {key: value for key, value in response.items() if key in theirs[1][2]})


def fitting(params: Any) -> Any:
    """Values for members whose text decides about the address, so that most calls get past that."""
    for name, value in (
        ("Bucket", "bucket-1"),
        ("AccountId", "123456789012"),
        ("PredictEndpoint", "https://realtime.example.com"),
    ):
        if isinstance(params.get(name), str):
            params[name] = value
    # Others need a package, whose name the message gives.
    if "ChecksumAlgorithm" in params:
        params["ChecksumAlgorithm"] = "SHA256"
    # A length that is not the body's is refused here (docs/differences.md).
    if "ContentLength" in params:
        del params["ContentLength"]
    return params


def methods(client: Any) -> set[str]:
    """Names of a client's methods, those of the libraries themselves aside."""
    return {
        name
        for name in dir(type(client))
        if name in client.meta.method_to_api_mapping or name.startswith("generate_")
    }


def main(seed: int, services: list[str]) -> int:
    """Compare all, both without awscrt. The exit status says whether there were differences."""
    os.environ["BOTO_DISABLE_CRT"] = "true"
    outcomes: collections.Counter[str] = collections.Counter()
    found: list[str] = []
    operations = 0
    services = services or boto3.Session(**KEYS).get_available_services()
    for service in services:
        comparison = Comparison(service)
        found += comparison.surface() + comparison.operations(seed)
        outcomes += comparison.outcomes
        operations += len(comparison.mine.meta.method_to_api_mapping)
    print(*found, sep="\n")
    told = ", ".join(f"{count} {kind}" for kind, count in outcomes.most_common())
    print(f"{operations} operations of {len(services)} services, {sum(outcomes.values())} calls ({told})")
    print(f"{len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    arguments = sys.argv[1:] or ["1"]
    sys.exit(main(int(arguments[0]), arguments[1:]))
