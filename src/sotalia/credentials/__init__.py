"""Credentials and bearer tokens.

What they are: :mod:`objects` (fixed ones), :mod:`refreshable` (those that expire), :mod:`tokens`. Where they come from: one
provider a module. In which order: the table in :mod:`precedence`. Which source won, and why the others did not:
:mod:`explain`.

Names here are loaded when they are first used.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.credentials.assumed_role import AssumeRoleProvider
    from sotalia.credentials.chain import CredentialResolver
    from sotalia.credentials.container import ContainerProvider
    from sotalia.credentials.environment import EnvProvider
    from sotalia.credentials.instance import InstanceMetadataProvider
    from sotalia.credentials.json_cache import JSONFileCache
    from sotalia.credentials.objects import Credentials, ReadOnlyCredentials, freeze
    from sotalia.credentials.precedence import PRECEDENCE
    from sotalia.credentials.provider import CredentialProvider
    from sotalia.credentials.refreshable import DeferredRefreshableCredentials, RefreshableCredentials
    from sotalia.credentials.report import Explanation
    from sotalia.credentials.settings import ChainSettings
    from sotalia.credentials.tokens import FrozenAuthToken, TokenProviderChain

_HOMES = {
    "AssumeRoleProvider": "assumed_role",
    "ChainSettings": "settings",
    "ContainerProvider": "container",
    "CredentialProvider": "provider",
    "CredentialResolver": "chain",
    "Credentials": "objects",
    "DeferredRefreshableCredentials": "refreshable",
    "EnvProvider": "environment",
    "Explanation": "report",
    "FrozenAuthToken": "tokens",
    "InstanceMetadataProvider": "instance",
    "JSONFileCache": "json_cache",
    "PRECEDENCE": "precedence",
    "ReadOnlyCredentials": "objects",
    "RefreshableCredentials": "refreshable",
    "TokenProviderChain": "tokens",
    "freeze": "objects",
}

__all__ = [
    "PRECEDENCE",
    "AssumeRoleProvider",
    "ChainSettings",
    "ContainerProvider",
    "CredentialProvider",
    "CredentialResolver",
    "Credentials",
    "DeferredRefreshableCredentials",
    "EnvProvider",
    "Explanation",
    "FrozenAuthToken",
    "InstanceMetadataProvider",
    "JSONFileCache",
    "ReadOnlyCredentials",
    "RefreshableCredentials",
    "TokenProviderChain",
    "freeze",
]

# Checkers would take any name, also a misspelt one, for known.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Load a name when it is first used."""
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        found = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
        return found
