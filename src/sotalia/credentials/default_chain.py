"""The default chain: environment first, then the profile, then what the machine offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sotalia.credentials.chain import CredentialResolver
from sotalia.credentials.environment import EnvProvider
from sotalia.credentials.profile import ConfigProvider, SharedCredentialProvider

if TYPE_CHECKING:
    from sotalia.session_core import SessionCore


def default_chain(session: SessionCore, *, includes_environment: bool) -> CredentialResolver:
    """The chain of one session; a profile that was named explicitly goes before the environment."""
    profile = session.profile or "default"
    store = session.config_store
    return CredentialResolver(
        [
            *([EnvProvider()] if includes_environment else []),
            SharedCredentialProvider(store.get_config_variable("credentials_file"), profile),
            ConfigProvider(store.get_config_variable("config_file"), profile),
        ]
    )
