"""Tagged unions of responses: exactly one member, perhaps one that the model does not know yet."""

from __future__ import annotations

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def check_union(name: str, value: dict[str, Any], unknown: list[str]) -> dict[str, Any]:
    """The union's value, with an unknown member as ``SDK_UNKNOWN_MEMBER``. Raises ``ResponseParserError``."""
    unknown = [tag for tag in unknown if tag != "__type"]
    if len(value) + len(unknown) != 1:
        raise exceptions.ResponseParserError(
            f"Invalid service response: {name} must have one and only one member set."
        )
    return {"SDK_UNKNOWN_MEMBER": {"name": unknown[0]}} if unknown else value
