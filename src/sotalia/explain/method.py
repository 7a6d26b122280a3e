"""The method ``explain`` of every client, provided by the front door: see :mod:`sotalia.runtime.late_names`."""

from __future__ import annotations

from sotalia.explain.building import build
from sotalia.explain.rehearsal import Rehearsal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.explain.explanation import Explanation


class Explaining:
    """What every client has."""

    def explain(
        self: Any,
        operation: str,
        /,
        *,
        run_handlers: bool = False,
        fetch_credentials: bool = False,
        **parameters: Any,
    ) -> Any:
        """Explain a call in the place of making it: an :class:`~sotalia.explain.Explanation`, to be awaited on an async client.

        ``operation``: its name (``"ListObjectsV2"``) or its method (``"list_objects_v2"``); then its parameters. Nothing is
        sent, and nothing changes. ``run_handlers`` lets your handlers and those of extensions take part, up to the signed
        request; else they are only listed. ``fetch_credentials`` gets the keys as a call would, which may send requests and
        ask for an MFA code. What the call would raise is shown as ``error``; only for an operation that does not exist is
        ``OperationNotFoundError`` raised.
        """
        name = self._PY_TO_OP_NAME.get(operation, operation)
        rehearsal = Rehearsal(self, name, parameters)
        work = explained(rehearsal, parameters, run_handlers, fetch_credentials)
        return self.meta.runtime.run(work)


async def explained(
    rehearsal: Rehearsal, parameters: dict[str, Any], run_handlers: bool, fetch_credentials: bool
) -> Explanation:
    """Rehearse, and put into words what came of it."""
    await rehearsal.run(run_handlers=run_handlers, fetch_credentials=fetch_credentials)
    return build(rehearsal, parameters)
