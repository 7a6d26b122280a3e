"""Plugins named in the environment, which get each new client and register their handlers on it.

``BOTOCORE_EXPERIMENTAL__PLUGINS="audit=company.audit,trace=company.trace"``: each module's
``initialize_client_plugin(client)`` is called. What a plugin raises is logged and breaks nothing. Clients that
credential providers make for themselves, and clients that a plugin makes, get no plugins; ``DISABLED`` turns them off,
as does ``botocore.plugin.PluginContext("DISABLED")`` for the code that is run in it.
"""

from __future__ import annotations

import os
import sys
from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients.base import BaseClient

VARIABLE = "BOTOCORE_EXPERIMENTAL__PLUGINS"
_is_loading: ContextVar[bool] = ContextVar("sotalia_is_loading_plugins", default=False)


def listed() -> str:
    """The plugins as ``name=module``, separated by commas: of the reference's context, else of the environment."""
    reference = sys.modules.get("botocore.plugin")
    context = None if reference is None else reference.get_plugin_context()
    plugins: str | None = getattr(context, "plugins", None)
    return os.environ.get(VARIABLE, "") if plugins is None else plugins


def initialize(client: BaseClient, listed: str) -> None:
    """Hand a new client to the plugins that are listed."""
    if not listed or listed == "DISABLED" or _is_loading.get():
        return
    token = _is_loading.set(True)
    try:
        for name, module in _modules(listed).items():
            _initialize(client, name, module)
    finally:
        _is_loading.reset(token)


def _modules(listed: str) -> dict[str, str]:
    modules: dict[str, str] = {}
    for entry in listed.split(","):
        name, equals, module = (part.strip() for part in entry.partition("="))
        if not equals or "=" in module:
            _log("%s: %r is no plugin; expected name=module", VARIABLE, entry)
            continue
        modules[name] = module
    return modules


def _initialize(client: BaseClient, name: str, module: str) -> None:
    from importlib import import_module

    try:
        import_module(module).initialize_client_plugin(client)
    except Exception as error:
        # Whatever a plugin does, the client is as good as without it.
        _log("%s: plugin %s (%s) failed: %r", VARIABLE, name, module, error)


def _log(message: str, *arguments: Any) -> None:
    import logging

    logging.getLogger(__name__).debug(message, *arguments)
