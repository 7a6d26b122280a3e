"""Roles: what STS is asked, who asks, codes of MFA devices, and what is kept between sessions; sync and async."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import botocore.utils
import pytest

from sotalia import exceptions
from sotalia.credentials.cached_role import CachedRole, cache_key
from sotalia.credentials.json_cache import JSONFileCache
from sotalia.runtime import drive
from tests.client_kinds import Kind
from tests.credentials.conftest import found, keys
from tests.credentials.services import FUTURE, Services

ROLE = "arn:aws:iam::111122223333:role/mine"
BASE = "[profile base]\naws_access_key_id = BASE-AK\naws_secret_access_key = S\n"


def role(*lines: str, source: str = "base") -> str:
    return "\n".join(["[profile p]", f"role_arn = {ROLE}", f"source_profile = {source}", *lines, BASE])


def parameters(request: tuple[str, str, dict[str, str], str]) -> dict[str, str]:
    return dict(parse_qsl(request[3]))


def signer(request: tuple[str, str, dict[str, str], str]) -> str:
    return request[2].get("authorization", "").partition("Credential=")[2].partition("/")[0]


def test_what_sts_is_asked(client_kind: Kind, services: Services, configure: Callable[..., None]) -> None:
    configure(role("external_id = ext", "role_session_name = me", "duration_seconds = 1800"))
    assert keys(client_kind, client_kind.session(profile_name="p")).account_id == "111122223333"
    (request,) = services.asked("/")
    assert parameters(request) == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": ROLE,
        "ExternalId": "ext",
        "RoleSessionName": "me",
        "DurationSeconds": "1800",
    }
    assert signer(request) == "BASE-AK"


def test_a_chain_of_roles(client_kind: Kind, services: Services, configure: Callable[..., None]) -> None:
    configure(
        role(source="middle")
        + f"[profile middle]\nrole_arn = {ROLE}-2\nsource_profile = first\n"
        + f"[profile first]\nrole_arn = {ROLE}-1\nsource_profile = base\n"
    )
    held = found(client_kind, client_kind.session(profile_name="p"))
    assert services.seen == []
    for _ in range(2):
        client_kind.run(held.freeze()) if client_kind.is_async else held.get_frozen_credentials()
    asked = services.asked("/")
    assert [parameters(one)["RoleArn"] for one in asked] == [f"{ROLE}-1", f"{ROLE}-2", ROLE]
    assert signer(asked[0]) == "BASE-AK"
    assert len({signer(one) for one in asked}) == 3


def test_a_code_is_asked_for_once(
    client_kind: Kind, services: Services, configure: Callable[..., None]
) -> None:
    configure(role("mfa_serial = arn:aws:iam::1:mfa/me"))
    session = client_kind.session(profile_name="p")
    prompts: list[str] = []

    def plain(prompt: str) -> str:
        prompts.append(prompt)
        return "123456"

    async def waiting(prompt: str) -> str:
        return plain(prompt)

    provider = session._session.get_component("credential_provider").get_provider("assume-role")
    provider._prompter = waiting if client_kind.is_async else plain
    held = found(client_kind, session)
    assert prompts == []
    for _ in range(2):
        frozen = client_kind.run(held.freeze()) if client_kind.is_async else held.get_frozen_credentials()
        assert frozen.access_key.startswith("AK-")
    assert prompts == ["Enter MFA code for arn:aws:iam::1:mfa/me: "]
    asked = parameters(services.asked("/")[0])
    assert (asked["SerialNumber"], asked["TokenCode"]) == ("arn:aws:iam::1:mfa/me", "123456")
    held._expiry_time = datetime.now(UTC)
    with pytest.raises(exceptions.RefreshWithMFAUnsupportedError):
        client_kind.run(held.freeze()) if client_kind.is_async else held.get_frozen_credentials()


@pytest.mark.parametrize("kind", [JSONFileCache, botocore.utils.JSONFileCache])
def test_what_is_kept_serves_the_next_session(
    client_kind: Kind, services: Services, configure: Callable[..., None], tmp_path: Path, kind: Any
) -> None:
    """The idiom of the field: a directory of files that outlives the process, of either make."""
    configure(role("external_id = ext"))
    folder = tmp_path / "cli/cache"
    seen = []
    for _ in range(2):
        session = client_kind.session(profile_name="p")
        provider = session._session.get_component("credential_provider").get_provider("assume-role")
        provider.cache = kind(str(folder))
        seen.append(keys(client_kind, session))
    assert seen[0] == seen[1]
    assert services.operations() == ["AssumeRole"]
    arguments = {"RoleArn": ROLE, "ExternalId": "ext"}
    key = sha1(json.dumps(arguments, sort_keys=True).encode()).hexdigest()
    assert os.listdir(folder) == [f"{key}.json"]
    assert stat.S_IMODE((folder / f"{key}.json").stat().st_mode) == 0o600


def test_botocore_finds_what_we_kept(
    services: Services, configure: Callable[..., None], tmp_path: Path
) -> None:
    import botocore.session

    from tests.client_kinds import SyncKind

    configure(role("external_id = ext"))
    ours = SyncKind().session(profile_name="p")
    ours._session.get_component("credential_provider").get_provider("assume-role").cache = JSONFileCache(
        str(tmp_path / "c")
    )
    kept = keys(SyncKind(), ours)
    theirs = botocore.session.Session(profile="p")
    theirs.get_component("credential_provider").get_provider(
        "assume-role"
    ).cache = botocore.utils.JSONFileCache(str(tmp_path / "c"))
    assert tuple(theirs.get_credentials().get_frozen_credentials()) == tuple(kept)
    assert len(services.seen) == 1


@pytest.mark.parametrize("kept", ["soon", "damaged", "none"])
def test_what_is_kept_too_long_or_damaged_is_asked_for_anew(kept: str) -> None:
    now = datetime(2024, 5, 1, tzinfo=UTC)
    answer = {"Credentials": {"AccessKeyId": "a", "SecretAccessKey": "s", "SessionToken": "t"}}
    old: Any = {"Credentials": {**answer["Credentials"], "Expiration": now + timedelta(minutes=14)}}
    cache: dict[str, Any] = {} if kept == "none" else {cache_key({"RoleArn": "r"}): old}
    if kept == "damaged":
        cache[cache_key({"RoleArn": "r"})] = {"Credentials": "x"}

    async def ask() -> dict[str, Any]:
        return {"Credentials": {**answer["Credentials"], "AccessKeyId": "new", "Expiration": FUTURE}}

    fetched = drive(CachedRole(cache, {"RoleArn": "r"}, ask, clock=lambda: now).refresh())
    assert fetched["access_key"] == "new"
    assert cache[cache_key({"RoleArn": "r"})]["Credentials"]["AccessKeyId"] == "new"
    # What is in the cache is nobody's to change.
    cache[cache_key({"RoleArn": "r"})]["Credentials"]["AccessKeyId"] = "kept"
    assert (
        drive(CachedRole(cache, {"RoleArn": "r"}, ask, clock=lambda: now).refresh())["access_key"] == "kept"
    )


def test_keys_of_the_cache_are_the_references() -> None:
    from botocore.credentials import AssumeRoleCredentialFetcher

    arguments = {"ExternalId": "e", "DurationSeconds": 900, "Policy": '{"b": 1, "a": [2]}'}
    theirs = AssumeRoleCredentialFetcher(None, None, ROLE, arguments)
    assert cache_key({"RoleArn": ROLE, **arguments}) == theirs._cache_key


def test_sts_is_asked_where_the_first_client_is(
    client_kind: Kind, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without an address of its own, STS is asked in the region of the client that needs the keys."""
    configure(role())
    session = client_kind.session(profile_name="p")
    hosts: list[str] = []

    def stop(request: Any, **kwargs: Any) -> None:
        hosts.append(request.url)
        raise InterruptedError

    session.events.register("before-send.sts.AssumeRole", stop)
    client = client_kind.client("dynamodb", session, region_name="eu-west-3")
    with pytest.raises(InterruptedError):
        client.list_tables()
    assert hosts == ["https://sts.eu-west-3.amazonaws.com/"]


def test_a_web_identity_is_read_again(
    client_kind: Kind, services: Services, configure: Callable[..., None], tmp_path: Path
) -> None:
    token = tmp_path / "jwt"
    configure(f"[profile p]\nrole_arn = {ROLE}\nweb_identity_token_file = {token}\n")
    session, cache = client_kind.session(profile_name="p"), {}
    session._session.credential_provider.get_provider("assume-role-with-web-identity").cache = cache
    held = found(client_kind, session)
    for text in ("a.b.c", "d.e.f\n"):
        token.write_text(text)
        held._expiry_time = datetime.now(UTC)
        cache.clear()
        client_kind.run(held.freeze()) if client_kind.is_async else held.get_frozen_credentials()
    asked = services.asked("/")
    assert [parameters(one)["WebIdentityToken"] for one in asked] == ["a.b.c", "d.e.f\n"]
    assert [signer(one) for one in asked] == ["", ""]
    token.unlink()
    cache.clear()
    held._expiry_time = datetime.now(UTC)
    with pytest.raises(FileNotFoundError):
        client_kind.run(held.freeze()) if client_kind.is_async else held.get_frozen_credentials()


# -- the directory of files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [JSONFileCache, botocore.utils.JSONFileCache])
def test_a_directory_of_files_is_a_mapping(kind: Any, tmp_path: Path) -> None:
    cache = kind(str(tmp_path / "a/b"))
    assert "key" not in cache
    cache["key"] = {"when": datetime(2024, 5, 1, tzinfo=UTC), "n": 1}
    assert "key" in cache
    assert cache["key"] == {"when": "2024-05-01T00:00:00UTC", "n": 1}
    for wrong in ("{", "\xff"):
        (tmp_path / "a/b/bad.json").write_bytes(wrong.encode("latin-1"))
        with pytest.raises(KeyError):
            cache["bad"]
    with pytest.raises(KeyError):
        cache["nothing"]
    del cache["key"]
    with pytest.raises(KeyError):
        del cache["key"]
    before = sorted(os.listdir(tmp_path / "a/b"))
    with pytest.raises(ValueError, match="JSON serializable"):
        cache["key"] = {"secret": object()}
    assert sorted(os.listdir(tmp_path / "a/b")) == before


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    cache = JSONFileCache(str(tmp_path))
    cache["key"] = {"n": 1}
    os.mkdir(tmp_path / "taken.json")
    with pytest.raises(OSError, match="taken"):
        cache["taken"] = {"n": 2}
    assert sorted(os.listdir(tmp_path)) == ["key.json", "taken.json"]
    assert cache["key"] == {"n": 1}
