"""Waiters beside botocore's over scripted answers: results, polls, delays, errors."""

from __future__ import annotations

import copy
import random
from typing import Any

import botocore.exceptions
import botocore.waiter
import pytest

from sotalia import exceptions
from sotalia.model.loader import Loader
from sotalia.testing import ManualRuntime
from sotalia.waiting import Waiter, WaiterModel

LOADER = Loader()
ANSWERS: list[Any] = [
    {"State": "pending", "Items": [{"S": "ok"}, {"S": "bad"}]},
    {"State": "done", "Items": [{"S": "ok"}, {"S": "ok"}]},
    {"State": "failed", "Items": []},
    {"State": None, "Items": None},
    {"ResponseMetadata": {"HTTPStatusCode": 200}},
    {"ResponseMetadata": {"HTTPStatusCode": 404}, "Error": {"Code": "NotFound", "Message": "no"}},
    {"Error": {"Code": "Throttled"}, "State": "done"},
    {"Error": {"Code": "Gone", "Message": "gone"}},
    {"Error": "a result", "State": "done"},
    {"Error": {"Message": "a result"}, "State": "failed"},
    {"State": 1, "Items": [{"S": 1}]},
    {"State": True},
    {},
]
MATCHERS: list[dict[str, Any]] = [
    {"matcher": "path", "argument": "State", "expected": "done"},
    {"matcher": "path", "argument": "State", "expected": "pending"},
    {"matcher": "path", "argument": "State", "expected": True},
    {"matcher": "path", "argument": "length(Items || `[]`) > `1`", "expected": True},
    {"matcher": "path", "argument": "State", "expected": "failed"},
    {"matcher": "pathAll", "argument": "Items[].S", "expected": "ok"},
    {"matcher": "pathAny", "argument": "Items[].S", "expected": "bad"},
    {"matcher": "pathAny", "argument": "State", "expected": "done"},
    {"matcher": "status", "expected": 200},
    {"matcher": "status", "expected": 404},
    {"matcher": "error", "expected": "NotFound"},
    {"matcher": "error", "expected": ""},
    {"matcher": "error", "expected": True},
    {"matcher": "error", "expected": False},
]


def is_error(answer: dict[str, Any]) -> bool:
    return isinstance(answer.get("Error"), dict) and "Code" in answer["Error"]


class Service:
    """An operation that answers from a script; its errors are raised as a client raises them."""

    def __init__(self, answers: list[Any]) -> None:
        self.answers = answers
        self.requests: list[Any] = []

    def __call__(self, **parameters: Any) -> Any:
        self.requests.append(parameters)
        found = copy.deepcopy(self.answers[min(len(self.requests), len(self.answers)) - 1])
        if is_error(found):
            raise exceptions.ClientError(found, "Poll")
        return found

    async def poll(self, parameters: dict[str, Any]) -> Any:
        return self(**parameters)


def reference(
    description: dict[str, Any], answers: list[Any], arguments: dict[str, Any], monkeypatch: Any
) -> Any:
    sleeps: list[float] = []
    monkeypatch.setattr(botocore.waiter.time, "sleep", sleeps.append)
    service = Service(answers)
    waiter = botocore.waiter.Waiter(
        "Ready",
        botocore.waiter.SingleWaiterConfig(description),
        botocore.waiter.NormalizedOperationMethod(service),
    )
    return *ended(waiter, arguments), service.requests, sleeps


def ours(description: dict[str, Any], answers: list[Any], arguments: dict[str, Any]) -> Any:
    clock, service = ManualRuntime(), Service(answers)
    waiter = Waiter("Ready", WaiterModel("Ready", description), service.poll, clock)
    return *ended(waiter, arguments), service.requests, clock.sleeps


def ended(waiter: Any, arguments: dict[str, Any]) -> tuple[Any, Any]:
    try:
        return waiter.wait(**copy.deepcopy(arguments)), None
    except botocore.exceptions.WaiterError as error:
        return str(error), error.last_response


def without_state(result: Any) -> Any:
    """All but which state is said to have been seen before the attempts ran out: the reference names the wrong one."""
    text = result[0]
    if isinstance(text, str):
        text = text.partition("Previously accepted state")[0]
    return text, *result[1:]


@pytest.mark.parametrize("matcher", MATCHERS, ids=lambda m: f"{m['matcher']} {m['expected']}")
@pytest.mark.parametrize("state", ["success", "failure", "retry"])
def test_each_matcher_on_each_answer(matcher: Any, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    description = {
        "operation": "Poll",
        "delay": 5,
        "maxAttempts": 2,
        "acceptors": [{"state": state, **matcher}],
    }
    matched = 0
    for answer in ANSWERS:
        if (
            answer.get("Error") == "a result"
            and matcher["matcher"] == "error"
            and matcher["expected"] is not False
        ):
            continue  # The reference fails with an AttributeError.
        expected = reference(description, [answer], {"Name": "n"}, monkeypatch)
        assert ours(description, [answer], {"Name": "n"}) == expected, answer
        matched += expected[0] is None or "terminal" in expected[0] or "Previously" in expected[0]
    # A text is no list: pathAny never matches it.
    assert matched or matcher["matcher"] == "pathAny"


def test_many_waiters_end_as_the_references_do(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(11)
    ends = set()
    for _ in range(1500):
        acceptors = [
            {"state": chance.choice(["success", "failure", "retry", "retry"]), **matcher}
            for matcher in chance.sample(MATCHERS[:11], chance.randint(1, 4))
        ]
        description = {"operation": "Poll", "delay": 3, "maxAttempts": 6, "acceptors": acceptors}
        answers = [chance.choice([a for a in ANSWERS if a.get("Error") != "a result"]) for _ in range(6)]
        arguments: dict[str, Any] = {"Name": "n"}
        if chance.random() < 0.5:
            arguments["WaiterConfig"] = chance.choice(
                [{"Delay": 0.5}, {"MaxAttempts": 2}, {"Delay": 1, "MaxAttempts": 1}, {"MaxAttempts": 0}, {}]
            )
        expected = reference(description, answers, arguments, monkeypatch)
        found = ours(description, answers, arguments)
        assert without_state(found) == without_state(expected), description
        ends.add(None if expected[0] is None else expected[0].partition(":")[2].split("(")[0][:20])
    assert len(ends) == 4  # success, failure, unexpected error, attempts used up


def test_the_state_that_was_really_seen_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference names the acceptor it looked at last, here one that never matched."""
    description = {
        "operation": "Poll",
        "delay": 1,
        "maxAttempts": 2,
        "acceptors": [
            {"state": "retry", "matcher": "path", "argument": "State", "expected": "pending"},
            {"state": "success", "matcher": "path", "argument": "State", "expected": "never"},
        ],
    }
    answers = [{"State": "pending"}, {"State": "strange"}]
    assert ours(description, answers, {})[0].endswith('we matched expected path: "pending"')
    assert reference(description, answers, {}, monkeypatch)[0].endswith('we matched expected path: "never"')


def test_all_waiters_of_the_data_compile_and_agree_with_the_reference() -> None:
    count = 0
    for service in LOADER.list_available_services("waiters-2"):
        data = LOADER.load_service_model(service, "waiters-2")
        theirs = botocore.waiter.WaiterModel(copy.deepcopy(data))
        for name, description in LOADER.waiters(service).items():
            model = WaiterModel(name, description)
            expected = theirs.get_waiter(name)
            assert (model.operation, model.delay, model.max_attempts) == (
                expected.operation,
                expected.delay,
                expected.max_attempts,
            )
            for acceptor, other in zip(model.acceptors, expected.acceptors, strict=True):
                for attribute in ("state", "matcher", "expected", "argument", "explanation"):
                    assert getattr(acceptor, attribute) == getattr(other, attribute)
                for answer in ANSWERS:
                    if answer.get("Error") != "a result":
                        try:
                            wanted = bool(other.matcher_func(answer))
                        except Exception as error:  # JMESPath functions on values of other types
                            with pytest.raises(type(error)):
                                acceptor.matches(answer)
                        else:
                            assert acceptor.matches(answer) is wanted, (name, acceptor.explanation, answer)
            count += 1
    assert count >= 410


def test_an_unknown_matcher_is_refused() -> None:
    with pytest.raises(exceptions.WaiterConfigError, match="Unknown acceptor: guess"):
        WaiterModel(
            "W",
            {
                "operation": "Poll",
                "delay": 1,
                "maxAttempts": 1,
                "acceptors": [{"state": "success", "matcher": "guess", "expected": 1}],
            },
        )
