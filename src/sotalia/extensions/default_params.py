"""Parameters that calls need not give: :class:`DefaultParams`."""

from __future__ import annotations

from sotalia.events import ProvideClientParams
from sotalia.extensions.scopes import ByScope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sotalia.events import EventRegistry


class DefaultParams:
    """Gives parameters to calls that leave them out, or give ``None`` for them.

    ``defaults`` by operation: ``{"ListObjectsV2": {"Bucket": "mine"}, "s3": {"ExpectedBucketOwner": "111122223333"}}``. Where
    several fit, the more specific one counts, parameter by parameter. Those of a service or of ``"*"`` are left out of
    operations that do not have the parameter. Values are copied for each call.
    """

    def __init__(self, defaults: Mapping[str, Mapping[str, Any]]) -> None:
        self._defaults = ByScope({scope: dict(params) for scope, params in defaults.items()})

    def install(self, events: EventRegistry) -> None:
        """Register a handler of ``provide-client-params`` for each operation."""
        self._defaults.register(events, ProvideClientParams, self.add)

    def add(self, event: ProvideClientParams) -> None:
        """Add what is missing."""
        shape = event.model.input_shape
        known = () if shape is None else shape.members
        for scope, params in self._defaults.of(event):
            for name, value in params.items():
                # What a named operation does not have is a mistake, which the call's validation reports.
                if event.params.get(name) is None and (scope.operation is not None or name in known):
                    event.params[name] = _copied(value)

    def __repr__(self) -> str:
        return f"<DefaultParams for {self._defaults}>"


def _copied(value: Any) -> Any:
    """A value that handlers and serializers may change: containers are new, files stay what they are."""
    if isinstance(value, dict):
        # A value is of any type, so checkers know no more of its members.
        members: dict[Any, Any] = value  # pyright: ignore[reportUnknownVariableType]
        return {name: _copied(item) for name, item in members.items()}
    if isinstance(value, list):
        items: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return [_copied(item) for item in items]
    return value
