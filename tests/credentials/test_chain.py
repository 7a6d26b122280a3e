"""Where credentials come from: files, variables, programs, and real local servers in place of AWS's; sync and async."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.credentials.container import check_address
from sotalia.testing import LocalAWS
from tests.client_kinds import Kind
from tests.transport.servers import Connection, serving

FUTURE = "2099-01-01T00:00:00Z"


def keys_of(client_kind: Kind, session: Any) -> Any:
    """The session's credentials as a tuple."""

    async def load() -> Any:
        from sotalia.credentials.objects import freeze

        found = await session._session.load_credentials()
        return None if found is None else await freeze(found)

    if client_kind.is_async:
        return client_kind.run(load())
    found = session.get_credentials()
    return None if found is None else found.get_frozen_credentials()


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def both(config: str = "", credentials: str = "") -> None:
        for name, text, variable in (
            ("config", config, "AWS_CONFIG_FILE"),
            ("credentials", credentials, "AWS_SHARED_CREDENTIALS_FILE"),
        ):
            (tmp_path / name).write_text(text)
            monkeypatch.setenv(variable, str(tmp_path / name))

    return both


def answering_json(answers: dict[str, tuple[int, Any]], seen: list[bytes]) -> Any:
    def handle(connection: Connection) -> None:
        while True:
            head, _ = connection.request()
            seen.append(head)
            method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
            status, value = answers.get(f"{method} {path}", (404, ""))
            body = (value if isinstance(value, str) else json.dumps(value)).encode()
            connection.send(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body))

    return handle


def test_nothing(client_kind: Kind) -> None:
    assert keys_of(client_kind, client_kind.session()) is None


def test_environment_goes_before_files(
    client_kind: Kind, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        "[default]\naws_access_key_id=c\naws_secret_access_key=d\n",
        "[default]\naws_access_key_id=a\naws_secret_access_key=b\n",
    )
    assert keys_of(client_kind, client_kind.session())[:2] == ("a", "b")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "e")
    with pytest.raises(exceptions.PartialCredentialsError, match="AWS_SECRET_ACCESS_KEY"):
        keys_of(client_kind, client_kind.session())
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "f")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    assert keys_of(client_kind, client_kind.session())[:3] == ("e", "f", "t")
    # A profile that is named by hand goes before the environment.
    assert keys_of(client_kind, client_kind.session(profile_name="default"))[:2] == ("a", "b")


def test_configuration_file(client_kind: Kind, write: Any) -> None:
    write(
        "[profile p]\naws_access_key_id = a\naws_secret_access_key = b\nregion = eu-west-1\naws_account_id = 1\n"
    )
    session = client_kind.session(profile_name="p")
    assert keys_of(client_kind, session) == ("a", "b", None, "1")
    assert session.region_name == "eu-west-1"


def program(output: str, status: int = 0) -> str:
    code = f"import sys; sys.stdout.write({output!r}); sys.stderr.write('sorry'); sys.exit({status})"
    return f'{sys.executable} -c "{code}"'


def test_a_program(client_kind: Kind, write: Any) -> None:
    printed = {
        "Version": 1,
        "AccessKeyId": "a",
        "SecretAccessKey": "b",
        "SessionToken": "t",
        "Expiration": FUTURE,
    }
    path = json.dumps(printed).replace('"', "'")
    write(
        f'[profile p]\ncredential_process = {sys.executable} -c "print(str({path}).replace(chr(39), chr(34)))"\n'
    )
    assert keys_of(client_kind, client_kind.session(profile_name="p"))[:3] == ("a", "b", "t")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (program("", 3), "sorry"),
        (program("not json with secret"), "did not print a JSON object"),
        (program("[]"), "did not print a JSON object"),
        (program("{}"), "Unsupported version"),
        ("/nonexistent/program", "could not be started"),
    ],
)
def test_a_program_that_fails(client_kind: Kind, write: Any, command: str, message: str) -> None:
    write(f"[profile p]\ncredential_process = {command}\n")
    with pytest.raises(exceptions.CredentialRetrievalError, match=message) as caught:
        keys_of(client_kind, client_kind.session(profile_name="p"))
    assert "secret" not in str(caught.value)


def test_a_container(client_kind: Kind, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[bytes] = []
    found = {"AccessKeyId": "a", "SecretAccessKey": "b", "Token": "t", "Expiration": FUTURE, "AccountId": "1"}
    token = tmp_path / "token"
    token.write_text("let me in")
    with serving(answering_json({"GET /role": (200, found)}, seen)) as port:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{port}/role")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(token))
        assert keys_of(client_kind, client_kind.session()) == ("a", "b", "t", "1")
        assert b"Authorization: let me in" in seen[0]
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{port}/nothing")
        session = client_kind.session()
        session._session.credential_provider.get_provider("container-role").pause_seconds = 0
        seen.clear()
        with pytest.raises(exceptions.CredentialRetrievalError, match="404"):
            keys_of(client_kind, session)
        assert len(seen) == 3
        token.write_text("broken\n")
        with pytest.raises(ValueError, match="line break"):
            keys_of(client_kind, client_kind.session())


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://anywhere.example/x", True),
        ("http://localhost:1/x", True),
        ("http://127.1.2.3/x", True),
        ("http://[::1]/x", True),
        ("http://169.254.170.23/x", True),
        ("http://anywhere.example/x", False),
        ("http://10.0.0.1/x", False),
        ("http://127.evil.example/x", False),
        ("http://localhost@evil.example/x", False),
    ],
)
def test_container_tokens_are_not_sent_in_the_clear(url: str, is_good: bool) -> None:
    if is_good:
        check_address(url)
    else:
        with pytest.raises(ValueError, match="Unsupported host"):
            check_address(url)


INSTANCE = {"AccessKeyId": "a", "SecretAccessKey": "b", "Token": "t", "Expiration": FUTURE}
ROLES = "/latest/meta-data/iam/security-credentials/"


@pytest.mark.parametrize("has_tokens", [True, False])
def test_an_instance(client_kind: Kind, monkeypatch: pytest.MonkeyPatch, has_tokens: bool) -> None:
    seen: list[bytes] = []
    answers = {
        "PUT /latest/api/token": (200, "TOKEN") if has_tokens else (404, ""),
        f"GET {ROLES}": (200, "my-role"),
        f"GET {ROLES}my-role": (200, INSTANCE),
    }
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with serving(answering_json(answers, seen)) as port:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://127.0.0.1:{port}")
        assert keys_of(client_kind, client_kind.session())[:3] == ("a", "b", "t")
        assert (b"x-aws-ec2-metadata-token: TOKEN" in seen[-1]) is has_tokens
        if not has_tokens:
            monkeypatch.setenv("AWS_EC2_METADATA_V1_DISABLED", "true")
            with pytest.raises(exceptions.MetadataRetrievalError, match="IMDSv1"):
                keys_of(client_kind, client_kind.session())
            monkeypatch.delenv("AWS_EC2_METADATA_V1_DISABLED")
    assert keys_of(client_kind, client_kind.session()) is None  # Nobody answers any more.


def test_an_assumed_role(
    client_kind: Kind, aws: LocalAWS, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        "[profile base]\naws_access_key_id = testing\naws_secret_access_key = testing\n"
        "[profile middle]\nrole_arn = arn:aws:iam::123456789012:role/middle\nsource_profile = base\n"
        "[profile p]\nrole_arn = arn:aws:iam::123456789012:role/mine\nsource_profile = middle\nexternal_id = xx\n"
    )
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", aws.endpoint_url)
    session = client_kind.session(profile_name="p", region_name="us-east-1")
    found = keys_of(client_kind, session)
    assert found.access_key.startswith("ASIA")
    assert found.account_id == "123456789012"
    sts = client_kind.client("sts", session, endpoint_url=aws.endpoint_url)
    assert ":assumed-role/mine/" in sts.get_caller_identity()["Arn"]


def test_a_web_identity(
    client_kind: Kind, aws: LocalAWS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tmp_path / "jwt"
    token.write_text("a.b.c" * 5)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    with pytest.raises(exceptions.InvalidConfigError, match="AWS_ROLE_ARN"):
        keys_of(client_kind, client_kind.session())
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", aws.endpoint_url)
    assert keys_of(client_kind, client_kind.session(region_name="us-east-1")).access_key.startswith("ASIA")


@pytest.mark.parametrize(
    ("profile", "error", "message"),
    [
        ("role_arn = r", exceptions.PartialCredentialsError, "source_profile or credential_source"),
        ("role_arn = r\nsource_profile = nobody", exceptions.InvalidConfigError, "nobody"),
        ("role_arn = r\nsource_profile = p", exceptions.InfiniteLoopConfigError, "p"),
        ("role_arn = r\nsource_profile = empty", exceptions.InvalidConfigError, "must have credentials"),
        ("role_arn = r\ncredential_source = Moon", exceptions.InvalidConfigError, "Moon"),
        ("role_arn = r\ncredential_source = Environment", exceptions.CredentialRetrievalError, "Environment"),
        (
            "role_arn = r\nsource_profile = p\ncredential_source = Environment",
            exceptions.InvalidConfigError,
            "both",
        ),
    ],
)
def test_broken_roles(client_kind: Kind, write: Any, profile: str, error: Any, message: str) -> None:
    write(f"[profile empty]\nregion = us-east-1\n[profile p]\n{profile}\n")
    with pytest.raises(error, match=message):
        keys_of(client_kind, client_kind.session(profile_name="p"))


def test_keys_are_refreshed_in_time_and_a_failure_does_not_lose_them(client_kind: Kind) -> None:
    from datetime import UTC, datetime, timedelta

    from sotalia.credentials.refreshable import RefreshableCredentials

    now = datetime.fromtimestamp(time.time(), UTC)
    fetched: list[int] = []
    fails = False

    def refresh() -> dict[str, Any]:
        fetched.append(1)
        if fails:
            raise RuntimeError("the service is down")
        until = (now + timedelta(hours=1)).isoformat()
        return {"access_key": f"a{len(fetched)}", "secret_key": "b", "token": "t", "expiry_time": until}

    clock = [now]
    made = RefreshableCredentials(
        "a0", "b", "t", now + timedelta(minutes=20), refresh, "test", lambda: clock[0]
    )
    assert made.get_frozen_credentials().access_key == "a0"
    clock[0] = now + timedelta(minutes=8)  # 12 minutes left: refreshed ahead of time.
    assert made.access_key == "a1"
    fails = True
    clock[0] = now + timedelta(minutes=48)
    assert made.access_key == "a1"  # Still good; the failure is only logged.
    clock[0] = now + timedelta(minutes=55)
    assert made.access_key == "a1"  # With 5 minutes left, too.
    clock[0] = now + timedelta(minutes=61)
    with pytest.raises(RuntimeError, match="down"):
        made.get_frozen_credentials()


def test_no_repr_shows_a_key() -> None:
    from sotalia.credentials.objects import Credentials

    made = Credentials("AKID", "SECRET", "TOKEN")
    assert "SECRET" not in repr(made) + repr(made.get_frozen_credentials())
    assert "TOKEN" not in repr(made) + repr(made.get_frozen_credentials())
