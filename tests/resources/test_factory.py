"""Classes of resources: when handlers are asked, what they can change, what is used again."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import boto3
import pytest

import sotalia
from sotalia.resources import factory
from sotalia.resources.base import AsyncServiceResource, ServiceResource
from sotalia.runtime.reference_base import ReferenceBase
from tests.client_kinds import Kind
from tests.resources.answers import KEYS, Answers, answer_calls
from tests.resources.plain import plain


@pytest.fixture
def session(client_kind: Kind) -> Any:
    return client_kind.session(**KEYS)


def made(session: Any, service: str, client_kind: Kind) -> Any:
    resource = session.resource(service)
    client_kind._clients.append(resource.meta.client)
    return resource


def test_handlers_are_asked_whenever_a_class_is(session: Any, client_kind: Kind) -> None:
    asked: list[Any] = []

    def note(event_name: str, **kwargs: Any) -> None:
        asked.append((event_name, sorted(kwargs)))

    session.events.register("creating-resource-class.dynamodb", note)
    dynamodb = made(session, "dynamodb", client_kind)
    dynamodb.Table("x")
    dynamodb.Table("x")
    arguments = ["base_classes", "class_attributes", "service_context"]
    assert asked == [
        ("creating-resource-class.dynamodb.ServiceResource", arguments),
        ("creating-resource-class.dynamodb.Table", arguments),
        ("creating-resource-class.dynamodb.Table", arguments),
    ]


def s3_script(s3: Any) -> None:
    bucket = s3.Bucket("a")
    assert bucket.objects.all().limit(3).page_size(2)
    list(bucket.objects.limit(3))
    list(bucket.object_versions.filter(Prefix="x").limit(2).pages())
    bucket.objects.delete()
    assert bucket.Acl().owner is not None
    bucket.put_object(Key="k")
    s3.create_bucket(Bucket="z")
    bucket.Object("k").initiate_multipart_upload()
    bucket.Object("b").Version("c")
    s3.Object("a", "b").Bucket()


def ec2_script(ec2: Any) -> None:
    instance = ec2.Instance("i")
    assert (instance.vpc, instance.image, instance.security_groups) != ()
    list(instance.volumes.limit(1))
    ec2.create_instances()
    ec2.create_tags(Resources=["a", "b"], Tags=[{"Key": "k", "Value": "v"}])
    instance.delete_tags(Tags=[])
    ec2.instances.terminate()


def dynamodb_script(dynamodb: Any) -> None:
    assert dynamodb.Table("x").item_count is not None
    list(dynamodb.tables.all())
    dynamodb.create_table(TableName="x")


@pytest.mark.parametrize("script", [s3_script, ec2_script, dynamodb_script])
def test_events_are_those_of_the_reference(script: Any, client_kind: Kind) -> None:
    service = script.__name__.removesuffix("_script")

    def run(session: Any, *, is_async: bool) -> list[Any]:
        asked: list[Any] = []

        def note(
            event_name: str, class_attributes: Any, base_classes: Any, service_context: Any, **others: Any
        ) -> None:
            assert not others
            bases = [kind.__name__.removeprefix("Async") for kind in base_classes]
            definitions = sorted(service_context.resource_json_definitions)
            context = (service_context.service_name, service_context.service_model.api_version, definitions)
            asked.append((event_name, sorted(class_attributes), bases, context))

        session.events.register("creating-resource-class", note)
        resource = session.resource(service)
        version = resource.meta.client.meta.service_model.api_version
        answer_calls(resource.meta.client, Answers(service, version, 2, 2, 0.9), is_async=is_async)
        if is_async:
            client_kind._clients.append(resource.meta.client)
        script(plain(resource, client_kind) if isinstance(resource, ServiceResource) else resource)
        return asked

    expected = run(boto3.Session(**KEYS), is_async=False)
    assert len(expected) > 4
    assert run(client_kind.session(**KEYS), is_async=client_kind.is_async) == expected


def test_nothing_is_made_of_what_is_not_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    session = sotalia.Session(**KEYS)
    model = session.resource("ec2").meta.client.meta.service_model
    monkeypatch.setattr(model, "derived", {"client": model.derived["client"]})
    managers: list[str] = []
    make = factory._manager_class
    monkeypatch.setattr(
        factory, "_manager_class", lambda model, *args: managers.append(model.name) or make(model, *args)
    )

    def templates() -> list[str]:
        return [key[1] for key in model.derived["resources"]]

    ec2 = sotalia.Session(**KEYS).resource("ec2")
    assert (templates(), managers) == (["ec2"], [])
    assert callable(ec2.Instance)
    assert templates() == ["ec2"]
    instance = ec2.Instance("i")
    assert (templates(), managers) == (["ec2", "Instance"], [])
    assert instance.volumes.filter(Filters=[]).limit(3)
    assert instance.volumes.all()
    assert (templates(), managers) == (["ec2", "Instance"], ["volumes"])


def test_threads_that_touch_a_class_first(session: Any, client_kind: Kind) -> None:
    s3 = made(session, "s3", client_kind)
    barrier = Barrier(8)
    kinds: list[Any] = []

    def touch(number: int) -> None:
        barrier.wait(30)
        for _ in range(20):
            kinds.append(type(s3.Object("a", "b")))
            session.events.register("creating-resource-class.s3.Object", lambda **kwargs: None)
            kinds.append(type(s3.Bucket("a").objects))

    threads = [Thread(target=touch, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kinds) == 8 * 20 * 2
    assert {kind.__name__ for kind in kinds} == {"s3.Object", "s3.Bucket.objectsCollectionManager"}

    def add(class_attributes: dict[str, Any], **kwargs: Any) -> None:
        class_attributes["late"] = 1

    session.events.register("creating-resource-class.s3.Object", add)
    assert s3.Object("a", "b").late == 1


@pytest.mark.parametrize(("service", "name"), [("s3", "Bucket"), ("sqs", "Queue")])
def test_late_handlers_are_heard(session: Any, client_kind: Kind, service: str, name: str) -> None:
    resource = made(session, service, client_kind)
    before = type(getattr(resource, name)("a"))

    def add(class_attributes: dict[str, Any], **kwargs: Any) -> None:
        class_attributes["hello"] = lambda self: f"hello {self!r}"

    session.events.register(f"creating-resource-class.{service}.{name}", add)
    assert getattr(resource, name)("a").hello().startswith(f"hello {service}.{name}(")
    assert not hasattr(before, "hello")
    session.events.unregister(f"creating-resource-class.{service}.{name}", add)
    assert not hasattr(getattr(resource, name)("a"), "hello")


def test_base_classes(session: Any, client_kind: Kind) -> None:
    class Mixin:
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.was_here = True

    def add(base_classes: list[type], **kwargs: Any) -> None:
        base_classes.insert(0, Mixin)

    session.events.register("creating-resource-class.sqs.Queue", add)
    queue = made(session, "sqs", client_kind).Queue("url")
    assert queue.was_here
    base = AsyncServiceResource if client_kind.is_async else ServiceResource
    assert [kind.__name__ for kind in type(queue).__mro__[:3]] == ["sqs.Queue", "Mixin", base.__name__]


def test_order_of_bases_of_tables() -> None:
    def names(resource: Any) -> list[str]:
        # That one is nothing, but the place of boto3's own class while boto3 is patched.
        return [kind.__name__ for kind in type(resource).__mro__ if kind is not ReferenceBase]

    ours = sotalia.Session(**KEYS).resource("dynamodb").Table("x")
    theirs = boto3.Session(**KEYS).resource("dynamodb").Table("x")
    assert names(ours) == names(theirs)


def test_classes_are_used_again_while_nothing_changes(session: Any, client_kind: Kind) -> None:
    s3 = made(session, "s3", client_kind)
    assert type(s3.Bucket("a")) is type(s3.Bucket("b"))
    assert type(made(session, "s3", client_kind)) is type(s3)


def test_a_handler_that_does_the_same_again_gets_the_same_class(session: Any, client_kind: Kind) -> None:
    def add(class_attributes: dict[str, Any], **kwargs: Any) -> None:
        class_attributes["extra"] = 1

    session.events.register("creating-resource-class.s3.Bucket", add)
    s3 = made(session, "s3", client_kind)
    assert type(s3.Bucket("a")) is type(s3.Bucket("b"))


def test_a_handler_that_changes_its_mind_is_followed(session: Any, client_kind: Kind) -> None:
    number = iter(range(10))

    def add(class_attributes: dict[str, Any], **kwargs: Any) -> None:
        class_attributes["number"] = next(number)

    session.events.register("creating-resource-class.s3.Bucket", add)
    s3 = made(session, "s3", client_kind)
    assert [s3.Bucket("a").number for _ in range(3)] == [0, 1, 2]


def test_sessions_do_not_see_each_others_handlers(client_kind: Kind) -> None:
    one, other = client_kind.session(**KEYS), client_kind.session(**KEYS)

    def add(class_attributes: dict[str, Any], **kwargs: Any) -> None:
        class_attributes["mine"] = True

    one.events.register("creating-resource-class.s3.Object", add)
    mine, theirs = made(one, "s3", client_kind), made(other, "s3", client_kind)
    assert mine.Bucket("a").Object("b").mine
    assert not hasattr(theirs.Bucket("a").Object("b"), "mine")


def test_what_handlers_know_of_the_service(session: Any, client_kind: Kind) -> None:
    contexts: list[Any] = []

    def note(service_context: Any, **kwargs: Any) -> None:
        contexts.append(service_context)

    session.events.register("creating-resource-class.s3.ServiceResource", note)
    s3 = made(session, "s3", client_kind)
    (context,) = contexts
    assert context.service_name == "s3"
    assert context.service_model is s3.meta.client.meta.service_model
    assert set(context.resource_json_definitions) >= {"Bucket", "Object"}
    assert "BucketExists" in context.service_waiter_model.waiter_names
    assert context.service_waiter_model.get_waiter("BucketExists").operation == "HeadBucket"
    with pytest.raises(ValueError, match="Waiter does not exist"):
        context.service_waiter_model.get_waiter("Nonsense")


def test_built_in_additions_can_be_taken_back(session: Any, client_kind: Kind) -> None:
    session.events.unregister("creating-resource-class.dynamodb.Table", unique_id="high-level-dynamodb-table")
    assert not hasattr(made(session, "dynamodb", client_kind).Table("x"), "batch_writer")


def test_an_addition_in_the_way_is_an_error(session: Any, client_kind: Kind) -> None:
    def add(class_attributes: dict[str, Any], **kwargs: Any) -> None:
        class_attributes["load"] = None

    session.events.register_first("creating-resource-class.s3.Bucket", add)
    with pytest.raises(RuntimeError, match='"load", attribute already exists'):
        made(session, "s3", client_kind).Bucket("a")


def test_definitions_of_a_users_own(session: Any, client_kind: Kind, tmp_path: Any) -> None:
    context = made(session, "sqs", client_kind)._service_context
    definition = {
        "identifiers": [{"name": "Url"}],
        "actions": {"Purge": {"request": {"operation": "PurgeQueue"}}},
    }
    own = context._replace(resource_json_definitions={"Thing": definition})
    kind = session.resource_factory.load_from_definition("Thing", definition, own)
    thing = kind("u", client=made(session, "sqs", client_kind).meta.client)
    assert repr(thing) == "sqs.Thing(url='u')"
    assert callable(thing.purge)
