"""Client-side monitoring: each attempt and each call told to an agent on the machine, one UDP datagram of JSON each.

Switched on by ``csm_enabled`` (``AWS_CSM_ENABLED=true``); loaded only then. The agent, such as CloudWatch's, listens at
``csm_host`` and ``csm_port``. ``ApiCallAttempt`` is sent for every response or failure of the network, ``ApiCall`` at the
end. A datagram that cannot be sent at once, or is over 8 KiB, is dropped: monitoring never breaks or delays a call.
"""

from __future__ import annotations

import json
import re
import socket
import time
import weakref
from urllib.parse import urlsplit

from sotalia import exceptions
from sotalia.runtime.logs import logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from sotalia.call.call import Attempt, Call

_VERSION = 1
# Characters, and for a datagram bytes: the limits of the agent's format.
_MAX_CLIENT_ID = 255
_MAX_USER_AGENT = 256
_MAX_NAME = 128
_MAX_MESSAGE = 512
_MAX_DATAGRAM = 8 * 1024
_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=(\w+)/\d+/([a-z0-9-]+)/")
_SIGNED_OF_OLD = re.compile(r"AWS (\w+):")
_ANSWER_HEADERS = {
    "x-amzn-requestid": "XAmznRequestId",
    "x-amz-request-id": "XAmzRequestId",
    "x-amz-id-2": "XAmzId2",
}
# What of the last attempt is told of the call, as it is and with "Final" before it.
_OF_CALL = ("Region", "UserAgent")
_FINAL = ("HttpStatusCode", "AwsException", "AwsExceptionMessage", "SdkException", "SdkExceptionMessage")
_LOST = (exceptions.ConnectionError, exceptions.ConnectionClosedError, exceptions.ReadTimeoutError)


def monitor_of(session: Any) -> Monitor:
    """The monitor of a session's settings. Raises ``ValueError``, with the place of the setting, for a bad one."""
    client_id, host, port = (
        session.get_config_variable(f"csm_{name}") for name in ("client_id", "host", "port")
    )
    try:
        return Monitor(client_id, host, port)
    except ValueError as error:
        from sotalia.config.mistakes import located

        raise located(error, session.where("csm_client_id")) from None


class Monitor:
    """The observer of all calls of one session. ``clock`` gives seconds since 1970.

    Raises ``ValueError`` for a client id of more than 255 characters.
    """

    def __init__(self, client_id: str, host: str, port: int, clock: Callable[[], float] = time.time) -> None:
        if len(client_id) > _MAX_CLIENT_ID:
            raise ValueError(
                f"The value provided for csm_client_id: {client_id} exceeds the maximum length of "
                f"{_MAX_CLIENT_ID} characters"
            )
        self._client_id = client_id
        self._clock = clock
        self._socket, self._address = _opened(host, port)
        weakref.finalize(self, self._socket.close)

    def attempt_ended(self, call: Call) -> None:
        """An attempt has a response, or failed."""
        attempt = call.attempt
        request: Any = attempt.request
        url: str = request.url
        self._send(
            call,
            Type="ApiCallAttempt",
            Timestamp=self._since_1970(attempt.sent_at, attempt.ended_at),
            AttemptLatency=_milliseconds(attempt.sent_at, attempt.ended_at),
            Fqdn=urlsplit(url).netloc,
            **_request(request.headers),
            **_outcome(attempt),
        )

    def call_ended(self, call: Call) -> None:
        """The call has a result or an error. One that failed before it was to be sent is not reported."""
        if call.response is not None:
            metadata = (call.result or {}).get("ResponseMetadata", {})
            is_exhausted = bool(metadata.get("MaxAttemptsReached"))
        elif call.attempts:
            # Lost connections are retried, so one that got here was the last of several.
            is_exhausted = isinstance(call.error, _LOST)
        else:
            return
        signed = [(attempt, attempt.request) for attempt in call.attempts if attempt.request is not None]
        last: dict[str, Any] = {}
        outcome: dict[str, Any] = {}
        if signed:
            attempt, request = signed[-1]
            last, outcome = _request(request.headers), _outcome(attempt)
        self._send(
            call,
            Type="ApiCall",
            Timestamp=self._since_1970(call.started_at, call.ended_at),
            Latency=_milliseconds(call.started_at, call.ended_at),
            AttemptCount=len(signed),
            MaxRetriesExceeded=int(is_exhausted),
            **{name: last[name] for name in _OF_CALL if name in last},
            **{f"Final{name}": outcome[name] for name in _FINAL if name in outcome},
        )

    def _send(self, call: Call, **fields: Any) -> None:
        model = call.operation.model
        about = {
            "Version": _VERSION,
            "ClientId": self._client_id,
            "Service": str(model.service_model.service_id),
            "Api": model.wire_name,
        }
        data = json.dumps({**about, **fields}, separators=(",", ":")).encode()
        if self._address is not None and len(data) <= _MAX_DATAGRAM:
            try:
                self._socket.sendto(data, self._address)
            except OSError as error:
                logger(__name__).debug("%s: could not be monitored (%r)", call.name, error)

    def _since_1970(self, start: float | None, end: float | None) -> int:
        """When something began that ended just now, in milliseconds."""
        return int(self._clock() * 1000) - _milliseconds(start, end)

    def __repr__(self) -> str:
        return f"<Monitor {self._client_id!r} to {self._address}>"


def _milliseconds(start: float | None, end: float | None) -> int:
    return 0 if start is None or end is None else int((end - start) * 1000)


def _outcome(attempt: Attempt) -> dict[str, Any]:
    """What is reported of an attempt's response or error."""
    if attempt.result is not None:
        return _response(attempt.result)
    return {} if attempt.error is None else _failure(attempt.error)


def _opened(host: str, port: int) -> tuple[socket.socket, Any]:
    """A socket that never waits, and the address; ``None`` for a host that is not known."""
    try:
        # Looked up here, once: in a call it could hold an event loop up.
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except (OSError, OverflowError, UnicodeError) as error:
        text = "csm_host %r and csm_port %r are no address (%s): client-side monitoring sends nothing"
        logger(__name__).warning(text, host, port, error)
        family, kind, address = socket.AF_INET, socket.SOCK_DGRAM, None
    opened = socket.socket(family, kind)
    opened.setblocking(False)
    return opened, address


def _request(headers: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a request: who sent it, and with which key for which region it was signed."""
    told = {"UserAgent": _text(headers.get("User-Agent") or "")[:_MAX_USER_AGENT]}
    authorization = _text(headers.get("Authorization") or "")
    if signed := _SIGNED.match(authorization):
        told["AccessKey"], told["Region"] = signed.groups()
    elif signed := _SIGNED_OF_OLD.match(authorization):
        told["AccessKey"] = signed[1]
    token = headers.get("X-Amz-Security-Token")
    if token is not None:
        told["SessionToken"] = _text(token)
    return told


def _response(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a response: its status, its ids, and its error."""
    metadata = parsed.get("ResponseMetadata", {})
    headers = metadata.get("HTTPHeaders", {})
    told = {"HttpStatusCode": metadata.get("HTTPStatusCode")}
    told |= {entry: headers[name] for name, entry in _ANSWER_HEADERS.items() if name in headers}
    error: dict[str, Any] | str | None = parsed.get("Error")
    if isinstance(error, dict):
        told["AwsException"] = str(error.get("Code", ""))[:_MAX_NAME]
        told["AwsExceptionMessage"] = str(error.get("Message", ""))[:_MAX_MESSAGE]
    return told


def _failure(exception: BaseException) -> dict[str, Any]:
    """What is told where no answer came."""
    return {
        "SdkException": type(exception).__name__[:_MAX_NAME],
        "SdkExceptionMessage": str(exception)[:_MAX_MESSAGE],
    }


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
