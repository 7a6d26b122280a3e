"""Names for annotations: ``from sotalia.types import S3Client, AsyncS3Client, S3ServiceResource, ServiceName``.

For type checkers each is a class with the methods of its service: the stubs beside this file say so. At run time there is no class
of a service before its first client, so a name gives what all of them have in common.
"""

from __future__ import annotations

TYPE_CHECKING = False

if not TYPE_CHECKING:

    def __getattr__(name):
        """The base class that a name ends with; of names of services, ``str``."""
        if name in ("ServiceName", "ResourceServiceName"):
            return str
        is_async = name.startswith("Async")
        if name.endswith("Client"):
            from sotalia.clients.base import AsyncBaseClient, BaseClient

            return AsyncBaseClient if is_async else BaseClient
        if name.endswith("ServiceResource"):
            from sotalia.resources.base import AsyncServiceResource, ServiceResource

            return AsyncServiceResource if is_async else ServiceResource
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}: it has names such as 'S3Client', 'AsyncS3Client', "
            "'S3ServiceResource' and 'ServiceName'"
        )
