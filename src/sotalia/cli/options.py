"""The options that every command has, and what a command makes of them: sessions and clients."""

from __future__ import annotations

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.clients.base import AsyncBaseClient, BaseClient
    from sotalia.session import AsyncSession, Session
    from sotalia.session.core import SessionCore


def _option(*declarations: str, **attributes: Any) -> Callable[[bool], click.Option]:
    def make(hidden: bool) -> click.Option:
        return click.Option(declarations, hidden=hidden, **attributes)

    return make


#: What makes each of them, hidden from ``--help`` or not. A group takes them as well, so they may stand before the command's name.
COMMON: dict[str, Callable[[bool], click.Option]] = {
    "profile": _option("--profile", metavar="NAME", help="the profile (default: AWS_PROFILE)"),
    "region": _option("--region", metavar="NAME", help="the region (default: as configured)"),
    "endpoint_url": _option("--endpoint-url", metavar="URL", help="another address of the service"),
    "no_sign_request": _option("--no-sign-request", is_flag=True, help="without credentials: public data"),
    "json": _option("--json", is_flag=True, help="print JSON: one object a line"),
    "quiet": _option("--quiet", "-q", "--only-show-errors", "quiet", is_flag=True, help="print errors only"),
    "debug": _option("--debug", is_flag=True, help="log each call to stderr; tracebacks of errors"),
    "log": _option(
        "--log",
        type=click.Choice(["debug", "info", "warning"]),
        help="log to stderr from this level on",
    ),
}


class Settings:
    """The common options of one run. ``None`` is what was not given."""

    profile: str | None
    region: str | None
    endpoint_url: str | None
    no_sign_request: bool
    json: bool
    quiet: bool
    debug: bool
    log: str | None

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    @classmethod
    def of(cls, context: click.Context) -> Settings:
        """As they were given: to the command, or else to the nearest group before it."""
        from click.core import ParameterSource

        values: dict[str, Any] = {}
        for name in COMMON:
            at: click.Context | None = context
            values[name] = context.params.get(name)
            while at is not None:
                if at.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                    values[name] = at.params.get(name)
                    break
                at = at.parent
        return cls(**values)

    def given(self) -> list[str]:
        """The options that were given, as they are written."""
        return [f"--{name.replace('_', '-')}" for name in COMMON if getattr(self, name)]

    def start_logging(self) -> None:
        """Write the log to stderr, if that was asked for."""
        level = "debug" if self.debug else self.log
        if level is not None:
            from sotalia.extensions.program_log import parse, start

            start(parse(level)[0])

    def session(self) -> Session:
        """A session of the profile and region."""
        from sotalia.session import Session

        return Session(profile_name=self.profile, region_name=self.region)

    def core(self) -> SessionCore:
        """What knows settings and models. A profile that there is not raises when it is asked for, not here."""
        from sotalia.session.core import SessionCore
        from sotalia.session.session import sync_kind

        core = SessionCore(sync_kind())
        for name, value in (("profile", self.profile), ("region", self.region)):
            if value is not None:
                core.set_config_variable(name, value)
        return core

    def async_session(self) -> AsyncSession:
        """The same for async clients."""
        from sotalia.session import AsyncSession

        return AsyncSession(profile_name=self.profile, region_name=self.region)

    def client(self, service: str, **options: Any) -> BaseClient:
        """A client, for ``with``. ``options``: those of a ``Config``."""
        session: Any = self.session()  # Its type knows the names of services; a person may write any.
        client: BaseClient = session.client(service, **self._arguments(options))
        return client

    def async_client(self, service: str, **options: Any) -> AsyncBaseClient:
        """The same, for ``async with``."""
        session: Any = self.async_session()
        client: AsyncBaseClient = session.client(service, **self._arguments(options))
        return client

    def _arguments(self, options: dict[str, Any]) -> dict[str, Any]:
        arguments: dict[str, Any] = {"endpoint_url": self.endpoint_url}
        if self.no_sign_request:
            from sotalia.config.unsigned import unsigned

            options = {**options, "signature_version": unsigned()}
        if options:
            from sotalia.config import Config

            arguments["config"] = Config(**options)
        return arguments
