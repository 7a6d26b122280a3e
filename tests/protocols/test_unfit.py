"""Responses and parameters that do not fit, of every protocol: the result, or an error of the reference's classes."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.model.loader import Loader
from sotalia.protocols.parse import compile_parser
from sotalia.protocols.serialize import compile_serializer
from sotalia.protocols.validate import compile_validator
from sotalia.transport.messages import HeadersDict
from tests.protocols.answers import AnswerWriter
from tests.protocols.generated import Generator

LOADER = Loader()
SERVICES = (
    "s3 dynamodb sqs sns ec2 sts lambda route53 cloudfront kinesis cloudwatch iam bedrock-runtime apigateway glacier "
    "partnercentral-revenue-measurement s3control lex-runtime transcribe"
).split()
JUNK: list[Any] = [
    None, True, 0, -1, 1.5, 10**400, 1e308, "", "x", "\ud800", "1e400", "NaN", [], {}, [[]], {"a": None}, [None],
    "2020-13-45T99:99:99Z", "99999999999999999999", "Sat, 99 Foo 2020", "::::", "0x", "=", "ä", "AAA",
]  # fmt: skip
TEXTS = [
    b"",
    b"x",
    b"\xff",
    b"-",
    b"1e999",
    b"NaN",
    b"&#0;",
    b"<b/>",
    b"9" * 5000,
    b"2020-99-99",
    b"::",
    "é".encode("latin-1"),
]


def parse(model: Any, status: int, headers: dict[str, str], body: bytes) -> None:
    parser = compile_parser(model)
    reply = {"status_code": status, "headers": HeadersDict(headers), "body": body, "context": {}}
    try:
        parsed = parser.parse(reply)
        parser.add_modeled_error(reply, parsed)
    except exceptions.ResponseParserError:
        return
    assert parsed["ResponseMetadata"]["HTTPStatusCode"] == status
    if status >= 301:
        exceptions.ClientError(parsed, model.name)


def disturbed(value: Any, generator: random.Random) -> Any:
    """The value with junk somewhere in it."""
    if generator.random() < 0.15:
        return generator.choice(JUNK)
    if isinstance(value, dict):
        return {key: disturbed(item, generator) for key, item in value.items()}
    if isinstance(value, list):
        return [disturbed(item, generator) for item in value]
    return value


def damaged(body: bytes, generator: random.Random) -> bytes:
    try:
        return json.dumps(disturbed(json.loads(body), generator)).encode()
    except ValueError:
        pass
    parts = body.split(b">")
    for _ in range(3):
        number = generator.randrange(len(parts))
        _, tag, rest = parts[number].partition(b"<")
        parts[number] = generator.choice(TEXTS) + tag + rest
    found = bytearray(b">".join(parts))
    if generator.random() < 0.3 and found:
        at = generator.randrange(len(found))
        found[at : at + generator.randrange(3)] = generator.randbytes(2)
    return bytes(found)


@pytest.mark.parametrize("service", SERVICES)
def test_responses(service: str) -> None:
    model = LOADER.service(service)
    generator = random.Random(service)
    names = generator.sample(model.operation_names, min(30, len(model.operation_names)))
    for number, name in enumerate(names):
        operation = model.operation_model(name)
        if operation.has_event_stream_output:
            continue
        writer = AnswerWriter(operation, number)
        for status, headers, body in (writer.good(), writer.good(), writer.error(), writer.error()):
            for _ in range(4):
                wrong = {
                    key: generator.choice(["", "x", "\ud800", "NaN", "-1", "e30", "Sat, 1"])
                    if generator.random() < 0.3
                    else value
                    for key, value in headers.items()
                }
                parse(operation, status, wrong, damaged(body, generator))
                parse(
                    operation,
                    generator.choice([200, 300, 400, 503]),
                    wrong,
                    body[: generator.randrange(len(body) + 1)],
                )


class Text(str, Enum):  # noqa: UP042 - other than StrEnum, it shows itself by its name
    ONE = "one"


class Number(IntEnum):
    ONE = 1


class Odd(int, Enum):
    ONE = 1


INPUTS: list[Any] = [
    *JUNK, Decimal("sNaN"), Decimal("NaN"), Decimal("1e9999"), float("nan"), float("inf"), Text.ONE, Number.ONE, Odd.ONE,
    b"x", bytearray(b"x"), "a\ud800b", 2**70, -(2**70), "\0", object(), (), ("a",), {"a": "\udfff"}, memoryview(b"x"),
]  # fmt: skip


def _replaced(value: Any, generator: random.Random) -> Any:
    if generator.random() < 0.12:
        return generator.choice(INPUTS)
    if isinstance(value, dict):
        return {key: _replaced(item, generator) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, generator) for item in value]
    return value


@pytest.mark.parametrize("service", SERVICES)
def test_parameters(service: str) -> None:
    """Whether validation looks at them or is switched off."""
    model = LOADER.service(service)
    generator = random.Random(service)
    names = generator.sample(model.operation_names, min(40, len(model.operation_names)))
    for number, name in enumerate(names):
        operation = model.operation_model(name)
        shape = operation.input_shape
        if shape is None:
            continue
        validate, serialize = compile_validator(shape), compile_serializer(operation)
        for seed in range(4):
            params = _replaced(Generator(number + seed).value(shape), generator)
            assert isinstance(validate(params), str)
            if not isinstance(params, dict):
                continue
            try:
                request = serialize(params)
            except exceptions.ParamValidationError:
                continue
            assert set(request) >= {"method", "url_path", "headers", "body"}
