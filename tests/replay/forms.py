"""Parameters for the tests of matching: of real operations, and made up for their shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from hypothesis import strategies as st

import sotalia
from sotalia.replay.matching import Rules, canonical
from tests.client_kinds import KEYS


@cache
def client(service: str) -> Any:
    return sotalia.Session(**KEYS).client(service)


def model(service: str, operation: str) -> Any:
    return client(service).meta.service_model.operation_model(operation)


def form(
    service: str, operation: str, parameters: dict[str, Any], rules: Rules | None = None, **options: Any
) -> Any:
    return canonical(parameters, model(service, operation), rules, **options)


@dataclass
class Recorded:
    """A recorded call, as far as messages need it."""

    number: int
    service: str
    operation: str
    parameters: dict[str, Any]
    region: str | None = "us-west-2"
    is_played: bool = False
    given: dict[str, Any] = field(default_factory=dict)


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="<:=&"), max_size=8)
_SCALARS: dict[str, Any] = {
    "string": _TEXT,
    "integer": st.integers(-(2**31), 2**31),
    "long": st.integers(-(2**63), 2**63),
    "float": st.floats(allow_nan=False, allow_infinity=False, width=32),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "blob": st.binary(max_size=8),
    "timestamp": st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
}


def values(shape: Any, depth: int = 4) -> Any:
    """Values of a shape, as callers give them."""
    kind = shape.type_name
    if kind == "structure":
        if depth == 0 or not shape.members:
            return st.just({})
        names = st.lists(st.sampled_from(sorted(shape.members)), unique=True, max_size=4)
        return names.flatmap(
            lambda chosen: st.fixed_dictionaries(
                {name: values(shape.members[name], depth - 1) for name in chosen}
            )
        )
    if kind == "list":
        return st.just([]) if depth == 0 else st.lists(values(shape.member, depth - 1), max_size=3)
    if kind == "map":
        return (
            st.just({}) if depth == 0 else st.dictionaries(_TEXT, values(shape.value, depth - 1), max_size=3)
        )
    return _SCALARS[kind]


#: Operations whose shapes have tags, filters, sets, recursion, blobs, times, maps and documents.
OPERATIONS = (
    ("s3", "PutObject"),
    ("s3", "PutBucketTagging"),
    ("s3", "CompleteMultipartUpload"),
    ("dynamodb", "PutItem"),
    ("dynamodb", "CreateTable"),
    ("dynamodb", "BatchWriteItem"),
    ("ec2", "DescribeInstances"),
    ("ec2", "RunInstances"),
    ("cloudwatch", "PutMetricData"),
    ("cloudwatch", "GetMetricData"),
    ("sqs", "SendMessageBatch"),
    ("ssm", "PutParameter"),
    ("lambda", "CreateFunction"),
    ("kms", "Encrypt"),
    ("bedrock-runtime", "Converse"),
)
