"""The default chain: environment first, then the profile, then what the machine offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia.credentials.assumed_role import AssumeRoleProvider, RoleSettings, WebIdentityProvider
from sotalia.credentials.chain import CredentialResolver
from sotalia.credentials.container import ContainerProvider
from sotalia.credentials.environment import EnvProvider
from sotalia.credentials.instance import InstanceMetadataProvider
from sotalia.credentials.metadata_http import MetadataClient
from sotalia.credentials.process import ProcessProvider
from sotalia.credentials.profile import ConfigProvider, SharedCredentialProvider

if TYPE_CHECKING:
    from sotalia.session_core import SessionCore

_CONTAINER_TIMEOUT_SECONDS = 2.0


def default_chain(session: SessionCore, *, includes_environment: bool) -> CredentialResolver:
    """The chain of one session; a profile that was named explicitly goes before the environment."""
    profile = session.profile or "default"
    store, runtime = session.config_store, session.runtime

    def profiles() -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = session.full_config.get("profiles", {})
        return found

    settings = RoleSettings(profiles, profile, session.create_sts_client, runtime)
    environment = EnvProvider()
    container = ContainerProvider(MetadataClient(session.make_transport, _CONTAINER_TIMEOUT_SECONDS), runtime)
    timeout = float(store.get_config_variable("metadata_service_timeout"))
    instance = InstanceMetadataProvider(MetadataClient(session.make_transport, timeout), store, runtime)
    sources = {
        "Environment": environment,
        "EcsContainer": container,
        "Ec2InstanceMetadata": instance,
    }
    return CredentialResolver(
        [
            *([environment] if includes_environment else []),
            AssumeRoleProvider(settings, sources),
            WebIdentityProvider(settings, uses_environment=includes_environment),
            SharedCredentialProvider(store.get_config_variable("credentials_file"), profile),
            ProcessProvider(lambda: settings.profile),
            ConfigProvider(store.get_config_variable("config_file"), profile),
            container,
            instance,
        ]
    )
