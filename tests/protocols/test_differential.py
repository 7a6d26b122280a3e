"""Requests and reports beside botocore's, for parameters made up from the input shapes of real operations.

The tests take a seeded sample; ``python -m tests.protocols.test_differential`` compares every operation of every service.
"""

from __future__ import annotations

import copy
import random
import re
import sys
from typing import Any
from urllib.parse import quote

import botocore.serialize
import botocore.session
import botocore.validate
import pytest

from sotalia.model.loader import Loader
from sotalia.protocols.serialize import compile_serializer
from sotalia.protocols.validate import compile_validator
from tests.protocols.generated import Generator

LOADER = Loader()
REFERENCE = botocore.session.get_session()
SERVICES = LOADER.list_available_services("service-2")
SAMPLE = sorted(
    {*random.Random(1).sample(SERVICES, 25), "s3", "dynamodb", "sqs", "ec2", "cloudfront", "lambda"}
)
# Operations that send streams of events, which neither does.
_UNSUPPORTED = frozenset(
    (
        "StartConversation",
        "InvokeModelWithBidirectionalStream",
        "StartMedicalScribeListeningSession",
        "Chat",
        "StartSpeechSynthesisStream",
    )
)


_VALUE = re.compile(r"(?s)(?<=, )value: .*?, (?=type: |valid min )")


def outcome(make: Any) -> Any:
    try:
        return make()
    except Exception as error:
        return type(error)


def expected_request(service: str, model: Any, params: dict[str, Any]) -> Any:
    serializer = botocore.serialize.create_serializer(model.service_model.resolved_protocol, False)
    request = outcome(lambda: serializer.serialize_to_request(copy.deepcopy(params), model))
    if service == "s3" and isinstance(request, dict):
        # There, a handler takes the bucket out of the address at the first call.
        bucket = "/" + quote(str(params.get("Bucket", "")), safe="-._~")
        if bucket != "/" and model.http["requestUri"].startswith("/{Bucket}"):
            request["url_path"] = request["url_path"].removeprefix(bucket)
    return request


def differences(service: str, seed: int) -> tuple[list[str], int]:
    """What differs for one service, and how many operations were compared."""
    ours, theirs = LOADER.service(service), REFERENCE.get_service_model(service)
    found = []
    names = [name for name in ours.operation_names if name not in _UNSUPPORTED]
    for number, name in enumerate(names):
        mine, other = ours.operation_model(name), theirs.operation_model(name)
        shape = mine.input_shape
        params = {} if shape is None else Generator(seed + number).value(shape)
        expected = expected_request(service, other, params)
        serialize = compile_serializer(mine)
        request = outcome(lambda serialize=serialize, params=params: serialize(copy.deepcopy(params)))
        if isinstance(request, dict):
            request.pop("auth_path", None)
        for dropped in ("host_prefix",) if service == "s3control" else ():
            for made in (request, expected):
                if isinstance(made, dict):
                    made.pop(dropped, None)
        if request != expected:
            found.append(f"{service}.{name}: {request} instead of {expected}")
        if shape is not None:
            wrong = Generator(seed + number, wrong=0.06).value(shape)
            report = botocore.validate.ParamValidator().validate(wrong, other.input_shape).generate_report()
            mine = compile_validator(shape)(wrong)
            if "value: ***" in mine:  # The reference shows secrets.
                mine, report = (_VALUE.sub("", text) for text in (mine, report))
            if mine != report:
                found.append(f"{service}.{name}: {mine} instead of {report}")
    return found, len(names)


@pytest.mark.parametrize("service", SAMPLE)
def test_requests_and_reports_are_the_same(service: str) -> None:
    assert differences(service, 20261124)[0] == []


def main() -> int:
    """Compare all."""
    total = 0
    failures: list[str] = []
    for service in SERVICES:
        found, count = differences(service, 1)
        total += count
        failures += found
    print(*failures[:20], sep="\n")
    print(f"{total} operations of {len(SERVICES)} services compared, {len(failures)} differences")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
