"""Secrets by value: a handler, an error or a body may say what a parameter or the client's keys are, and no name tells.

What is secret is noted when a call ends, and searched for when somebody looks at its record.
"""

from __future__ import annotations

from sotalia.credentials.objects import keys_at_hand
from sotalia.explain.secrets import Secrets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.call.call import Call
    from sotalia.recording.records import CallRecord

    # What records consist of; a union, for checkers to know what is in a dictionary.
    _Value = dict[Any, Any] | list[Any] | str | float | None

_SENT = ("authorization", "x-amz-s3session-token", "x-amz-security-token")


def secrets_of(call: Call) -> Secrets:
    """What is secret in a call beside its client's keys: parameters, and keys of its own that signed it."""
    secrets = Secrets()
    secrets.add_parameters(dict(call.parameters), call.operation.model.input_shape)
    for attempt in call.attempts:
        headers: Any = getattr(attempt.request, "headers", {})
        for name in _SENT:
            value = headers.get(name)
            if value is not None:
                text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                secrets.add(text.removeprefix("Bearer "))
    return secrets


def with_keys(secrets: Secrets | None, credentials: Any) -> Secrets:
    """These, and the keys of a client. Their forms are worked out once."""
    keys = tuple(keys_at_hand(credentials))
    known = _of_keys.get(keys)
    if known is None:
        if len(_of_keys) >= _CACHED:
            _of_keys.clear()
        known = _of_keys[keys] = Secrets()
        known.add_keys(credentials)
    return known if secrets is None else known.joined(secrets)


_of_keys: dict[tuple[str, ...], Secrets] = {}
_CACHED = 100


def clean(record: CallRecord, secrets: Secrets) -> None:
    """Take them out of everything that a record says."""
    texts: list[str] = []
    for _, value in _fields(record):
        _gather(value, texts)
    # The part of a secret that a cut has left may have no mark any more.
    if secrets.may_be_in("\0".join(texts)) or any(text.endswith("...") for text in texts):
        _clean(record, secrets)


def _gather(value: _Value, texts: list[str]) -> None:
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, dict):
        for name, item in value.items():
            texts.append(str(name))
            _gather(item, texts)
    elif isinstance(value, list):
        for item in value:
            _gather(item, texts)
    else:
        for _, item in _fields(value):
            _gather(item, texts)


def _clean(record: Any, secrets: Secrets) -> None:
    value: _Value
    for name, value in _fields(record):
        if isinstance(value, list) and value and hasattr(value[0], "as_json"):
            for part in value:
                _clean(part, secrets)
        else:
            setattr(record, name, secrets.clean(value))


def _fields(record: Any) -> list[tuple[str, Any]]:
    """Names and values of a record; none of what is no record."""
    if not hasattr(record, "as_json"):
        return []
    return [(name, getattr(record, name)) for name in _names(type(record))]


def _names(kind: Any) -> tuple[str, ...]:
    names: tuple[str, ...] = kind.__slots__
    return names
