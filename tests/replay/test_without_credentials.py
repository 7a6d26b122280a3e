"""What is played needs no credentials: nobody looks for them, and what was asked to get them is in no cassette."""

from __future__ import annotations

import json
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.credentials.tokens import FrozenAuthToken
from sotalia.exceptions import ClientError, NoCredentialsError
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind

REGION = "us-west-2"
CONFIG = sotalia.config.Config
TOKEN = b'{"accessToken": "t"}'
SESSION = (
    b"<CreateSessionResult><Credentials><SessionToken>token-of-express</SessionToken><SecretAccessKey>secret-of-express"
    b"</SecretAccessKey><AccessKeyId>AKIDEXPRESS</AccessKeyId><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
    b"</CreateSessionResult>"
)
ROLE = (
    b"<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>secret-of-role"
    b"</SecretAccessKey><SessionToken>token-of-role</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
    b"</AssumeRoleResult></AssumeRoleResponse>"
)


class Asked:
    """A provider that must not be asked."""

    METHOD = CANONICAL_NAME = "asked"

    def __init__(self, credentials: Any = None) -> None:
        self.times = 0
        self.credentials = credentials

    def load(self) -> Any:
        self.times += 1
        return self.credentials


class Refreshing:
    """Credentials that are fetched when a call needs them, as those of roles are."""

    method = "refreshing"
    account_id = "123456789012"

    def __init__(self) -> None:
        self.times = 0

    def get_frozen_credentials(self) -> Any:
        self.times += 1
        return sotalia.credentials.ReadOnlyCredentials(
            "AKIDEXAMPLE", "secret", "session-token", "123456789012"
        )


def _with_provider(session: Any, provider: Any) -> Any:
    session._session.credential_provider.providers[:] = [provider]
    return session


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calls.json"


def _refuse(request: Any) -> Any:
    raise AssertionError(f"{request.url} was sent")


def test_clients_made_within_the_block_look_for_nothing(client_kind: Kind, path: Path) -> None:
    with sotalia.cassette(path):
        client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="k")
    provider = Asked()
    session = _with_provider(client_kind.session(region_name=REGION), provider)
    with sotalia.cassette(path, mode="none"):
        client_kind.client("s3", session).head_object(Bucket="bucket", Key="k")
    assert provider.times == 0


def test_a_client_that_was_made_without_credentials(client_kind: Kind, path: Path) -> None:
    with sotalia.cassette(path):
        client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="k")
    session = _with_provider(client_kind.session(region_name=REGION), Asked())
    client = client_kind.client("s3", session)
    with sotalia.cassette(path, mode="none"):
        client.head_object(Bucket="bucket", Key="k")
    # It has none after the block either.
    with pytest.raises(NoCredentialsError):
        client.head_object(Bucket="bucket", Key="k")


def test_credentials_that_refresh_are_asked_for_what_is_sent_only(client_kind: Kind, path: Path) -> None:
    credentials = Refreshing()
    session = _with_provider(
        client_kind.session(region_name=REGION, transport=ScriptedTransport([answer()])), Asked(credentials)
    )
    client = client_kind.client("s3", session)
    with sotalia.cassette(path, mode="new"):
        client.head_object(Bucket="bucket", Key="k")
    assert credentials.times > 0
    credentials.times = 0
    with sotalia.cassette(path, mode="new") as cassette:
        client.head_object(Bucket="bucket", Key="k")
        assert credentials.times == 0
        client.head_object(Bucket="bucket", Key="another")
        assert credentials.times > 0
    assert (cassette.played, cassette.recorded) == (1, 1)
    assert "session-token" not in path.read_text()


def test_recording_without_credentials_fails_as_ever(client_kind: Kind, path: Path) -> None:
    session = _with_provider(
        client_kind.session(region_name=REGION, transport=ScriptedTransport([answer()])), Asked()
    )
    with sotalia.cassette(path), pytest.raises(NoCredentialsError):
        client_kind.client("s3", session).head_object(Bucket="bucket", Key="k")
    assert not path.exists()


@pytest.mark.parametrize("mode", ["preferred", "required"])
def test_endpoints_of_accounts(client_kind: Kind, path: Path, mode: str) -> None:
    config = CONFIG(account_id_endpoint_mode=mode)
    body = answer(body=b'{"TableNames": []}')
    session = _with_provider(
        client_kind.session(region_name=REGION, transport=ScriptedTransport([body])), Asked(Refreshing())
    )
    with sotalia.cassette(path):
        client_kind.client("dynamodb", session, config=config).list_tables()
    session = _with_provider(client_kind.session(region_name=REGION), Asked())
    client = client_kind.client("dynamodb", session, config=config)
    with sotalia.cassette(path, mode="none"):
        assert client.list_tables()["TableNames"] == []


def test_bearer_tokens(client_kind: Kind, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = answer(body=b'{"userId": "u"}', headers={"content-type": "application/json"})

    def client(*script: Any) -> Any:
        session = client_kind.session(region_name=REGION, transport=ScriptedTransport(script))
        return client_kind.client("codecatalyst", session)

    class Token:
        def get_frozen_token(self) -> Any:
            return FrozenAuthToken("token-of-mine")

    recording = client(body)
    recording.raw.parts.signer._auth_token = Token()
    with sotalia.cassette(path):
        recording.get_user_details(userName="user")
    playing = client(_refuse)
    with sotalia.cassette(path, mode="none"):
        assert playing.get_user_details(userName="user")["userId"] == "u"
    assert "token-of-mine" not in path.read_text()


def test_sessions_of_express_buckets_are_nobodys_recording(client_kind: Kind, path: Path) -> None:
    def respond(request: Any) -> Any:
        return answer(body=SESSION) if "session" in request.url.partition("?")[2] else answer()

    arguments = {"Bucket": "bucket--use1-az4--x-s3", "Key": "k"}
    with sotalia.cassette(path) as cassette:
        client = client_kind.scripted("s3", [respond])
        client.head_object(**arguments)
    assert len(client.transport.requests) == 2
    assert cassette.recorded == 1
    assert "of-express" not in path.read_text()
    session = client_kind.session(region_name=REGION, transport=ScriptedTransport([_refuse]))
    with sotalia.cassette(path, mode="none") as cassette:
        client_kind.client("s3", session).head_object(**arguments)
    assert cassette.unused == []


def test_roles_that_are_assumed_are_nobodys_recording(
    client_kind: Kind, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = source\nregion = us-west-2\n"
        "[profile source]\naws_access_key_id = AKIDSOURCE\naws_secret_access_key = secret-of-source\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))

    def respond(request: Any) -> Any:
        return answer(body=ROLE) if "sts" in request.url else answer()

    transport = ScriptedTransport([respond])
    with sotalia.cassette(path) as cassette:
        session = client_kind.session(profile_name="role", transport=transport)
        client_kind.client("s3", session).head_object(Bucket="bucket", Key="k")
    assert len(transport.requests) == 2
    assert cassette.recorded == 1
    assert "of-role" not in path.read_text()
    session = client_kind.session(profile_name="role", transport=ScriptedTransport([_refuse]))
    client = client_kind.client("s3", session)
    with sotalia.cassette(path, mode="none"):
        client.head_object(Bucket="bucket", Key="k")


def test_a_role_that_the_program_assumes_is_recorded_without_its_keys(client_kind: Kind, path: Path) -> None:
    arguments = {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "mine"}
    with sotalia.cassette(path):
        recorded = client_kind.scripted("sts", [answer(body=ROLE)]).assume_role(**arguments)
    assert recorded["Credentials"]["SecretAccessKey"] == "secret-of-role"
    with sotalia.cassette(path):
        played = client_kind.client("sts", client_kind.session(region_name=REGION)).assume_role(**arguments)
    assert played["Credentials"]["SecretAccessKey"] == "***"
    assert played["Credentials"]["Expiration"] == recorded["Credentials"]["Expiration"]
    assert "of-role" not in path.read_text()


# -- clocks ----------------------------------------------------------------------------------------------------------

SKEWED = b"<Error><Code>%b</Code><Message>m</Message></Error>"
#: Now and a date long ago: what was recorded stays as it is, and dates go by.
DATES = {"when recorded": None, "years ago": "Mon, 03 Jan 2022 00:00:00 GMT"}


def _age(path: Path, date: str | None) -> None:
    document = json.loads(path.read_text())
    for call in document["calls"]:
        for attempt in call["attempts"]:
            attempt["headers"]["Date"] = date or attempt["headers"]["Date"]
    path.write_text(json.dumps(document))


@pytest.mark.parametrize("date", DATES.values(), ids=DATES)
@pytest.mark.parametrize("code", ["RequestTimeTooSkewed", "SignatureDoesNotMatch"])
def test_a_clock_that_was_wrong(client_kind: Kind, path: Path, code: str, date: str | None) -> None:
    """It was corrected when the call was recorded, and so it is now. The clock of the client is left alone."""
    import time

    ahead = {"Date": formatdate(time.time() + 3600, usegmt=True)}
    script = [
        answer(403, headers=ahead, body=SKEWED % code.encode()),
        answer(headers=ahead, body=b"<ListAllMyBucketsResult/>"),
    ]
    with sotalia.cassette(path):
        recorded = client_kind.scripted("s3", script).list_buckets()
    assert recorded["ResponseMetadata"]["RetryAttempts"] == 1
    _age(path, date)
    client = client_kind.client("s3")
    with sotalia.cassette(path, mode="none"):
        assert client.list_buckets()["ResponseMetadata"]["RetryAttempts"] == 1
    assert client.raw.parts.signer.clock_offset_seconds == 0


@pytest.mark.parametrize("date", DATES.values(), ids=DATES)
def test_a_clock_that_was_right(client_kind: Kind, path: Path, date: str | None) -> None:
    right = {"Date": formatdate(usegmt=True)}
    with sotalia.cassette(path), pytest.raises(ClientError):
        client_kind.scripted(
            "s3", [answer(403, headers=right, body=SKEWED % b"SignatureDoesNotMatch")]
        ).list_buckets()
    _age(path, date)
    client = client_kind.client("s3")
    with sotalia.cassette(path, mode="none"), pytest.raises(ClientError) as caught:
        client.list_buckets()
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert client.raw.parts.signer.clock_offset_seconds == 0


def test_keys_of_the_client_do_not_matter(client_kind: Kind, path: Path) -> None:
    with sotalia.cassette(path):
        client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="k")
    session = client_kind.session(**{**KEYS, "aws_secret_access_key": "another"})
    with sotalia.cassette(path):
        client_kind.client("s3", session).head_object(Bucket="bucket", Key="k")
    assert "AKIDEXAMPLE" not in path.read_text()
