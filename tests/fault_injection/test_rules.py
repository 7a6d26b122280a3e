"""What a rule selects, and what is said about rules that make no sense."""

from __future__ import annotations

from typing import Any

import pytest

import sotalia
from sotalia.exceptions import ClientError
from sotalia.fault_injection import (
    KINDS,
    Fault,
    UnusedFaultWarning,
    bad_gateway,
    clock_skew,
    cut_body,
    partial_batch,
    redirect,
    service_failure,
    slow,
    slow_body,
    throttle,
    wrong_checksum,
)
from tests.client_kinds import Kind
from tests.fault_injection.service import call, well

BAD: list[tuple[Any, type[Exception], str]] = [
    (lambda: sotalia.faults("throtle"), ValueError, "Did you mean 'throttle'?"),
    (lambda: sotalia.faults("timeout"), ValueError, "Did you mean 'read_timeout'?"),
    (lambda: sotalia.faults("503"), ValueError, "Did you mean 'unavailable'?"),
    (lambda: sotalia.faults("latency"), ValueError, "Did you mean 'slow'?"),
    (lambda: sotalia.faults("zzzzzzzz"), ValueError, "there are throttle, "),
    (lambda: sotalia.faults({"operation": "s3"}), ValueError, "has a 'kind'"),
    (lambda: sotalia.faults({"kind": 5}), ValueError, "no kind of fault 5"),
    (lambda: sotalia.faults("throttle", probabilty=0.1), TypeError, "Did you mean 'probability'?"),
    (lambda: sotalia.faults("throttle", second=1), TypeError, "has no setting 'second'"),
    (lambda: sotalia.faults("service_failure"), TypeError, "needs code="),
    (lambda: sotalia.faults(), TypeError, "has no rules"),
    (lambda: sotalia.faults(throttle(), operation="s3"), TypeError, "give those of other rules to the rule"),
    (lambda: sotalia.faults(throttle), TypeError, "write throttle()"),
    (lambda: sotalia.faults("throttle", object()), TypeError, "object is none of them"),
    (lambda: sotalia.faults("throttle", sotalia), TypeError, "module is none of them"),
    (lambda: sotalia.faults("closed"), ValueError, "Did you mean 'connection_closed'?"),
    (lambda: sotalia.faults("throttle", seed=1.5), TypeError, "seed is a number or a text"),
    (lambda: sotalia.faults("throttle", by="thread"), ValueError, "'order', 'parameters'"),
    (
        lambda: sotalia.faults("throttle", operation="s3.PutObjekt"),
        ValueError,
        "did you mean 's3.PutObject'?",
    ),
    (
        lambda: sotalia.faults("throttle", operation="s3.put_object"),
        ValueError,
        "did you mean 's3.PutObject'?",
    ),
    (
        lambda: sotalia.faults("throttle", operation="dynamdb.PutItem"),
        ValueError,
        "no service 'dynamdb'. Did you mean 'dynamodb'?",
    ),
    (lambda: sotalia.faults("throttle", operation="dynamdb"), ValueError, "Did you mean 'dynamodb'?"),
    (lambda: sotalia.faults("throttle", operation="put_object"), ValueError, "'PutObject'"),
    (lambda: sotalia.faults("throttle", operation=""), ValueError, "operation is ''"),
    (lambda: sotalia.faults("throttle", operation=[]), ValueError, "operation is empty"),
    (lambda: slow(2), TypeError, "not 2; other settings are given by name"),  # type: ignore[arg-type]
    (lambda: throttle(probability=1.5), ValueError, "from 0 to 1"),
    (lambda: throttle(probability=-0.1), ValueError, "from 0 to 1"),
    (lambda: throttle(probability=float("nan")), ValueError, "from 0 to 1"),
    (lambda: throttle(probability="often"), TypeError, "from 0 to 1"),  # type: ignore[arg-type]
    (lambda: throttle(attempts=0), ValueError, "the first attempt is number 1"),
    (lambda: throttle(attempts=[1, 0]), ValueError, "the first attempt is number 1"),
    (lambda: throttle(attempts=[]), ValueError, "attempts is empty"),
    (lambda: throttle(attempts="first"), TypeError, "a list of numbers"),  # type: ignore[arg-type]
    (lambda: throttle(attempts=[1.5]), TypeError, "it has 1.5"),  # type: ignore[list-item]
    (lambda: throttle(times=0), ValueError, "from 1 on"),
    (lambda: throttle(times=True), TypeError, "times is a whole number"),
    (lambda: throttle(after=-1), ValueError, "from 0 on"),
    (lambda: throttle(when="Key"), TypeError, "when is a function"),  # type: ignore[arg-type]
    (lambda: throttle(when=asynchronous), TypeError, "coroutine function"),
    (lambda: throttle(retry_after=-1), ValueError, "seconds from 0 on"),
    (lambda: slow(seconds=-1), ValueError, "seconds from 0 on"),
    (lambda: slow(seconds=float("inf")), ValueError, "seconds from 0 on"),
    (lambda: slow(seconds="2"), TypeError, "a number of seconds"),  # type: ignore[arg-type]
    (lambda: slow_body(bytes_per_second=0), ValueError, "from 1 on"),
    (lambda: slow_body(bytes_per_second="fast"), TypeError, "is a number"),  # type: ignore[arg-type]
    (lambda: clock_skew(seconds="fast"), TypeError, "a number of seconds"),  # type: ignore[arg-type]
    (lambda: cut_body(at="half"), TypeError, "from 0 to 1"),  # type: ignore[arg-type]
    (lambda: cut_body(at=1), ValueError, "nothing would be cut"),
    (lambda: cut_body(at=2), ValueError, "from 0 to 1"),
    (lambda: clock_skew(seconds=10), ValueError, "so give more"),
    (lambda: redirect(status=302), ValueError, "301 or 307"),
    (lambda: redirect(region="eu west"), ValueError, "'eu-west-1'"),
    (lambda: redirect("dynamodb"), ValueError, "redirect is for s3 only"),
    (
        lambda: partial_batch("s3.PutObject"),
        ValueError,
        "partial_batch is for s3.DeleteObjects, dynamodb.BatchWriteItem, ",
    ),
    (lambda: partial_batch(share=0), ValueError, "no entry would fail"),
    (lambda: wrong_checksum("sqs"), ValueError, "s3, dynamodb only"),
    (lambda: service_failure(code=""), ValueError, "'NoSuchKey'"),
    (lambda: service_failure(code="X", status=200), ValueError, "from 400 on"),
    (lambda: service_failure(code="X", status=700), ValueError, "from 400 to 599"),
]


async def asynchronous(call: Any) -> bool:
    return True


@pytest.mark.parametrize(("make", "error_class", "text"), BAD, ids=[row[2][:40] for row in BAD])
def test_what_makes_no_sense_is_said(make: Any, error_class: type[Exception], text: str) -> None:
    with pytest.raises(error_class) as error:
        make()
    assert text in str(error.value)


def test_an_operation_without_service_is_one_of_the_clients(client_kind: Kind) -> None:
    client = well(client_kind, "s3").raw
    sotalia.faults("throttle", client, operation="PutObject")
    with pytest.raises(ValueError, match="Did you mean 'PutObject'"):
        sotalia.faults("throttle", client, operation="PutObjekt")


def _call_and_fail(client: Any) -> None:
    call(client, "s3.PutObject")
    raise ZeroDivisionError


def test_an_operation_that_nobody_has_is_said_at_the_end(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    faults = sotalia.faults("throttle", operation="PutObjekt")
    faults.start()
    call(client, "s3.PutObject")
    with pytest.warns(UnusedFaultWarning, match="did you mean 'PutObject'"):
        faults.stop()
    with pytest.warns(UnusedFaultWarning) as warned, sotalia.faults("throttle", operation="PutObjekt"):
        call(client, "s3.PutObject")
    assert warned[0].filename == __file__
    with pytest.raises(ZeroDivisionError), sotalia.faults("throttle", operation="PutObjekt"):
        _call_and_fail(client)  # There is worse to be said than that.
    with sotalia.faults("throttle", operation="DescribeRegions") as faults:  # Of another service.
        call(client, "s3.PutObject")
    assert [rule.kind for rule in faults.unused] == ["throttle"]


@pytest.mark.parametrize(
    "operation",
    [
        "logs.PutLogEvents",
        "cloudwatch-logs.PutLogEvents",
        "cognito-idp",
        "lambda.Invoke",
        "stepfunctions",
        "route53.*",
        "es",
    ],
)
def test_services_go_by_the_names_of_clients(operation: str) -> None:
    assert sotalia.faults("throttle", operation=operation).rules


# name, the calls that are made, which of them get the fault
SELECTIONS: list[tuple[dict[str, Any], list[str], list[int]]] = [
    ({}, ["s3.PutObject", "s3.HeadObject"], [0, 1]),
    ({"operation": "*"}, ["s3.PutObject", "s3.HeadObject"], [0, 1]),
    ({"operation": "s3"}, ["s3.PutObject", "s3.HeadObject"], [0, 1]),
    ({"operation": "s3.*"}, ["s3.PutObject", "s3.HeadObject"], [0, 1]),
    ({"operation": "PutObject"}, ["s3.PutObject", "s3.HeadObject"], [0]),
    ({"operation": "*.PutObject"}, ["s3.PutObject", "s3.HeadObject"], [0]),
    ({"operation": "s3.HeadObject"}, ["s3.PutObject", "s3.HeadObject"], [1]),
    ({"operation": ["s3.HeadObject", "PutObject"]}, ["s3.PutObject", "s3.HeadObject"], [0, 1]),
    ({"operation": "dynamodb"}, ["s3.PutObject"], []),
    ({"times": 2}, ["s3.PutObject"] * 4, [0, 1]),
    ({"after": 2}, ["s3.PutObject"] * 4, [2, 3]),
    ({"after": 1, "times": 2}, ["s3.PutObject"] * 5, [1, 2]),
    ({"after": 1, "operation": "s3.HeadObject"}, ["s3.PutObject", "s3.HeadObject"] * 2, [3]),
    ({"probability": 0}, ["s3.PutObject"] * 4, []),
    ({"probability": 1}, ["s3.PutObject"] * 2, [0, 1]),
    ({"when": lambda call: "Body" in call.parameters}, ["s3.PutObject", "s3.HeadObject"], [0]),
    ({"when": lambda call: call.operation.name == "HeadObject"}, ["s3.PutObject", "s3.HeadObject"], [1]),
    ({"attempts": 2}, ["s3.PutObject"] * 2, []),
    ({"attempts": [1, 7]}, ["s3.PutObject"] * 2, [0, 1]),
]


@pytest.mark.parametrize(("selection", "calls", "hit"), SELECTIONS)
@pytest.mark.parametrize("form", ["function", "text", "dictionary"])
def test_which_calls_are_meant(
    client_kind: Kind, form: str, selection: dict[str, Any], calls: list[str], hit: list[int]
) -> None:
    client = well(client_kind, "s3")
    rules: dict[str, Any] = {
        "function": lambda: sotalia.faults(KINDS["access_denied"](**selection)),
        "text": lambda: sotalia.faults("access_denied", **selection),
        "dictionary": lambda: sotalia.faults([{"kind": "access_denied", **selection}]),
    }
    seen = []
    with rules[form]() as faults:
        for index, name in enumerate(calls):
            try:
                call(client, name)
            except ClientError:
                seen.append(index)
    assert seen == hit
    assert len(faults.fired) == len(hit)


def test_the_first_rule_that_ends_an_attempt_counts(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults(slow(seconds=3), bad_gateway(attempts=[1]), throttle(attempts=[1, 2])) as faults:
        call(client, "s3.PutObject")
    assert [(fired.kind, fired.attempt) for fired in faults.fired] == [
        ("slow", 1),
        ("bad_gateway", 1),
        ("slow", 2),
        ("throttle", 2),
        ("slow", 3),
    ]


def test_what_fired_says_where(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    rule = throttle("s3.PutObject", attempts=[1])
    unused = throttle("s3.GetObject")
    with sotalia.faults([rule, unused]) as faults:
        call(client, "s3.PutObject")
        call(client, "s3.HeadObject")
        call(client, "s3.PutObject")
    first, second = faults.fired
    assert (first.call, first.number, first.attempt, first.kind, first.rule) == (
        "s3.PutObject",
        1,
        1,
        "throttle",
        rule,
    )
    assert second.number == 2
    assert 0 <= first.seconds <= second.seconds
    assert faults.unused == [unused]
    assert repr(first) == "<throttle: s3.PutObject 1, attempt 1>"
    assert repr(faults) == "<faults: 2 rules, 2 fired, inactive>"


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (throttle("s3.PutObject", attempts=[2, 1]), "throttle('s3.PutObject', attempts=[1, 2])"),
        (slow(seconds=2, probability=0.1), "slow(seconds=2, probability=0.1)"),
        (
            service_failure("s3", code="C", message="a secret", times=1, after=2),
            "service_failure('s3', code='C', times=1, after=2)",
        ),
        (cut_body(when=asynchronous.__eq__), "cut_body(when=__eq__)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_rules_show_how_they_are_written(rule: Fault, text: str) -> None:
    assert repr(rule) == text


def test_a_fault_of_one_s_own(client_kind: Kind) -> None:
    from sotalia.exceptions import ConnectionClosedError

    async def at_night(delivery: Any, send: Any) -> Any:
        delivery.fires()
        await delivery.wait(3)
        response = await send(delivery.request)
        if delivery.attempt == 1:
            raise ConnectionClosedError(endpoint_url=delivery.url)
        return response

    client = well(client_kind, "s3")
    with sotalia.faults(Fault("at_night", at_night, "s3.PutObject", attempts=[1, 2])) as faults:
        call(client, "s3.PutObject")
    assert [fired.kind for fired in faults.fired] == ["at_night"] * 2
    assert len(client.transport.requests) == 2


def test_a_predicate_that_fails_ends_the_call(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults(throttle(when=lambda call: call.parameters["Nothing"])), pytest.raises(KeyError):
        call(client, "s3.PutObject")
