"""``patch_boto3(botocore=True)``: what libraries get that use botocore's sessions without boto3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import botocore.credentials
import botocore.handlers
import botocore.hooks
import botocore.session
import pytest
from botocore.session import get_session as imported_before

import sotalia
from sotalia.clients.base import BaseClient
from sotalia.events import EventRegistry
from sotalia.session.core import SessionCore
from tests.client_kinds import KEYS

REAL = botocore.session.Session
CLIENT = {**KEYS, "endpoint_url": "http://127.0.0.1:9"}


@pytest.fixture(autouse=True)
def _names_stay() -> Iterator[None]:
    before = dict(vars(botocore.session))
    yield
    sotalia.unpatch_boto3()
    assert dict(vars(botocore.session)) == before


@pytest.mark.parametrize("how", ["block", "plain", "twice", "on top", "within"])
def test_sessions_are_ours_while_patched(how: str) -> None:
    if how == "block":
        with sotalia.patch_boto3(botocore=True):
            assert isinstance(botocore.session.get_session(), SessionCore)
        assert botocore.session.Session is REAL
    elif how == "within":
        with sotalia.patch_boto3():
            assert botocore.session.Session is REAL
            with sotalia.patch_boto3(botocore=True):
                assert botocore.session.Session is not REAL
            assert botocore.session.Session is REAL
            assert boto3.Session is sotalia.Session
    else:
        if how == "on top":
            sotalia.patch_boto3()
            assert botocore.session.Session is REAL
        sotalia.patch_boto3(botocore=True)
        if how == "twice":
            sotalia.patch_boto3(botocore=True)
        assert isinstance(botocore.session.Session(), SessionCore)
        assert boto3.Session is sotalia.Session
        sotalia.unpatch_boto3()
    assert (botocore.session.Session, boto3.Session is sotalia.Session) == (REAL, False)


def test_what_programs_do_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with sotalia.patch_boto3(botocore=True):
        for session in (botocore.session.get_session(), botocore.session.Session(), imported_before()):
            assert isinstance(session, REAL)
            assert isinstance(session, botocore.session.Session)
            session.set_credentials("AKID", "secret", "token")
            session.set_config_variable("region", "eu-west-3")
            client = session.create_client("dynamodb")
            assert isinstance(client, BaseClient)
            assert client.meta.region_name == "eu-west-3"
            assert client._get_credentials().token == "token"
            assert session.get_service_model("s3").service_name == "s3"
            assert boto3.Session(botocore_session=session).client("s3").meta.region_name == "eu-west-3"


def test_profile_and_variables_of_the_constructor(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config"
    path.write_text("[default]\nregion=us-east-1\n[profile other]\nregion=eu-north-1\nown=4\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    rows = {"own": ("own", "OWN_VARIABLE", 3, int)}
    found = []
    for patched in (False, True):
        with sotalia.patch_boto3(botocore=True) if patched else sotalia.patch_boto3():
            session = botocore.session.Session(rows, profile="other")
            assert isinstance(session, SessionCore) == patched
            found.append(
                (session.profile, session.get_config_variable("region"), session.get_config_variable("own"))
            )
            found[-1] += (botocore.session.get_session(rows).get_config_variable("own"),)
    assert found == [("other", "eu-north-1", 4, 3)] * 2


def _counting(event_name: str, calls: list[str]) -> Any:
    def handler(**kwargs: Any) -> None:
        calls.append(event_name)

    return handler


@pytest.mark.parametrize("patched", [False, True])
@pytest.mark.parametrize("kind", ["theirs", "ours"])
def test_event_hooks(kind: str, patched: bool) -> None:
    """The given registry is used: handlers on it, before and after, are those of the clients to come."""
    if kind == "ours" and not patched:
        pytest.skip("botocore does not know our registries")
    hooks: Any = botocore.hooks.HierarchicalEmitter() if kind == "theirs" else EventRegistry()
    calls: list[str] = []
    hooks.register("before-call.s3.HeadBucket", _counting("before", calls))
    late = _counting("late", calls)
    with sotalia.patch_boto3(botocore=patched):
        session = botocore.session.Session(event_hooks=hooks)
        hooks.register_last("before-call.s3", late)
        client = session.create_client("s3", **CLIENT)
        client.meta.events.register("before-send", lambda **kwargs: 1 / 0)
        with pytest.raises(Exception, match="division by zero"):
            client.head_bucket(Bucket="bucket")
        assert calls == ["before", "late"]
        hooks.unregister("before-call.s3", late)
        later = session.create_client("s3", **CLIENT)
        later.meta.events.register("before-send", lambda **kwargs: 1 / 0)
        with pytest.raises(Exception, match="division by zero"):
            later.head_bucket(Bucket="bucket")
        assert calls == ["before", "late", "before"]


@pytest.mark.parametrize("patched", [False, True])
@pytest.mark.parametrize("include", [False, True])
@pytest.mark.parametrize("given", [False, True])
def test_builtin_handlers_are_left_out_on_request(patched: bool, include: bool, given: bool) -> None:
    hooks = botocore.hooks.HierarchicalEmitter() if given else None
    with sotalia.patch_boto3(botocore=patched):
        session = botocore.session.Session(event_hooks=hooks, include_builtin_handlers=include)
        attributes: dict[str, Any] = {}
        session.get_component("event_emitter").emit(
            "creating-client-class.s3", class_attributes=attributes, base_classes=[]
        )
        assert ("generate_presigned_post" in attributes) == include


def test_hooks_of_another_kind_are_refused() -> None:
    with sotalia.patch_boto3(botocore=True), pytest.raises(TypeError, match="HierarchicalEmitter"):
        botocore.session.Session(event_hooks=object())


def test_credentials_that_tests_take_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    with sotalia.patch_boto3(botocore=True):
        monkeypatch.setattr(botocore.credentials.CredentialResolver, "load_credentials", lambda self: None)
        assert botocore.session.get_session().get_credentials() is None
