"""The defaults mode ``auto`` on async clients, decided by their first call.

What the mode comes to may be up to the instance's metadata service. A sync client asks it when it is made, as the
reference's do. Making an async client is a plain call in an event loop and may not wait for the network, and not
every client is entered by ``async with``; so the first call asks, which can wait like for credentials. Nothing has been
connected by then, and how long to wait for a connection is all that the modes in question differ in.
"""

from __future__ import annotations

from sotalia.config.defaults_mode import connect_timeout_seconds, mode_by_region
from sotalia.events.handlers import named, sends
from sotalia.events.tree import MIDDLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from sotalia.clients.base import BaseClient


class FirstCall:
    """The handler of one client: :meth:`decide`, which takes itself away when it is done.

    ``find_region`` gives the region that we run in, ``load`` the data of the modes.
    """

    def __init__(
        self,
        client: BaseClient,
        client_region: str | None,
        find_region: Callable[[], Awaitable[str | None]],
        load: Callable[[], dict[str, Any]],
    ) -> None:
        self._client = client
        self._client_region = client_region
        self._find_region = find_region
        self._load = load
        self._event = f"before-call.{client.meta.service_model.service_id.hyphenize()}"
        client.meta.events.install(self._event, self.decide, MIDDLE)

    @named("defaults_mode")
    @sends("asks the instance's metadata for its region, and sets the connect timeout")
    async def decide(self, **kwargs: Any) -> None:
        """A handler of ``before-call``: set the connect timeout by the region that we run in."""
        mode = mode_by_region(await self._find_region(), self._client_region)
        client = self._client
        seconds = connect_timeout_seconds(mode, self._load())
        client.meta.config.__dict__["connect_timeout"] = seconds
        client.parts.channel.set_connect_timeout(seconds)
        client.meta.events.unregister(self._event, self.decide)
