"""``botocore.client.BaseClient._make_api_call`` as the entry of our synchronous clients too, while boto3 is patched.

Tests replace that method to fake calls, tracers wrap it. While :func:`~sotalia.compatibility.patch_boto3` is in force,
ours looks at it: untouched, the call goes its usual way; replaced, the replacement gets the call, and what it takes for
the original leads our clients back to ours. (A replacement that kept the original from before the patch cannot go on to
it: that one knows boto3's clients only.) Asynchronous clients are left alone: wrappers of that method do not await.
"""

from __future__ import annotations

from typing import Any

from sotalia.clients import BaseClient


class SingleEntry:
    """The two methods joined; :meth:`part` takes them apart again, unless others have wrapped them since."""

    def __init__(self) -> None:
        from botocore.client import BaseClient as ReferenceClient

        self._reference: Any = ReferenceClient
        self._own = own = BaseClient._make_api_call
        self._theirs = theirs = ReferenceClient._make_api_call

        def forwarding(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
            original = own if isinstance(self, BaseClient) else theirs
            return original(self, operation_name, api_params)

        def entry(self: BaseClient, operation_name: str, api_params: dict[str, Any]) -> Any:
            current: Any = vars(ReferenceClient)["_make_api_call"]
            if current is forwarding or current is theirs:
                return own(self, operation_name, api_params)
            # As an attribute of our client: functions and wrappers are bound to it, a Mock is not.
            bind = getattr(type(current), "__get__", None)
            bound = current if bind is None else bind(current, self, type(self))
            return bound(operation_name, api_params)

        forwarding.__name__ = entry.__name__ = "_make_api_call"
        self._forwarding, self._entry = forwarding, entry
        ReferenceClient._make_api_call = forwarding
        BaseClient._make_api_call = entry  # type: ignore[method-assign]

    def part(self) -> None:
        """Put back what was there. Where somebody's wrapper lies above, ours stays below it and does no harm."""
        if self._reference._make_api_call is self._forwarding:
            self._reference._make_api_call = self._theirs
        if BaseClient._make_api_call is self._entry:
            BaseClient._make_api_call = self._own  # type: ignore[method-assign]
