"""Client-side monitoring: each attempt and each call told to an agent on the machine, one UDP datagram of JSON each.

Switched on by ``csm_enabled`` (``AWS_CSM_ENABLED=true``); loaded only then. The agent, such as CloudWatch's, listens at
``csm_host`` and ``csm_port``. ``ApiCallAttempt`` is sent for every answer or failure of the network, ``ApiCall`` at the
end. A datagram that cannot be sent at once, or is over 8 KiB, is dropped: monitoring never breaks or delays a call.
"""

from __future__ import annotations

import json
import re
import socket
import time
import weakref
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sotalia import exceptions
from sotalia.events.registry import LAST
from sotalia.logs import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sotalia.events import EventRegistry

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
# Where a call's state stands in its context.
_CALL = "monitored_call"


class Monitor:
    """The handlers of all clients of one session. ``clock`` gives seconds since 1970.

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

    def attach(self, events: EventRegistry) -> None:
        """Hear all calls of one client."""
        for event, handler in (
            ("before-parameter-build", self.began),
            ("request-created", self.began_attempt),
            ("response-received", self.ended_attempt),
            ("after-call", self.ended),
            ("after-call-error", self.failed),
        ):
            events.install(event, _quiet(handler), LAST)

    def began(self, model: Any, context: dict[str, Any], **kwargs: Any) -> None:
        """A call begins."""
        about = {
            "Version": _VERSION,
            "ClientId": self._client_id,
            "Service": str(model.service_model.service_id),
            "Api": model.wire_name,
        }
        context[_CALL] = _Call(about, self._milliseconds())

    def began_attempt(self, request: Any, **kwargs: Any) -> None:
        """An attempt begins: its request is signed."""
        call = request.context[_CALL]
        call.attempts += 1
        call.request = request
        call.attempt_began = self._milliseconds()
        call.outcome = {}

    def ended_attempt(self, parsed_response: Any, context: Any, exception: Any, **kwargs: Any) -> None:
        """An attempt was answered, or failed."""
        call = context[_CALL]
        call.outcome = _failure(exception) if parsed_response is None else _answer(parsed_response)
        self._send(
            call,
            Type="ApiCallAttempt",
            Timestamp=call.attempt_began,
            AttemptLatency=self._milliseconds() - call.attempt_began,
            Fqdn=urlsplit(call.request.url).netloc,
            **_request(call.request.headers),
            **call.outcome,
        )

    def ended(self, parsed: Any, context: dict[str, Any], **kwargs: Any) -> None:
        """A call ended with an answer."""
        metadata = parsed.get("ResponseMetadata", {})
        self._end(context, is_exhausted=bool(metadata.get("MaxAttemptsReached")))

    def failed(self, exception: Any, context: dict[str, Any], **kwargs: Any) -> None:
        """A call ended with an exception. Lost connections are retried, so one that got here was the last of several."""
        lost = (exceptions.ConnectionError, exceptions.ConnectionClosedError, exceptions.ReadTimeoutError)
        self._end(context, is_exhausted=isinstance(exception, lost))

    def _end(self, context: dict[str, Any], *, is_exhausted: bool) -> None:
        call = context.pop(_CALL)
        last = {} if call.request is None else _request(call.request.headers)
        self._send(
            call,
            Type="ApiCall",
            Timestamp=call.began,
            Latency=self._milliseconds() - call.began,
            AttemptCount=call.attempts,
            MaxRetriesExceeded=int(is_exhausted),
            **{name: last[name] for name in _OF_CALL if name in last},
            **{f"Final{name}": call.outcome[name] for name in _FINAL if name in call.outcome},
        )

    def _send(self, call: _Call, **fields: Any) -> None:
        data = json.dumps({**call.about, **fields}, separators=(",", ":")).encode()
        if self._address is not None and len(data) <= _MAX_DATAGRAM:
            self._socket.sendto(data, self._address)

    def _milliseconds(self) -> int:
        return int(self._clock() * 1000)

    def __repr__(self) -> str:
        return f"<Monitor {self._client_id!r} to {self._address}>"


class _Call:
    """One call under way: what all its datagrams say, when it began, and its last attempt. Times are milliseconds."""

    __slots__ = ("about", "attempt_began", "attempts", "began", "outcome", "request")

    def __init__(self, about: dict[str, Any], began: int) -> None:
        self.about = about
        self.began = began
        self.attempts = 0
        self.attempt_began = began
        self.request: Any = None
        self.outcome: dict[str, Any] = {}


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


def _quiet(handler: Callable[..., None]) -> Callable[..., None]:
    """The handler, whose failures break no call."""

    def monitored(**kwargs: Any) -> None:
        try:
            handler(**kwargs)
        except Exception as error:
            logger(__name__).debug("%s: could not be monitored (%r)", kwargs.get("event_name"), error)

    return monitored


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


def _answer(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of an answer: its status, its ids, and its error."""
    metadata = parsed.get("ResponseMetadata", {})
    headers = metadata.get("HTTPHeaders", {})
    told = {"HttpStatusCode": metadata.get("HTTPStatusCode")}
    told |= {entry: headers[name] for name, entry in _ANSWER_HEADERS.items() if name in headers}
    error = parsed.get("Error")
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
