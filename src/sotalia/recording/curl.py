"""A recorded attempt as a command for a shell."""

from __future__ import annotations

from sotalia.explain.curl import curl_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.recording.records import AttemptRecord, CallRecord

_AMAZON = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
# Labels of a host name that say how to reach a service, and not which.
_VARIANTS = ("dualstack", "fips", "global", "vpce")


def curl_of(record: CallRecord, attempt: AttemptRecord) -> str | None:
    """The command, ``None`` for an attempt without a request. The record holds no signature, so curl makes one."""
    if not attempt.url:
        return None
    names = {name.lower() for name in attempt.request_headers}
    scope = None
    # Version 4 always sends both; a bearer token comes without the date.
    if {"authorization", "x-amz-date"} <= names:
        scope = (record.region or "us-east-1", _signing_name(record, attempt))
    body = attempt.request_body
    is_whole = body is not None and len(body.encode("utf-8", "surrogatepass")) == attempt.request_bytes
    return curl_command(
        attempt.method or "GET",
        attempt.url,
        attempt.request_headers,
        scope=scope,
        body_length=attempt.request_bytes,
        body=body if is_whole else None,
    )


def _signing_name(record: CallRecord, attempt: AttemptRecord) -> str:
    """From the host, as ``logs.eu-west-1.amazonaws.com`` signs for ``logs``; elsewhere the service's own name."""
    host = attempt.url.partition("://")[2].partition("/")[0].partition("?")[0].partition(":")[0].lower()
    suffix = next((end for end in _AMAZON if host.endswith(end)), None)
    if suffix is None or record.service == "s3":
        return record.service
    labels = [one for one in host.removesuffix(suffix).split(".") if one not in (*_VARIANTS, record.region)]
    return labels[-1].removesuffix("-fips") if labels and labels[-1] else record.service
