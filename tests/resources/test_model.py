"""Resource models: who gets which name."""

from __future__ import annotations

from typing import Any

import pytest
from boto3.resources.model import ResourceModel as ReferenceModel

from sotalia.model.shapes import ShapeResolver
from sotalia.resources.model import ResourceModel

REQUEST = {"request": {"operation": "DoIt"}}
TO_FROB = {"resource": {"type": "Frob", "identifiers": [{"target": "Id", "source": "input"}]}}
BY_DATA = {"resource": {"type": "Frob", "identifiers": [{"target": "Id", "source": "data", "path": "X"}]}}


def shape(*members: str) -> Any:
    shapes = {
        "Shape": {"type": "structure", "members": {name: {"shape": "Text"} for name in members}},
        "Text": {"type": "string"},
    }
    return ShapeResolver(shapes).get_shape_by_name("Shape")


@pytest.mark.parametrize(
    ("definition", "members"),
    [
        ({"identifiers": [{"name": "Foo"}], "actions": {"Foo": REQUEST}}, ["Foo"]),
        ({"actions": {"Foo": REQUEST, "Meta": REQUEST}}, ["Foo", "Meta", "Bar"]),
        ({"load": REQUEST, "actions": {"Load": REQUEST}}, ["Load"]),
        ({"has": {"Foo": BY_DATA, "Bar": TO_FROB}, "hasMany": {"Foo": {**REQUEST, **TO_FROB}}}, ["Bar"]),
        ({"waiters": {"Ready": {"waiterName": "Ready"}}, "actions": {"WaitUntilReady": REQUEST}}, []),
        ({"identifiers": [{"name": "Id", "memberName": "FooId"}], "actions": {"FooId": REQUEST}}, ["FooId"]),
    ],
)
def test_names(definition: dict[str, Any], members: list[str]) -> None:
    definitions = {"Frob": {}, "Thing": definition}
    reference = ReferenceModel("Thing", definition, definitions)
    reference.load_rename_map(shape(*members))
    found = ResourceModel("Thing", definition, definitions, shape(*members))
    for part in ("identifiers", "actions", "subresources", "references", "collections", "waiters"):
        assert [one.name for one in getattr(found, part)] == [one.name for one in getattr(reference, part)]
    assert [one.member_name for one in found.identifiers] == [
        one.member_name for one in reference.identifiers
    ]
    expected = {name: member for name, (member, _) in reference.get_attributes(shape(*members)).items()}
    assert {name: member for name, (member, _) in found.get_attributes(shape(*members)).items()} == expected


def test_two_names_taken() -> None:
    definition = {"identifiers": [{"name": "FooAction"}, {"name": "Foo"}], "actions": {"Foo": REQUEST}}
    with pytest.raises(ValueError, match="Problem renaming Thing action to foo_action!"):
        ResourceModel("Thing", definition, {"Thing": definition})


def test_a_service_has_all_of_its_resources() -> None:
    definition = {"has": {"Renamed": TO_FROB}}
    found = ResourceModel("service", definition, {"Frob": {}, "Other": {"identifiers": [{"name": "Id"}]}})
    assert [one.name for one in found.subresources] == ["Renamed", "Other"]
