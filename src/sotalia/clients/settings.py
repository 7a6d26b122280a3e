"""What a client was made from, for handlers of ``client-created``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.clients.builder import ClientRequest, SessionParts
    from sotalia.runtime import Runtime


class ClientSettings:
    """The settings of one client; not to be changed.

    ``request`` what the caller of ``Session.client`` asked for · ``session`` where it comes from · ``region_name`` the region
    it was asked for or configured with · ``signature_version`` the one that the caller or the profile names, if any ·
    ``awaits_defaults_mode`` whether the defaults mode depends on where the program runs, which the first call has to find
    out · ``setting`` gives an option of the caller's ``Config``, else of the session.
    """

    __slots__ = (
        "awaits_defaults_mode",
        "region_name",
        "request",
        "runtime",
        "session",
        "setting",
        "signature_version",
    )

    def __init__(
        self,
        *,
        request: ClientRequest,
        session: SessionParts,
        runtime: Runtime,
        region_name: str | None,
        signature_version: Any,
        awaits_defaults_mode: bool,
        setting: Callable[[str], Any],
    ) -> None:
        self.request = request
        self.session = session
        self.runtime = runtime
        self.region_name = region_name
        self.signature_version = signature_version
        self.awaits_defaults_mode = awaits_defaults_mode
        self.setting = setting
