"""What `sotalia credentials explain` tells, and that it never tells a secret; sync and async."""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from sotalia.__main__ import main
from sotalia.credentials.precedence import PRECEDENCE
from sotalia.credentials.report import (
    FAILED,
    LEFT_OUT,
    NOT_ASKED,
    PASSED_OVER,
    WON,
    Explanation,
    as_dict,
    as_text,
)
from tests.client_kinds import Kind
from tests.credentials.services import FUTURE, Services

AT = datetime(2098, 12, 31, 22, 30, tzinfo=UTC)
METHODS = [row.method for row in PRECEDENCE]


def explained(client_kind: Kind, session: Any, **arguments: Any) -> Explanation:
    found: Explanation = client_kind.run(session.explain_credentials(**arguments))
    return found


def outcomes(explanation: Explanation) -> dict[str, str]:
    return {one.method: one.outcome for one in explanation.sources}


def reasons(explanation: Explanation) -> dict[str, str]:
    return {one.method: one.reason for one in explanation.sources}


def test_nothing_anywhere(client_kind: Kind, home: Path, configure: Callable[..., None]) -> None:
    configure("[profile p]\nregion = eu-west-1\n")
    found = explained(client_kind, client_kind.session(profile_name="p"))
    assert outcomes(found) == {method: LEFT_OUT if method == "env" else PASSED_OVER for method in METHODS}
    assert reasons(found)["assume-role"] == "profile 'p' has no role_arn"
    assert reasons(found)["shared-credentials-file"] == "~/.aws/credentials has no section [p]"
    assert reasons(found)["config-file"] == "[profile p] in ~/.aws/config has no aws_access_key_id"
    assert reasons(found)["iam-role"] == "the variable AWS_EC2_METADATA_DISABLED is true"
    assert (found.winner, found.is_usable, found.error) == (None, False, None)
    assert "No credentials" in str(found)


def test_the_winner_and_who_was_not_asked(
    client_kind: Kind, home: Path, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(
        credentials="[default]\naws_access_key_id = A\naws_secret_access_key = S\naws_account_id = 12\n"
    )
    found = explained(client_kind, client_kind.session())
    assert outcomes(found)["env"] == PASSED_OVER
    assert reasons(found)["env"] == "the variable AWS_ACCESS_KEY_ID is not set"
    assert outcomes(found)["shared-credentials-file"] == WON
    assert outcomes(found)["config-file"] == NOT_ASKED
    assert found.winner == "shared-credentials-file"
    assert found.origin == (
        "[default] in ~/.aws/credentials: aws_access_key_id, aws_secret_access_key, aws_account_id"
    )
    assert (found.account_id, found.expires_at, found.refreshes) == ("12", None, False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "S")
    found = explained(client_kind, client_kind.session())
    assert found.origin == "variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"
    assert outcomes(found)["iam-role"] == NOT_ASKED
    assert found.note == ""
    monkeypatch.setenv("AWS_PROFILE", "default")
    assert "AWS_PROFILE names the profile 'default'" in str(explained(client_kind, client_kind.session()))


def test_keys_given_in_code(client_kind: Kind) -> None:
    session = client_kind.session(aws_access_key_id="A", aws_secret_access_key="S")
    found = explained(client_kind, session)
    assert found.sources[0].method == found.winner == "explicit"
    assert {one.outcome for one in found.sources[1:]} == {NOT_ASKED}
    # Credentials that were found before are looked for again, not mistaken for given ones.
    session = client_kind.session()
    client_kind.run(session.get_credentials())
    assert explained(client_kind, session).sources[0].method == "env"


def test_a_role_and_when_it_expires(
    client_kind: Kind, services: Services, home: Path, configure: Callable[..., None]
) -> None:
    configure(
        "[profile p]\nrole_arn = arn:aws:iam::111122223333:role/mine\nsource_profile = base\n"
        "[profile base]\naws_access_key_id = A\naws_secret_access_key = S\n"
    )
    found = explained(client_kind, client_kind.session(profile_name="p"), fetch=False)
    assert services.seen == []
    assert (found.winner, found.expires_at, found.refreshes) == ("assume-role", None, True)
    assert "not fetched" in str(found)
    found = explained(client_kind, client_kind.session(profile_name="p"))
    assert found.expires_at == datetime(2099, 1, 1, tzinfo=UTC)
    assert found.account_id == "111122223333"
    text = as_text(found, AT)
    assert "in 1 h 30 min, refreshed ahead of it" in text
    assert "role_arn = arn:aws:iam::111122223333:role/mine, source_profile = base" in text
    assert json.loads(json.dumps(as_dict(found)))["expires_at"].startswith("2099-01-01T00:00:00")


def test_a_refused_role(
    client_kind: Kind, services: Services, home: Path, configure: Callable[..., None]
) -> None:
    configure(
        "[profile p]\nrole_arn = arn:aws:iam::1:role/denied\nsource_profile = base\n"
        "[profile base]\naws_access_key_id = A\naws_secret_access_key = S\n"
    )
    found = explained(client_kind, client_kind.session(profile_name="p"))
    assert found.winner == "assume-role"
    assert not found.is_usable
    assert "AccessDenied" in str(found.error)


def test_a_source_that_is_broken_ends_the_search(
    client_kind: Kind, home: Path, configure: Callable[..., None]
) -> None:
    configure("[profile p]\naws_access_key_id = A\n")
    found = explained(client_kind, client_kind.session(profile_name="p"))
    assert outcomes(found)["config-file"] == FAILED
    assert outcomes(found)["container-role"] == NOT_ASKED
    assert found.error == reasons(found)["config-file"]
    assert "PartialCredentialsError" in str(found.error)
    assert "aws_secret_access_key" in str(found.error)


def test_providers_of_others_are_told_of(client_kind: Kind) -> None:
    from botocore.credentials import CredentialProvider, Credentials

    class Vault(CredentialProvider):
        METHOD = "vault"

        def load(self) -> Any:
            return Credentials("A", "S", method="vault")

    session = client_kind.session()
    session._session.get_component("credential_provider").insert_before("env", Vault())
    found = explained(client_kind, session)
    assert found.winner == "vault"
    assert found.sources[0].summary == "added by hand: Vault"


# -- the command line ------------------------------------------------------------------------------------------


def test_the_command(home: Path, configure: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    configure(credentials="[p]\naws_access_key_id = A\naws_secret_access_key = S\n")
    assert main(["credentials", "explain", "--profile", "p"]) == 0
    shown = capsys.readouterr().out
    assert "=>  shared-credentials-file" in shown
    assert "Expiry: never" in shown
    assert main(["credentials", "explain"]) == 1
    assert "No credentials" in capsys.readouterr().out
    assert main(["credentials", "explain", "--profile", "p", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["winner"] == "shared-credentials-file"
    assert main(["credentials", "explain", "--profile", "nobody"]) == 1
    assert "nobody" in capsys.readouterr().err


# -- secrets ---------------------------------------------------------------------------------------------------


class Plant:
    """Secrets that are told apart, to be looked for in everything that comes out."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def __call__(self) -> str:
        self.made.append(f"xSECRETx{len(self.made):03d}x")
        return self.made[-1]

    def check(self, text: str) -> None:
        assert [one for one in self.made if one in text] == []
        assert "xSECRETx" not in text


def _keys(plant: Plant) -> str:
    return (
        f"aws_access_key_id = {plant()}\naws_secret_access_key = {plant()}\naws_session_token = {plant()}\n"
    )


def _kept(plant: Plant, **changes: Any) -> str:
    return json.dumps(
        {
            "accessToken": plant(),
            "refreshToken": plant(),
            "clientId": plant(),
            "clientSecret": plant(),
            "registrationExpiresAt": FUTURE,
            "expiresAt": "2001-01-01T00:00:00Z",
            **changes,
        }
    )


def _printed(plant: Plant, text: str | None = None) -> str:
    if text is None:
        text = json.dumps({"Version": 1, "AccessKeyId": plant(), "SecretAccessKey": plant()})
    code = text.encode().hex()
    return f"credential_process = {sys.executable} {{home}}/print.py {code} --password {plant()}\n"


#: Each gives the text of a profile ``p`` and the answers of services; all of it full of secrets.
SCENES: dict[str, Callable[[Plant, Path], tuple[str, dict[str, Any]]]] = {
    "keys": lambda plant, home: (f"[profile p]\n{_keys(plant)}", {}),
    "broken line": lambda plant, home: (f"[profile p]\naws_secret_access_key {plant()}\n", {}),
    "broken nested line": lambda plant, home: (f"[profile p]\ns3 =\n  {plant()}\n", {}),
    "no section": lambda plant, home: (f"{plant()} = {plant()}\n", {}),
    "role": lambda plant, home: (
        f"[profile p]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = b\nexternal_id = {plant()}\n"
        f"[profile b]\n{_keys(plant)}",
        {},
    ),
    "refused role": lambda plant, home: (
        f"[profile p]\nrole_arn = arn:aws:iam::1:role/denied\nsource_profile = b\n[profile b]\n{_keys(plant)}",
        {},
    ),
    "half a source": lambda plant, home: (
        f"[profile p]\nrole_arn = r\nsource_profile = b\n[profile b]\naws_access_key_id = {plant()}\n",
        {},
    ),
    "program": lambda plant, home: (f"[profile p]\n{_printed(plant)}", {}),
    "program that prints text": lambda plant, home: (f"[profile p]\n{_printed(plant, plant())}", {}),
    "program that prints half": lambda plant, home: (
        f"[profile p]\n{_printed(plant, json.dumps({'Version': 1, 'AccessKeyId': plant()}))}",
        {},
    ),
    "container": lambda plant, home: (
        "[profile p]\n",
        {"GET /secrets": (200, {"AccessKeyId": plant(), "SecretAccessKey": plant(), "Token": plant()})},
    ),
    "container that prints text": lambda plant, home: ("[profile p]\n", {"GET /secrets": (200, plant())}),
    "container that fails": lambda plant, home: ("[profile p]\n", {"GET /secrets": (500, plant())}),
    "sso": lambda plant, home: _sso(plant, home, {}),
    "sso refused": lambda plant, home: _sso(
        plant, home, {"POST /token": (400, {"__type": "InvalidGrantException", "error": "no"})}
    ),
    "sso without role": lambda plant, home: _sso(
        plant, home, {"GET /federation/credentials": (401, {"__type": "UnauthorizedException"})}
    ),
    "login": lambda plant, home: _login(plant, home),
    "web": lambda plant, home: _web(plant, home),
}


def _sso(plant: Plant, home: Path, answers: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    folder = home / ".aws/sso/cache"
    folder.mkdir(parents=True)
    (folder / f"{sha1(b'corp').hexdigest()}.json").write_text(_kept(plant))
    answers.setdefault(
        "POST /token", (200, {"accessToken": plant(), "expiresIn": 9000, "refreshToken": plant()})
    )
    config = "[profile p]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n"
    return f"{config}[sso-session corp]\nsso_start_url = u\nsso_region = eu-west-1\n", answers


def _login(plant: Plant, home: Path) -> tuple[str, dict[str, Any]]:
    from hashlib import sha256

    folder = home / ".aws/login/cache"
    folder.mkdir(parents=True)
    access = {name: plant() for name in ("accessKeyId", "secretAccessKey", "sessionToken")}
    token = {
        "accessToken": {**access, "accountId": "1", "expiresAt": "2001-01-01T00:00:00Z"},
        "refreshToken": plant(),
        "dpopKey": plant(),
        "clientId": plant(),
    }
    (folder / f"{sha256(b'me').hexdigest()}.json").write_text(json.dumps(token))
    return "[profile p]\nlogin_session = me\n", {}


def _web(plant: Plant, home: Path) -> tuple[str, dict[str, Any]]:
    (home / "jwt").write_text(plant())
    config = f"[profile p]\nrole_arn = arn:aws:iam::1:role/denied\nweb_identity_token_file = {home}/jwt\n"
    return config, {}


@pytest.mark.parametrize("scene", SCENES)
def test_no_secret_comes_out_anywhere(
    scene: str,
    client_kind: Kind,
    services: Services,
    home: Path,
    configure: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not in the explanation, in a ``repr``, a log down to the finest level, a message, or a traceback."""
    caplog.set_level(1)
    caplog.set_level(1, "sotalia")
    plant = Plant()
    config, answers = SCENES[scene](plant, home)
    (home / "print.py").write_text("import sys; print(bytes.fromhex(sys.argv[1]).decode())")
    configure(config.replace("{home}", str(home)))
    services.answers.update(answers)
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", plant())
    if any("secrets" in path for path in answers):
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{services.url}/secrets?key={plant()}")
    shown: list[str] = []
    try:
        session = client_kind.session(profile_name="p")
        core = session._session
        core.credential_provider.get_provider("container-role").pause_seconds = 0
        explanation = explained(client_kind, session)
        shown += [str(explanation), repr(explanation), json.dumps(as_dict(explanation))]
        shown += [repr(core.credential_provider), *map(repr, core.credential_provider.providers)]
        credentials = client_kind.run(session.get_credentials())
        shown.append(repr(credentials))
        if credentials is not None:
            shown.append(
                repr(
                    client_kind.run(credentials.freeze())
                    if client_kind.is_async
                    else credentials.get_frozen_credentials()
                )
            )
            shown.append(repr(credentials))
        shown.append(repr(core.get_auth_token()))
    except Exception as error:
        shown += ["".join(traceback.format_exception(error)), repr(error), str(vars(error))]
    monkeypatch.setattr(time, "sleep", lambda seconds: None)  # Between attempts of the command's own session.
    main(["credentials", "explain", "--profile", "p", "--no-fetch"])
    printed = capsys.readouterr()
    shown += [printed.out, printed.err]
    assert plant.made
    plant.check("\n".join([*shown, caplog.text]))
