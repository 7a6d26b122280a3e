"""Tagged unions in responses: exactly one member, perhaps one that is newer than the model."""

from __future__ import annotations

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def check_union(name: str, value: dict[str, Any], unknown: list[str]) -> dict[str, Any]:
    """Check a union's value, and name an unknown member as ``SDK_UNKNOWN_MEMBER``.

    Raises ``ResponseParserError`` unless there is exactly one member.
    """
    # Services with a JSON protocol may send `__type` beside the member.
    unknown = [tag for tag in unknown if tag != "__type"]
    if len(value) + len(unknown) != 1:
        raise exceptions.ResponseParserError(
            f"Invalid service response: {name} must have one and only one member set."
        )
    return {"SDK_UNKNOWN_MEMBER": {"name": unknown[0]}} if unknown else value
