"""Recorded calls as an HTTP Archive, which the developer tools of Chrome and Firefox open: "Import HAR" of their network panels.

The format is HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/). Where what goes:

    an attempt           an entry, with what was sent and what came back; retries are entries of their own, and their comments say why
    a group of calls     a page: a transfer, a listing, a waiter. Of groups within groups the outermost, for pages do not nest
    phases               timings. ``blocked`` is all until there is a connection: credentials, signing, the pool

Of an attempt that made no request, as for want of credentials, there is no entry; the comment of the whole log counts them.
Parsing is no time of the network, so it is in no entry. ``-1`` is the format's word for what is unknown or did not happen.
Names that begin with ``_`` are outside of the format, which allows them; the tools read those that stand here.
"""

from __future__ import annotations

import json
from math import isfinite

from sotalia.runtime.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Final

    from sotalia.recording.records import JSON, AttemptRecord, CallRecord, GroupRecord

_UNKNOWN: Final = -1
_NO_TYPE: Final = "application/octet-stream"
# What a date can be at most: the year 9999. Files of others may hold any number.
_LATEST: Final = 253_402_300_000.0
# Characters that stand in an address for themselves (RFC 3986, 2.2 and 2.3), with "%", as addresses are encoded already.
_SAFE_IN_URL: Final = ":/?#[]@!$&'()*+,;=-._~%"


def har(records: Iterable[CallRecord]) -> str:
    """The archive of these calls, as JSON in ASCII."""
    calls = list(records)
    entries: list[tuple[float, JSON]] = []
    silent: list[str] = []
    for call in calls:
        sent = [attempt for attempt in call.attempts if _is_address(attempt.url)]
        entries += [(call.started_at + attempt.started, _entry(call, attempt)) for attempt in sent]
        if not sent:
            silent.append(f"{call.name} ({call.error or 'no request'})")
    entries.sort(key=_began)
    log: JSON = {
        "version": "1.2",
        "creator": {"name": "sotalia", "version": __version__},
        "pages": _pages(calls),
        "entries": [entry for _, entry in entries],
    }
    if silent:
        log["comment"] = f"calls that sent nothing: {', '.join(silent)}"
    return json.dumps({"log": log}, indent=1, allow_nan=False)


def _began(entry: tuple[float, JSON]) -> float:
    return entry[0]


def _is_address(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _pages(calls: list[CallRecord]) -> list[JSON]:
    groups: dict[int, GroupRecord] = {}
    spans: dict[int, tuple[float, float]] = {}
    for call in calls:
        if call.groups:
            group = groups.setdefault(call.groups[0].number, call.groups[0])
            start = call.started_at
            end = start + _positive(call.seconds)
            known = spans.get(group.number, (start, end))
            spans[group.number] = min(start, known[0]), max(end, known[1])
    return [
        {
            "startedDateTime": _date(spans[number][0]),
            "id": _page_id(group),
            "title": f"{group.kind} {group.name}",
            # The tools draw a line there.
            "pageTimings": {
                "onContentLoad": _UNKNOWN,
                "onLoad": _milliseconds(spans[number][1] - spans[number][0]),
            },
        }
        for number, group in groups.items()
    ]


def _page_id(group: GroupRecord) -> str:
    return f"group_{group.number}"


def _entry(call: CallRecord, attempt: AttemptRecord) -> JSON:
    timings, total = _timings(attempt)
    entry: JSON = {
        "startedDateTime": _date(call.started_at + attempt.started),
        "time": total,
        "request": _request(attempt),
        "response": _response(attempt),
        "cache": {},
        "timings": timings,
        "comment": _comment(call, attempt),
        # Chrome's filter "Fetch/XHR".
        "_resourceType": "fetch",
    }
    if call.groups:
        entry["pageref"] = _page_id(call.groups[0])
    entry.update(_peer(attempt.peer))
    file, _, rest = (call.caller or "").rpartition(":")
    number = rest.partition(" ")[0]
    if file and number.isascii() and number.isdigit():
        # Chrome counts lines from 0.
        entry["_initiator"] = {"type": "script", "url": file, "lineNumber": max(int(number) - 1, 0)}
    return entry


def _peer(peer: str | None) -> dict[str, str]:
    """The address, if it is one and no name, and the port: what the format knows a connection by."""
    from ipaddress import ip_address

    host, _, port = (peer or "").rpartition(":")
    if not (port.isascii() and port.isdigit()):
        return {}
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return {"connection": port}
    return {"serverIPAddress": str(address).partition("%")[0], "connection": port}


def _timings(attempt: AttemptRecord) -> tuple[dict[str, float], float]:
    """The timings, and their sum. All are milliseconds."""
    took: dict[str, float] = {}
    sent_at: list[float] = []
    for phase in attempt.phases:
        took[phase.name] = took.get(phase.name, 0.0) + _positive(phase.seconds)
        if phase.name in ("connect", "tls", "send"):
            sent_at.append(phase.started)
    blocked = sum(took.get(name, 0.0) for name in ("credentials", "sign", "pool"))
    if sent_at:
        # Handlers stand between these phases.
        blocked = max(blocked, _positive(min(sent_at) - attempt.started))
    is_new = "connect" in took or "tls" in took
    timings: dict[str, float] = {
        "blocked": _milliseconds(blocked),
        # It is part of connect here.
        "dns": _UNKNOWN,
        # With what TLS took, as the format has it.
        "connect": _milliseconds(took.get("connect", 0.0) + took.get("tls", 0.0)) if is_new else _UNKNOWN,
        "ssl": _milliseconds(took["tls"]) if "tls" in took else _UNKNOWN,
        "send": _milliseconds(took.get("send", 0.0)),
        "wait": _milliseconds(took.get("wait", 0.0)),
        "receive": _milliseconds(took.get("body", 0.0)),
    }
    total = sum(value for name, value in timings.items() if name != "ssl" and value >= 0)
    return timings, round(total, 3)


def _request(attempt: AttemptRecord) -> JSON:
    from urllib.parse import parse_qsl, quote

    query = attempt.url.partition("?")[2].partition("#")[0]
    shown: JSON = {
        "method": attempt.method or "GET",
        "url": quote(attempt.url, safe=_SAFE_IN_URL, errors="replace"),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(attempt.request_headers.items()),
        "queryString": _pairs(parse_qsl(query, keep_blank_values=True)),
        "headersSize": _UNKNOWN,
        "bodySize": _size(attempt.request_bytes),
    }
    if attempt.request_body is not None:
        shown["postData"] = {
            "mimeType": _header(attempt.request_headers, "content-type") or _NO_TYPE,
            "params": [],
            "text": attempt.request_body,
        }
    return shown


def _response(attempt: AttemptRecord) -> JSON:
    from http.client import responses

    headers = attempt.response_headers
    content: JSON = {
        "size": max(_size(attempt.response_bytes), 0),
        "mimeType": _header(headers, "content-type") or _NO_TYPE,
    }
    if attempt.response_body is not None:
        content["text"] = attempt.response_body
    shown: JSON = {
        # 0 is how the tools write "no response".
        "status": attempt.status or 0,
        "statusText": responses.get(attempt.status or 0, ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers.items()),
        "content": content,
        "redirectURL": _header(headers, "location"),
        "headersSize": _UNKNOWN,
        "bodySize": _size(attempt.response_bytes),
    }
    if attempt.error is not None:
        # Where Chrome keeps what it says of a request that failed.
        shown["_error"] = attempt.error
    return shown


def _comment(call: CallRecord, attempt: AttemptRecord) -> str:
    parts = [f"call {call.number}: {call.name}, attempt {attempt.number} of {len(call.attempts)}"]
    if attempt.error:
        parts.append(attempt.error)
    if attempt.retry_reason:
        parts.append(f"retried: {attempt.retry_reason}")
    if attempt.delay_seconds is not None:
        parts.append(f"the next one {_milliseconds(attempt.delay_seconds):g} ms later")
    if attempt is call.attempts[-1] and call.error:
        parts.append(f"the call failed: {call.error}")
    parts += [f"within {group.kind} {group.name}" for group in call.groups[1:]]
    return "; ".join([*parts, *attempt.remarks, *call.remarks])


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]


def _header(headers: dict[str, str], wanted: str) -> str:
    return next((value for name, value in headers.items() if name.lower() == wanted), "")


def _size(count: int | None) -> int:
    return _UNKNOWN if count is None or count < 0 else count


def _positive(seconds: Any) -> float:
    """Seconds that may be unknown, or of a clock that was set back meanwhile."""
    return float(seconds) if seconds is not None and isfinite(seconds) and seconds > 0 else 0.0


def _milliseconds(seconds: float) -> float:
    return round(_positive(seconds) * 1000, 3)


def _date(seconds: float) -> str:
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(min(_positive(seconds), _LATEST), UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
