"""Waiters: poll an operation until an acceptor of the model says that it is over."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.model.naming import xform_name
from sotalia.runtime import resolved
from sotalia.runtime.features import features
from sotalia.runtime.pickling import OfOneProcess
from sotalia.runtime.reference_base import ReferenceBase
from sotalia.waiting.model import WaiterModel, is_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.runtime import Runtime

    # One call of the polled operation, as a coroutine in either colour.
    Poll = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class Waiter(OfOneProcess, ReferenceBase):
    """Waits for one state of one kind of resource.

    Made by ``client.get_waiter("bucket_exists")``. ``name`` is the model's (``BucketExists``), ``config`` its
    :class:`~sotalia.waiting.model.WaiterModel`.
    """

    def __init__(self, name: str, config: WaiterModel, poll: Poll, runtime: Runtime) -> None:
        self.name = name
        self.config = config
        self._poll = poll
        self._runtime = runtime

    def wait(self, **kwargs: Any) -> Any:
        """Poll with these parameters of the operation until the state is reached.

        ``WaiterConfig``: ``Delay`` (seconds between two polls) and ``MaxAttempts``, both from the model by default.
        Raises ``WaiterError`` with the last answer as ``last_response`` when the state cannot be reached any more, an
        error came that the model does not expect, or the attempts are used up. On an asynchronous client: a coroutine.
        """
        options = kwargs.pop("WaiterConfig", None) or {}
        waiting = self._wait(
            kwargs,
            delay_seconds=options.get("Delay", self.config.delay),
            max_attempts=options.get("MaxAttempts", self.config.max_attempts),
        )
        return self._runtime.run(waiting)

    async def _wait(self, parameters: dict[str, Any], *, delay_seconds: float, max_attempts: int) -> None:
        attempts = 0
        last_matched = None
        while True:
            answer = await self._answer(parameters)
            attempts += 1
            acceptor = next((a for a in self.config.acceptors if a.matches(answer)), None)
            last_matched = acceptor or last_matched
            if acceptor is not None and acceptor.state == "success":
                return
            if acceptor is not None and acceptor.state == "failure":
                raise self._error(
                    f"Waiter encountered a terminal failure state: {acceptor.explanation}", answer
                )
            if acceptor is None and is_error(answer):
                # An error nobody expects will not go away by asking again.
                error = answer["Error"]
                raise self._error(
                    f"An error occurred ({error.get('Code', 'Unknown')}): {error.get('Message', 'Unknown')}",
                    answer,
                )
            if attempts >= max_attempts:
                reason = "Max attempts exceeded"
                if last_matched is not None:
                    reason += f". Previously accepted state: {last_matched.explanation}"
                raise self._error(reason, answer)
            await self._runtime.sleep(delay_seconds)

    async def _answer(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """One poll: the parsed response, or what an error of the service carried."""
        try:
            with features.used("WAITER"):
                return await self._poll(dict(parameters))
        except exceptions.ClientError as error:
            answer: dict[str, Any] = error.response
            return answer

    def _error(self, reason: str, answer: dict[str, Any]) -> Exception:
        error: Exception = exceptions.WaiterError(name=self.name, reason=reason, last_response=answer)
        return error

    def __repr__(self) -> str:
        return f"<{type(self).__name__} polling {self.config.operation}>"


def make_waiter(client: BaseClient, name: str, description: dict[str, Any]) -> Waiter:
    """A waiter of a client, from its entry in a waiter model or from one of your own.

    ``name`` is for messages (``BucketExists``); ``description`` has ``operation`` (``"HeadBucket"``), ``delay`` (seconds),
    ``maxAttempts`` and ``acceptors``, each with ``state``, ``matcher``, ``expected`` and, for paths, ``argument``.
    Raises ``WaiterConfigError`` for a matcher that nobody knows.
    """
    model = WaiterModel(name, description)
    method = getattr(client, xform_name(model.operation))

    async def poll(parameters: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = await resolved(method(**parameters))
        return answer

    attributes = {"__module__": __name__, "__doc__": Waiter.__doc__}
    kind = type(f"{type(client).__name__}.Waiter.{name}", (Waiter,), attributes)
    made: Waiter = kind(name, model, poll, client.meta.runtime)
    return made
