"""A session of botocore's, given as ``botocore_session``: programs prepare one and hand it over.

What it was told goes into a session of ours: variables, credentials or its chain of sources, default options, search
paths of models, the user agent, and the handlers that were registered on it. Later changes are not seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia.events.registry import FIRST, LAST, MIDDLE
from sotalia.session_core import SessionCore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sotalia.assembly import ClientKind

_SECTIONS = {"first": FIRST, "middle": MIDDLE, "last": LAST}


def is_reference_session(given: Any) -> bool:
    """Whether this is a session of the reference, told by shape."""
    return all(hasattr(given, name) for name in ("instance_variables", "get_component", "session_var_map"))


def adopt(given: Any, kind: ClientKind) -> SessionCore:
    """A session that knows what ``given`` was told."""
    core = SessionCore(kind)
    for name, row in given.session_var_map.items():
        if row != given.SESSION_VARIABLES.get(name):
            core.session_var_map[name] = row
    core.config_store.instance.update(given.instance_variables())
    core._credentials = getattr(given, "_credentials", None)
    core.set_default_client_config(given.get_default_client_config())
    # The reference's own chain, perhaps with a cache or a source that the program put in.
    core.lazy_register_component("credential_provider", lambda: given.get_component("credential_provider"))
    core.lazy_register_component("data_loader", lambda: given.get_component("data_loader"))
    if given.user_agent_name != "Botocore":
        core.user_agent_name, core.user_agent_version = given.user_agent_name, given.user_agent_version
    core.user_agent_extra = given.user_agent_extra or ""
    for event, handler, position in _registered(given):
        core.events.install(event, handler, position)
    return core


def _registered(given: Any) -> Iterator[tuple[str, Any, int]]:
    """The handlers that programs registered, without the reference's own: ours do their work."""
    emitter = given.get_component("event_emitter")
    tree = getattr(getattr(emitter, "_emitter", emitter), "_handlers", None)
    pending: list[tuple[tuple[str, ...], Any]] = [((), getattr(tree, "_root", None))]
    while pending:
        parts, node = pending.pop()
        if not node:
            continue
        for section, position in _SECTIONS.items():
            for handler in getattr(node["values"], section, ()):
                module = getattr(handler, "__module__", None) or type(handler).__module__
                if module.partition(".")[0] not in ("botocore", "boto3"):
                    yield ".".join(parts), handler, position
        pending += [((*parts, name), child) for name, child in node["children"].items()]
