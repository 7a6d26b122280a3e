"""Under the name of ``boto3.ec2.createtags``: ``create_tags`` of the service resource."""

from __future__ import annotations

from sotalia.ec2.tags import add_create_tags as inject_create_tags
from sotalia.ec2.tags import create_tags

__all__ = ["create_tags", "inject_create_tags"]
