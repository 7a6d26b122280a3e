"""Who hears the events of a rehearsal, and what each handler changes."""

from __future__ import annotations

from types import CoroutineType

from sotalia.auth.signer import RequestSigner
from sotalia.events.handlers import applicable, describe, is_built_in, unwrapped
from sotalia.events.listeners import Listeners
from sotalia.explain.inputs import Inputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.events.handlers import Handler
    from sotalia.explain.rehearsal import Rehearsal
    from sotalia.model.service import OperationModel

# Extensions stand on public hooks, as programs do.
_EXTENSIONS = "sotalia.extensions."


class ChangeMade:
    """What one handler did: ``what`` (``parameter``, ``header`` or ``URL``), its name, how, and who."""

    __slots__ = ("action", "handler", "name", "what")

    def __init__(self, what: str, name: str, action: str, handler: Handler) -> None:
        self.what, self.name, self.action, self.handler = what, name, action, handler


class RehearsedEvents:
    """Who hears the events of a rehearsal: for the pipeline, the resolver and the signer a registry like the client's."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal = rehearsal
        self._last: dict[str, Any] = {
            "before-endpoint-resolution": rehearsal.know_account,
            "before-sign": rehearsal.replace_identities,
        }

    def lookup(self, event_name: str) -> Listeners:
        """The steps of an event."""
        return self._listeners(event_name, self._rehearsal.registry.handlers(event_name))

    def listeners(self, event_name: str, operation: OperationModel) -> Listeners | None:
        """The same, without those that have nothing to do for the operation."""
        wanted = applicable(self._rehearsal.registry.handlers(event_name), operation)
        return self._listeners(event_name, wanted) if wanted else None

    def _listeners(self, event_name: str, handlers: tuple[Handler, ...]) -> Listeners:
        steps: list[Any] = [Step(self._rehearsal, event_name, handler) for handler in handlers]
        last = self._last.get(event_name.partition(".")[0])
        if last is not None:
            steps.append(last)
        return Listeners(self._rehearsal.registry.alias(event_name), tuple(steps))


def is_own(handler: Any) -> bool:
    """Whether a handler is built in, and no extension's."""
    if not is_built_in(handler):
        return False
    return not str(getattr(unwrapped(handler), "__module__", "")).startswith(_EXTENSIONS)


class Step:
    """One handler in a rehearsal: called, left out, or watched."""

    __slots__ = ("_event_name", "_rehearsal", "handler")

    def __init__(self, rehearsal: Rehearsal, event_name: str, handler: Handler) -> None:
        self._rehearsal = rehearsal
        self._event_name = event_name
        self.handler = handler

    def __call__(self, **kwargs: Any) -> Any:
        """Call the handler, if it is one that takes part, and note what it changed."""
        rehearsal, handler = self._rehearsal, self.handler
        if is_own(handler):
            handler = self._not_sending()
            if handler is None:
                return None
        elif not rehearsal.runs_handlers:
            return None
        before = _seen(kwargs)
        try:
            value = handler(**kwargs)
        except Exception as error:
            return self._failed(error)
        if type(value) is CoroutineType:
            return self._awaited(value, before, kwargs)
        self._note_changes(before, kwargs)
        return value

    async def _awaited(self, work: Any, before: Any, kwargs: dict[str, Any]) -> Any:
        try:
            value = await work
        except Exception as error:
            return self._failed(error)
        self._note_changes(before, kwargs)
        return value

    def _failed(self, error: Exception) -> None:
        """Errors of built-in handlers are the call's; what the program's raise is shown beside them."""
        if is_own(self.handler):
            raise error
        self._rehearsal.failures[self._event_name, id(self.handler)] = error

    def _not_sending(self) -> Any:
        """What to call of a built-in handler: itself, what it can do without sending, or ``None``."""
        owner = getattr(self.handler, "__self__", None)
        if isinstance(owner, RequestSigner):
            signer = self._rehearsal.signer
            return None if signer is None else signer.handler
        marked: tuple[str, str | None] | None = getattr(self.handler, "__sotalia_sends__", None)
        if marked is None:
            return self.handler
        why, instead = marked
        note = f"{self._event_name}: {describe(self.handler)} {why}, which explain does not do"
        if instead is None:
            self._rehearsal.notes.append(note)
            return None

        def without_sending(**kwargs: Any) -> None:
            if not getattr(owner, instead)(**kwargs):
                self._rehearsal.notes.append(note)

        return without_sending

    def _note_changes(self, before: dict[str, dict[str, Any]], kwargs: dict[str, Any]) -> None:
        after = _seen(kwargs)
        for what, values in after.items():
            earlier = before[what]
            for name in [*values, *(name for name in earlier if name not in values)]:
                if name not in earlier:
                    action = "added"
                elif name not in values:
                    action = "removed"
                elif _differ(earlier[name], values[name]):
                    action = "changed"
                else:
                    continue
                self._rehearsal.changes.append(ChangeMade(what, name, action, self.handler))


def _seen(kwargs: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What a handler may change, as it stands: parameters, or the headers and the URL of a request."""
    request = kwargs.get("request")
    if request is not None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        return {"header": headers, "URL": {"URL": request.url}}
    params = kwargs.get("params")
    if not isinstance(params, dict) or "builtins" in kwargs:
        return {}
    if "url_path" in params and "headers" in params:
        headers = {name.lower(): value for name, value in params["headers"].items()}
        return {"header": headers, "URL": {"URL": params.get("url")}}
    return {"parameter": Inputs.plain_copy(params)}


def _differ(one: Any, other: Any) -> bool:
    try:
        return one is not other and bool(one != other)
    except Exception:  # Values of the caller's, whose comparison may do anything.
        return True
