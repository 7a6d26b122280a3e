"""What the providers of one session know of it: files, variables, and a way to ask services."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping
    from typing import Any

    from sotalia.runtime import Runtime
    from sotalia.transport import Transport, TransportOptions


class ChainSettings:
    """What providers of a chain share.

    ``profile_name``: the profile this chain is for · ``full_config``: gives both shared files as one dictionary ·
    ``variable``: gives a setting of the session by name · ``where``: tells where it stands, for messages ·
    ``create_client(service, region, credentials)``: a client of the session itself, unsigned for ``None`` ·
    ``make_transport``: gives a transport, to be closed after use if ``owns_transports`` ·
    ``role_region``: where STS is asked · ``cache``: where credentials of roles are kept between sessions of one process,
    or longer · ``uses_environment``: whether variables may name a web identity.
    """

    def __init__(
        self,
        *,
        profile_name: str,
        full_config: Callable[[], dict[str, Any]],
        variable: Callable[[str], Any],
        where: Callable[[str], str],
        create_client: Callable[[str, str | None, Any], Any],
        make_transport: Callable[[TransportOptions], Transport],
        user_agent: Callable[[], str],
        runtime: Runtime,
        role_region: str | None = None,
        cache: MutableMapping[str, Any] | None = None,
        uses_environment: bool = True,
        environ: Mapping[str, str] | None = None,
        owns_transports: bool = True,
    ) -> None:
        self.profile_name = profile_name
        self.full_config = full_config
        self.variable = variable
        self.where = where
        self.create_client = create_client
        self.make_transport = make_transport
        self.owns_transports = owns_transports
        self.user_agent = user_agent
        self.runtime = runtime
        self.role_region = role_region
        self.cache: MutableMapping[str, Any] = {} if cache is None else cache
        self.uses_environment = uses_environment
        self.environ: Mapping[str, str] = os.environ if environ is None else environ

    def for_profile(self, name: str) -> ChainSettings:
        """The same for another profile, which variables have no say in."""
        from copy import copy

        twin = copy(self)
        twin.profile_name = name
        twin.uses_environment = False
        return twin

    def profiles(self) -> dict[str, dict[str, Any]]:
        """All profiles by name."""
        found: dict[str, dict[str, Any]] = self.full_config().get("profiles", {})
        return found

    @property
    def profile(self) -> dict[str, Any]:
        """The profile of this chain; empty when there is none of its name."""
        return self.profiles().get(self.profile_name, {})

    @property
    def profile_place(self) -> str:
        """The profile as messages name it."""
        return f"profile {self.profile_name!r}"

    async def call(
        self,
        service: str,
        operation: str,
        parameters: dict[str, Any],
        *,
        region_name: str | None = None,
        credentials: Any = None,
        prepare: Callable[[Any], None] | None = None,
    ) -> dict[str, Any]:
        """One call of a client made for it, which ``prepare`` sees before. Raises what the call raises."""
        client = self.create_client(service, region_name, credentials)
        try:
            if prepare is not None:
                prepare(client)
            answer: dict[str, Any] = await client.parts.invoke(client, operation, parameters)
        finally:
            await client.parts.channel.aclose()
        return answer
