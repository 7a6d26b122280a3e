"""Every session variable, from every combination of places, beside botocore."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import pytest
from botocore.session import Session as BotocoreSession

import sotalia
from sotalia.config.settings import SessionSettings
from sotalia.config.variables import SECTIONS, VARIABLES
from tests.config.both import Sources, outcome_class

PLACES = ("instance", "environment", "config_file", "credentials_file")
# Texts that tell the conversions apart; each place gets one of its own by rotation.
TEXTS = (
    ("3", "5", "7", "9"),
    ("true", "false", "TRUE", "no"),
    ("when_required", "When_Supported", "", "standard"),
    ("", "x", "1.5", "-1"),
)
NAMED_BY_FILES = ("profile", "config_file", "credentials_file")


def sources_for(name: str, chosen: tuple[bool, ...], texts: tuple[str, ...]) -> Sources:
    config_key, environment, *_ = BotocoreSession.SESSION_VARIABLES[name]
    given = dict(zip(PLACES, texts, strict=True))
    taken = {place for place, is_in in zip(PLACES, chosen, strict=True) if is_in}
    sources = Sources(config_file="[default]\noutput = json\n", credentials_file="[default]\naws_x = y\n")
    if "instance" in taken:
        sources.instance[name] = given["instance"]
    if "environment" in taken and environment:
        for number, variable in enumerate([environment] if isinstance(environment, str) else environment):
            sources.environment[variable] = given["environment"] + str(number or "")
    if config_key:
        for place in {"config_file", "credentials_file"} & taken:
            setattr(sources, place, f"[default]\n{config_key} = {given[place]}\n")
    return sources


def test_the_same_variables_exist() -> None:
    assert set(BotocoreSession.SESSION_VARIABLES) <= set(VARIABLES)


@pytest.mark.slow(keep=12)
@pytest.mark.parametrize("name", sorted(set(BotocoreSession.SESSION_VARIABLES) - set(NAMED_BY_FILES)))
def test_a_variable_from_every_combination_of_places(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for chosen, texts in product(product((False, True), repeat=4), TEXTS):
        with monkeypatch.context() as patch:
            sources = sources_for(name, chosen, texts)
            sources.write(tmp_path, patch)
            ours, reference = sources.ours(), sources.reference(handlers=False)
            for methods in (None, ("instance",), ("env",), ("config",), ("instance", "env")):
                expected = outcome_class(reference.get_config_variable, name, methods)
                found = outcome_class(ours.get_config_variable, name, methods)
                assert found == expected, (name, sources, methods)


BLOCK_TEXTS = ("true", "False", "auto", "regional", "legacy", "")


@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_blocks_with_what_overrides_them(
    section: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = random.Random(20261124)
    rows = [row for variables in SECTIONS[section].values() for row in variables]
    keys = [row.config_key for row in rows if row.config_key is not None]
    environment = [name for row in rows for name in row.environment]
    for _ in range(80):
        sources = Sources(environment={}, instance={})
        lines = [f"{key} = {generator.choice(BLOCK_TEXTS)}" for key in keys if isinstance(key, str)]
        inner = [f"  {key[1]} = {generator.choice(BLOCK_TEXTS)}" for key in keys if isinstance(key, tuple)]
        inner.append("  something_else = 1")
        top = generator.sample(lines, generator.randint(0, len(lines)))
        block = generator.sample(inner, generator.randint(0, len(inner)))
        if block or generator.random() < 0.3:
            top += [f"{section} =", *block]
        sources.config_file = "\n".join(["[default]", *top, ""])
        for name in generator.sample(environment, generator.randint(0, len(environment))):
            sources.environment[name] = generator.choice(BLOCK_TEXTS)
        if generator.random() < 0.3:
            sources.instance[generator.choice(sorted(SECTIONS[section]))] = generator.choice(BLOCK_TEXTS)
        with monkeypatch.context() as patch:
            sources.write(tmp_path, patch)
            expected = outcome_class(sources.reference(handlers=False).get_config_variable, section)
            if expected == "TypeError":
                continue  # The reference fails on an empty block with something to add to it.
            assert (sources.ours().get_config_variable(section) or None) == (expected or None), sources


def test_profiles_by_file_and_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = Sources(
        config_file="[default]\nregion = d\n[profile a]\nregion = a\n[profile b]\nregion = b\n",
        credentials_file="[b]\nregion = from-credentials\n[profile c]\nregion = c\n",
    )
    sources.write(tmp_path, monkeypatch)
    places: list[dict[str, str]] = [
        {},
        *({"AWS_PROFILE": name} for name in ("a", "b", "c", "profile c", "default", "")),
        {"AWS_DEFAULT_PROFILE": "a", "AWS_PROFILE": "b"},
    ]
    for environment, explicit in product(places, (None, "a", "nobody")):
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            ours, reference = sources.ours(), sources.reference(handlers=False)
            for session in (ours, reference):
                if explicit is not None:
                    session.set_config_variable("profile", explicit)
            for name in ("region", "profile", "unknown", "s3", "proxies_config", "api_versions"):
                assert outcome_class(ours.get_config_variable, name) == outcome_class(
                    reference.get_config_variable, name
                ), (environment, explicit, name)
            assert outcome_class(ours.get_scoped_config) == outcome_class(reference.get_scoped_config)
            assert ours.profile == reference.profile
            assert ours.available_profiles == reference.available_profiles
            # Later changes: the property stays, look-ups follow.
            for session in (ours, reference):
                session.set_config_variable("profile", "b")
            assert ours.profile == reference.profile
            assert ours.get_config_variable("region") == reference.get_config_variable("region")


def test_variables_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Sources(config_file="[default]\nteam = blue\n").write(tmp_path, monkeypatch)
    monkeypatch.setenv("MY_SIZE", "7")
    for session in (sotalia.Session()._session, BotocoreSession()):
        assert session.get_config_variable("team") is None
        session.session_var_map["team"] = ("team", None, None, None)
        session.session_var_map["size"] = (None, "MY_SIZE", 3, int)
        assert session.get_config_variable("team") == "blue"
        assert session.get_config_variable("size") == 7
        assert session.get_config_variable("size", ("instance",)) == 3
        session.set_config_variable("size", "9")
        assert session.get_config_variable("size") == 9
        assert session.instance_variables() == {"size": "9"}
        del session.session_var_map["size"]
        assert "size" not in session.session_var_map
        assert session.get_config_variable("size") == 9
    assert SessionSettings.SESSION_VARIABLES.keys() == BotocoreSession.SESSION_VARIABLES.keys()
    for name, row in SessionSettings.SESSION_VARIABLES.items():
        assert row[:3] == BotocoreSession.SESSION_VARIABLES[name][:3]


def test_the_store_may_be_told_otherwise() -> None:
    class Fixed:
        def provide(self) -> str:
            return "eu-west-1"

    for session in (sotalia.Session()._session, BotocoreSession()):
        store = session.get_component("config_store")
        store.set_config_provider("region", Fixed())
        assert session.get_config_variable("region") == "eu-west-1"
        store.set_config_variable("region", "here")
        assert store.get_config_variable("region") == "here"
        assert store.get_config_provider("region") is None
        store.clear_config_variable("region")
        assert store.get_config_provider("region").provide() == "eu-west-1"
        assert store.get_config_provider("retry_mode").provide() == "standard"
        assert store.get_config_provider("nothing") is None


def test_a_number_that_is_none_names_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Sources(config_file="# mine\n[profile p]\nregion = x\nmax_attempts = many\n").write(tmp_path, monkeypatch)
    session = sotalia.Session(profile_name="p")._session
    with pytest.raises(ValueError, match=r"config, line 4, key max_attempts of \[profile p\]"):
        session.get_config_variable("max_attempts")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "few")
    with pytest.raises(ValueError, match="environment variable AWS_MAX_ATTEMPTS"):
        session.get_config_variable("max_attempts")
    session.set_config_variable("max_attempts", "none")
    with pytest.raises(ValueError, match="set_config_variable"):
        session.get_config_variable("max_attempts")
    assert session.where("retry_mode") == "the defaults"
