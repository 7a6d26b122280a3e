"""``botocore.UNSIGNED``, recognized by its type's name: importing botocore for it would take 30 ms."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_unsigned(signature_version: object) -> bool:
    """Whether a signature version is the marker for no signature."""
    return type(signature_version).__name__ == "UNSIGNED"


class PickledMarker:
    """Stands for the marker in a pickle, since botocore's object cannot be pickled."""

    def __reduce__(self) -> Any:
        return unsigned, ()


def unsigned() -> Any:
    """The marker itself."""
    from botocore import UNSIGNED

    return UNSIGNED
