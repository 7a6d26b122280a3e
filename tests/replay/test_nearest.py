"""The nearest recording, and what a message says about the difference."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sotalia.replay.differences import differences, identity
from sotalia.replay.matching import canonical
from sotalia.replay.nearest import describe_miss, nearest
from tests.replay.forms import OPERATIONS, Recorded, form, model, values
from tests.replay.near_misses import NEAR_MISSES, NearMiss


def _candidates(near_miss: NearMiss) -> list[Recorded]:
    return [
        Recorded(
            number,
            model(service, operation).service_model.service_id.hyphenize(),
            operation,
            form(service, operation, parameters),
            is_played=number <= near_miss.played,
        )
        for number, (service, operation, parameters) in enumerate(near_miss.recorded, 1)
    ]


def _message(near_miss: NearMiss, **options: Any) -> str:
    service, operation, parameters = near_miss.wanted
    name = model(service, operation).service_model.service_id.hyphenize()
    return describe_miss(
        name, operation, form(service, operation, parameters), _candidates(near_miss), **options
    )


@pytest.mark.parametrize("near_miss", NEAR_MISSES, ids=lambda near_miss: near_miss.name)
def test_hints(near_miss: NearMiss) -> None:
    message = _message(near_miss, cassette="c.json")
    for words in near_miss.says:
        assert words in message
    assert message.count("\n") < 12
    assert 'mode="new"' in message
    assert all(len(line) < 200 for line in message.splitlines())


def test_another_region() -> None:
    parameters = {"Bucket": "b", "Key": "k"}
    recorded = [
        Recorded(1, "s3", "GetObject", parameters, "eu-west-1"),
        Recorded(2, "s3", "GetObject", {}, "us-west-2"),
    ]
    message = describe_miss("s3", "GetObject", parameters, recorded, region="us-west-2")
    assert "recorded as call 1, but in another region" in message
    assert "region: wanted 'us-west-2', recorded 'eu-west-1'" in message


def test_the_same_operation_of_another_service() -> None:
    recorded = [Recorded(1, "sqs", "TagResource", {"a": 1}), Recorded(2, "sns", "Publish", {"a": 1})]
    message = describe_miss("sns", "TagResource", {"a": 1}, recorded)
    assert (
        "call 1 has the same parameters, but is another operation of another service: sqs.TagResource"
        in message
    )


@pytest.mark.parametrize(
    ("purpose", "says"),
    [
        ("waiter bucket_exists", "waiter bucket_exists polls more often than it did"),
        ("paginator list_objects_v2", "paginator list_objects_v2 makes more such calls"),
        ("", "your program makes more such calls than it did"),
    ],
)
def test_more_calls_than_recorded(purpose: str, says: str) -> None:
    recorded = [Recorded(1, "s3", "HeadBucket", {"Bucket": "b"}, is_played=True)]
    message = describe_miss("s3", "HeadBucket", {"Bucket": "b"}, recorded, purpose=purpose)
    assert "the one recording of it was played already" in message
    assert says in message


def test_calls_that_were_not_played_come_first() -> None:
    recorded = [
        Recorded(number, "s3", "GetObject", {"Key": "a"}, is_played=number < 3) for number in (1, 2, 3)
    ]
    found = nearest("s3", "GetObject", {"Key": "b"}, recorded)
    assert found is not None
    assert found.recorded.number == 3


def test_nothing_is_near() -> None:
    assert nearest("s3", "GetObject", {}, []) is None
    assert nearest("s3", "GetObject", {"Key": "a"}, [Recorded(1, "s3", "HeadObject", {"Key": "b"})]) is None
    # Operations without parameters are all alike: that says nothing.
    assert nearest("s3", "ListBuckets", {}, [Recorded(1, "sts", "GetCallerIdentity", {})]) is None


@pytest.mark.parametrize(
    ("wanted", "recorded", "expected"),
    [
        ([1, 2, 3], [1, 3], ["a[1]: wanted 2, not there when it was recorded"]),
        ([1, 3], [1, 2, 3], ["a[1]: recorded 2, and not there now"]),
        ([1], [], ["a[0]: wanted 1, not there when it was recorded"]),
        ([1, 1, 1], [1, 1], ["a[2]: wanted 1, not there when it was recorded"]),
        ([1, 2, 3], [1, 9, 3], ["a[1]: wanted 2, recorded 9"]),
        ([1, 2], [2, 1], ["a: the same items in another order"]),
        ([{"b": 1}, 2], [{"b": 2}, 2], ["a[0].b: wanted 1, recorded 2"]),
        ([[1, 2], 3], [[2, 1], 3], ["a[0]: the same items in another order"]),
        (
            [1, 2, 3, 4],
            [1, 9],
            [
                "a[1]: wanted 2, recorded 9",
                "a[2]: wanted 3, not there when it was recorded",
                "a[3]: wanted 4, not there when it was recorded",
            ],
        ),
    ],
)
def test_lists(wanted: Any, recorded: Any, expected: list[str]) -> None:
    assert [*map(str, differences({"a": wanted}, {"a": recorded}))] == expected


def test_secrets_are_in_no_message() -> None:
    recorded = form(
        "secretsmanager", "CreateSecret", {"Name": "n", "SecretString": "hunter2!", "Description": "hunter2!"}
    )
    wanted = form(
        "secretsmanager", "CreateSecret", {"Name": "m", "SecretString": "letmein!", "Description": "letmein!"}
    )
    message = describe_miss(
        "secrets-manager", "CreateSecret", wanted, [Recorded(1, "secrets-manager", "CreateSecret", recorded)]
    )
    assert "Name: wanted 'm'" in message
    assert "hunter2!" not in message
    assert "letmein!" not in message


def test_a_secret_that_is_none_any_more() -> None:
    [difference] = differences({"a": "***"}, {"a": "plain"})
    recorded = [Recorded(1, "s3", "GetObject", {"a": "plain"})]
    assert difference.kind == "changed"
    assert "one of them is a secret" in describe_miss("s3", "GetObject", {"a": "***"}, recorded)


def test_long_values_are_cut() -> None:
    recorded = [
        Recorded(
            1, "s3", "GetObject", {"Key": "x" * 100_000, "Map": {f"k{number}": "v" for number in range(999)}}
        )
    ]
    message = describe_miss("s3", "GetObject", {"Key": "y" * 100_000}, recorded)
    assert len(message) < 1000


def test_ten_thousand_recordings_are_searched() -> None:
    recorded = [
        Recorded(
            number,
            "s3",
            "PutObject",
            {"Bucket": "b", "Key": f"folder/{number:05}.bin", "Metadata": {"n": str(number)}},
        )
        for number in range(10_000)
    ]
    found = nearest(
        "s3", "PutObject", {"Bucket": "b", "Key": "folder/07777.bin", "Metadata": {"n": "x"}}, recorded
    )
    assert found is not None
    assert found.recorded.number == 7777


# -- properties ------------------------------------------------------------------------------------------------------


@given(st.data())
@settings(max_examples=100)
def test_the_nearest_is_one_of_the_recorded(data: Any) -> None:
    service, name = data.draw(st.sampled_from(OPERATIONS))
    operation = model(service, name)
    wanted, *forms = [
        canonical(parameters, operation)
        for parameters in data.draw(st.lists(values(operation.input_shape), min_size=2, max_size=5))
    ]
    recorded = [Recorded(number, service, name, each) for number, each in enumerate(forms, 1)]
    found = nearest(service, name, wanted, recorded)
    assert found is not None
    assert found.recorded in recorded
    assert (found.differences == []) == (identity(wanted) in map(identity, forms))
    message = describe_miss(service, name, wanted, recorded)
    assert message.count("\n") < 12


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(_JSON, _JSON)
def test_differences_are_where_forms_differ(one: Any, other: Any) -> None:
    assert differences(one, one) == []
    assert bool(differences(one, other)) == (identity(one) != identity(other)) or one == other
    # Both ways there are as many.
    assert len(differences(one, other)) == len(differences(other, one))
    for difference in differences(one, other):
        str(difference)
