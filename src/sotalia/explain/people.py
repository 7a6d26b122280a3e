"""Handlers and hooks in words: whose they are, where they stand, and what for."""

from __future__ import annotations

import os
import re

from sotalia.call.hooks import EVERYWHERE
from sotalia.events import catalog
from sotalia.events.handlers import (
    Hook,
    OwnedHandler,
    applicable,
    is_built_in,
    place_of,
    unwrapped,
)
from sotalia.explain.explanation import HandlerReport, HookReport
from sotalia.explain.steps import is_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sotalia.call.operation import Operation
    from sotalia.events import EventRegistry
    from sotalia.explain.rehearsal import Rehearsal
    from sotalia.explain.secrets import Secrets

BUILT_IN, EXTENSION, YOURS = "built in", "extension", "yours"
#: The events of a call in the order in which they are emitted; the signer's are emitted within ``request-created``.
EVENTS = catalog.CATALOG[catalog.CATALOG.index(catalog.ProvideClientParams) :]
#: Up to here an explanation goes.
_LAST_EXPLAINED = EVENTS.index(catalog.BeforeSign)
# The folder that the package lies in, for places of built-in handlers: the parent of this file's parent's.
_OURS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep


# How docstrings of handlers begin; the event stands beside them anyway.
_PREFIX = re.compile(r"^(?:A|The) handler of ``[^`]*``[:,] ?")


def name_of(handler: Any) -> str:
    """``module.function`` for a built-in one, the qualified name for others."""
    function = unwrapped(handler)
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    return str(name)


def owner_of(handler: Any) -> str:
    """``built in``, ``extension``, ``extension NAME`` or ``yours``."""
    if isinstance(handler, OwnedHandler):
        return f"{EXTENSION} {handler.owner}"
    if not is_built_in(handler):
        return YOURS
    return BUILT_IN if is_own(handler) else EXTENSION


def shown_place(handler: Any) -> str:
    """File and line: from the package on for what is ours, from the working directory on for what is below it."""
    place = place_of(handler)
    for folder in (_OURS, os.getcwd() + os.sep):
        if place.startswith(folder):
            return place[len(folder) :]
    return place


def why(handler: Any) -> str:
    """The first line of the docstring."""
    text = getattr(unwrapped(handler), "__doc__", None)
    lines = text.strip().splitlines() if isinstance(text, str) else []
    line = _PREFIX.sub("", lines[0].strip()) if lines else ""
    return line[:1].upper() + line[1:]


def handler_reports(rehearsal: Rehearsal, secrets: Secrets) -> Iterator[HandlerReport]:
    """Every handler of the call, event by event, in the order in which they run."""
    operation, registry = rehearsal.call.operation, rehearsal.registry
    unique_ids = registry.unique_ids()
    for number, event in enumerate(EVENTS):
        parts = event.pattern.split(".")[1:]
        name = event.name(*[operation.service_id, operation.name][: len(parts)])
        for handler in applicable(registry.handlers(name), operation.model):
            owner = owner_of(handler)
            error = rehearsal.failures.get((name, id(handler)))
            unique_id = unique_ids.get(id(handler))
            yield HandlerReport(
                event=name,
                name=name_of(handler),
                owner=owner,
                why=why(handler) if owner != YOURS else "",
                place=shown_place(handler),
                unique_id=None if unique_id is None else secrets.clean_text(str(unique_id)),
                is_explained=number <= _LAST_EXPLAINED
                and (rehearsal.runs_handlers or owner == BUILT_IN)
                and not hasattr(handler, "__sotalia_sends__"),
                has_run=registry.has_run(name, handler),
                error=None if error is None else secrets.clean_text(f"{type(error).__name__}: {error}"),
            )


def hook_reports(registry: EventRegistry, operation: Operation) -> Iterator[HookReport]:
    """Hooks and observers of the operation, outermost first."""
    scope = f"{operation.service_id}.{operation.name}"
    for around in ("call", "retry-loop", "attempt", "observer"):
        for events in (EVERYWHERE, registry):
            for hook in events.handlers(f"around.{around}.{scope}"):
                if isinstance(hook, Hook):
                    yield HookReport(
                        around=around,
                        name=name_of(hook),
                        owner=owner_of(hook.target),
                        why=why(hook) if owner_of(hook.target) != YOURS else "",
                        place=shown_place(hook),
                        is_everywhere=events is not registry,
                        has_run=bool(registry.composed(operation.around))
                        if events is not registry
                        else registry.has_run(operation.around, hook),
                    )
