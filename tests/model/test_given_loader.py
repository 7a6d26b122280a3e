"""Loaders that programs bring: what their methods give counts, wherever they have it from."""

from __future__ import annotations

import copy
from typing import Any

import botocore.exceptions
import botocore.loaders
import botocore.session
import pytest

import sotalia
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind


class Memory:
    """Not a loader of botocore's, and without folders: it has one service more, and changes another."""

    def __init__(self) -> None:
        self.loader = botocore.loaders.create_loader()
        self.asked: list[tuple[str, str]] = []

    def list_available_services(self, type_name: str) -> list[str]:
        return sorted([*self.loader.list_available_services(type_name), "in-memory"])

    def list_api_versions(self, service_name: str, type_name: str) -> list[str]:
        return (
            ["2026-01-01"]
            if service_name == "in-memory"
            else self.loader.list_api_versions(service_name, type_name)
        )

    def determine_latest_version(self, service_name: str, type_name: str) -> str:
        return max(self.list_api_versions(service_name, type_name))

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        self.asked.append((service_name, type_name))
        source = "sqs" if service_name == "in-memory" else service_name
        found = copy.deepcopy(self.loader.load_service_model(source, type_name, api_version))
        if service_name == "in-memory" and type_name == "service-2":
            found["metadata"].update(serviceId="In Memory", endpointPrefix="memory", signingName="memory")
            found["shapes"]["ListQueuesRequest"]["members"]["Own"] = {"shape": "String"}
        return found

    def load_data(self, name: str) -> Any:
        return self.loader.load_data(name)

    def load_data_with_path(self, name: str) -> Any:
        return self.loader.load_data_with_path(name)

    def is_builtin_path(self, path: str) -> bool:
        return self.loader.is_builtin_path(path)


class Subclass(botocore.loaders.Loader):
    """A loader of botocore's that hides an operation."""

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        found = copy.deepcopy(super().load_service_model(service_name, type_name, api_version))
        if type_name == "service-2":
            found["operations"].pop("ListBuckets", None)
            found["operations"].pop("ListQueues", None)
        return found


def patched_instance() -> Any:
    loader = botocore.loaders.create_loader()
    original = loader.load_service_model

    def load(service_name: str, type_name: str, api_version: str | None = None) -> Any:
        found = copy.deepcopy(original(service_name, type_name, api_version))
        if type_name == "service-2":
            found["operations"].pop("ListBuckets", None)
            found["operations"].pop("ListQueues", None)
        return found

    loader.load_service_model = load
    return loader


def test_an_object_without_folders(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    loader = Memory()
    session._session.register_component("data_loader", loader)
    assert "in-memory" in session.get_available_services()
    client = client_kind.scripted("in-memory", [answer(body=b"{}")], session)
    client.list_queues(Own="x")
    (request,) = client.transport.requests
    assert (type(client.raw).__name__, request.body) == (
        "InMemory",
        b'{"Own": "x"}',
    ) or b'"Own"' in request.body
    assert client.raw.can_paginate("list_queues")
    assert ("in-memory", "paginators-1") in loader.asked
    s3 = client_kind.scripted("s3", [answer(body=b"<ListAllMyBucketsResult/>")], session)
    s3.list_buckets()
    assert s3.raw.waiter_names[0] == "bucket_exists"
    assert session.resource("s3").meta.client.meta.region_name == "us-west-2"
    assert session.get_partition_for_region("eu-west-1") == "aws"
    assert "eu-west-1" in session.get_available_regions("sqs")
    with pytest.raises(botocore.exceptions.UnknownServiceError):
        session.client("nothing")


@pytest.mark.parametrize("make", [lambda: Subclass(include_default_search_paths=True), patched_instance])
def test_overridden_methods(make: Any) -> None:
    for kind in (botocore.session.Session, lambda: sotalia.Session()._session):
        session = kind()
        session.register_component("data_loader", make())
        for service, missing in (("s3", "list_buckets"), ("sqs", "list_queues")):
            client = session.create_client(
                service, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
            )
            assert not hasattr(client, missing)
    assert hasattr(sotalia.Session(**KEYS).client("s3"), "list_buckets")


def test_an_object_with_one_method_is_asked_that() -> None:
    """All else is ours."""

    class One:
        def load_service_model(
            self, service_name: str, type_name: str, api_version: str | None = None
        ) -> Any:
            return Subclass(include_default_search_paths=True).load_service_model(
                service_name, type_name, api_version
            )

    session = sotalia.Session(**KEYS)
    session._session.register_component("data_loader", One())
    assert not hasattr(session.client("s3"), "list_buckets")
    assert "s3" in session.get_available_services()
    assert session.client("sqs").meta.endpoint_url == "https://sqs.us-west-2.amazonaws.com"
