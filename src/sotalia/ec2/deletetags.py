"""Under the name of ``boto3.ec2.deletetags``: ``delete_tags`` of instances."""

from __future__ import annotations

from sotalia.ec2.tags import add_delete_tags, delete_tags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["delete_tags", "inject_delete_tags"]


def inject_delete_tags(event_emitter: Any, **kwargs: Any) -> None:
    """Add the method to ``class_attributes``, with the arguments of a handler that is given the emitter as well."""
    add_delete_tags(**kwargs)
