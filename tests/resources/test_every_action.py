"""Every action, collection, reference, waiter and attribute of every resource there is, beside boto3: equal calls, equal
results, sync and async.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from boto3.resources.base import ServiceResource as ReferenceResource

from sotalia.config import Config
from tests.client_kinds import Kind
from tests.resources.answers import KEYS, Answers, answer_calls
from tests.resources.plain import Face, plain

SERVICES = boto3.Session().get_available_resources()
# Seeds of answers, how many pages they have, and how full they are.
ANSWERS = [(1, 1, 0.8), (2, 3, 0.8), (3, 2, 0.95), (4, 2, 0.4)]
# In the place of what resources give by themselves.
OVER = dict.fromkeys(
    ("Bucket", "Key", "QueueUrl", "TopicArn", "UserName", "RoleName", "StackName", "TableName", "vaultName"),
    "other",
) | {"InstanceIds": ["i-1"], "Filters": [], "VpcId": None}
ONCE = {"WaiterConfig": {"MaxAttempts": 1, "Delay": 0}}


def shown(value: Any) -> Any:
    """A result in a form that can be compared."""
    if isinstance(value, Face | ReferenceResource):
        return repr(value), shown(value.meta.data), hash(value)
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    return value


def outcome(work: Callable[[], Any]) -> Any:
    """What it gives, or how it fails."""
    try:
        return shown(work())
    except IndexError:
        return (
            "IndexError"  # Identifiers of which an answer has fewer than of others; the texts are Python's.
        )
    except Exception as error:
        text = str(error).rstrip("!")
        if text == "'NoneType' object has no attribute 'type_name'" or text == "'@'":
            return (
                "nothing"  # The reference fails where an operation gives nothing that it could be empty like.
            )
        if text == "'NoneType' object has no attribute 'get'" or "answer to load() says nothing" in text:
            return "no data"
        return type(error).__name__, text


def agrees(found: Any, expected: Any) -> bool:
    """Whether two outcomes are one."""
    if expected == "nothing":
        return found[0] in (None, {})
    return bool(found == expected)


def instances(service: Any, definitions: dict[str, Any]) -> list[Any]:
    """The service resource, and one of each other."""
    found = [service]
    for name, definition in definitions.items():
        if hasattr(service, name):
            identifiers = [f"{name}-{n}" for n, _ in enumerate(definition.get("identifiers", ()))]
            found.append(getattr(service, name)(*identifiers))
    return found


def everything(resource: Any, model: Any, data: Any) -> dict[str, Callable[[], Any]]:
    """All that can be done with a resource, by name."""

    def with_data(work: Callable[[], Any], value: Any = data) -> Callable[[], Any]:
        def run() -> Any:
            resource.meta.data = value
            return work(), shown(resource.meta.data)

        return run

    found: dict[str, Callable[[], Any]] = {}
    actions = [action.name for action in model.actions] + (["load", "reload"] if model.load else [])
    for name in actions:
        found[f"{name}()"] = with_data(lambda name=name: getattr(resource, name)())
        found[f"{name}(more)"] = with_data(lambda name=name: getattr(resource, name)(DryRun=True, Tags=["x"]))
        found[f"{name}(over)"] = with_data(lambda name=name: getattr(resource, name)(**OVER))
        found[f"{name}(positional)"] = with_data(lambda name=name: getattr(resource, name)("x"))
        found[f"{name}, not loaded"] = with_data(lambda name=name: getattr(resource, name)(), None)
    for reference in model.references:
        found[reference.name] = with_data(lambda name=reference.name: getattr(resource, name))
        found[f"{reference.name}, not loaded"] = with_data(
            lambda name=reference.name: getattr(resource, name), None
        )
    for subresource in model.subresources:
        for count in range(3):
            found[f"{subresource.name} {count}"] = lambda name=subresource.name, count=count: getattr(
                resource, name
            )(*["w"] * count)
    for waiter in model.waiters:
        found[waiter.name] = with_data(lambda name=waiter.name: getattr(resource, name)(**ONCE))
    for collection in model.collections:
        for name, work in of_collection(lambda name=collection.name: getattr(resource, name)):
            found[f"{collection.name} {name}"] = with_data(work)
        for batch in collection.batch_actions:
            found[f"{collection.name} {batch.name}"] = with_data(
                lambda name=collection.name, act=batch.name: getattr(getattr(resource, name), act)(Reason="r")
            )
            found[f"{collection.name} limited {batch.name}"] = with_data(
                lambda name=collection.name, act=batch.name: getattr(
                    getattr(resource, name).filter(MaxKeys=1).limit(2), act
                )(**OVER)
            )
    return found


def of_collection(get: Callable[[], Any]) -> list[tuple[str, Callable[[], Any]]]:
    return [
        ("all", lambda: list(get().all())),
        ("limit", lambda: list(get().limit(1))),
        ("limit 0", lambda: list(get().limit(0))),
        ("limit 3", lambda: list(get().limit(3))),
        ("limit 4 pages", lambda: list(get().page_size(2).limit(4).pages())),
        ("limit None", lambda: list(get().limit(None).page_size(None))),
        ("iterator", lambda: list(get().iterator(**OVER).limit(2))),
        ("pages", lambda: list(get().pages())),
        (
            "filter",
            lambda: list(get().filter(Filters=[{"Name": "a"}]).filter(Filters=[{"Name": "b"}], X={"y": 1})),
        ),
        ("chain", lambda: list(get().filter(X={"z": [1]}, limit=2).page_size(7).filter(X={"z": [2]}).all())),
        ("repr", lambda: [repr(get()), repr(get().all())]),
    ]


@pytest.mark.slow(keep=6)
@pytest.mark.parametrize("service", SERVICES)
def test_everything(service: str, client_kind: Kind) -> None:
    config = Config(parameter_validation=False)
    reference = boto3.Session(**KEYS).resource(service)
    ours = client_kind.session(**KEYS).resource(service, config=config)
    client_kind._clients.append(ours.meta.client)
    model = reference.meta.resource_model
    version = reference.meta.client.meta.service_model.api_version
    assert version == ours.meta.client.meta.service_model.api_version
    compared = 0
    for seed, pages, fullness in ANSWERS:
        answers = Answers(service, version, seed, pages, fullness)
        theirs_asked = answer_calls(reference.meta.client, answers)
        ours_asked = answer_calls(ours.meta.client, answers, is_async=client_kind.is_async)
        pairs = zip(
            instances(reference, model._resource_defs),
            instances(plain(ours, client_kind), model._resource_defs),
            strict=True,
        )
        for one, other in pairs:
            described = one.meta.resource_model
            data = answers.data(described.shape) if described.shape else {}
            for (name, theirs), our in zip(
                everything(one, described, data).items(),
                everything(other, described, data).values(),
                strict=True,
            ):
                theirs_asked.clear()
                ours_asked.clear()
                expected = outcome(theirs)
                found = outcome(our)
                if client_kind.is_async and "is not loaded" in str(found):
                    # Loading found nothing, which an asynchronous attribute cannot tell from not loaded;
                    # the reference loads again, and has something if the second answer has.
                    assert name.endswith("not loaded")
                    assert one.meta.data is None or len(theirs_asked) == 2
                    continue
                assert agrees(found, expected), (one, name, found, expected)
                assert ours_asked == theirs_asked, (one, name)
                compared += 1
            for name in described.get_attributes(_shape(reference, described)):
                for value in (data, None):
                    one.meta.data = other.raw.meta.data = value
                    theirs_asked.clear()
                    ours_asked.clear()
                    expected = outcome(lambda one=one, name=name: getattr(one, name))
                    if client_kind.is_async and expected == "no data":
                        continue
                    assert outcome(lambda other=other, name=name: getattr(other, name)) == expected
                    assert ours_asked == theirs_asked, (one, name)
    assert compared > 20


class SentError(Exception):
    pass


def unqualified(outcome: Any) -> Any:
    """Python's errors without the place where a function stands."""
    return tuple(re.sub(r"\S+\.(\w+\(\))", r"\1", part) for part in outcome)


def _shape(reference: Any, model: Any) -> Any:
    shapes = reference.meta.client.meta.service_model
    return shapes.shape_for(model.shape) if model.shape else Empty


class Empty:
    members: dict[str, Any] = {}


@pytest.mark.slow(keep=8)
@pytest.mark.parametrize("service", SERVICES)
def test_wrong_parameters(service: str, client_kind: Kind) -> None:
    """Calls that validation refuses, whatever they are made through: equal texts. None is sent."""

    def refuse(**kwargs: Any) -> None:
        raise SentError("an operation that takes nothing looks at nothing")

    reference = boto3.Session(**KEYS).resource(service)
    ours = client_kind.session(**KEYS).resource(service)
    client_kind._clients.append(ours.meta.client)
    for resource in (reference, ours):
        resource.meta.client.meta.events.register("before-call", refuse)
    definitions = reference.meta.resource_model._resource_defs
    compared = 0
    for one, other in zip(
        instances(reference, definitions), instances(plain(ours, client_kind), definitions), strict=True
    ):
        described = one.meta.resource_model
        names = [action.name for action in described.actions] + (["load", "reload"] if described.load else [])
        names += [waiter.name for waiter in described.waiters]
        for name in names:
            one.meta.data = other.raw.meta.data = {}
            expected = outcome(lambda one=one, name=name: getattr(one, name)(Nonsense=1))
            assert outcome(lambda other=other, name=name: getattr(other, name)(Nonsense=1)) == expected
            assert expected[0] in ("ParamValidationError", "JMESPathTypeError", "SentError")
            compared += 1
        for collection in described.collections:
            one.meta.data = other.raw.meta.data = {}
            for work in (
                lambda resource: list(resource.filter(Nonsense=1)),
                lambda resource: list(resource.filter(Nonsense=1).pages()),
                lambda resource: resource.nonsense,
                lambda resource: resource.filter("x"),
                lambda resource: resource.all("x"),
                lambda resource: resource.limit(),
                lambda resource: resource.limit("x", 5),
                lambda resource: list(resource.limit("x")),
                lambda resource: list(resource.page_size("x").limit(-1)),
            ):
                expected = outcome(lambda one=one, name=collection.name, work=work: work(getattr(one, name)))
                found = outcome(
                    lambda other=other, name=collection.name, work=work: work(getattr(other, name))
                )
                assert unqualified(found) == unqualified(expected), (one, collection.name)
                compared += 1
    assert compared > 10
