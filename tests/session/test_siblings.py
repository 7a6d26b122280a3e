"""Sync and async sessions stand beside each other, and what one session found is not another's."""

from __future__ import annotations

import copy
from typing import Any

import boto3
import pytest

import sotalia
from sotalia.compatibility import patch_boto3, unpatch_boto3
from tests.client_kinds import Kind

KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}


def test_neither_session_is_the_other() -> None:
    assert not isinstance(sotalia.AsyncSession(), sotalia.Session)
    assert not isinstance(sotalia.Session(), sotalia.AsyncSession)


def test_both_are_sessions_of_boto3_while_it_is_patched() -> None:
    reference = boto3.session.Session
    patch_boto3()
    try:
        assert isinstance(sotalia.Session(), reference)
        assert isinstance(sotalia.AsyncSession(), reference)
    finally:
        unpatch_boto3()
    assert not isinstance(sotalia.AsyncSession(), reference)


def test_the_settings_of_a_client_do_not_change(client_kind: Kind) -> None:
    heard: list[Any] = []
    session = client_kind.session(region_name="eu-west-1", **KEYS)
    session.events.register("client-created", lambda settings, **kwargs: heard.append(settings))
    session.client("s3")
    [settings] = heard
    assert (settings.region_name, settings.request.service_name) == ("eu-west-1", "s3")
    assert settings.setting("use_fips_endpoint") is None
    with pytest.raises(AttributeError, match="region_name cannot be set"):
        settings.region_name = "eu-west-2"
    assert "b" not in repr(settings.request).split()


@pytest.mark.parametrize("name", ["_credentials", "_auth_token"])
def test_what_is_set_on_a_copy_is_the_copys(client_kind: Kind, name: str) -> None:
    core = client_kind.session(**KEYS)._session
    before = getattr(core, name)
    twin = copy.copy(core)
    setattr(twin, name, marker := object())
    assert getattr(core, name) is before
    assert getattr(twin, name) is marker


def test_a_copy_has_the_credentials_that_were_found(
    client_kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    core = client_kind.session()._session
    found = client_kind.run(core.get_credentials())
    twin = copy.copy(core)
    assert twin._credentials is found
    assert twin.credentials.given is None
    assert copy.deepcopy(core)._credentials is None
