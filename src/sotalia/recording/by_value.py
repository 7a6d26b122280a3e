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
    _gather(record, texts)
    if secrets.may_be_in("\0".join(texts)):
        _clean(record, secrets)


def _gather(value: Any, texts: list[str]) -> None:
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, dict):
        for name, item in value.items():
            texts.append(str(name))
            _gather(item, texts)
    elif isinstance(value, list):
        for item in value:
            _gather(item, texts)
    elif hasattr(value, "as_json"):
        for name in type(value).__slots__:
            _gather(getattr(value, name), texts)


def _clean(record: Any, secrets: Secrets) -> None:
    for name in type(record).__slots__:
        value = getattr(record, name)
        if isinstance(value, list) and value and hasattr(value[0], "as_json"):
            for part in value:
                _clean(part, secrets)
        else:
            setattr(record, name, secrets.clean(value))
