"""The order in which sources of credentials are asked: :data:`PRECEDENCE`, one row per source, first come first.

Before all of them stand keys that are given in code, to a session or a client. The environment is left out for a profile
that is named in code, though not for one of ``AWS_PROFILE``. Rows of a *profile* look at one profile; the same rows serve
the ``source_profile`` of a role.
"""

from __future__ import annotations

from sotalia.credentials.chain import CredentialResolver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from sotalia.credentials.provider import CredentialProvider
    from sotalia.credentials.settings import ChainSettings


class Source:
    """One row: the provider's ``METHOD``, what it looks at, how it is made, and in a sentence where it looks."""

    __slots__ = ("make", "method", "scope", "summary")

    def __init__(
        self, method: str, scope: str, make: Callable[[_Builder], CredentialProvider], summary: str
    ) -> None:
        self.method = method
        self.scope = scope
        self.make = make
        self.summary = summary


class _Builder:
    """Makes the providers of one chain; those that two rows need (as themselves, and as sources of a role) once."""

    def __init__(self, settings: ChainSettings) -> None:
        self.settings = settings
        self._made: dict[str, CredentialProvider] = {}

    def provider(self, method: str) -> CredentialProvider:
        """The provider of a row."""
        found = self._made.get(method)
        if found is None:
            row = next(row for row in PRECEDENCE if row.method == method)
            found = self._made.setdefault(method, row.make(self))
        return found


class _Rows(CredentialResolver):
    """A chain of rows. While nobody looks at its list, a provider is made when its turn comes: the first one mostly wins,
    and the modules of the others are not loaded.
    """

    def __init__(self, builder: _Builder, methods: list[str]) -> None:
        self._builder = builder
        self._methods = methods
        self._providers = None

    def _in_order(self) -> Iterable[Any]:
        if self._providers is not None:
            return self._providers
        return (self._builder.provider(method) for method in self._methods)


def _environment(builder: _Builder) -> CredentialProvider:
    from sotalia.credentials.environment import EnvProvider

    return EnvProvider(builder.settings.environ)


def _assume_role(builder: _Builder) -> CredentialProvider:
    from sotalia.credentials.assumed_role import AssumeRoleProvider

    def sources() -> list[CredentialProvider]:
        return [builder.provider(method) for method in ("env", "container-role", "iam-role")]

    settings = builder.settings
    return AssumeRoleProvider(settings, sources, lambda name: profile_chain(settings.for_profile(name)))


def _web_identity(builder: _Builder) -> CredentialProvider:
    from sotalia.credentials.web_identity import WebIdentityProvider

    return WebIdentityProvider(builder.settings)


def _sso(builder: _Builder) -> CredentialProvider:
    from sotalia.credentials.sso import SSOProvider

    return SSOProvider(builder.settings)


def _credentials_file(builder: _Builder) -> CredentialProvider:
    from sotalia.credentials.shared_file import SharedCredentialProvider

    settings = builder.settings
    return SharedCredentialProvider(settings.variable("credentials_file"), settings.profile_name)


def _login(builder: _Builder) -> CredentialProvider:
    from sotalia.credentials.login import LoginProvider

    return LoginProvider(builder.settings)


def _process(builder: _Builder) -> CredentialProvider:
    from sotalia.credentials.process import ProcessProvider

    return ProcessProvider(builder.settings)


def _config_file(builder: _Builder) -> CredentialProvider:
    from sotalia.credentials.config_file import ConfigProvider

    settings = builder.settings
    return ConfigProvider(settings.variable("config_file"), settings.profile_name)


def _ec2_file(builder: _Builder) -> CredentialProvider:
    from sotalia.credentials.ec2_file import OriginalEC2Provider

    return OriginalEC2Provider(builder.settings.environ)


def _boto2_file(builder: _Builder) -> CredentialProvider:
    from sotalia.credentials.boto2_file import BotoProvider

    return BotoProvider(builder.settings.environ)


def _container(builder: _Builder) -> CredentialProvider:
    from sotalia.credentials.container import ContainerProvider

    return ContainerProvider(builder.settings)


def _instance(builder: _Builder) -> CredentialProvider:
    from sotalia.credentials.instance import InstanceMetadataProvider

    return InstanceMetadataProvider(builder.settings)


PRECEDENCE: tuple[Source, ...] = (
    Source("env", "environment", _environment, "AWS_ACCESS_KEY_ID and its companions"),
    Source("assume-role", "role", _assume_role, "role_arn with source_profile or credential_source"),
    Source(
        "assume-role-with-web-identity",
        "profile",
        _web_identity,
        "a token file, named by variable or profile",
    ),
    Source("sso", "profile", _sso, "sso_account_id and sso_role_name, by sso_session or start URL"),
    Source("shared-credentials-file", "profile", _credentials_file, "keys in ~/.aws/credentials"),
    Source("login", "profile", _login, "login_session of 'aws login'"),
    Source("custom-process", "profile", _process, "the program in credential_process"),
    Source("config-file", "profile", _config_file, "keys in ~/.aws/config"),
    Source("ec2-credentials-file", "machine", _ec2_file, "the file in AWS_CREDENTIAL_FILE"),
    Source("boto-config", "machine", _boto2_file, "the file in BOTO_CONFIG, /etc/boto.cfg, ~/.boto"),
    Source("container-role", "machine", _container, "the agent of ECS or EKS, by variable"),
    Source("iam-role", "machine", _instance, "the role of the EC2 instance (IMDSv2)"),
)


def default_chain(settings: ChainSettings) -> CredentialResolver:
    """All rows in order; without the environment where ``settings.uses_environment`` is false."""
    builder = _Builder(settings)
    _check_instance_settings(builder)
    methods = [row.method for row in PRECEDENCE if settings.uses_environment or row.scope != "environment"]
    return _Rows(builder, methods)


def _check_instance_settings(builder: _Builder) -> None:
    """Raise for settings of IMDS that are none, whoever wins; as the reference does."""
    variable = builder.settings.variable
    for name in ("metadata_service_timeout", "metadata_service_num_attempts"):
        variable(name)  # Raises ValueError for what is no number.
    if variable("ec2_metadata_service_endpoint_mode") or variable("ec2_metadata_service_endpoint"):
        builder.provider("iam-role")


def profile_chain(settings: ChainSettings) -> CredentialResolver:
    """The rows of a profile alone: where the ``source_profile`` of a role is looked for."""
    return _Rows(_Builder(settings), [row.method for row in PRECEDENCE if row.scope == "profile"])


def summaries() -> dict[str, Any]:
    """Where each source looks, by ``METHOD``."""
    return {row.method: row.summary for row in PRECEDENCE}
