"""Who is asked before a connection is opened, and may refuse it: for tests that must not reach the network.

The list is empty unless somebody guards the process. It is looked at for each connection that is opened, not for each request.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

#: Functions of the URL that is wanted, and of the URL of the proxy in between (``None`` for no proxy). What one raises becomes
#: of the request.
GUARDS: Final[list[Callable[[str, str | None], None]]] = []
