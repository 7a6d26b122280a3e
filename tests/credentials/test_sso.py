"""Credentials and tokens of IAM Identity Center: files of `aws sso login`, refreshes, what is kept; sync and async."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.credentials.sso_token import SSOTokenProvider
from sotalia.credentials.tokens import DeferredRefreshableToken, FrozenAuthToken
from tests.client_kinds import Kind
from tests.credentials.conftest import found, keys
from tests.credentials.services import FUTURE, Services

PROFILE = (
    "[profile p]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = reader\n"
    "[sso-session corp]\nsso_start_url = https://start.example/start\nsso_region = eu-west-1\n"
)
PAST = "2001-01-01T00:00:00Z"
REGISTRATION = {"refreshToken": "R-1", "clientId": "I", "clientSecret": "S", "registrationExpiresAt": FUTURE}


def token_file(home: Path, name: str = "corp") -> Path:
    return home / ".aws/sso/cache" / f"{sha1(name.encode()).hexdigest()}.json"


def sign_in(home: Path, **token: Any) -> Path:
    path = token_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"accessToken": "TOKEN", "expiresAt": FUTURE, **token}))
    return path


def test_a_token_that_expires_is_renewed_and_its_file_replaced(
    client_kind: Kind, services: Services, home: Path, configure: Callable[..., None]
) -> None:
    configure(PROFILE)
    path = sign_in(home, expiresAt=PAST, **REGISTRATION)
    os.chmod(path, 0o644)
    assert keys(client_kind, client_kind.session(profile_name="p")).account_id == "111122223333"
    (_, _, _, body) = services.asked("/token")[0]
    assert json.loads(body) == {
        "grantType": "refresh_token",
        "clientId": "I",
        "clientSecret": "S",
        "refreshToken": "R-1",
    }
    (_, target, headers, _) = services.asked("/federation/credentials")[0]
    assert headers["x-amz-sso_bearer_token"] == "RENEWED"
    assert "authorization" not in headers
    assert target == "/federation/credentials?role_name=reader&account_id=111122223333"
    kept = json.loads(path.read_text())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [name.name for name in path.parent.iterdir()] == [path.name]
    until = datetime.strptime(kept.pop("expiresAt"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(hours=7) < until - datetime.now(UTC) < timedelta(hours=9)
    assert kept == {
        "startUrl": "https://start.example/start",
        "region": "eu-west-1",
        "accessToken": "RENEWED",
        "clientId": "I",
        "clientSecret": "S",
        "registrationExpiresAt": FUTURE,
        "refreshToken": "REFRESH-2",
    }


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        ({}, False),
        ({"expiresAt": "SOON"}, False),  # Nothing to refresh with: the old one has to do.
        ({"expiresAt": "SOON", **REGISTRATION, "registrationExpiresAt": PAST}, False),
        ({"expiresAt": "SOON", **REGISTRATION}, True),
    ],
)
def test_a_token_that_cannot_be_renewed_is_used(
    client_kind: Kind,
    services: Services,
    home: Path,
    configure: Callable[..., None],
    changes: dict[str, str],
    asks: bool,
) -> None:
    services.answers["POST /token"] = (400, {"__type": "InvalidGrantException", "error": "no"})
    configure(PROFILE)
    soon = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    path = sign_in(home, **{name: value.replace("SOON", soon) for name, value in changes.items()})
    before = path.read_text()
    assert keys(client_kind, client_kind.session(profile_name="p")).access_key.startswith("AK-")
    assert bool(services.asked("/token")) is asks
    assert services.asked("/federation/credentials")[0][2]["x-amz-sso_bearer_token"] == "TOKEN"
    assert path.read_text() == before


def test_a_revoked_token_says_what_to_do(
    client_kind: Kind, services: Services, home: Path, configure: Callable[..., None]
) -> None:
    configure(PROFILE)
    sign_in(home, accessToken="REVOKED")
    with pytest.raises(exceptions.UnauthorizedSSOTokenError, match="aws sso login"):
        keys(client_kind, client_kind.session(profile_name="p"))
    os.unlink(token_file(home))
    with pytest.raises(exceptions.SSOTokenLoadError, match="aws sso login"):
        keys(client_kind, client_kind.session(profile_name="p"))


def test_roles_are_kept_under_the_references_key(
    client_kind: Kind, services: Services, home: Path, configure: Callable[..., None]
) -> None:
    configure(PROFILE)
    sign_in(home)
    kept: dict[str, Any] = {}
    for _ in range(2):
        session = client_kind.session(profile_name="p")
        session._session.get_component("credential_provider").get_provider("sso").cache = kept
        assert keys(client_kind, session).access_key.startswith("AK-")
    assert len(services.asked("/federation/credentials")) == 1
    arguments = {"accountId": "111122223333", "roleName": "reader", "sessionName": "corp"}
    text = json.dumps(arguments, sort_keys=True, separators=(",", ":"))
    assert list(kept) == [sha1(text.encode()).hexdigest()]
    assert next(iter(kept.values()))["Credentials"]["Expiration"] == FUTURE


def test_nothing_is_asked_until_keys_are_used(
    client_kind: Kind, services: Services, home: Path, configure: Callable[..., None]
) -> None:
    configure(PROFILE)
    sign_in(home)
    session = client_kind.session(profile_name="p")
    assert found(client_kind, session).method == "sso"
    assert services.seen == []


# -- bearer tokens ---------------------------------------------------------------------------------------------


def token_of(client_kind: Kind, session: Any, **arguments: Any) -> Any:
    held = session._session.get_auth_token(**arguments)
    if held is None:
        return None
    return client_kind.run(held.freeze()) if client_kind.is_async else held.get_frozen_token()


def test_tokens_of_the_environment_go_before_those_of_sessions(
    client_kind: Kind,
    services: Services,
    home: Path,
    configure: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure(PROFILE)
    sign_in(home)
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK_AGENT", "FROM-ENV")
    session = client_kind.session(profile_name="p")
    assert token_of(client_kind, session).token == "TOKEN"
    assert token_of(client_kind, session, signing_name="bedrock-agent") == ("FROM-ENV", None)
    assert token_of(client_kind, session, signing_name="bedrock").token == "TOKEN"
    assert session._session.get_auth_token() is session._session.get_auth_token()
    assert token_of(client_kind, client_kind.session(), signing_name="bedrock") is None
    chain = session._session.get_component("token_provider")
    chain.remove("sso")
    with pytest.raises(exceptions.UnknownTokenProviderError):
        chain.get_provider("sso")

    class Mine:
        METHOD = "mine"

        def load_token(self, **kwargs: Any) -> FrozenAuthToken:
            return FrozenAuthToken("MINE")

    chain.insert_before("env", Mine())
    assert token_of(client_kind, session, signing_name="bedrock-agent").token == "MINE"


@pytest.mark.parametrize(
    ("session", "message"),
    [("", "does not exist"), ("[sso-session corp]\nsso_start_url = u\n", "sso_region")],
)
def test_sessions_that_are_not_complete(
    client_kind: Kind, configure: Callable[..., None], session: str, message: str
) -> None:
    configure(f"[profile p]\nsso_session = corp\n{session}")
    with pytest.raises(exceptions.InvalidConfigError, match=message):
        client_kind.session(profile_name="p")._session.get_auth_token()


def test_a_bearer_operation_carries_the_token(
    client_kind: Kind, services: Services, home: Path, configure: Callable[..., None]
) -> None:
    """CodeCatalyst signs with bearer tokens alone."""
    configure(PROFILE)
    sign_in(home)
    session = client_kind.session(profile_name="p", region_name="us-west-2")
    client = client_kind.scripted("codecatalyst", [], session, endpoint_url="https://codecatalyst.example")
    seen: list[str] = []

    def stop(request: Any, **kwargs: Any) -> None:
        seen.append(request.headers["Authorization"])
        raise InterruptedError

    client.raw.meta.events.register("before-send.codecatalyst.GetUserDetails", stop)
    with pytest.raises(InterruptedError):
        client.get_user_details()
    assert [one if isinstance(one, str) else one.decode() for one in seen] == ["Bearer TOKEN"]


def test_tokens_are_refreshed_once_a_minute_at_most(client_kind: Kind) -> None:
    start = datetime(2024, 5, 1, tzinfo=UTC)
    clock = [start]
    calls: list[datetime] = []
    until = start + timedelta(minutes=13)

    def refresh() -> FrozenAuthToken:
        calls.append(clock[0])
        if len(calls) > 1:
            raise OSError("down")
        return FrozenAuthToken("T", until)

    token = DeferredRefreshableToken("test", refresh, lambda: clock[0])
    for second in (0, 1, 59, 61, 90, 122):
        clock[0] = start + timedelta(seconds=second)
        assert token.get_frozen_token().token == "T"
    assert [(one - start).total_seconds() for one in calls] == [0, 61, 122]
    for second in (300, 310, 779):  # In the last 10 minutes as well: a token that is good is used.
        clock[0] = start + timedelta(seconds=second)
        assert token.get_frozen_token().token == "T"
    assert len(calls) == 5
    for second in (781, 782):  # Once it has expired nothing is left to use, so every call asks.
        clock[0] = start + timedelta(seconds=second)
        with pytest.raises(OSError, match="down"):
            token.get_frozen_token()
    assert len(calls) == 7
    clock[0] = start
    assert "T" not in repr(token.get_frozen_token()).replace("Token", "")


def test_an_expired_token_is_an_error(client_kind: Kind) -> None:
    now = datetime(2024, 5, 1, tzinfo=UTC)
    token = DeferredRefreshableToken("test", lambda: FrozenAuthToken("T", now), lambda: now)
    with pytest.raises(exceptions.TokenRetrievalError, match="expired"):
        token.get_frozen_token()


def test_the_provider_of_botocore_reads_what_we_wrote(
    services: Services, home: Path, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    import botocore.session
    import botocore.tokens
    from botocore.utils import JSONFileCache

    from tests.client_kinds import SyncKind

    configure(PROFILE)
    sign_in(home, expiresAt=PAST, **REGISTRATION)
    client_kind = SyncKind()
    assert token_of(client_kind, client_kind.session(profile_name="p")).token == "RENEWED"
    theirs = botocore.tokens.SSOTokenProvider(
        botocore.session.Session(profile="p"), JSONFileCache(str(home / ".aws/sso/cache"))
    )
    assert theirs.load_token().get_frozen_token().token == "RENEWED"
    assert len(services.asked("/token")) == 1
    settings = client_kind.session(profile_name="p")._session.chain_settings()
    assert SSOTokenProvider(settings).load_token() is not None
