"""Methods of botocore's classes that are replaced or wrapped from outside, joined with ours while boto3 is patched.

Tests replace ``botocore.client.BaseClient._make_api_call`` to fake calls, ``botocore.httpsession.URLLib3Session.send`` to
fake HTTP, ``CredentialResolver.load_credentials`` to have no credentials. Tracers wrap the first, wrap ``__init__`` to
register handlers on every client, and ``botocore.endpoint.Endpoint.prepare_request`` or ``make_request`` to send headers
along. While :func:`~sotalia.compatibility.patch_boto3` is in force, our methods look at theirs: untouched, the call goes
its usual way; replaced, the replacement gets the call.

Wrappers go on to the original, and many got hold of it before the patch. So the original keeps its place and identity,
and only its code is exchanged: it leads our objects back to ours and does for theirs what it did. Patch and wrappers may
come, and go, in any order.

Wrappers do not await: ``_make_api_call`` and ``make_request`` of asynchronous clients, which are coroutines, are left
alone. What a replaced ``send`` or ``load_credentials`` returns is awaited if it can be, so fakes reach both kinds.
"""

from __future__ import annotations

import gc
import inspect
import sys
from types import CellType, FunctionType, ModuleType
from typing import NamedTuple

from sotalia.clients.base import BaseClient
from sotalia.compatibility.endpoint import Endpoint
from sotalia.credentials.chain import CredentialResolver
from sotalia.runtime import resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

_MOST_WITHIN = 10_000


def _forwarding(self: Any, *args: Any, _sotalia_dispatch: Any, **kwargs: Any) -> Any:
    # Runs in the place of an original, with the original's globals: it may use nothing but its arguments.
    return _sotalia_dispatch(self, *args, **kwargs)


class _Function(NamedTuple):
    """What is exchanged of a function."""

    code: Any
    defaults: Any
    keyword_defaults: Any


class Detour:
    """A function of the reference whose code leads elsewhere, until :meth:`end`.

    ``lead`` is given a function that does what the original did, and gives what runs in its place.
    """

    def __init__(self, original: FunctionType, lead: Callable[[FunctionType], Callable[..., Any]]) -> None:
        self._original = original
        before = _Function(original.__code__, original.__defaults__, original.__kwdefaults__)
        self._before = before
        alike = FunctionType(before.code, original.__globals__, original.__name__, before.defaults)
        alike.__qualname__ = f"{original.__qualname__} of botocore"  # Not to be taken for it.
        alike.__kwdefaults__ = before.keyword_defaults
        # What mocks with autospec ask for.
        original.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
        # In this order: another thread may be in a call at any time.
        original.__kwdefaults__ = {
            **(before.keyword_defaults or {}),
            "_sotalia_dispatch": lead(alike),
        }
        original.__code__ = self._code = _forwarding.__code__
        original.__defaults__ = None

    def end(self) -> None:
        """Put the code back. Where somebody else has exchanged it since, ours stays below and does no harm."""
        original = self._original
        if original.__code__ is not self._code:
            return
        original.__defaults__ = self._before.defaults
        original.__code__ = self._before.code
        original.__kwdefaults__ = self._before.keyword_defaults
        del original.__signature__  # type: ignore[attr-defined]


class JoinedMethod:
    """Two plain methods joined; :meth:`part` takes them apart again, whatever others have wrapped since."""

    def __init__(self, own_class: Any, own_name: str, reference_class: Any, name: str) -> None:
        self._own_class, self._own_name = own_class, own_name
        self._reference_class, self._name = reference_class, name
        self._own = vars(own_class)[own_name]
        self._is_joined = True
        self._original, source = _original(reference_class, name)
        # Code with a closure cannot be exchanged for one without.
        if source is None or source.__code__.co_freevars:
            self._detour = None
        else:
            self._detour = Detour(source, self._dispatch)
        self._entry = self._make_entry()
        self._entry.__name__ = own_name
        self._entry.replacement_of_joined = self.replacement  # type: ignore[attr-defined]
        setattr(own_class, own_name, self._entry)

    def part(self) -> None:
        """Put back what was there. Where somebody has wrapped our entry, it stays below and goes the usual way."""
        self._is_joined = False
        if self._detour is not None:
            self._detour.end()
        if vars(self._own_class).get(self._own_name) is self._entry:
            setattr(self._own_class, self._own_name, self._own)

    def replacement(self, found: Any) -> Any:
        """What stands in the original's place, as an attribute of our object; ``None`` for the original."""
        current = vars(self._reference_class).get(self._name)
        if current is self._original or current is None or not self._is_joined:
            return None
        # Functions and wrappers are bound to the object, a Mock is not.
        bind = getattr(type(current), "__get__", None)
        return current if bind is None else bind(current, found, type(found))

    def proceed(self, found: Any, *args: Any, **kwargs: Any) -> Any:
        """Our method, for a wrapper that goes on to what it takes for the original."""
        return self._own(found, *args, **kwargs)

    def _dispatch(self, alike: FunctionType) -> Callable[..., Any]:
        own_class, proceed = self._own_class, self.proceed

        def dispatch(self: Any, *args: Any, **kwargs: Any) -> Any:
            return (proceed if isinstance(self, own_class) else alike)(self, *args, **kwargs)

        return dispatch

    def _make_entry(self) -> Callable[..., Any]:
        own, replacement = self._own, self.replacement

        def entry(self: Any, *args: Any, **kwargs: Any) -> Any:
            found = replacement(self)
            return own(self, *args, **kwargs) if found is None else found(*args, **kwargs)

        return entry


class JoinedSyncMethod(JoinedMethod):
    """The same for a method that gives coroutines where the client is asynchronous: those the replacements never see."""

    def replacement(self, found: Any) -> Any:
        """``None`` for an asynchronous client or endpoint."""
        endpoint: Endpoint = getattr(found, "_endpoint", found)
        return None if endpoint.runtime.is_async else super().replacement(found)


class JoinedCoroutine(JoinedMethod):
    """The same for a method that is a coroutine function here, and a plain one there."""

    def _make_entry(self) -> Callable[..., Any]:
        own, replacement = self._own, self.replacement

        async def entry(self: Any, *args: Any, **kwargs: Any) -> Any:
            found = replacement(self)
            return await (own(self, *args, **kwargs) if found is None else resolved(found(*args, **kwargs)))

        return entry

    def proceed(self, found: Any, *args: Any, **kwargs: Any) -> Any:
        """The result where there is no need to wait for it, as of sync clients; else what is to be awaited."""
        begun = self._own(found, *args, **kwargs)
        try:
            waits_for = begun.send(None)
        except StopIteration as stop:
            return stop.value
        return _Rest(begun, waits_for)


class _Rest:
    """A coroutine that was begun, from the first time that it waits."""

    def __init__(self, begun: Any, waits_for: Any) -> None:
        self._begun = begun
        self._waits_for = waits_for

    def __await__(self) -> Any:
        begun, waits_for = self._begun, self._waits_for
        while True:
            try:
                sent = yield waits_for
            except GeneratorExit:
                begun.close()
                raise
            except BaseException as error:
                proceed, sent = begun.throw, error
            else:
                proceed = begun.send
            try:
                waits_for = proceed(sent)
            except StopIteration as stop:
                return stop.value


def _original(kind: Any, name: str) -> tuple[Any, FunctionType | None]:
    """What a class of the reference has when nobody has touched it, and the function of its source within.

    The first is ``None`` where others have touched it, the second only where no trace of it is left.
    """
    home = vars(sys.modules[kind.__module__])
    qualified = f"{kind.__qualname__}.{name}"

    def is_source(candidate: Any) -> bool:
        # functools.wraps lends a wrapper the name, but not the globals.
        return (
            type(candidate) is FunctionType  # A proxy would say that it is one too.
            and candidate.__globals__ is home
            and candidate.__qualname__ == qualified
        )

    current = vars(kind).get(name)
    if type(current) is FunctionType and _is_of_reference(current):
        # botocore wraps some of its methods itself.
        inner = inspect.unwrap(current, stop=is_source)
        if is_source(inner):
            return current, inner
    # The collector does not know what gc.freeze() has put out of its sight.
    return None, next(filter(is_source, _within(current)), None) or next(
        filter(is_source, gc.get_referrers(home)), None
    )


def _within(wrapper: Any) -> Iterator[Any]:
    """What a wrapper holds, directly or not: the nearest first, and not more than a wrapper can have."""
    seen, found = {id(wrapper)}, [wrapper]
    for one in found:
        yield one
        if len(found) > _MOST_WITHIN:
            return
        for part in _parts(one):
            if id(part) not in seen and not isinstance(part, (type, ModuleType, str, int)):
                seen.add(id(part))
                found.append(part)


def _parts(found: Any) -> list[Any]:
    if type(found) is not FunctionType:
        return gc.get_referents(found)
    cells = [cell.cell_contents for cell in found.__closure__ or () if cell != CellType()]
    globals_used = [found.__globals__[name] for name in found.__code__.co_names if name in found.__globals__]
    return [*cells, *vars(found).values(), *(found.__defaults__ or ()), *globals_used]


def _is_of_reference(function: FunctionType) -> bool:
    return str(function.__globals__.get("__name__", "")).startswith("botocore.")


def join_all() -> list[JoinedMethod]:
    """Join what tools are known to replace."""
    from botocore.client import BaseClient as ReferenceClient
    from botocore.credentials import CredentialResolver as ReferenceResolver
    from botocore.endpoint import Endpoint as ReferenceEndpoint
    from botocore.httpsession import URLLib3Session

    from sotalia.transport.http import HTTPTransport

    rows: tuple[tuple[type[JoinedMethod], Any, str, Any, str], ...] = (
        (JoinedSyncMethod, BaseClient, "_make_api_call", ReferenceClient, "_make_api_call"),
        (JoinedMethod, BaseClient, "__init__", ReferenceClient, "__init__"),
        (JoinedMethod, Endpoint, "prepare_request", ReferenceEndpoint, "prepare_request"),
        (JoinedSyncMethod, Endpoint, "make_request", ReferenceEndpoint, "make_request"),
        (JoinedCoroutine, HTTPTransport, "send", URLLib3Session, "send"),
        (JoinedCoroutine, CredentialResolver, "load", ReferenceResolver, "load_credentials"),
    )
    joined: list[JoinedMethod] = []
    try:
        for kind, *row in rows:
            joined.append(kind(*row))
    except BaseException:
        part_all(joined)
        raise
    return joined


def part_all(joined: list[JoinedMethod]) -> None:
    """Take all of them apart."""
    for pair in reversed(joined):
        pair.part()
