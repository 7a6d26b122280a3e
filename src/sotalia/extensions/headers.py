"""Headers of one's own: :class:`Headers`."""

from __future__ import annotations

from sotalia.call.extra_headers import RESERVED, breaks_line, is_name
from sotalia.events import BeforeCall
from sotalia.extensions.scopes import Scope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sotalia.events import EventRegistry


class Headers:
    """Adds headers to requests before they are signed, so that the signature covers them.

    ``headers`` by name; a function in place of a value is called once a call (``{"X-Request-Id": new_id}``). ``scope``: an
    operation, ``"s3.PutObject"``, a service or, by default, all calls. Raises ``ValueError`` for a header that sotalia sets
    itself, and for what is no name or no value of a header.
    """

    def __init__(self, headers: Mapping[str, str | Callable[[], str]], scope: str = "*") -> None:
        for name, value in headers.items():
            _check_name(name)
            if not callable(value):
                _check_value(name, value)
        self._headers = dict(headers)
        self._scope = Scope(scope)

    def install(self, events: EventRegistry) -> None:
        """Register a handler of ``before-call``."""
        self._scope.register(events, BeforeCall, self.add)

    def add(self, event: BeforeCall) -> None:
        """Set the headers of all attempts of a call."""
        for name, value in self._headers.items():
            if callable(value):
                value = value()
                _check_value(name, value)
            event.headers[name] = value

    def __repr__(self) -> str:
        return f"<Headers {', '.join(self._headers)}>"


def _check_name(name: str) -> None:
    if not is_name(name):
        raise ValueError(f"{name!r} is no name of a header")
    reason = RESERVED.get(name.lower())
    if reason is not None:
        raise ValueError(f"the header {name!r} cannot be set: {reason}")


def _check_value(name: str, value: object) -> None:
    # Not the value itself: it may be a key.
    if not isinstance(value, str):
        raise ValueError(f"the value of the header {name!r} must be text, not {type(value).__name__}")
    if value != value.strip() or breaks_line(value):
        raise ValueError(f"the value of the header {name!r} has line breaks or spaces around it")
