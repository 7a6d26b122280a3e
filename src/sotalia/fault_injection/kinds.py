"""All kinds of faults by name, for rules that are written as texts and dictionaries."""

from __future__ import annotations

from sotalia.fault_injection import (
    connection_failures,
    partial_batches,
    response_failures,
    service_failures,
)
from sotalia.runtime.spelling import did_you_mean, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sotalia.fault_injection.rules import Fault

KINDS: Mapping[str, Callable[..., Fault]] = {
    kind.__name__: kind
    for kind in (
        service_failures.throttle,
        service_failures.internal_error,
        service_failures.unavailable,
        service_failures.bad_gateway,
        service_failures.gateway_timeout,
        service_failures.service_failure,
        service_failures.expired_token,
        service_failures.clock_skew,
        service_failures.invalid_signature,
        service_failures.access_denied,
        service_failures.wrong_region,
        service_failures.redirect,
        service_failures.incomplete_body,
        service_failures.request_timeout,
        service_failures.expectation_failed,
        service_failures.conditional_conflict,
        service_failures.transaction_conflict,
        partial_batches.partial_batch,
        response_failures.error_in_success,
        connection_failures.dns_failure,
        connection_failures.connection_refused,
        connection_failures.connect_timeout,
        connection_failures.tls_error,
        connection_failures.reset_before,
        connection_failures.reset_after,
        connection_failures.connection_closed,
        connection_failures.read_timeout,
        connection_failures.slow,
        connection_failures.duplicate,
        response_failures.slow_body,
        response_failures.cut_body,
        response_failures.empty_body,
        response_failures.corrupt_body,
        response_failures.wrong_checksum,
    )
}
# What others call them: the errors of the transport, statuses, the words of chaos tools.
_OTHER_WORDS = {
    "500": "internal_error",
    "502": "bad_gateway",
    "503": "unavailable",
    "504": "gateway_timeout",
    "latency": "slow",
    "delay": "slow",
    "error": "service_failure",
    "timeout": "read_timeout",
    "reset": "reset_after",
    "conflict": "conditional_conflict",
    "slowdown": "throttle",
    "ratelimit": "throttle",
    "disconnect": "connection_closed",
    "closed": "connection_closed",
    "truncated": "cut_body",
}


def rule_from(kind: object, settings: Mapping[str, object]) -> Fault:
    """A rule of a kind's name and its settings. Raises ``ValueError`` for an unknown kind, ``TypeError`` for unknown settings."""
    make = KINDS.get(kind) if isinstance(kind, str) else None
    if make is None:
        raise ValueError(_unknown(kind))
    try:
        return make(**settings)
    except TypeError as error:
        names = _settings_of(make)
        unknown = [name for name in settings if name not in names]
        if unknown:
            hint = did_you_mean(unknown[0], names) or f". It takes {', '.join(names)}"
            raise TypeError(f"{kind} has no setting {unknown[0]!r}{hint}") from None
        if kind == "service_failure" and "code" not in settings:
            raise TypeError(f"{kind} needs code=, the error's name, such as 'NoSuchKey'") from None
        raise error from None


def rule_of(description: Mapping[str, object]) -> Fault:
    """A rule of a dictionary: ``{"kind": "throttle", "operation": "s3.PutObject", "attempts": [1]}``."""
    settings = dict(description)
    if "kind" not in settings:
        raise ValueError(
            f"a rule that is a dictionary has a 'kind', such as {{'kind': 'throttle', 'operation': 's3'}}; found "
            f"{', '.join(map(str, settings)) or 'nothing'}"
        )
    return rule_from(settings.pop("kind"), settings)


_SELECTION = ("attempts", "probability", "times", "after", "when")


def _settings_of(make: Callable[..., Fault]) -> list[str]:
    """The names of a kind's settings, from its code: ``inspect`` would be a long import for an error."""
    code = make.__code__
    return [*code.co_varnames[: code.co_argcount + code.co_kwonlyargcount], *_SELECTION]


def _unknown(kind: object) -> str:
    plain = str(kind).lower().replace("_", "").replace(" ", "")
    other = _OTHER_WORDS.get(plain)
    hint = f". Did you mean {other!r}?" if other else did_you_mean(kind, KINDS)
    return f"there is no kind of fault {shown(kind)}{hint or ''}{'' if hint else '; there are ' + ', '.join(KINDS)}"
