"""What resource classes offer, name by name, beside boto3's."""

from __future__ import annotations

import inspect
import pydoc
from types import FunctionType
from typing import Any

import boto3
import pytest

import sotalia
from sotalia import exceptions
from sotalia.resources.documentation import ResourceDocumentation
from tests.resources.answers import KEYS

SERVICES = boto3.Session().get_available_resources()


def offered(value: Any) -> dict[str, str]:
    """Public attributes of a class, with what kind each is: subclasses and stand-ins count as what they stand for."""
    kinds = (FunctionType, property)
    found = {name: getattr(value, name) for name in dir(value) if not name.startswith("_")}
    return {
        name: next((kind.__name__ for kind in kinds if isinstance(one, kind)), type(one).__name__)
        for name, one in found.items()
    }


def pairs(service: str, ours: Any) -> list[tuple[Any, Any]]:
    """Each resource of a service, boto3's and ours."""
    theirs = boto3.Session(**KEYS).resource(service)
    found = [(theirs, ours)]
    for name, definition in theirs.meta.resource_model._resource_defs.items():
        if not hasattr(theirs, name):
            continue
        identifiers = [f"{name}-{n}" for n, _ in enumerate(definition.get("identifiers", ()))]
        found.append((getattr(theirs, name)(*identifiers), getattr(ours, name)(*identifiers)))
    return found


def test_services() -> None:
    assert sotalia.Session().get_available_resources() == SERVICES


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("session", [sotalia.Session, sotalia.AsyncSession])
def test_classes(service: str, session: Any) -> None:
    for theirs, ours in pairs(service, session(**KEYS).resource(service)):
        assert repr(ours) == repr(theirs)
        assert hash(ours) == hash(theirs)
        assert type(ours).__name__ == type(theirs).__name__
        assert offered(type(ours)) == {**offered(type(theirs)), "meta": "ResourceMeta"}
        assert repr(ours.meta) == repr(theirs.meta)
        assert ours.get_available_subresources() == theirs.get_available_subresources()


@pytest.mark.parametrize("service", SERVICES)
def test_collections(service: str) -> None:
    for theirs, ours in pairs(service, sotalia.Session(**KEYS).resource(service)):
        for collection in theirs.meta.resource_model.collections:
            one, other = getattr(theirs, collection.name), getattr(ours, collection.name)
            assert repr(other) == repr(one)
            assert repr(other.all()) == repr(one.all())
            assert [name for name in dir(other) if name[0] != "_"] == [
                name for name in dir(one) if name[0] != "_"
            ]
            assert [name for name in dir(other.all()) if name[0] != "_"] == [
                name for name in dir(one.all()) if name[0] != "_"
            ]


@pytest.mark.parametrize("service", SERVICES)
def test_models(service: str) -> None:
    for theirs, ours in pairs(service, sotalia.Session(**KEYS).resource(service)):
        expected, found = theirs.meta.resource_model, ours.meta.resource_model
        assert (found.name, found.shape) == (expected.name, expected.shape)
        for part in ("actions", "batch_actions", "subresources", "references", "collections", "waiters"):
            assert [one.name for one in getattr(found, part)] == [
                one.name for one in getattr(expected, part)
            ], part
        assert [(i.name, i.member_name) for i in found.identifiers] == [
            (i.name, i.member_name) for i in expected.identifiers
        ]


def test_six_attributes_gave_way() -> None:
    renamed = {
        f"{type(ours).__name__}.{name}"
        for service in SERVICES
        for _, ours in pairs(service, sotalia.Session(**KEYS).resource(service))
        for name in dir(type(ours))
        if name.endswith("_attribute") and hasattr(type(ours), name.removesuffix("_attribute"))
    }
    assert renamed == {
        "ec2.Instance.network_interfaces_attribute",
        "ec2.NetworkInterface.association_attribute",
        "ec2.RouteTable.associations_attribute",
        "ec2.RouteTable.routes_attribute",
        "iam.InstanceProfile.roles_attribute",
        "iam.VirtualMfaDevice.user_attribute",
    }


def first_line(value: Any) -> str | None:
    text = inspect.getdoc(value)
    return text and text.splitlines()[0]


def documented(resource: Any) -> dict[str, Any]:
    """All that has a docstring of its own, by where it is."""
    kind = type(resource)
    found = {"": kind}
    found |= {name: getattr(kind, name) for name in dir(kind) if name[0] != "_" and name != "meta"}
    for collection in resource.meta.resource_model.collections:
        manager = getattr(resource, collection.name)
        for owner in (type(manager), type(manager.all())):
            found[owner.__name__] = owner
            found |= {
                f"{owner.__name__}.{name}": getattr(owner, name) for name in dir(owner) if name[0] != "_"
            }
    return found


@pytest.mark.slow(keep=3)
@pytest.mark.parametrize("service", SERVICES)
def test_docstrings_are_in_our_own_words(service: str) -> None:
    """Only actions begin alike: with the words of the service's model."""
    ours = pairs(service, sotalia.Session(**KEYS).resource(service))
    asynchronous = pairs(service, sotalia.AsyncSession(**KEYS).resource(service))
    for (theirs, mine), (_, other) in zip(ours, asynchronous, strict=True):
        model = theirs.meta.resource_model
        actions = {action.name for action in model.actions} | {
            f"{type(getattr(mine, collection.name)).__name__.removesuffix('Manager')}{end}.{batch.name}"
            for collection in model.collections
            for batch in collection.batch_actions
            for end in ("", "Manager")
        }
        expected = {where: first_line(value) for where, value in documented(theirs).items()}
        found = {where: first_line(value) for where, value in documented(mine).items()}
        in_async = {where: first_line(value) for where, value in documented(other).items()}
        assert {**found, "": ""} == {**in_async, "": ""}
        for where, line in found.items():
            assert line is not None, where
            assert where in actions or line != expected[where], where


def test_docstrings_are_written_when_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    session = sotalia.Session(**KEYS)
    monkeypatch.setattr(session.resource("cloudformation").meta.client.meta.service_model, "derived", {})
    written: list[Any] = []

    def write(documentation: Any, *args: Any) -> str:
        written.append(args)
        return "text"

    for name in ("_call", "_attribute", "_subresource", "_waiter", "_collection_method"):
        monkeypatch.setattr(ResourceDocumentation, name, write)
    session = sotalia.Session(**KEYS)
    for _, ours in pairs("cloudformation", session.resource("cloudformation")):
        documented(ours)
    assert not written
    for _ in range(2):
        assert session.resource("cloudformation").create_stack.__doc__ == "text"
    assert len(written) == 1


def test_help() -> None:
    s3 = sotalia.Session(**KEYS).resource("s3")
    text = pydoc.plain(pydoc.render_doc(type(s3.Bucket("b"))))
    assert "bucket.put_object(Key=..., ...)" in text
    assert "- Key (str, required): Object key for which the PUT action was initiated." in text
    assert "Returns the s3.Object." in text
    assert "bucket.objects.filter" not in text
    text = pydoc.plain(pydoc.render_doc(type(s3.Bucket("b").objects)))
    assert "bucket.objects.delete(...)" in text
    assert "bucket.objects.filter(...)" in text
    assert "- Prefix (str)" in text
    assert "- Bucket (str" not in text


@pytest.mark.parametrize("name", ["sts", "nonsense"])
def test_service_without_resources(name: str) -> None:
    with pytest.raises(exceptions.ResourceNotExistsError) as expected:
        boto3.Session(**KEYS).resource(name)
    with pytest.raises(exceptions.ResourceNotExistsError) as found:
        sotalia.Session(**KEYS).resource(name)
    assert str(found.value) == str(expected.value)


def test_unknown_version() -> None:
    with pytest.raises(exceptions.UnknownAPIVersionError) as expected:
        boto3.Session(**KEYS).resource("ec2", api_version="1999-01-01")
    with pytest.raises(exceptions.UnknownAPIVersionError) as found:
        sotalia.Session(**KEYS).resource("ec2", api_version="1999-01-01")
    assert str(found.value) == str(expected.value)


def test_older_version() -> None:
    ec2 = sotalia.Session(**KEYS).resource("ec2", api_version="2015-10-01")
    assert ec2.meta.client.meta.service_model.api_version == "2015-10-01"
