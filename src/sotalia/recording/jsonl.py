"""Recorded calls as JSON lines: one object a line, and read back.

A line is what :meth:`CallRecord.as_json` gives, with ``"version"`` in front: the version of that form. Lines are ASCII (other
characters are escaped), so no editor, shell or line separator of Unicode breaks one. What JSON has no number for (infinite,
not a number) is ``null``; a value of a parameter that is no JSON becomes its text.
"""

from __future__ import annotations

import json
from math import isfinite

from sotalia.recording.records import (
    VERSION,
    AttemptRecord,
    CallRecord,
    Change,
    GroupRecord,
    HandlerRun,
    Phase,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from os import PathLike
    from typing import Any, Final

    from sotalia.recording.records import JSON

#: What a person is told beside what is wrong.
_MEND: Final = "is it a file that a recorder saved as .jsonl?"

# What a field holds, by the class of its record: types of JSON, or the class of the records in a list.
_TEXT, _MAYBE_TEXT = (str,), (str, type(None))
_WHOLE, _MAYBE_WHOLE = (int,), (int, type(None))
_NUMBER, _MAYBE_NUMBER = (int, float), (int, float, type(None))
_FIELDS: dict[type, dict[str, Any]] = {
    Phase: {"name": _TEXT, "started": _NUMBER, "seconds": _MAYBE_NUMBER},
    Change: {
        "what": _TEXT,
        "name": _TEXT,
        "action": _TEXT,
        "before": _MAYBE_TEXT,
        "after": _MAYBE_TEXT,
    },
    HandlerRun: {
        "event": _TEXT,
        "name": _TEXT,
        "place": _TEXT,
        "owner": _TEXT,
        "started": _NUMBER,
        "seconds": _NUMBER,
        "attempt": _MAYBE_WHOLE,
        "changes": Change,
        "answered": (bool,),
        "error": _MAYBE_TEXT,
    },
    GroupRecord: {"number": _WHOLE, "kind": _TEXT, "name": _TEXT, "parent": _MAYBE_WHOLE},
    AttemptRecord: {
        "number": _WHOLE,
        "started": _NUMBER,
        "seconds": _MAYBE_NUMBER,
        "method": _TEXT,
        "url": _TEXT,
        "request_headers": dict,
        "request_bytes": _MAYBE_WHOLE,
        "request_body": _MAYBE_TEXT,
        "status": _MAYBE_WHOLE,
        "response_headers": dict,
        "response_bytes": _MAYBE_WHOLE,
        "response_body": _MAYBE_TEXT,
        "request_id": _MAYBE_TEXT,
        "error": _MAYBE_TEXT,
        "connection": _MAYBE_TEXT,
        "peer": _MAYBE_TEXT,
        "delay_seconds": _MAYBE_NUMBER,
        "retry_reason": _MAYBE_TEXT,
        "phases": Phase,
        "remarks": list,
    },
    CallRecord: {
        "number": _WHOLE,
        "service": _TEXT,
        "operation": _TEXT,
        "started_at": _NUMBER,
        "seconds": _MAYBE_NUMBER,
        "region": _MAYBE_TEXT,
        "is_async": (bool,),
        "thread": _TEXT,
        "task": _MAYBE_TEXT,
        "caller": _MAYBE_TEXT,
        "parent": _MAYBE_WHOLE,
        "groups": GroupRecord,
        "parameters": (dict,),
        "phases": Phase,
        "attempts": AttemptRecord,
        "handlers": HandlerRun,
        "status": _MAYBE_WHOLE,
        "error": _MAYBE_TEXT,
        "message": _MAYBE_TEXT,
        "request_id": _MAYBE_TEXT,
        "remarks": list,
    },
}
# Without these a record is none. The others may be absent: then they are as in a record that has just been made.
_NEEDED: dict[type, tuple[str, ...]] = {
    Phase: ("name", "started"),
    Change: ("what", "name", "action"),
    HandlerRun: ("event", "name", "place", "owner", "started", "seconds"),
    GroupRecord: ("number", "kind", "name"),
    AttemptRecord: ("number", "started"),
    CallRecord: ("number", "service", "operation", "started_at"),
}
# The arguments of a constructor that may be left out of a file, but not of a call.
_ABSENT: dict[type, dict[str, Any]] = {Change: {"before": None, "after": None}}


def lines(records: Iterable[CallRecord]) -> Iterator[str]:
    """A line for each call, without its end of line."""
    for record in records:
        yield line(record)


def line(record: CallRecord) -> str:
    """The line of one call."""
    form: JSON = {"version": VERSION, **record.as_json()}
    try:
        return json.dumps(form, allow_nan=False, default=_other)
    except (TypeError, ValueError):
        # Keys that are no text, or numbers that JSON lacks: both are rare, and looking for them is not cheap.
        return json.dumps(_as_plain(form), allow_nan=False)


def read(path: str | PathLike[str]) -> list[CallRecord]:
    """The calls of a file of such lines, in its order. Blank lines are passed over.

    A program that was killed may have written the beginning of its last line only: that line is left out, with a warning.
    Raises ``ValueError`` with file and line for whatever else is no call, and for a newer version; ``OSError`` where the file
    cannot be read.
    """
    with open(path, encoding="utf-8", errors="strict") as file:
        try:
            texts = file.read().split("\n")
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}: this is no text ({error}); {_MEND}") from None
    records: list[CallRecord] = []
    for number, text in enumerate(texts, 1):
        if not text.strip():
            continue
        place = f"{path}:{number}"
        try:
            form = json.loads(text)
        except (ValueError, RecursionError) as error:
            # Each line is written with its end, so what stands behind the last end was cut off.
            if number == len(texts) and number > 1:
                _warn(f"{place}: the last line is incomplete and is left out: its writer was stopped")
                break
            raise ValueError(f"{place}: this is no JSON ({error}); {_MEND}") from None
        records.append(_call(form, place))
    return records


def _call(form: Any, place: str) -> CallRecord:
    version: Any = form.get("version") if isinstance(form, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if isinstance(version, bool) or not isinstance(version, int):
        raise ValueError(f"{place}: this is no recorded call: it has no number as its version; {_MEND}")
    if version > VERSION:
        raise ValueError(
            f"{place}: the file has version {version} of the format, and this sotalia reads up to {VERSION}; "
            "read it with the release that wrote it, or upgrade: pip install --upgrade sotalia"
        )
    record: CallRecord = _record(CallRecord, form, place)
    return record


def _record(cls: type, found: Any, place: str) -> Any:
    """A record of a class. What a newer release has added to it is passed over."""
    if not isinstance(found, dict):
        raise ValueError(f"{place}: {_shown(found)} is no {cls.__name__}; {_MEND}")
    values = {
        name: _value(kind, found[name], f"{place}: {name} of {cls.__name__}")
        for name, kind in _FIELDS[cls].items()
        if name in found
    }
    missing = [name for name in _NEEDED[cls] if name not in values]
    if missing:
        raise ValueError(f"{place}: a {cls.__name__} without {', '.join(missing)}; {_MEND}")
    needed = {name: values[name] for name in _NEEDED[cls]}
    record = cls(**{**needed, **_ABSENT.get(cls, {})})
    for name, value in values.items():
        setattr(record, name, value)
    return record


def _value(kind: Any, value: Any, place: str) -> Any:
    if kind in _FIELDS:
        items: list[Any] = _checked((list,), value, place)
        return [_record(kind, item, place) for item in items]
    if kind is list or kind is dict:
        # Of texts, both.
        texts: Any = _checked((kind,), value, place)
        for text in texts.values() if kind is dict else texts:
            _checked(_TEXT, text, place)
        return texts
    return _checked(kind, value, place)


def _checked(types: tuple[type, ...], value: Any, place: str) -> Any:
    # A bool is an int to Python; here it is a mistake.
    if isinstance(value, types) and (not isinstance(value, bool) or bool in types):
        return value
    names = " or ".join("null" if known is type(None) else known.__name__ for known in types)
    raise ValueError(f"{place} is {_shown(value)}, and not {names}; {_MEND}")


def _shown(value: Any) -> str:
    """Its kind, and its value where that is short: a line may be a megabyte."""
    text = repr(value)
    return text if len(text) <= 40 else f"{type(value).__name__} {text[:37]}..."


def _other(value: Any) -> Any:
    """What is no JSON: a mapping that is no dict, as one that nobody may change; anything else as text."""
    return dict(value) if hasattr(value, "items") else str(value)


def _as_plain(value: Any) -> Any:
    kind: Any = type(value)  # pyright: ignore[reportUnknownVariableType]
    if issubclass(kind, dict) or hasattr(kind, "items"):
        return {str(key): _as_plain(member) for key, member in value.items()}
    if issubclass(kind, list | tuple):
        return [_as_plain(item) for item in value]
    if issubclass(kind, float):
        return value if isfinite(value) else None
    return value if issubclass(kind, str | int | type(None)) else str(value)


def _warn(text: str) -> None:
    import warnings

    warnings.warn(text, RuntimeWarning, stacklevel=3)
