"""Recorded responses of real services: results, errors, and what the reference makes of the same bytes."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import botocore.parsers
import botocore.session
import pytest

from sotalia.model.loader import Loader
from sotalia.model.service import OperationModel
from sotalia.protocols.parse import compile_parser
from sotalia.transport.messages import HeadersDict

from .data import conformance_path

LOADER = Loader(cache_directory=None)
REFERENCE = botocore.session.get_session()


def recorded(folder: str) -> list[Any]:
    return [
        pytest.param(path, id=path.stem)
        for path in sorted(conformance_path("responses", folder).glob("*.xml"))
    ]


def operation_of(path: Path) -> tuple[str, OperationModel]:
    """``SERVICE-OPERATION[-n]``, where the service's own name may hold dashes."""
    words = path.stem.partition("#")[0].split("-")
    service, rest = words[0], words[1:]
    if rest and rest[-1].isdigit():
        rest = rest[:-1]
    service = {"sns": "sns"}.get(service, service)
    model = LOADER.service(service)
    name = "".join(rest).lower()
    for known in model.operation_names:
        if known.lower() == name:
            return service, model.operation_model(known)
    pytest.skip(f"{service} has no operation {name} any more")


def answer(path: Path, status: int, body: bytes | None = None) -> dict[str, Any]:
    return {
        "status_code": status,
        "headers": HeadersDict({}),
        "body": path.read_bytes() if body is None else body,
        "context": {"operation_name": ""},
    }


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return value


def without_http(parsed: dict[str, Any]) -> Any:
    for key in ("HTTPStatusCode", "HTTPHeaders"):
        parsed.get("ResponseMetadata", {}).pop(key, None)
    return plain(parsed)


@pytest.mark.parametrize("path", recorded("responses"))
def test_result(path: Path) -> None:
    service, model = operation_of(path)
    found = without_http(compile_parser(model, timestamp_parser=str).parse(answer(path, 200)))
    reference_model = REFERENCE.get_service_model(service).operation_model(model.name)
    protocol = reference_model.service_model.resolved_protocol
    parser = botocore.parsers.PROTOCOL_PARSERS[protocol](timestamp_parser=str)
    expected = without_http(parser.parse(answer(path, 200), reference_model.output_shape))
    assert found == expected
    if model.name == "GetBucketLocation":
        return  # A handler of `after-call` reads the rest.
    written = json.loads(path.with_suffix(".json").read_text("utf-8"))
    # The expectations are of their day: what the model has learned since may be more, never other.
    assert contains(found, written), path.name


def contains(found: Any, expected: Any) -> bool:
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(
            key in found and contains(found[key], value)
            for key, value in expected.items()
            if key != "ResponseMetadata"
        )
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(map(contains, found, expected))
    return bool(found == expected)


@pytest.mark.parametrize("path", recorded("errors"))
def test_xml_error(path: Path) -> None:
    _, model = operation_of(path)
    found = without_http(compile_parser(model).parse(answer(path, 400)))
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert {**found["Error"], **expected["Error"]} == found["Error"]
    assert found["ResponseMetadata"] == expected["ResponseMetadata"]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.stem)
        for path in sorted(conformance_path("responses", "json-errors").glob("*.json"))
        if not path.name.endswith(".expected.json")
    ],
)
def test_json_error(path: Path) -> None:
    _, model = operation_of(path)
    found = without_http(compile_parser(model).parse(answer(path, 400)))
    assert found["Error"] == json.loads(path.with_suffix(".expected.json").read_text("utf-8"))["Error"]
