"""Which source wins: hundreds of combinations of files and variables, each compared with botocore, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.credentials.objects import freeze
from sotalia.credentials.precedence import PRECEDENCE
from tests.credentials.reference import of_botocore, outcome, running_with_crt
from tests.credentials.scenery import (
    ENVIRONMENTS,
    MACHINE_FILES,
    MACHINES,
    PROFILES,
    SELECTIONS,
    combinations,
)
from tests.credentials.services import Services, serving_services

# botocore reads sessions of `aws login` with awscrt only, which it does without in this process.
_NEEDS_CRT = ("login",)


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with serving_services() as running:
        yield running


@pytest.fixture(scope="module")
def with_crt() -> Iterator[Callable[[str | None, str], tuple[Any, ...]]]:
    with running_with_crt() as ask:
        yield ask


@pytest.fixture(scope="module")
def loaders() -> tuple[Any, Any]:
    """Models are read once for all combinations."""
    from botocore.loaders import create_loader

    from sotalia.model.loader import Loader

    return create_loader(), Loader([])


def lay_out(
    home: Path, patch: pytest.MonkeyPatch, services: Services, combination: tuple[str, str, str, str]
) -> str | None:
    """Write the files and set the variables; the profile to name in code."""
    selection, environment, profile, machine = combination
    name, where = SELECTIONS[selection]
    scene = PROFILES[profile]
    section = "[default]" if name == "default" else f"[profile {name}]"

    def filled(text: str) -> str:
        for key, value in (("p", section), ("name", name), ("home", str(home)), ("url", services.url)):
            text = text.replace("{" + key + "}", value)
        return text

    # Profiles that the scene does not have are there, but empty.
    extra = "" if "{p}" in scene.config else f"{section}\noutput = json\n"
    files = {"config": filled(extra + scene.config), "credentials": filled(scene.credentials)}
    for path, text in {**MACHINE_FILES, **scene.files, **files}.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text)
    variables = {
        "HOME": str(home),
        "AWS_CONFIG_FILE": str(home / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
        "AWS_LOGIN_CACHE_DIRECTORY": str(home / "login"),
        "BOTO_CONFIG": "/nonexistent/boto.cfg",
        "AWS_ENDPOINT_URL": services.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
        **ENVIRONMENTS[environment],
        **MACHINES[machine],
    }
    if where not in (None, "code"):
        variables[str(where)] = name
    for key, value in variables.items():
        patch.setenv(key, filled(value))
    return name if where == "code" else None


def prepared(session: Any, loader: Any) -> Any:
    core = session._session
    core.register_component("data_loader", loader)
    core.credential_provider.get_provider("container-role").pause_seconds = 0
    return session


def of_sotalia(profile: str | None, loader: Any) -> tuple[Any, ...]:
    try:
        session = prepared(sotalia.Session(profile_name=profile), loader)
        found = session.get_credentials()
        return outcome(None, found, None if found is None else found.get_frozen_credentials())
    except Exception as error:
        return outcome(error)


async def of_sotalia_asynchronously(profile: str | None, loader: Any) -> tuple[Any, ...]:
    try:
        session = prepared(sotalia.AsyncSession(profile_name=profile), loader)
        found = await session.get_credentials()
        return outcome(None, found, None if found is None else await freeze(found))
    except Exception as error:
        return outcome(error)


@pytest.mark.slow(keep=120)
@pytest.mark.parametrize("combination", combinations(), ids="/".join)
def test_the_winner_is_botocores(
    combination: tuple[str, str, str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    services: Services,
    loaders: tuple[Any, Any],
    with_crt: Callable[[str | None, str], tuple[Any, ...]],
) -> None:
    import botocore.credentials
    import botocore.tokens
    import botocore.utils

    cache = str(tmp_path / ".aws/sso/cache")
    monkeypatch.setattr(botocore.credentials.SSOProvider, "_SSO_TOKEN_CACHE_DIR", cache)
    monkeypatch.setattr(botocore.tokens.SSOTokenProvider, "_SSO_TOKEN_CACHE_DIR", cache)
    monkeypatch.setattr(botocore.utils.ContainerMetadataFetcher, "SLEEP_TIME", 0)
    needs_crt = combination[2].startswith(_NEEDS_CRT)
    results = []
    for run in (
        lambda profile: with_crt(profile, cache) if needs_crt else of_botocore(profile, loaders[0]),
        lambda profile: of_sotalia(profile, loaders[1]),
        lambda profile: asyncio.run(of_sotalia_asynchronously(profile, loaders[1])),
    ):
        # Laid out anew for each: a token file may have been rewritten.
        profile = lay_out(tmp_path, monkeypatch, services, combination)
        results.append(run(profile))
    assert results[1] == results[0]
    assert results[2] == results[0]


TOKEN_PROFILES = [name for name in PROFILES if name.startswith(("session", "sso", "empty", "absent"))]


@pytest.mark.parametrize(
    "environment", [{}, {"AWS_BEARER_TOKEN_BEDROCK": "FROM-ENV"}], ids=["none", "variable"]
)
@pytest.mark.parametrize("signing_name", [None, "bedrock", "code-catalyst"])
@pytest.mark.parametrize("profile", TOKEN_PROFILES)
def test_tokens_are_botocores(
    profile: str,
    signing_name: str | None,
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    services: Services,
    loaders: tuple[Any, Any],
) -> None:
    import botocore.session
    import botocore.tokens

    monkeypatch.setattr(
        botocore.tokens.SSOTokenProvider, "_SSO_TOKEN_CACHE_DIR", str(tmp_path / ".aws/sso/cache")
    )
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    results = []
    for make, loader in (
        (lambda: botocore.session.Session(), loaders[0]),
        (lambda: sotalia.Session()._session, loaders[1]),
        (lambda: sotalia.AsyncSession()._session, loaders[1]),
    ):
        lay_out(tmp_path, monkeypatch, services, ("variable", "none", profile, "bare"))
        try:
            session: Any = make()
            session.register_component("data_loader", loader)
            token = session.get_auth_token(**({"signing_name": signing_name} if signing_name else {}))
            frozen = None if token is None else asyncio.run(freeze(token))
            results.append(None if token is None else (frozen.token, frozen.expiration is None))
        except Exception as error:
            results.append((type(error).__name__, True))
    assert results[1] == results[0]
    assert results[2] == results[0]


#: One combination for each source in which it wins: a source that never wins is not compared with anything.
WINS = {
    "env": ("variable", "keys", "file", "bare"),
    "assume-role": ("variable", "none", "role", "bare"),
    "assume-role-with-web-identity": ("variable", "none", "web", "bare"),
    "sso": ("variable", "none", "session", "bare"),
    "shared-credentials-file": ("variable", "none", "file-and-config", "bare"),
    "login": ("variable", "none", "login", "bare"),
    "custom-process": ("variable", "none", "process-and-keys", "bare"),
    "config-file": ("variable", "none", "config", "bare"),
    "ec2-credentials-file": ("default", "none", "absent", "ec2-file"),
    "boto-config": ("default", "none", "absent", "boto2"),
    "container-role": ("default", "none", "absent", "container-and-instance"),
    "iam-role": ("default", "none", "absent", "instance"),
}


@pytest.mark.parametrize("method", [row.method for row in PRECEDENCE])
def test_every_source_wins_somewhere(
    method: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    services: Services,
    loaders: tuple[Any, Any],
) -> None:
    combination = WINS[method]
    assert combination in combinations()
    profile = lay_out(tmp_path, monkeypatch, services, combination)
    assert of_sotalia(profile, loaders[1])[:2] == ("found", method)


def test_there_are_hundreds_of_combinations() -> None:
    assert len(combinations()) >= 500


def test_the_table_has_botocores_order() -> None:
    import botocore.session

    expected = [
        one.METHOD for one in botocore.session.Session().get_component("credential_provider").providers
    ]
    assert [row.method for row in PRECEDENCE] == expected
    chain = sotalia.Session()._session.get_component("credential_provider")
    assert [one.METHOD for one in chain.providers] == expected
    assert [one.CANONICAL_NAME for one in chain.providers] == [
        one.CANONICAL_NAME
        for one in botocore.session.Session().get_component("credential_provider").providers
    ]
