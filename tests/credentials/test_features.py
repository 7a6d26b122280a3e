"""What the ``User-Agent`` tells of accounts and credentials: the same as boto3's, for calls of STS and of services."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config as TheirConfig

from sotalia.config import Config
from tests.client_kinds import KEYS, Kind
from tests.credentials.services import Services

ROLE = "role_arn = arn:aws:iam::111122223333:role/mine"
BASE = "[profile base]\naws_access_key_id = BASE-AK\naws_secret_access_key = S\n"
PROFILES: dict[str, tuple[str, dict[str, str]]] = {
    "source profile": (f"[profile p]\n{ROLE}\nsource_profile = base\n{BASE}", {}),
    "source of a source": (
        f"[profile p]\n{ROLE}\nsource_profile = middle\n[profile middle]\n{ROLE}-2\nsource_profile = base\n{BASE}",
        {},
    ),
    "named provider": (
        f"[profile p]\n{ROLE}\ncredential_source = Environment\n",
        {"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "S"},
    ),
    "web identity by environment": (
        "[profile p]\nregion = us-west-2\n",
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "TOKEN", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/w"},
    ),
    "web identity by profile": (f"[profile p]\n{ROLE}\nweb_identity_token_file = TOKEN\n", {}),
    "web identity by both": (
        "[profile p]\nrole_session_name = me\n",
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "TOKEN", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/w"},
    ),
}
# Of these boto3 and sotalia choose their own. (boto3 also calls keys of a profile that it hands to STS keys in code, `e`.)
_OTHER = {"N", "E", "D", "Z", "b", "e"}


def codes(user_agent: Any) -> list[str]:
    text = user_agent.decode() if isinstance(user_agent, bytes) else str(user_agent)
    found = re.search(r" m/(\S+)", text)
    return sorted(set(found[1].split(",")) - _OTHER) if found else []


def heard(services: Services, call: Callable[[], Any]) -> list[list[str]]:
    """The codes of the calls of STS, then of the call itself."""
    services.seen.clear()
    last = call()
    return [codes(headers["user-agent"]) for _, _, headers, _ in services.asked("/")] + [codes(last)]


@pytest.mark.parametrize("name", PROFILES)
def test_credentials(
    name: str,
    client_kind: Kind,
    services: Services,
    configure: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = tmp_path / "token"
    token.write_text("a.b.c")
    text, environment = PROFILES[name]
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value.replace("TOKEN", str(token)))
    configure(text.replace("TOKEN", str(token)))
    # With a profile that is named in code, the environment does not count.
    monkeypatch.setenv("AWS_PROFILE", "p")
    arguments: dict[str, Any] = {} if "web identity" in name else {"profile_name": "p"}

    def theirs() -> Any:
        client = boto3.Session(**arguments, region_name="us-west-2").client("sqs", endpoint_url=services.url)
        seen: list[Any] = []
        client.meta.events.register("before-send", lambda request, **kwargs: seen.append(request) or _reply())
        client.list_queues()
        return seen[0].headers["User-Agent"]

    def mine() -> Any:
        session = client_kind.session(**arguments, region_name="us-west-2")
        client = client_kind.client("sqs", session, endpoint_url=services.url)
        seen: list[Any] = []
        client.meta.events.register("before-send", lambda request, **kwargs: seen.append(request) or _reply())
        client.list_queues()
        return seen[0].headers["User-Agent"]

    assert heard(services, mine) == heard(services, theirs)


def _reply() -> Any:
    from botocore.awsrequest import AWSResponse

    reply = AWSResponse("https://sqs", 200, {}, None)
    reply._content = b"{}"
    return reply


@pytest.mark.parametrize("account", [None, "111122223333"])
@pytest.mark.parametrize("mode", ["preferred", "disabled", "required"])
@pytest.mark.parametrize("service", ["dynamodb", "sqs"])
def test_accounts(service: str, mode: str, account: str | None, client_kind: Kind) -> None:
    method = {"dynamodb": "list_tables", "sqs": "list_queues"}[service]
    keys = {**KEYS, "aws_account_id": account} if account else KEYS
    theirs = boto3.Session(**keys).client(service, config=TheirConfig(account_id_endpoint_mode=mode))
    mine = client_kind.client(
        service, client_kind.session(**keys), config=Config(account_id_endpoint_mode=mode)
    )
    seen: list[Any] = []

    def answering(request: Any, **kwargs: Any) -> Any:
        seen.append(codes(request.headers["User-Agent"]))
        return _reply()

    for client in (theirs, mine):
        client.meta.events.register("before-send", answering)
        for _ in range(2):
            try:
                getattr(client, method)()
            except Exception as error:  # Without an account, none may be required.
                seen.append(type(error).__name__)
    assert seen[: len(seen) // 2] == seen[len(seen) // 2 :]
    assert len(seen) == 4
