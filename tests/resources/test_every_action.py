"""Every action, collection, reference, waiter and attribute of every resource there is, beside boto3: equal calls, equal
results, in both colours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from boto3.resources.base import ServiceResource as ReferenceResource

from sotalia.config import Config
from tests.colours import Colour
from tests.resources.answers import KEYS, Answers, answer_calls
from tests.resources.plain import Face, plain

SERVICES = boto3.Session().get_available_resources()
SEEDS = (1, 2, 3)
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
    return found


def of_collection(get: Callable[[], Any]) -> list[tuple[str, Callable[[], Any]]]:
    return [
        ("all", lambda: list(get().all())),
        ("limit", lambda: list(get().limit(1))),
        ("limit 0", lambda: list(get().limit(0))),
        ("pages", lambda: list(get().pages())),
        (
            "filter",
            lambda: list(get().filter(Filters=[{"Name": "a"}]).filter(Filters=[{"Name": "b"}], X={"y": 1})),
        ),
        ("chain", lambda: list(get().filter(X={"z": [1]}, limit=2).page_size(7).filter(X={"z": [2]}).all())),
        ("repr", lambda: [repr(get()), repr(get().all())]),
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_everything(service: str, colour: Colour) -> None:
    config = Config(parameter_validation=False)
    reference = boto3.Session(**KEYS).resource(service)
    ours = colour.session(**KEYS).resource(service, config=config)
    colour._clients.append(ours.meta.client)
    model = reference.meta.resource_model
    version = reference.meta.client.meta.service_model.api_version
    assert version == ours.meta.client.meta.service_model.api_version
    compared = 0
    for seed in SEEDS:
        answers = Answers(service, version, seed)
        theirs_asked = answer_calls(reference.meta.client, answers)
        ours_asked = answer_calls(ours.meta.client, answers, is_async=colour.is_async)
        pairs = zip(
            instances(reference, model._resource_defs),
            instances(plain(ours, colour), model._resource_defs),
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
                if colour.is_async and name.endswith("not loaded") and one.meta.data is None:
                    continue  # Loading found nothing, which an asynchronous attribute cannot tell from not loaded.
                found = outcome(our)
                assert agrees(found, expected), (one, name, found, expected)
                assert ours_asked == theirs_asked, (one, name)
                compared += 1
            for name in described.get_attributes(_shape(reference, described)):
                for value in (data, None):
                    one.meta.data = other.raw.meta.data = value
                    theirs_asked.clear()
                    ours_asked.clear()
                    expected = outcome(lambda one=one, name=name: getattr(one, name))
                    if colour.is_async and expected == "no data":
                        continue
                    assert outcome(lambda other=other, name=name: getattr(other, name)) == expected
                    assert ours_asked == theirs_asked, (one, name)
    assert compared > 20


def _shape(reference: Any, model: Any) -> Any:
    shapes = reference.meta.client.meta.service_model
    return shapes.shape_for(model.shape) if model.shape else Empty


class Empty:
    members: dict[str, Any] = {}
