"""``Config`` as an object, beside botocore's."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import botocore.config
import pytest

from sotalia.config import Config
from tests.config.both import outcome

REFERENCE = botocore.config.Config
OPTIONS = list(REFERENCE.OPTION_DEFAULTS)

GIVEN: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    (("eu-west-1", "v4"), {"read_timeout": 1}),
    (tuple(range(len(OPTIONS) + 1)), {}),
    (("eu-west-1",), {"region_name": "us-east-1"}),
    ((), {"no_such_option": 1}),
    ((), {"defaults_mode": "standard"}),
    ((), {"defaults_mode": "legacy"}),
    ((), {"defaults_mode": None}),
    ((), {"defaults_mode": "mobile", "connect_timeout": 4}),
    ((), {"inject_host_prefix": False}),
    ((), {"inject_host_prefix": None}),
    ((), {"s3": {"addressing_style": "virtual"}}),
    ((), {"s3": {"addressing_style": "sideways"}}),
    ((), {"s3": {}}),
    ((), {"retries": {"max_attempts": 0}}),
    ((), {"retries": {"max_attempts": -1}}),
    ((), {"retries": {"total_max_attempts": 0}}),
    ((), {"retries": {"total_max_attempts": 1, "mode": "adaptive"}}),
    ((), {"retries": {"mode": "quick"}}),
    ((), {"retries": {"attempts": 3}}),
    ((), {"retries": {}}),
    ((), {"proxies": {"https": "http://proxy"}, "max_pool_connections": 50}),
]


def options_of(config: Any) -> dict[str, Any]:
    return {name: getattr(config, name) for name in OPTIONS}


def described(config_class: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    return options_of(config_class(*copy.deepcopy(arguments), **copy.deepcopy(named)))


@pytest.mark.parametrize(("arguments", "named"), GIVEN)
def test_options_and_mistakes(arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    assert outcome(described, Config, arguments, named) == outcome(described, REFERENCE, arguments, named)


def test_options_stand_in_the_same_order() -> None:
    assert list(Config.OPTION_DEFAULTS.items()) == list(REFERENCE.OPTION_DEFAULTS.items())
    assert Config.NON_LEGACY_OPTION_DEFAULTS == REFERENCE.NON_LEGACY_OPTION_DEFAULTS
    values = (*range(1, 12), {}, None, {})
    assert options_of(Config(*values)) == options_of(REFERENCE(*values))


@pytest.mark.parametrize("first", [(), {"read_timeout": 1, "retries": {"max_attempts": 1}}, {"s3": {"a": 1}}])
@pytest.mark.parametrize(
    "second", [{}, {"read_timeout": 60}, {"retries": {"mode": "legacy"}, "s3": {"b": 2}}]
)
def test_merging(first: Any, second: Any) -> None:
    expected = options_of(REFERENCE(**dict(first)).merge(REFERENCE(**second)))
    for one in (Config, REFERENCE):
        for other in (Config, REFERENCE):
            made = one(**dict(first))
            merged = made.merge(other(**second))
            assert options_of(merged) == expected
            assert merged is not made
            # What was not given in either stays so: a third can still be merged over it.
            assert options_of(merged.merge(Config(read_timeout=9))) == {**expected, "read_timeout": 9}


def test_options_may_be_changed_and_copied() -> None:
    for config_class in (Config, REFERENCE):
        config = config_class()
        assert config.inject_host_prefix is True
        config.inject_host_prefix = False
        config.read_timeout = 5
        for twin in (copy.copy(config), pickle.loads(pickle.dumps(config))):
            assert (twin.inject_host_prefix, twin.read_timeout) == (False, 5)
        assert config != config_class()
        assert not hasattr(config, "no_such_option")


def test_a_mistyped_option_is_answered_with_the_right_one() -> None:
    with pytest.raises(
        TypeError, match="Got unexpected keyword argument 'read_timout'; did you mean 'read_timeout'"
    ):
        Config(read_timout=3)


def test_repr_keeps_passwords_of_proxies() -> None:
    shown = repr(Config(read_timeout=5, proxies={"https": "http://me:secret@proxy"}))
    assert shown == "Config(read_timeout=5, proxies=...)"
