"""Two calls are the same if they mean the same to the service, and only then."""

from __future__ import annotations

import asyncio
import io
import json
import os
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sotalia.dynamodb.conditions import Attr, Key
from sotalia.dynamodb.types import Binary
from sotalia.replay.bodies import UNREAD, copied, digest, hashed
from sotalia.replay.differences import differences, identity
from sotalia.replay.matching import Rules, canonical
from tests.replay.forms import OPERATIONS, form, model, values

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)

#: Pairs of parameters that mean the same.
SAME: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("s3", "GetObject", {"Bucket": "b", "Key": "k"}, {"Key": "k", "Bucket": "b"}),
    ("s3", "PutObject", {"Body": b"ab"}, {"Body": "ab"}),
    ("s3", "PutObject", {"Body": b"ab"}, {"Body": bytearray(b"ab")}),
    ("s3", "PutObject", {"Body": b"ab"}, {"Body": memoryview(b"ab")}),
    ("s3", "PutObject", {"Body": b"ab"}, {"Body": io.BytesIO(b"ab")}),
    ("s3", "PutObject", {"Metadata": {"a": "1", "b": "2"}}, {"Metadata": {"b": "2", "a": "1"}}),
    (
        "s3",
        "PutBucketTagging",
        {"Tagging": {"TagSet": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}},
        {"Tagging": {"TagSet": [{"Value": "2", "Key": "b"}, {"Value": "1", "Key": "a"}]}},
    ),
    (
        "ec2",
        "DescribeInstances",
        {"Filters": [{"Name": "a", "Values": ["1", "2"]}, {"Name": "b", "Values": []}]},
        {"Filters": [{"Name": "b", "Values": []}, {"Name": "a", "Values": ["2", "1"]}]},
    ),
    ("kms", "TagResource", {"Tags": [{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": "2"}]},
     {"Tags": [{"TagKey": "b", "TagValue": "2"}, {"TagKey": "a", "TagValue": "1"}]}),
    ("kms", "UntagResource", {"TagKeys": ["a", "b"]}, {"TagKeys": ["b", "a"]}),
    ("dynamodb", "PutItem", {"Item": {"s": {"SS": ["a", "b"]}}}, {"Item": {"s": {"SS": ["b", "a"]}}}),
    ("dynamodb", "PutItem", {"Item": {"s": {"NS": ["1", "2"]}}}, {"Item": {"s": {"NS": ("2", "1")}}}),
    ("dynamodb", "PutItem", {"Item": {"s": {"L": [{"BS": [b"a", b"b"]}]}}}, {"Item": {"s": {"L": [{"BS": [b"b", b"a"]}]}}}),
    ("cloudwatch", "GetMetricData", {"StartTime": NOON}, {"StartTime": NOON.timestamp()}),
    ("cloudwatch", "GetMetricData", {"StartTime": NOON}, {"StartTime": "2024-05-01T12:00:00Z"}),
    ("cloudwatch", "GetMetricData", {"StartTime": NOON}, {"StartTime": "2024-05-01T14:00:00+02:00"}),
    ("cloudwatch", "GetMetricData", {"StartTime": NOON}, {"StartTime": NOON.replace(tzinfo=None)}),
    ("cloudwatch", "GetMetricData", {"StartTime": NOON}, {"StartTime": NOON.astimezone(timezone(timedelta(hours=-7)))}),
    ("cloudwatch", "PutMetricData", {"MetricData": [{"Value": 1}]}, {"MetricData": [{"Value": 1.0}]}),
    ("cloudwatch", "PutMetricData", {"MetricData": [{"Value": 0.1}]}, {"MetricData": [{"Value": Decimal("0.10")}]}),
    (
        "cloudwatch",
        "PutMetricData",
        {"MetricData": [{"Dimensions": [{"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}]}]},
        {"MetricData": [{"Dimensions": [{"Name": "b", "Value": "2"}, {"Name": "a", "Value": "1"}]}]},
    ),
    ("ecs", "RunTask", {"overrides": {"containerOverrides": [{"environment": [{"name": "a"}, {"name": "b"}]}]}},
     {"overrides": {"containerOverrides": [{"environment": [{"name": "b"}, {"name": "a"}]}]}}),
    ("secretsmanager", "CreateSecret", {"SecretString": "one"}, {"SecretString": "two"}),
]  # fmt: skip

#: Pairs that do not.
DIFFERENT: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("s3", "GetObject", {"Key": "k"}, {"Key": "K"}),
    ("s3", "GetObject", {"Key": "k"}, {"Key": "k", "VersionId": "1"}),
    ("s3", "PutObject", {"Body": b"ab"}, {"Body": b"ba"}),
    ("s3", "PutObject", {"Tagging": ""}, {}),
    ("s3", "PutBucketTagging", {"Tagging": {"TagSet": []}}, {"Tagging": {}}),
    (
        "s3",
        "CompleteMultipartUpload",
        {"MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": "a"}, {"PartNumber": 2, "ETag": "b"}]}},
        {"MultipartUpload": {"Parts": [{"PartNumber": 2, "ETag": "b"}, {"PartNumber": 1, "ETag": "a"}]}},
    ),
    (
        "dynamodb",
        "CreateTable",
        {"KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}, {"AttributeName": "b", "KeyType": "RANGE"}]},
        {"KeySchema": [{"AttributeName": "b", "KeyType": "RANGE"}, {"AttributeName": "a", "KeyType": "HASH"}]},
    ),
    ("dynamodb", "PutItem", {"Item": {"s": {"L": [{"S": "a"}, {"S": "b"}]}}}, {"Item": {"s": {"L": [{"S": "b"}, {"S": "a"}]}}}),
    ("dynamodb", "PutItem", {"Item": {"s": {"SS": ["a", "b"]}}}, {"Item": {"s": {"SS": ["a"]}}}),
    ("elbv2", "CreateListener", {"DefaultActions": [{"Type": "a"}, {"Type": "b"}]}, {"DefaultActions": [{"Type": "b"}, {"Type": "a"}]}),
    # A key that occurs twice: the last may win.
    (
        "s3",
        "PutBucketTagging",
        {"Tagging": {"TagSet": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}},
        {"Tagging": {"TagSet": [{"Key": "a", "Value": "2"}, {"Key": "a", "Value": "1"}]}},
    ),
    ("cloudwatch", "GetMetricData", {"StartTime": NOON}, {"StartTime": NOON + timedelta(microseconds=1)}),
    ("cloudwatch", "PutMetricData", {"MetricData": [{"Value": 1}]}, {"MetricData": [{"Value": True}]}),
    ("s3", "ListObjectsV2", {"MaxKeys": 1}, {"MaxKeys": "1"}),
    ("lambda", "Invoke", {"Payload": b"ab"}, {"Payload": b"abc"}),
    ("secretsmanager", "CreateSecret", {"SecretString": "one"}, {}),
]  # fmt: skip


@pytest.mark.parametrize("case", SAME, ids=lambda case: f"{case[1]}-{SAME.index(case)}")
def test_the_same(case: tuple[str, str, dict[str, Any], dict[str, Any]]) -> None:
    service, operation, one, other = case
    assert form(service, operation, one) == form(service, operation, other)
    assert identity(form(service, operation, one)) == identity(form(service, operation, other))


@pytest.mark.parametrize("case", DIFFERENT, ids=lambda case: f"{case[1]}-{DIFFERENT.index(case)}")
def test_not_the_same(case: tuple[str, str, dict[str, Any], dict[str, Any]]) -> None:
    service, operation, one, other = case
    assert identity(form(service, operation, one)) != identity(form(service, operation, other))
    assert differences(form(service, operation, one), form(service, operation, other))


# -- properties ------------------------------------------------------------------------------------------------------

_ANY_OPERATION = st.sampled_from(OPERATIONS)


def _parameters(data: Any) -> tuple[Any, dict[str, Any]]:
    operation = model(*data.draw(_ANY_OPERATION))
    return operation, data.draw(values(operation.input_shape))


def _shuffled(value: Any, shape: Any, random: Random) -> Any:
    """The same value with its keys, and what the test knows to be sets, in another order."""
    if isinstance(value, dict):
        names = list(value)
        random.shuffle(names)
        below = {
            name: getattr(shape, "members", {}).get(name) if shape.type_name == "structure" else shape.value
            for name in names
        }
        return {name: _shuffled(value[name], below[name], random) for name in names}
    if isinstance(value, list):
        items = [_shuffled(item, shape.member, random) for item in value]
        if shape.name in (
            "TagSet",
            "StringSetAttributeValue",
            "NumberSetAttributeValue",
            "FilterList",
            "Dimensions",
        ):
            keys = [item.get("Key", item.get("Name")) if isinstance(item, dict) else item for item in items]
            if len({repr(key) for key in keys}) == len(keys):
                random.shuffle(items)
        return items
    return value


@given(st.data(), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_the_order_of_keys_and_sets_does_not_count(data: Any, random: Random) -> None:
    operation, parameters = _parameters(data)
    shuffled = _shuffled(parameters, operation.input_shape, random)
    assert identity(canonical(shuffled, operation)) == identity(canonical(parameters, operation))


@given(st.data())
@settings(max_examples=150)
def test_a_form_is_json_and_stays_what_it_is(data: Any) -> None:
    operation, parameters = _parameters(data)
    before = deepcopy(parameters)
    written = canonical(parameters, operation)
    assert json.loads(json.dumps(written, allow_nan=False)) == written
    assert differences(written, json.loads(json.dumps(written))) == []
    assert parameters == before


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict) and value:
        return [leaf for name, item in value.items() for leaf in _leaves(item, (*path, name))]
    if isinstance(value, list) and value:
        return [leaf for index, item in enumerate(value) for leaf in _leaves(item, (*path, index))]
    return [path] if path else []


def _changed(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return f"{value}x"
    if isinstance(value, bytes):
        return value + b"x"
    if isinstance(value, datetime):
        return value + timedelta(seconds=1)
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return 1.5 if value != 1.5 else 2.5
    return [] if isinstance(value, dict) else {}


@given(st.data())
@settings(max_examples=250)
def test_each_leaf_counts(data: Any) -> None:
    operation, parameters = _parameters(data)
    leaves = _leaves(parameters)
    assume(leaves)
    path = data.draw(st.sampled_from(leaves))
    changed = deepcopy(parameters)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = _changed(holder[path[-1]])
    one, other = canonical(parameters, operation), canonical(changed, operation)
    if "***" in identity(one):
        assume(identity(one) != identity(other))  # Secrets look alike: the one thing that does not count.
    assert identity(one) != identity(other)
    assert differences(other, one)


# -- what is ignored -------------------------------------------------------------------------------------------------


def test_tokens_that_the_caller_did_not_give_are_left_out() -> None:
    parameters = {"Name": "n", "ClientRequestToken": "4b6e2d0e-0000-4000-8000-000000000000"}
    assert form("secretsmanager", "CreateSecret", parameters, given=["Name"]) == {"Name": "n"}
    assert "ClientRequestToken" in form("secretsmanager", "CreateSecret", parameters, given=parameters)
    assert "ClientRequestToken" in form("secretsmanager", "CreateSecret", parameters)


def test_other_parameters_of_handlers_stay() -> None:
    assert form("s3", "ListObjectsV2", {"Bucket": "b", "EncodingType": "url"}, given=["Bucket"]) == {
        "Bucket": "b",
        "EncodingType": "url",
    }


@pytest.mark.parametrize(
    ("ignore", "left"),
    [
        (["MaxKeys"], {"Bucket": "b", "Prefix": "p"}),
        (["MaxKeys", "Prefix"], {"Bucket": "b"}),
        ({"s3.ListObjectsV2": ["Prefix"]}, {"Bucket": "b", "MaxKeys": 1}),
        ({"S3.listobjectsv2": ["Prefix"]}, {"Bucket": "b", "MaxKeys": 1}),
        ({"s3": ["Prefix"], "*": ["MaxKeys"]}, {"Bucket": "b"}),
        ({"s3.ListObjects": ["Prefix"]}, {"Bucket": "b", "MaxKeys": 1, "Prefix": "p"}),
        (["*"], {}),
    ],
)
def test_parameters_to_ignore(ignore: Any, left: dict[str, Any]) -> None:
    parameters = {"Bucket": "b", "MaxKeys": 1, "Prefix": "p"}
    assert form("s3", "ListObjectsV2", parameters, Rules(ignore)) == left


@pytest.mark.parametrize(
    ("ignore", "left"),
    [
        ("Item.a", {"b": {"L": [{"S": "1"}, {"N": "2"}]}}),
        ("Item.b.L[]", {"a": {"S": "x"}, "b": {"L": []}}),
        ("Item.b.L[].S", {"a": {"S": "x"}, "b": {"L": [{}, {"N": "2"}]}}),
        ("Item.*.S", {"a": {}, "b": {"L": [{"S": "1"}, {"N": "2"}]}}),
        ("Item.a.N", {"a": {"S": "x"}, "b": {"L": [{"S": "1"}, {"N": "2"}]}}),
    ],
)
def test_paths_into_parameters(ignore: str, left: dict[str, Any]) -> None:
    parameters = {"Item": {"a": {"S": "x"}, "b": {"L": [{"S": "1"}, {"N": "2"}]}}}
    assert form("dynamodb", "PutItem", parameters, Rules([ignore])) == {"Item": left}


def test_values_of_tags_are_ignored_before_tags_are_put_in_order() -> None:
    rules = Rules(["Tagging.TagSet[].Value"])
    one = {"Tagging": {"TagSet": [{"Key": "a", "Value": "9"}, {"Key": "b", "Value": "1"}]}}
    other = {"Tagging": {"TagSet": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}]}}
    assert form("s3", "PutBucketTagging", one, rules) == form("s3", "PutBucketTagging", other, rules)


@pytest.mark.parametrize("path", ["", ".", "a.", "a..b", "[]", "a[0]", "a[]b", "a]"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match="is no path"):
        Rules([path])


@pytest.mark.parametrize("ignore", ["StartTime", [1], {"s3": "StartTime"}, {1: ["a"]}])
def test_what_are_no_rules(ignore: Any) -> None:
    with pytest.raises(TypeError, match="ignore"):
        Rules(ignore)


# -- secrets ---------------------------------------------------------------------------------------------------------

SECRET = "correct horse battery"


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("secretsmanager", "CreateSecret", {"Name": "n", "SecretString": SECRET}),
        ("secretsmanager", "CreateSecret", {"Name": "n", "SecretBinary": SECRET.encode()}),
        ("secretsmanager", "CreateSecret", {"Description": SECRET, "SecretString": SECRET}),
        ("s3", "PutObject", {"SSECustomerKey": SECRET}),
        ("s3", "PutObject", {"Metadata": {"password": SECRET}}),
        ("s3", "CopyObject", {"CopySource": f"b/k?X-Amz-Signature={SECRET.replace(' ', '')}"}),
        ("kms", "Encrypt", {"Plaintext": SECRET.encode()}),
        ("lambda", "Invoke", {"Payload": SECRET.encode()}),
        ("ssm", "PutParameter", {"Value": SECRET}),
        ("dynamodb", "PutItem", {"Item": {"a": {"S": f"password={SECRET.replace(' ', '')}"}}}),
        ("sts", "AssumeRoleWithWebIdentity", {"WebIdentityToken": SECRET}),
    ],
)
def test_secrets_are_in_no_form(service: str, operation: str, parameters: dict[str, Any]) -> None:
    written = identity(form(service, operation, parameters))
    assert "***" in written
    for secret in (SECRET, SECRET.replace(" ", "")):
        assert secret not in written
        assert sha256(secret.encode()).hexdigest() not in written


def test_secrets_by_rule() -> None:
    rules = Rules(redact={"dynamodb": ["Item.iban"], "*": ["Body"]})
    written = form("dynamodb", "PutItem", {"Item": {"iban": {"S": "DE02"}, "id": {"S": "1"}}}, rules)
    assert written == {"Item": {"iban": "***", "id": {"S": "1"}}}
    assert form("s3", "PutObject", {"Body": b"x", "Key": "k"}, rules)["Key"] == "k"
    assert sha256(b"x").hexdigest() not in identity(form("s3", "PutObject", {"Body": b"x"}, rules))


# -- what no model knows ---------------------------------------------------------------------------------------------


def test_values_of_tables() -> None:
    """A table's parameters, before they are written for DynamoDB."""
    one = {
        "Item": {"n": Decimal("1.0"), "s": {"b", "a"}, "b": Binary(b"x")},
        "ConditionExpression": Attr("n").eq(1),
    }
    other = {"Item": {"s": {"a", "b"}, "n": 1, "b": b"x"}, "ConditionExpression": Attr("n").eq(Decimal(1))}
    assert form("dynamodb", "PutItem", one) == form("dynamodb", "PutItem", other)
    other["ConditionExpression"] = Key("n").eq(2)
    assert form("dynamodb", "PutItem", one) != form("dynamodb", "PutItem", other)


@pytest.mark.parametrize(
    "value",
    [
        object(),
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
        Decimal("1E+1000000"),
        Decimal("1E-1000000"),
        Decimal("1.00000000000000000000001"),
        1 << 100_000,
        "\ud800",
        {1: 2},
        {"a": object},
        datetime.max,
        iter([b"a"]),
        lambda: 1,
        print,
        [[[[]]]],
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize(
    "name", ["Bucket", "Body", "Expires", "Metadata", "ContentLength", "NoSuchParameter"]
)
def test_wrong_values_are_for_the_validator(name: str, value: Any) -> None:
    json.dumps(form("s3", "PutObject", {name: value}), allow_nan=False)


def test_parameters_that_contain_themselves() -> None:
    item: dict[str, Any] = {}
    item["M"] = {"a": item}
    assert "..." in identity(form("dynamodb", "PutItem", {"Item": {"a": item}}))


@pytest.mark.parametrize(
    ("one", "other"), [(1, 1.0), (10**17, 1e17), (Decimal("1e3"), 1000), (Decimal("0.5"), 0.5), (-0.0, 0)]
)
def test_equal_numbers(one: Any, other: Any) -> None:
    assert identity({"a": form("cloudwatch", "PutMetricData", {"a": one})}) == identity(
        {"a": form("cloudwatch", "PutMetricData", {"a": other})}
    )


class Whole:
    """A number of another library."""

    def __init__(self, value: int) -> None:
        self.value_of_it = value

    def __index__(self) -> int:
        return self.value_of_it


class Real:
    def __float__(self) -> float:
        return 1.5


def test_numbers_of_other_libraries() -> None:
    assert form("s3", "ListObjectsV2", {"MaxKeys": Whole(3)}) == {"MaxKeys": 3}
    assert form("s3", "ListObjectsV2", {"MaxKeys": Real()}) == {"MaxKeys": 1.5}


def test_operations_without_parameters() -> None:
    assert canonical({}, model("sts", "GetCallerIdentity")) == {}
    assert canonical({"Bucket": "b"}, model("s3", "ListBuckets")) == {"Bucket": "b"}


# -- bodies ----------------------------------------------------------------------------------------------------------

HELLO = {"length": 5, "sha256": sha256(b"hello").hexdigest()}


def test_a_file_is_read_from_where_it_stands_and_put_back() -> None:
    file = io.BytesIO(b"so hello")
    file.seek(3)
    assert digest(file) == HELLO
    assert file.tell() == 3


def test_a_large_file_is_read_in_pieces() -> None:
    class File(io.BytesIO):
        sizes: list[Any] = []  # One file.

        def read(self, size: int | None = -1, /) -> bytes:
            self.sizes.append(size)
            return super().read(size)

    file = File(b"x" * 5_000_000)
    assert digest(file)["length"] == 5_000_000
    assert all(size is not None and 0 < size <= 1024 * 1024 for size in file.sizes)


def test_text_files_count_as_they_are_sent() -> None:
    assert digest(io.StringIO("h\u00e9")) == digest("h\u00e9") == digest("h\u00e9".encode())


class AsyncFile:
    """A file of an async library, which can be rewound by ``await`` only."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    async def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    async def seek(self, position: int) -> int:
        return self._file.seek(position)

    async def tell(self) -> int:
        return self._file.tell()


async def pieces() -> Any:
    for piece in (b"he", b"", b"llo"):
        yield piece


class Pipe:
    def __init__(self) -> None:
        self._file = io.BytesIO(b"hello")

    def read(self, size: int | None = -1) -> bytes:
        return self._file.read(size)


ONCE: dict[str, Any] = {
    "pipe": Pipe,
    "generator": lambda: iter([b"he", b"", b"llo"]),
    "texts": lambda: iter(["he", "llo"]),
    "async file": lambda: AsyncFile(b"hello"),
    "async generator": pieces,
}


async def _sent(body: Any) -> bytes:
    """What a transport sends of a body."""
    found = b""
    if hasattr(body, "read"):
        while True:
            chunk = body.read(2)
            chunk = await chunk if hasattr(chunk, "__await__") else chunk
            if not chunk:
                return found
            found += chunk
    if hasattr(body, "__aiter__"):
        async for chunk in body:
            found += chunk
        return found
    return b"".join(chunk.encode() if isinstance(chunk, str) else chunk for chunk in body)


@pytest.mark.parametrize("make", ONCE.values(), ids=ONCE)
def test_what_can_be_read_once_is_hashed_while_it_is_sent(make: Any) -> None:
    body = make()
    assert digest(body) == UNREAD
    wrapped = hashed(body)
    assert digest(wrapped) == UNREAD
    assert asyncio.run(_sent(wrapped)) == b"hello"
    assert digest(wrapped) == HELLO


@pytest.mark.parametrize("make", ONCE.values(), ids=ONCE)
def test_or_is_copied_before(make: Any) -> None:
    with asyncio.run(copied(make())) as copy:
        assert digest(copy) == HELLO
        assert copy.read() == b"hello"


def test_what_was_sent_in_part_has_no_digest() -> None:
    wrapped = hashed(Pipe())
    assert wrapped.read(2) == b"he"
    assert digest(wrapped) == UNREAD


def test_a_pipe_of_the_system() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"hello")
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        assert digest(file) == UNREAD
        assert file.read() == b"hello"


def test_a_closed_file_is_for_the_transport_to_refuse() -> None:
    file = io.BytesIO(b"hello")
    file.close()
    assert digest(file) == UNREAD
