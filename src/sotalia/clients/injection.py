"""Attributes that handlers add to generated classes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def add_attribute(class_attributes: dict[str, Any], name: str, value: Any) -> None:
    """Add an attribute. Raises ``RuntimeError`` when the class has one of this name, which nobody meant to replace."""
    if name in class_attributes:
        raise RuntimeError(
            f'Cannot inject class attribute "{name}", attribute already exists in class dict. '
            "Choose another name, or delete the attribute first."
        )
    class_attributes[name] = value
