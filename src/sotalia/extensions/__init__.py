"""Ready-made extensions of clients and sessions, on public hooks and events only.

>>> import sotalia
>>> from sotalia.extensions import DefaultParams, RequestLog
>>> client = sotalia.client("s3", extensions=[DefaultParams({"ListObjectsV2": {"Bucket": "mine"}}), RequestLog()])
>>> client.meta.events.extensions
<Extensions: DefaultParams, RequestLog>

``Session(extensions=[...])`` gives them to every client of the session; ``events.extensions.add(...)`` and ``remove(...)``
do so at any time. ``SOTALIA_EXTENSIONS=request-log,metrics`` installs extensions by the name of their entry point (group
``sotalia.extensions``) in every session of a program; nothing is installed that is not named. Of your own: any object with
``install(events)``, see :mod:`sotalia.events.extensions`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.extensions.call_log import CallLog
    from sotalia.extensions.deadline import CallDeadline
    from sotalia.extensions.default_params import DefaultParams
    from sotalia.extensions.dry_run import DryRun
    from sotalia.extensions.error_log import ErrorLog
    from sotalia.extensions.headers import Headers
    from sotalia.extensions.metrics import Metrics
    from sotalia.extensions.mutating import is_mutating
    from sotalia.extensions.read_only import ReadOnly, ReadOnlyError
    from sotalia.extensions.request_log import RequestLog
    from sotalia.extensions.retry_rule import RetryRule
    from sotalia.extensions.timeouts import Timeouts
    from sotalia.extensions.tracing import Tracing

_LAZY = {
    "CallDeadline": "deadline",
    "CallLog": "call_log",
    "DefaultParams": "default_params",
    "DryRun": "dry_run",
    "ErrorLog": "error_log",
    "Headers": "headers",
    "Metrics": "metrics",
    "ReadOnly": "read_only",
    "ReadOnlyError": "read_only",
    "RequestLog": "request_log",
    "RetryRule": "retry_rule",
    "Timeouts": "timeouts",
    "Tracing": "tracing",
    "is_mutating": "mutating",
}

__all__ = [
    "CallDeadline",
    "CallLog",
    "DefaultParams",
    "DryRun",
    "ErrorLog",
    "Headers",
    "Metrics",
    "ReadOnly",
    "ReadOnlyError",
    "RequestLog",
    "RetryRule",
    "Timeouts",
    "Tracing",
    "is_mutating",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Load an extension when it is first used."""
        if name not in _LAZY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
