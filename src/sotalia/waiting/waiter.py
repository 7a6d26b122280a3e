"""Waiters: poll an operation until an acceptor of the model matches a final state."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.model.naming import xform_name
from sotalia.runtime import groups, resolved
from sotalia.runtime.documented import DocumentedFunction, lazily
from sotalia.runtime.features import features
from sotalia.runtime.pickling import OfOneProcess
from sotalia.runtime.reference_base import ReferenceBase
from sotalia.waiting.waiter_model import WaiterModel, is_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.runtime import Runtime

    # One call of the polled operation, sync or async, as a coroutine.
    Poll = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class Waiter(OfOneProcess, ReferenceBase):
    """Waits until a resource is in a state.

    You get one from ``client.get_waiter("bucket_exists")``. ``name`` is the model's (``BucketExists``), ``config`` its
    :class:`~sotalia.waiting.waiter_model.WaiterModel`.
    """

    def __init__(self, name: str, config: WaiterModel, poll: Poll, runtime: Runtime) -> None:
        self.name = name
        self.config = config
        self._poll = poll
        self._runtime = runtime

    def wait(self, **kwargs: Any) -> Any:
        """Poll with these parameters of the operation until the state is reached.

        ``WaiterConfig``: ``Delay`` (seconds between two polls) and ``MaxAttempts``, both from the model by default.
        Raises ``WaiterError``, with the last response as ``last_response``, if a failure state is reached, an error comes
        that the model does not expect, or the attempts are used up. On an async client: a coroutine.
        """
        options: dict[str, Any] = kwargs.pop("WaiterConfig", None) or {}
        waiting: Any = self._wait(
            kwargs,
            delay_seconds=options.get("Delay", self.config.delay),
            max_attempts=options.get("MaxAttempts", self.config.max_attempts),
        )
        waiting.__qualname__ = f"{type(self).__name__}.wait"  # What Python names where nobody awaits it.
        return self._runtime.run(waiting)

    async def _wait(self, parameters: dict[str, Any], *, delay_seconds: float, max_attempts: int) -> None:
        attempts = 0
        last_matched = None
        group = groups.begin("waiter", self._group_name)
        while True:
            with group.within():
                response = await self._polled(parameters)
            attempts += 1
            acceptor = next((a for a in self.config.acceptors if a.matches(response)), None)
            last_matched = acceptor or last_matched
            if acceptor is not None and acceptor.state == "success":
                return
            if acceptor is not None and acceptor.state == "failure":
                raise self._error(
                    f"Waiter encountered a terminal failure state: {acceptor.explanation}", response
                )
            if acceptor is None and is_error(response):
                # The model does not expect this error, so polling again will not help.
                error = response["Error"]
                raise self._error(
                    f"An error occurred ({error.get('Code', 'Unknown')}): {error.get('Message', 'Unknown')}",
                    response,
                )
            if attempts >= max_attempts:
                reason = "Max attempts exceeded"
                if last_matched is not None:
                    reason += f". Previously accepted state: {last_matched.explanation}"
                raise self._error(reason, response)
            from sotalia.runtime.pauses import pause  # Often the first poll is the last.

            await pause(self._runtime, delay_seconds)

    def _group_name(self) -> str:
        return xform_name(self.name)

    async def _polled(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Poll once: the parsed response, or the one that a ``ClientError`` carries."""
        try:
            with features.used("WAITER"):
                return await self._poll(dict(parameters))
        except exceptions.ClientError as error:
            response: dict[str, Any] = error.response
            return response

    def _error(self, reason: str, response: dict[str, Any]) -> Exception:
        return exceptions.WaiterError(name=self.name, reason=reason, last_response=response)

    def __repr__(self) -> str:
        config = self.config
        often = f"every {config.delay} s, at most {config.max_attempts} times"
        return f"<{type(self).__name__} polling {config.operation} {often}>"


def make_waiter(client: BaseClient, name: str, description: dict[str, Any]) -> Waiter:
    """A waiter of a client, from its entry in a waiter model or from one of your own.

    ``name`` is for messages (``BucketExists``); ``description`` has ``operation`` (``"HeadBucket"``), ``delay`` (seconds),
    ``maxAttempts`` and ``acceptors``, each with ``state``, ``matcher``, ``expected`` and, for paths, ``argument``.
    Raises ``WaiterConfigError`` for an unknown matcher.
    """
    model = WaiterModel(name, description)
    method = getattr(client, xform_name(model.operation))

    async def poll(parameters: dict[str, Any]) -> dict[str, Any]:
        response: dict[str, Any] = await resolved(method(**parameters))
        return response

    wait = DocumentedFunction(
        Waiter.wait, lambda: Waiter.wait.__doc__ or "", lazily(_wait_signature, client, model.operation)
    )
    attributes = {"__module__": __name__, "__doc__": Waiter.__doc__, "wait": wait}
    waiter_class = type(f"{type(client).__name__}.Waiter.{name}", (Waiter,), attributes)
    waiter: Waiter = waiter_class(name, model, poll, client.meta.runtime)
    return waiter


def _wait_signature(client: BaseClient, operation_name: str) -> Any:
    from sotalia.model.signatures import signature

    return signature(client.meta.service_model.operation_model(operation_name), more={"WaiterConfig": dict})
