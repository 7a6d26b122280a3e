"""Methods of botocore's classes that are replaced or wrapped from outside, joined with ours while boto3 is patched.

Tests replace ``botocore.client.BaseClient._make_api_call`` to fake calls, tracers wrap it to see them, wrap ``__init__`` to
register handlers on every client, and ``botocore.endpoint.Endpoint.prepare_request`` or ``make_request`` to send headers
along. While :func:`~sotalia.compatibility.patch_boto3` is in force, our methods look at theirs: untouched, the call goes its
usual way; replaced, the replacement gets the call, and what it takes for the original leads our objects back to ours. (A
replacement that kept the original from before the patch cannot go on to it: that one knows botocore's objects only.)
Wrappers do not await: ``_make_api_call`` and ``make_request`` of asynchronous clients, which are coroutines, are left alone.
"""

from __future__ import annotations

from typing import Any

from sotalia.clients import BaseClient
from sotalia.endpoint import Endpoint


class JoinedMethod:
    """Two methods joined; :meth:`part` takes them apart again, unless others have wrapped them since."""

    def __init__(self, own_class: Any, reference_class: Any, name: str, *, is_plain: bool) -> None:
        self._own_class, self._reference_class, self._name = own_class, reference_class, name
        self._own = own = getattr(own_class, name)
        self._theirs = theirs = getattr(reference_class, name)

        def forwarding(self: Any, *args: Any, **kwargs: Any) -> Any:
            original = own if isinstance(self, own_class) else theirs
            return original(self, *args, **kwargs)

        def entry(self: Any, *args: Any, **kwargs: Any) -> Any:
            current: Any = vars(reference_class)[name]
            if current is forwarding or current is theirs or not (is_plain or _is_synchronous(self)):
                return own(self, *args, **kwargs)
            # As an attribute of our object: functions and wrappers are bound to it, a Mock is not.
            bind = getattr(type(current), "__get__", None)
            bound = current if bind is None else bind(current, self, type(self))
            return bound(*args, **kwargs)

        forwarding.__name__ = entry.__name__ = name
        self._forwarding, self._entry = forwarding, entry
        setattr(reference_class, name, forwarding)
        setattr(own_class, name, entry)

    def part(self) -> None:
        """Put back what was there. Where somebody's wrapper lies above, ours stays below it and does no harm."""
        if getattr(self._reference_class, self._name) is self._forwarding:
            setattr(self._reference_class, self._name, self._theirs)
        if getattr(self._own_class, self._name) is self._entry:
            setattr(self._own_class, self._name, self._own)


def join_all() -> list[JoinedMethod]:
    """Join what tools are known to replace."""
    from botocore.client import BaseClient as ReferenceClient
    from botocore.endpoint import Endpoint as ReferenceEndpoint

    return [
        JoinedMethod(BaseClient, ReferenceClient, "_make_api_call", is_plain=False),
        JoinedMethod(BaseClient, ReferenceClient, "__init__", is_plain=True),
        JoinedMethod(Endpoint, ReferenceEndpoint, "prepare_request", is_plain=True),
        JoinedMethod(Endpoint, ReferenceEndpoint, "make_request", is_plain=False),
    ]


def _is_synchronous(found: Any) -> bool:
    endpoint: Endpoint = getattr(found, "_endpoint", found)
    return not endpoint.runtime.is_async
