"""Tags of EC2 resources: one call tags many resources, which resource definitions cannot say."""

from __future__ import annotations

from sotalia.clients.injection import add_attribute
from sotalia.runtime import resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def add_create_tags(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """A handler of ``creating-resource-class.ec2.ServiceResource``."""
    class_attributes["create_tags"] = create_tags


def add_delete_tags(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """A handler of ``creating-resource-class.ec2.Instance``."""
    add_attribute(class_attributes, "delete_tags", delete_tags)


def create_tags(self: Any, **kwargs: Any) -> Any:
    """Tag resources: the list of :class:`ec2.Tag`, one for each of ``Resources`` and ``Tags``."""
    return self._finish(_create_tags(self, kwargs))


async def _create_tags(self: Any, kwargs: dict[str, Any]) -> list[Any]:
    await resolved(self.meta.client.create_tags(**kwargs))
    return [
        self.Tag(resource, tag["Key"], tag["Value"])
        for resource in kwargs.get("Resources", ())
        for tag in kwargs.get("Tags", ())
    ]


def delete_tags(self: Any, **kwargs: Any) -> Any:
    """Remove tags from this instance: those that ``Tags`` names, all of them without it."""
    return self.meta.client.delete_tags(**{**kwargs, "Resources": [self.id]})
