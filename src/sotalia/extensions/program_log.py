"""The log of a whole program by one variable, without a line of code: ``SOTALIA_LOG=info``.

A level (``debug``, ``info``, ``warning``), ``json``, or both with a comma between: ``json`` alone is ``info,json``. From ``info`` on there is
one line a call (:class:`sotalia.extensions.CallLog`) of every client in the process, from ``debug`` on all that sotalia says of
its work. Lines go to handlers of the program's own, whenever it installs them (``logging.basicConfig()``, ``dictConfig``,
a handler of the logger ``sotalia``); as long as there is none that takes a line, it goes to stderr. ``json`` is the form of the
lines on stderr.

Loaded only where the variable is set.
"""

from __future__ import annotations

import json
import logging
import os
import sys

from sotalia.call.hooks import EVERYWHERE
from sotalia.extensions.call_log import UNIQUE_ID, CallLog
from sotalia.runtime.logs import STREAM_FORMAT, add_handler, logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.call import Call

VARIABLE = "SOTALIA_LOG"
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
_JSON = "json"
_EVERYWHERE_ID = "program-log"
_OFF = ("", "off")


def start_from_environment() -> None:
    """Do as ``SOTALIA_LOG`` says. A value that means nothing is warned about: a variable for logs stops no program."""
    text = os.environ.get(VARIABLE, "")
    if text.strip().lower() in _OFF:
        return
    try:
        level, is_json = parse(text)
    except ValueError as error:
        import warnings

        warnings.warn(f"{error}; nothing is logged", RuntimeWarning, stacklevel=2)
        return
    start(level, is_json=is_json)


def parse(text: str) -> tuple[int, bool]:
    """The level, and whether lines are JSON. Raises ``ValueError`` that says what is allowed."""
    words = [word.strip().lower() for word in text.split(",")]
    levels = [word for word in words if word in _LEVELS]
    unknown = [word for word in words if word not in _LEVELS and word != _JSON]
    if unknown or len(levels) > 1:
        raise ValueError(
            f"{VARIABLE}={text!r} is not understood; write one of {', '.join(_LEVELS)}, or {_JSON}, or both as in info,{_JSON}"
        )
    return _LEVELS[levels[0]] if levels else logging.INFO, _JSON in words


def start(level: int, *, is_json: bool = False) -> None:
    """Log the calls of all clients of this process from ``level`` on. A second time changes level and form."""
    stop()
    logger("sotalia").setLevel(level)
    stand_in = _StandIn()
    add_handler("sotalia", stand_in, level, STREAM_FORMAT)
    if is_json:
        stand_in.setFormatter(JsonFormatter())
    EVERYWHERE.observe(_ProgramLog(), unique_id=_EVERYWHERE_ID)


def stop() -> None:
    """Take back what :func:`start` did."""
    top = logger("sotalia")
    for handler in [each for each in top.handlers if isinstance(each, _StandIn)]:
        top.removeHandler(handler)
        top.setLevel(logging.NOTSET)
    EVERYWHERE.unregister("around.observer", unique_id=_EVERYWHERE_ID)


class _ProgramLog(CallLog):
    """What the variable installs: it stands back where a client has such a log of its own, and outlives ``dictConfig``."""

    def call_ended(self, call: Call) -> None:
        """The call has a result or an error."""
        if call.events.has_unique_id(UNIQUE_ID):
            return
        if logger("sotalia").disabled:
            _enable()
        super().call_ended(call)


def _enable() -> None:
    """Undo what ``logging.config.dictConfig`` does to loggers that it does not name, unless it is told to leave them."""
    for name, found in logging.root.manager.loggerDict.items():
        if name.partition(".")[0] == "sotalia" and isinstance(found, logging.Logger):
            found.disabled = False


class _StandIn(logging.Handler):
    """Writes to stderr what no other handler takes: the program may install its own at any time."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, to what is ``sys.stderr`` now."""
        if self._is_taken(record) or sys.stderr is None:
            return
        try:
            line = self.format(record)
        except Exception:
            self.handleError(record)
            return
        try:
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            pass  # It is closed, or whoever read it is gone: there is nowhere left to say so.

    def _is_taken(self, record: logging.LogRecord) -> bool:
        found: logging.Logger | None = logging.getLogger(record.name)
        while found is not None:
            for handler in found.handlers:
                is_other = handler is not self and not isinstance(handler, logging.NullHandler)
                if is_other and record.levelno >= handler.level:
                    return True
            found = found.parent if found.propagate else None
        return False


class JsonFormatter(logging.Formatter):
    """One JSON object a line: ``timestamp`` (UTC) ``level`` ``logger`` ``message``, the fields of the record, ``exception``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        from datetime import UTC, datetime

        from sotalia.runtime.redaction import redact_text

        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        shown: dict[str, Any] = {
            "timestamp": at.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": redact_text(record.getMessage()),
        }
        shown.update((name, value) for name, value in vars(record).items() if name.startswith("aws_"))
        if record.exc_info:
            shown["exception"] = redact_text(self.formatException(record.exc_info))
        return json.dumps(shown, default=str, ensure_ascii=False)
