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

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Load a name when it is first used."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return found
